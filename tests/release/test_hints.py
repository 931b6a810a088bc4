"""What messages and pages tell people to install exists, and brings what it is said to bring."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
FILES = [
    *(ROOT / "tinygrad_edu").rglob("*.py"),
    *(ROOT / "docs").glob("**/*.md"),
    *(ROOT / "examples").glob("**/*.md"),
    *ROOT.glob("README*.md"),
]
HINT = re.compile(r"""pip install ['"](?:tinygrad_edu|\.)\[([\w,]+)\]['"]""")


def test_every_extra_that_is_named_exists() -> None:
    found = [(path, extras) for path in FILES for extras in HINT.findall(path.read_text(encoding="utf-8"))]
    named = {(path.relative_to(ROOT).as_posix(), extra) for path, extras in found for extra in extras.split(",")}
    assert len(named) > 10
    assert [pair for pair in named if pair[1] not in EXTRAS] == []


@pytest.mark.parametrize(
    ("extra", "package"),
    [
        ("viz", "matplotlib"),
        ("graphviz", "pygraphviz"),
        ("train", "tqdm"),
        ("train", "joblib"),
        ("streams", "pyarrow"),
        ("streams", "zarr"),
        ("mpi", "mpi4py"),
        ("onnx", "onnx"),
        ("dask", "distributed"),
    ],
)
def test_an_extra_brings_the_package_that_the_message_is_about(extra: str, package: str) -> None:
    assert any(re.match(rf"{package}\b", requirement) for requirement in EXTRAS[extra])


def test_every_requirement_has_a_lower_bound_and_no_upper_one() -> None:
    """The oldest-versions job installs the bounds; what is newer is wanted, not feared."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in [*project["dependencies"], *(r for extra in EXTRAS.values() for r in extra)]:
        if not requirement.startswith("tinygrad_edu["):
            assert re.search(r">=\d", requirement), requirement
            assert not re.search(r"<|==|~=", requirement), requirement
