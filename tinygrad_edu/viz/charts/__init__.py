"""Charts of numbers: curves, maps, boundaries. They do not depend on computation graphs."""
