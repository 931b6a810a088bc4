"""The computation graph as data: what is read off the tensors, and what is found in it."""
