"""The layers, by subject; a new one is a class in its file and a name in that file's `__all__`."""
