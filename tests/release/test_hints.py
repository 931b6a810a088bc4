"""What messages and pages tell people to install exists, and brings what it is said to bring."""

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


def test_every_extra_that_is_named_exists() -> None:
    found = [(path, extras) for path in FILES for extras in FROM_A_CHECKOUT.findall(path.read_text(encoding="utf-8"))]
    named = {(path.relative_to(ROOT).as_posix(), extra) for path, extras in found for extra in extras.split(",")}
    assert len(named) >= 2
    assert [pair for pair in named if pair[1] not in EXTRAS] == []


def test_no_hint_needs_this_package_on_an_index() -> None:
    """A message names the packages that are missing: they are installed in the same way wherever this one comes from."""
    assert [path for path in FILES if re.search(r"pip install.{0,3}tinygrad_edu", path.read_text(encoding="utf-8"))] == []


def test_a_package_that_a_message_names_is_one_that_an_extra_brings() -> None:
    known = {re.split(r"[\[>=]", requirement)[0] for extra in EXTRAS.values() for requirement in extra}
    named = {word for path in FILES for word in PACKAGE.findall(path.read_text(encoding="utf-8"))}
    assert named <= known
    assert {"onnx", "numba", "matplotlib", "joblib", "pyarrow", "mpi4py", "tensorboard", "scikit-learn"} <= named


def test_every_requirement_has_a_lower_bound_and_no_upper_one() -> None:
    """The oldest-versions job installs the bounds; what is newer is wanted, not feared."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in [*project["dependencies"], *(r for extra in EXTRAS.values() for r in extra)]:
        if not requirement.startswith("tinygrad_edu["):
            assert re.search(r">=\d", requirement), requirement
            assert not re.search(r"<|==|~=", requirement), requirement
