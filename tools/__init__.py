"""What builds the project; none of it is part of what is installed."""
