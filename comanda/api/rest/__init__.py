"""The REST API: one resource a file, put together in ``api``."""
