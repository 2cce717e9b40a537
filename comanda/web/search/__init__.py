"""The search of the header."""
