"""Shared by all tests, and by the doctests of the package."""

import os
from importlib.util import find_spec

os.environ["TINYGRAD_EDU_LANG"] = "en"  # in every locale; tests of the Korean texts ask for Korean

collect_ignore_glob = ["tests/oracles/make_*.py"]  # scripts that need other frameworks, and store their results for tests
if find_spec("matplotlib") is None:
    collect_ignore_glob.append("tinygrad_edu/viz/render/matplotlib_artist.py")  # needs matplotlib
if find_spec("sklearn") is None:
    collect_ignore_glob.append("tinygrad_edu/train/estimators/net_estimator.py")  # needs scikit-learn
if find_spec("anywidget") is None:
    collect_ignore_glob.append("tinygrad_edu/viz/render/page_widget.py")  # needs anywidget
if find_spec("hypothesis"):
    from hypothesis import HealthCheck, settings

    patient = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
    settings.register_profile("tests", max_examples=60, derandomize=True, **patient)  # every run tries the same examples
    settings.register_profile("fuzz", max_examples=3000, **patient)  # `make fuzz`: new ones
    settings.load_profile("tests")
