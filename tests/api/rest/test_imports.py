"""The routes of comanda.api.rest.imports."""
