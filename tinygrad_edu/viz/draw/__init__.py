"""What a picture of a graph shows, and where it goes."""
