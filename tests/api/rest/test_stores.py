"""The routes of comanda.api.rest.stores."""
