"""The commands of `python -m tinygrad_edu`: one module each, with its options and what it does."""
