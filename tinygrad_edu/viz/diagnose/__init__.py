"""What looks wrong in a graph."""
