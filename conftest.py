"""Shared by all tests, and by the doctests of the package."""

import tinygrad_edu  # noqa: F401 - before pytest imports tensor.py by itself and puts the module over the function `tensor`

collect_ignore_glob = ["tests/oracles/make_*.py"]  # scripts that need the other frameworks: their answers are what is tested
