"""The rules of ops as readable formulas, for the comments of a compiled step and for pictures."""
