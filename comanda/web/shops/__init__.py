"""Shops connected, kept in step, compared: the pages of a store that has a shop behind it."""
