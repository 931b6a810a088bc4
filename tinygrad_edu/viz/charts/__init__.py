"""Pictures of numbers: curves, maps, boundaries. They know nothing of computation graphs."""
