"""Home: how the shops do."""
