"""Signing in, and what is one's own: profile, password, second factor, sessions."""
