"""The routes of comanda.api.rest.activity."""
