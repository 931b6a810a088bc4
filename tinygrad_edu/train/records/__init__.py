"""Callbacks that keep or show what happens: a film of the run, a line in a file of runs, a picture that is drawn anew."""
