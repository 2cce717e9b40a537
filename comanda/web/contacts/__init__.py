"""Contacts: the list, and the profile of each."""
