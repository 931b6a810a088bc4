"""Writing a graph in each format."""
