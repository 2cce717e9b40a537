"""What is built before Comanda can run: front end and messages. Called by make and by hatch."""
