"""The routes of comanda.api.rest.privacy."""
