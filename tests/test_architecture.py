"""The direction of imports, and what importing the package costs and loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tinygrad_edu"

MAY_IMPORT = {  # what each part may import at the top of its modules, besides itself and the standard library
    "autograd": {"numpy"},
    "ops": {"numpy", "autograd"},
    "_shortcuts": set(),
    "_tensor": {"numpy", "autograd", "ops", "_shortcuts"},
    "optim": {"numpy", "autograd", "ops", "_tensor"},
    "nn": {"numpy", "autograd", "ops", "_tensor"},
    "data": {"numpy", "autograd", "ops", "_tensor"},
    "utils": {"data"},
    "func": {"nn"},
    "viz": {"numpy", "autograd", "ops", "_tensor", "nn"},
    "train": {"numpy", "autograd", "ops", "_tensor", "nn", "optim", "data"},
}
OPTIONAL = {"viz/render/matplotlib_artist.py": {"matplotlib"}}  # loaded only where needed
MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def top_level_imports(path: Path) -> set[str]:
    """Names of parts of the package, and of other packages, that the module imports when it is imported."""
    folder = list(path.relative_to(PACKAGE.parent).parts[:-1])
    found: set[str] = set()
    nodes = list(ast.parse(path.read_text(encoding="utf-8")).body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, (ast.If, ast.Try, ast.With, ast.ClassDef)):
            nodes.extend(node.body)
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - node.level + 1] if node.level else []
            parts = base + (node.module.split(".") if node.module else [])
            found.update(".".join([*parts, a.name]) if parts == ["tinygrad_edu"] else ".".join(parts) for a in node.names)
    return {name.split(".")[1] if name.startswith("tinygrad_edu.") else name.split(".")[0] for name in found}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_in_one_direction(path: Path) -> None:
    part = part_of(path)
    if part in ("__init__", "__main__", "demo"):
        pytest.skip("these stand on top of everything")
    foreign = {name for name in top_level_imports(path) if name not in sys.stdlib_module_names}
    assert foreign - {part} <= MAY_IMPORT[part] | OPTIONAL.get(path.relative_to(PACKAGE).as_posix(), set())


def test_importing_the_package_loads_no_optional_package_and_no_picture() -> None:
    optional = ["matplotlib", "graphviz", "tqdm", "torch", "tinygrad_edu.viz", "tinygrad_edu.train"]
    code = f"import sys, tinygrad_edu; print([m for m in {optional} if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
