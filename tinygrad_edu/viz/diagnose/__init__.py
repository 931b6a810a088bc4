"""Detecting suspicious features of a graph."""
