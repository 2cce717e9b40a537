"""Keys by which programs reach the API."""
