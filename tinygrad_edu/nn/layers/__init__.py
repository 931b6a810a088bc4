"""The layers, by topic. To add one, write its class in one of these files and add its name to that file's `__all__`."""
