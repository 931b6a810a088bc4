"""The core path, "read in an afternoon": which files belong to it, how long they are, and that none was left out unnoticed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .scripts import script
from .test_architecture import MODULES, TOP, edges_of

core_path = script("core_path")

BESIDE_IT = {  # topic -> files in the path's folders that the path neither contains nor imports
    "another way to write an op, or to ask for derivatives": "autograd/function.py autograd/functional.py",
    "types": "autograd/signatures.py",
    "PyTorch's names for functions of the package": "nn/functional.py nn/inplace.py nn/parallel.py ops/out_argument.py",
    "help for the options of rules": "optim/option_help.py",
    "loading the state of an optimizer": "optim/loaded_state.py",
    "other layers, summaries, and modes": "nn/lazy_parameter.py nn/model_summary.py nn/module_modes.py",
    "a table of the rules, and Keras's names for them": "optim/family_table.py optim/keras.py",
    "the list of ops, which a script writes, and devices": "ops/places.py ops/devices.py",
    "mathematics other than elementwise": """
        ops/activation.py ops/adaptive_pooling.py ops/attention.py ops/axis_order.py ops/casting.py
        ops/convolution.py ops/cumulative.py ops/diagonals.py ops/einstein.py ops/embeddings.py
        ops/extremes.py ops/gathering.py ops/generator.py ops/geometry.py ops/indexing.py ops/joining.py ops/linalg.py
        ops/normalization.py ops/norms.py ops/padding.py ops/pooling.py ops/products.py ops/random.py ops/recurrent.py
        ops/reduction.py ops/resize.py ops/return_types.py ops/rounding.py ops/shape.py ops/sorting.py ops/special.py
        ops/stream_states.py ops/threads.py ops/tiling.py ops/unpooling.py ops/variance.py ops/window.py
    """,
}
OF_ITS_ROOMS = ("autograd", "autograd/past", "_tensor", "ops", "nn", "optim")  # the folders of its files, except nn/layers
ROOMS_BESIDE_IT = {  # the folders inside them, of which the path needs only nn/layers/linear.py
    "autograd/checking", "nn/diagnostics", "nn/export", "nn/layers", "nn/losses", "nn/utils", "optim/lbfgs",
    "optim/lr_scheduler",
}  # fmt: skip


def named_in_readme() -> list[str]:
    """The files outside the path whose lines README counts."""
    return [file for files in core_path.BESIDE.values() for file in files]


def test_every_file_that_the_path_imports_is_on_it_or_counted_separately() -> None:
    """Imports inside functions count too: no code that the path needs can be moved out of the count."""
    imported = {name for file in core_path.CORE for name in edges_of(f"{TOP}.{file[:-3].replace('/', '.')}")}
    files = {MODULES[name].relative_to(core_path.PACKAGE).as_posix() for name in imported}
    assert {file for file in files if not file.endswith("__init__.py")} <= {*core_path.CORE, *named_in_readme()}


def test_every_file_in_its_folders_is_on_the_path_or_listed_separately() -> None:
    found = {f"{room}/{path.name}" for room in OF_ITS_ROOMS for path in (core_path.PACKAGE / room).glob("*.py")}
    beside = [file for files in BESIDE_IT.values() for file in files.split()]
    beside += [file for file in named_in_readme() if file.rpartition("/")[0] in OF_ITS_ROOMS]
    assert len(beside) == len(set(beside))
    on_it = {file for file in core_path.CORE if file != "nn/layers/linear.py"}
    assert {file for file in found if not file.endswith("__init__.py")} == on_it | set(beside)
    assert not on_it & set(beside)


def test_every_folder_in_its_folders_is_on_the_path_or_listed_separately() -> None:
    inner = {path.parent for room in OF_ITS_ROOMS for path in (core_path.PACKAGE / room).rglob("*.py")}
    rooms = {path.relative_to(core_path.PACKAGE).as_posix() for path in inner}
    assert rooms == {*OF_ITS_ROOMS, *ROOMS_BESIDE_IT}


@pytest.mark.parametrize("room", OF_ITS_ROOMS)
def test_a_package_on_the_path_defines_only_how_its_names_are_found(room: str) -> None:
    nodes = ast.walk(ast.parse((core_path.PACKAGE / room / "__init__.py").read_text(encoding="utf-8")))
    defined = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assert defined <= {"__getattr__", "__dir__"}


def test_it_can_be_read_in_an_afternoon() -> None:
    assert sum(map(core_path.lines, core_path.CORE)) <= core_path.MOST_LINES


@pytest.mark.parametrize(("name", "language"), [("README.md", 0), ("README.ko.md", 1)])
def test_the_tables_in_the_readmes_are_up_to_date(name: str, language: int) -> None:
    text = (Path(core_path.ROOT) / name).read_text(encoding="utf-8")
    assert core_path.with_table(text, language) == text, "run python tools/core_path.py"
