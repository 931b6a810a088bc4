"""Guards: whether a recorded program is still valid, checked before each call."""
