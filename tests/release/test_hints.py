"""The install hints in messages and pages name only extras that exist, and packages that are part of an extra."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
FILES = [
    *(ROOT / "tinygrad_edu").rglob("*.py"),
    *(ROOT / "docs").glob("**/*.md"),
    *(ROOT / "examples").glob("**/*.md"),
    *ROOT.glob("README*.md"),
]
FROM_A_CHECKOUT = re.compile(r"""pip install ['"]\.\[([\w,]+)\]['"]""")
PACKAGE = re.compile(r"pip install\s+([\w-]+)")


def test_every_extra_named_in_a_message_exists() -> None:
    found = [(path, extras) for path in FILES for extras in FROM_A_CHECKOUT.findall(path.read_text(encoding="utf-8"))]
    named = {(path.relative_to(ROOT).as_posix(), extra) for path, extras in found for extra in extras.split(",")}
    assert len(named) >= 2
    assert [pair for pair in named if pair[1] not in EXTRAS] == []


def test_no_hint_requires_this_package_to_be_on_an_index() -> None:
    """A message names the missing packages, whose installation does not depend on how this one was installed."""
    assert [path for path in FILES if re.search(r"pip install.{0,3}tinygrad_edu", path.read_text(encoding="utf-8"))] == []


def test_a_package_that_a_message_names_is_part_of_an_extra() -> None:
    known = {re.split(r"[\[>=]", requirement)[0] for extra in EXTRAS.values() for requirement in extra}
    named = {word for path in FILES for word in PACKAGE.findall(path.read_text(encoding="utf-8"))}
    assert named <= known
    assert {"onnx", "numba", "matplotlib", "joblib", "pyarrow", "mpi4py", "tensorboard", "scikit-learn"} <= named


def test_every_requirement_has_a_lower_bound_and_no_upper_one() -> None:
    """The job for the oldest versions installs the lower bounds; newer versions are allowed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in [*project["dependencies"], *(r for extra in EXTRAS.values() for r in extra)]:
        if not requirement.startswith("tinygrad_edu["):
            assert re.search(r">=\d", requirement), requirement
            assert not re.search(r"<|==|~=", requirement), requirement
