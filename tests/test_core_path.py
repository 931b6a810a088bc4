"""The core path, "read in an afternoon": which files it is, how long they are, and that nothing was moved out of its sight."""

from __future__ import annotations

from pathlib import Path

import pytest

from .scripts import script

core_path = script("core_path")

BESIDE_IT = {  # modules of the same rooms that are not on the path, and why
    "autograd/past/lifetime.py": "when a graph is freed",
    "autograd/past/views.py": "for writes to a view",
    "autograd/past/recorded_writes.py": "for writes that are recorded",
    "autograd/function.py": "PyTorch's other way of writing an op",
    "autograd/functional.py": "derivatives as functions",
    "autograd/signatures.py": "for type checkers",
    "autograd/user_line.py": "for messages",
    "autograd/observers.py": "who watches the engine, which works without",
    "_tensor/grad_fn.py": "a graph as PyTorch shows it",
    "_tensor/handle.py": "what registering a hook returns",
    "_tensor/copying.py": "copying and pickling",
    "_tensor/kind_and_place.py": "PyTorch's words for dtype and device, and its other names",
    "_tensor/structure_clock.py": "so that a recorded program notices what has changed",
    "autograd/arrays.py": "symbols that stand for arrays while a program is recorded",
}
OF_ITS_ROOMS = ("autograd", "_tensor")


def test_every_file_of_the_engine_and_of_tensor_is_on_the_path_or_named_beside_it() -> None:
    found = [path for room in OF_ITS_ROOMS for path in (core_path.PACKAGE / room).rglob("*.py") if path.stem != "__init__"]
    files = {path.relative_to(core_path.PACKAGE).as_posix() for path in found}
    files -= {file for file in files if file.startswith("autograd/checking/")}  # tools for whoever writes a rule
    assert files - set(BESIDE_IT) == {file for file in core_path.CORE if file.partition("/")[0] in OF_ITS_ROOMS}


def test_it_can_be_read_in_an_afternoon() -> None:
    assert sum(map(core_path.lines, core_path.CORE)) <= core_path.MOST_LINES


@pytest.mark.parametrize(("name", "language"), [("README.md", 0), ("README.ko.md", 1)])
def test_the_tables_in_the_readmes_are_fresh(name: str, language: int) -> None:
    text = (Path(core_path.ROOT) / name).read_text(encoding="utf-8")
    assert core_path.with_table(text, language) == text, "run python tools/core_path.py"
