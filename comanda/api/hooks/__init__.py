"""What shops send by themselves: webhooks, at an address of each store's own."""
