"""The commands of `python -m tinygrad_edu`: one module each, with its arguments and what it does."""
