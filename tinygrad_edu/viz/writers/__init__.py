"""A graph in each format."""
