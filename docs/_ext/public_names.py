"""Every public name, once: where it is documented, its other names, its page, and where its source is."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu.ops import places

PACKAGE = Path(tg.__file__).parent
TOP = "tinygrad_edu"


ROOM_OF = {name: room for room, names in tg._HOMES.items() for name in names}  # tg.save is nn.save


@dataclass
class Name:
    """A public object: the path under which it is documented, its other paths, and its page."""

    path: str
    page: str  # the dotted name of the module whose page it is on
    value: Any
    aliases: list[str] = field(default_factory=list)


def public_modules(module: ModuleType = tg) -> list[ModuleType]:
    """The package and its public parts, each after its parent."""
    found = [module]
    listed = getattr(module, "__all__", None) or ([*tg._HOMES, "autograd"] if module is tg else _children(module))
    for name in sorted(listed):
        child = getattr(module, name, None)
        if isinstance(child, ModuleType) and child.__name__ == f"{module.__name__}.{name}":
            found += public_modules(child)
    return found


def _children(module: ModuleType) -> list[str]:
    """The public submodules of a package without a list of names."""
    return [name for name in vars(module) if not name.startswith("_")]


def exported(module: ModuleType) -> list[str]:
    """The public names of a module that are not modules."""
    if module is tg:
        first = {name: None for part in _op_modules() for name in part.__all__ if hasattr(tg, name)}  # then other spellings
        names = ["Tensor", *first, *tg.ops.__all__, *ROOM_OF, *_named_imports()]
        names = [name for name in dict.fromkeys(names) if hasattr(tg, name)]
    else:
        names = list(getattr(module, "__all__", ()))
    return [name for name in names if not isinstance(getattr(module, name), ModuleType)]


def _op_modules() -> list[ModuleType]:
    """The files of ops/ that list their public names in `__all__`."""
    return [part for name in places.FUNCTIONS if hasattr(part := getattr(tg.ops, name), "__all__")]


def _named_imports() -> list[str]:
    """The names exported by the package's __init__ with `from … import name as name`."""
    tree = ast.parse(Path(tg.__file__).read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return [
        a.name for node in imports for a in node.names if a.asname == a.name and not isinstance(getattr(tg, a.name), ModuleType)
    ]


@cache
def all_names() -> list[Name]:
    """Every public name; a name exported in several places is documented at the first."""
    found: dict[Any, Name] = {}
    for module in public_modules():
        for name in exported(module):
            value, path = getattr(module, name), f"{module.__name__}.{name}"
            key = path if isinstance(value, (int, float, str, bool, tuple, dict, type(None))) else id(value)
            if key in found:
                found[key].aliases.append(path)
            else:
                found[key] = Name(path, subject(module, name, value), value)
    return list(found.values())


def subject(module: ModuleType, name: str, value: Any) -> str:
    """The module whose page has the name: in the large parts (ops, nn) that of its file, elsewhere the public module."""
    if module is tg:
        for part in _op_modules():
            if name in part.__all__ or getattr(part, name, None) is value:
                return part.__name__
        home = str(getattr(value, "__module__", ""))
        if home.startswith(f"{TOP}.ops."):
            return home
        return f"{TOP}.{ROOM_OF[name]}" if name in ROOM_OF else TOP
    if module is tg.nn:
        home = getattr(value, "__module__", "")
        return home if home.startswith((f"{TOP}.nn.layers.", f"{TOP}.nn.losses.")) else module.__name__
    return module.__name__


@cache
def _assignments() -> dict[str, list[tuple[str, ast.stmt]]]:
    """name -> where the package assigns or defines it at the top of a module."""
    found: dict[str, list[tuple[str, ast.stmt]]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join([TOP, *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names: list[str] = []
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names = [node.name]
            elif isinstance(node, ast.Assign):
                names = [n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names = [node.target.id]
            for name in names:
                found.setdefault(name, []).append((module, node))
    return found


def source(module: str, name: str) -> tuple[str, int, int] | None:
    """The module that defines a public name, and the first and last lines of the definition."""
    owner = sys.modules[module]
    head, _, member = name.partition(".")
    value = getattr(owner, head, None)
    places = _assignments().get(head, [])
    home = getattr(value, "__module__", None) or module
    known = next((n for n in all_names() if n.path == f"{module}.{head}"), None)
    if known is not None and len(places) > 1:  # several modules define the name
        places = [p for p in places if p[0] in (known.page, home)] or places
    if member and isinstance(value, type):
        try:
            function = inspect.unwrap(inspect.getattr_static(value, member))
            function = getattr(function, "fget", None) or getattr(function, "__func__", None) or function
            lines, first = inspect.getsourcelines(function)
            file = Path(inspect.getsourcefile(function) or "").relative_to(PACKAGE)
        except (AttributeError, TypeError, OSError, ValueError):
            return None
        return ".".join([TOP, *file.with_suffix("").parts]).removesuffix(".__init__"), first, first + len(lines) - 1
    code = getattr(inspect.unwrap(value), "__code__", None) if callable(value) else None
    if all(where == f"{TOP}.ops" for where, _ in places) and code is not None:  # another spelling: where the function is
        places = [p for p in _assignments().get(code.co_name, []) if p[0] == home] or places
    if not places:
        return None
    where, node = places[0]
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return where, first, node.end_lineno or first


def rule(module: str, name: str) -> str | None:
    """The source of an op that is a single statement: its function and its rules, as they are in ops/."""
    place = source(module, name)
    if place is None or not place[0].startswith(f"{TOP}.ops."):
        return None
    lines = (PACKAGE / Path(*place[0].split(".")[1:])).with_suffix(".py").read_text(encoding="utf-8").splitlines()
    text = "\n".join(lines[place[1] - 1 : place[2]])
    text = re.sub(r',\s*doc="[^"]*"', "", text).replace("  # fmt: skip", "")  # the page shows that sentence above
    return text if "primitive(" in text and "def " not in text else None
