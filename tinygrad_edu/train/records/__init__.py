"""Callbacks that record or show a run: as frames, as a line in a file of runs, or as a live picture."""
