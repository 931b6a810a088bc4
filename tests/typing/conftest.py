"""The files listed here are read by type checkers, not run; some of their lines are mistakes."""

collect_ignore = ["decorators.py", "errors.py", "modules.py", "rules.py", "tensors.py"]
