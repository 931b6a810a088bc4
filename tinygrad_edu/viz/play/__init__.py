"""Interactive pages: train networks, step through training or a compiled program, compare and replay runs."""
