"""Comanda: every order of every shop in one contact database."""

__version__ = "0.1.0"
