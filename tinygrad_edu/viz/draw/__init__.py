"""What a picture of a graph shows, and where its elements are placed."""
