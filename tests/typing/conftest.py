"""The files beside the tests are read by type checkers; some of their lines are mistakes."""

collect_ignore = ["decorators.py", "errors.py", "modules.py", "rules.py", "tensors.py"]
