"""Fields: all of them, and the page on which one is edited or deleted."""
