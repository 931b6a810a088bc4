"""The rules of ops as formulas to read: for the comments of a compiled step, and for pictures."""
