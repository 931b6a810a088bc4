"""The computation graph as data: what is read from the tensors, and what is derived from it."""
