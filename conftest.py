"""Shared by all tests, and by the doctests of the package."""

import os
from importlib.util import find_spec

os.environ["TINYGRAD_EDU_LANG"] = "en"  # whatever the locale of the person who runs the tests; tests of Korean ask for it

collect_ignore_glob = ["tests/oracles/make_*.py"]  # scripts that need the other frameworks: their answers are what is tested
if find_spec("matplotlib") is None:
    collect_ignore_glob.append("tinygrad_edu/viz/render/matplotlib_artist.py")  # needs matplotlib
