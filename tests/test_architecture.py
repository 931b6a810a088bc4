"""The structure of the package: imports go in one direction without cycles, names resolve, and folders stay small."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .scripts import script

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tinygrad_edu"
TOP = "tinygrad_edu"

# --- what is allowed ---

BELOW: dict[str, tuple[str, ...]] = {  # folder or module: those directly below it; it may import them and everything below them
    "_allocator": (),
    "_interrupts": (),
    "_shortcuts": (),
    "_language": (),
    "_each_call": (),
    "_shapes": (),
    "_foreign": (),
    "_lazy": (),
    "_numpy_warnings": (),
    "_numbers": (),
    "_wording": (),
    "_keywords": (),
    "autograd": ("_each_call", "_shapes", "_foreign", "_shortcuts", "_lazy", "_numpy_warnings"),
    "ops": ("autograd", "_numbers", "_wording"),
    "_tensor": ("ops", "_shortcuts", "_language", "_numbers"),
    "_files": ("autograd", "_interrupts", "_wording"),
    "nn": ("_tensor", "_files", "_numbers", "_keywords"),
    "optim": ("_tensor", "_interrupts", "_numbers", "_keywords"),
    "data": ("_tensor", "_files", "_numbers"),
    "program": ("nn", "optim"),
    "train": ("nn", "optim", "data", "program"),
    "viz": ("nn", "optim", "data", "program"),
    "distributed": ("nn", "optim", "data"),
    "utils": ("data", "nn"),  # PyTorch's addresses: utils.data, utils.checkpoint
    "func": ("nn",),  # PyTorch's address
    "distributions": ("_tensor",),
    "compat": ("nn", "optim", "data", "distributions", "utils", "func"),  # PyTorch's older and peripheral names
}
VIZ_BELOW: dict[str, tuple[str, ...]] = {  # the same for the folders inside viz/
    "render": (),
    "model": ("render",),
    "diagnose": ("model",),
    "draw": ("diagnose",),
    "writers": ("draw",),
    "charts": ("render",),
    "play": ("charts", "writers"),
    "racing": ("play",),
}
HIDES = {"exec", "eval", "resolve_name", "load_module", "sys.modules"}  # ways to reach a module without an import
HIDDEN: dict[str, str] = {  # a module that uses one of them -> the purpose
    f"{TOP}._lazy": "stores a name in the module that asked for it",
    f"{TOP}.compat": "names the module in an AttributeError",
    f"{TOP}.ops.stream_states": "sees whether the user has imported numpy.random",
    f"{TOP}.train.progress": "sees whether IPython runs",
    f"{TOP}.program.formulas.rule_reader": "evaluates a part of a rule",
    f"{TOP}.program.guards.compiled_guards": "compiles guards",
    f"{TOP}.program.guards.memory": "compiles a guard",
    f"{TOP}.program.guards.python_values": "guards the modules that a step imports",
    f"{TOP}.program.numba_printer": "compiles a printed program",
    f"{TOP}.program.program_text": "compiles a printed program",
    f"{TOP}.program.replay": "compiles a printed program",
    f"{TOP}.viz.play.program_lines": "runs a printed program line by line",
}
COMPUTED: dict[str, tuple[int, Callable[[Any], list[str]]]] = {
    # calls to import_module with a computed name: their number in a module, and the source of the names
    f"{TOP}._lazy": (2, lambda _: []),  # the tables passed to lazy_attribute are counted where it is called
    f"{TOP}.ops.loading": (1, lambda module: [f"{TOP}.ops.{name}" for name in module.places.FUNCTIONS]),
    f"{TOP}.compat": (3, lambda module: [f"{TOP}.{place.partition(':')[0]}" for place in _places_of(module)]),
}
SHORTCUTS = {  # a folder above -> the folders that load it through the top __init__, and the purpose
    "viz": ({"_tensor", "nn", "optim", "train"}, "methods that draw: loss.graph(), model.graph(), history.plot()"),
    "distributed": ({"nn", "data"}, "PyTorch's addresses nn.SyncBatchNorm, nn.parallel; a DistributedSampler's default group"),
    "other_names": (
        {"autograd", "_tensor", "nn", "optim", "utils", "func"},
        "the last thing that a __getattr__ does before its AttributeError: PyTorch's older and peripheral names",
    ),
}
COMMANDS = ("__main__", "commands", "demo")  # they may import everything, and nothing imports them

OPTIONAL = {  # packages that are loaded only where they are needed -> the folders that may load them
    "matplotlib": {"viz"},
    "graphviz": {"viz"},
    "pygraphviz": {"viz"},
    "tqdm": {"train"},
    "tensorboard": {"train"},
    "sklearn": {"train"},
    "onnx": {"nn"},
    "pandas": {"data", "train"},
    "IPython": {"train"},
    "anywidget": {"viz"},
    "traitlets": {"viz"},
    "mpi4py": {"distributed"},
    "pyarrow": {"data"},
    "joblib": {"train"},
    "dask": {"train"},
    "threadpoolctl": {"distributed", "ops", "train"},
    "numba": {"program"},
}
LOADED_WITH_THEIR_MODULE = {
    "tinygrad_edu.viz.render.page_widget": {"anywidget", "traitlets"},
    "tinygrad_edu.viz.render.fallback_fonts": {"matplotlib"},
    "tinygrad_edu.viz.render.matplotlib_artist": {"matplotlib"},
    "tinygrad_edu.train.estimators.net_estimator": {"sklearn"},
}  # the module itself is imported only where it is needed

SAME_BASENAME = {  # names shared by modules and folders that hold the same kind of thing
    "functional": "PyTorch's addresses nn.functional and autograd.functional",
    "errors": "the exceptions of a folder",
    "signatures": "types that only checkers and editors read",
    "hooks": "the user's functions that are called before and after a module or a step",
    "state_dict": "what a state_dict holds, and loading it",
    **dict.fromkeys(
        ("activation", "recurrent", "resize", "shape", "attention"),
        "ops/ holds the functions, nn/layers/ and nn/losses/ the modules that call them",
    ),
    "base": "the base class of a folder of classes of one kind",
    **dict.fromkeys(("data", "utils"), "PyTorch's addresses: utils.data and data, utils and nn.utils"),
}
MANY_MODULES = {"ops", "nn/layers"}  # flat lists of the same kind of thing, one subject per file
MOST_MODULES = 16

# --- the run-time import graph ---


def _name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _is_package(name: str) -> bool:
    return MODULES[name].name == "__init__.py"


def _room(module: str) -> str:
    """The part of the package that a module belongs to; "" for the top __init__."""
    return module.split(".")[1] if "." in module else ""


def _run_time_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node of a module, also inside functions, except what only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        test = ast.unparse(node.test) if isinstance(node, ast.If) else ""
        if test in ("TYPE_CHECKING", "not TYPE_CHECKING"):
            for other in node.orelse if test == "TYPE_CHECKING" else node.body:  # type: ignore[attr-defined]  # of an If
                yield from (other, *_run_time_nodes(other))
            continue
        assert "TYPE_CHECKING" not in test, f"line {node.lineno}: {test}"  # type: ignore[attr-defined]  # of an If
        yield node
        yield from _run_time_nodes(node)


def _absolute(module: str, level: int, name: str | None) -> str:
    """The full name of `from ...name`, seen from `module`."""
    if not level:
        return name or ""
    parts = module.split(".")
    base = parts if _is_package(module) else parts[:-1]
    base = base[: len(base) - level + 1]
    return ".".join([*base, *([name] if name else [])])


@cache
def imports_of(module: str) -> dict[str, int]:
    """The imports of a module, also inside functions, with their lines: full names of the package's modules, other packages."""
    found: dict[str, int] = {}
    for node in _run_time_nodes(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node.level, node.module)
            inner = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else base for name in inner]
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            literal = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            if isinstance(literal, str):
                level = len(literal) - len(literal.lstrip("."))
                names = [_absolute(module, level, literal[level:] or None)]
            elif module in COMPUTED:
                names = COMPUTED[module][1](importlib.import_module(module))
            else:
                names = ["?"]
        elif isinstance(node, ast.Call) and _called(node) == "lazy_attribute":
            table = getattr(importlib.import_module(module), ast.unparse(node.args[1]))
            names = [_absolute(module, 1, name) for name in table]
        for name in names:
            found.setdefault(name, node.lineno)  # type: ignore[attr-defined]  # imports and calls have one
    return found


def _places_of(compat: ModuleType) -> list[str]:
    """The modules in compat's tables of PyTorch's names and addresses."""
    addresses = importlib.import_module(f"{compat.__name__}.addresses")
    return ["compat.tensor_attributes", *addresses.NAMES.values(), *filter(None, addresses.ADDRESSES.values())]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@cache
def edges_of(module: str) -> frozenset[str]:
    """The modules of the package that `module`'s imports run, with each __init__ on the way, except those of its parents."""
    around = {".".join(module.split(".")[:n]) for n in range(1, module.count(".") + 1)}
    edges = set()
    for name in imports_of(module):
        if name in MODULES:
            path = {".".join(name.split(".")[:n]) for n in range(1, name.count(".") + 2)}
            edges |= (path - around) | {name}
    return frozenset(edges - {module})


def circles(graph: dict[str, frozenset[str]]) -> list[set[str]]:
    """The strongly connected components of more than one module (Tarjan 1972, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []
    for root in graph:
        todo: list[tuple[str, Iterator[str]]] = [] if root in index else [(root, iter(graph[root]))]
        if todo:
            index[root] = low[root] = len(index)
            stack.append(root)
        while todo:
            module, rest = todo[-1]
            following = next(rest, None)
            if following is None:
                todo.pop()
                if todo:
                    low[todo[-1][0]] = min(low[todo[-1][0]], low[module])
                if low[module] == index[module]:
                    component = set(stack[stack.index(module) :])
                    del stack[stack.index(module) :]
                    if len(component) > 1:
                        found.append(component)
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                todo.append((following, iter(graph[following])))
            elif following in stack:
                low[module] = min(low[module], index[following])
    return found


def test_the_search_finds_a_cycle_and_nothing_else() -> None:
    graph = {"a": "b", "b": "cd", "c": "a", "d": "e", "e": ""}
    assert circles({k: frozenset(v) for k, v in graph.items()}) == [{"a", "b", "c"}]


def test_there_is_no_import_cycle_at_run_time() -> None:
    assert [sorted(c) for c in circles({m: edges_of(m) for m in MODULES})] == []


def test_an_import_inside_a_function_counts_and_one_for_type_checkers_does_not() -> None:
    source = (
        "if TYPE_CHECKING:\n    import a\nelse:\n    import b\ndef f():\n    from c import d\n    import_module('e')\n"
        "if not TYPE_CHECKING:\n    import f\nelse:\n    import g\n"
    )
    nodes = list(_run_time_nodes(ast.parse(source)))
    assert {alias.name for n in nodes if isinstance(n, (ast.Import, ast.ImportFrom)) for alias in n.names} == {"b", "d", "f"}
    assert [_called(n) for n in nodes if isinstance(n, ast.Call)] == ["import_module"]


# --- the arrows between folders ---


def under(room: str, below: Mapping[str, Sequence[str]] = BELOW) -> set[str]:
    """The folders that a folder may import."""
    return {room}.union(*(under(lower, below) for lower in below[room]))


def test_every_folder_is_in_the_table() -> None:
    rooms = {_room(module) for module in MODULES} - {"", *COMMANDS}
    assert rooms <= set(BELOW)
    assert all(lower in BELOW for row in BELOW.values() for lower in row)


@pytest.mark.parametrize("module", [m for m in MODULES if _room(m) not in ("", *COMMANDS)])
def test_imports_go_in_the_direction_of_the_arrows(module: str) -> None:
    room, wrong = _room(module), []
    for name, line in imports_of(module).items():
        package = name.partition(".")[0]
        if package == TOP:
            allowed = name != TOP and _room(name) in under(room)
        elif name == "?":  # import_module() with a name that is known only at run time
            allowed = False
        else:
            allowed = package in sys.stdlib_module_names or package == "numpy" or room in OPTIONAL.get(package, ())
        if not allowed:
            wrong.append(f"{MODULES[module]}:{line} imports {name}")
    assert wrong == []


IN_VIZ = [m for m in MODULES if _room(m) == "viz" and m != f"{TOP}.viz"]


def test_viz_consists_of_folders() -> None:
    assert {m.split(".")[2] for m in IN_VIZ} == set(VIZ_BELOW)
    assert [m for m in IN_VIZ if m.count(".") == 2 and not _is_package(m)] == []


@pytest.mark.parametrize("module", MODULES)
def test_no_import_is_hidden_from_these_tests(module: str) -> None:
    found = set()
    for node in _run_time_nodes(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in ("importlib", "_lazy"):
            assert [alias.name for alias in node.names if alias.asname] == []  # calls are found by their names
        elif isinstance(node, ast.Call) and _called(node) in HIDES and not _is_method_eval(node):
            found.add(_called(node))
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.modules":
            found.add("sys.modules")
    assert bool(found) == (module in HIDDEN), found


def _is_method_eval(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "eval"  # model.eval()


@pytest.mark.parametrize("module", IN_VIZ)
def test_imports_inside_viz_go_in_the_direction_of_its_arrows(module: str) -> None:
    allowed = under(module.split(".")[2], VIZ_BELOW)
    names = {name for name in imports_of(module) if name.startswith(f"{TOP}.viz")}
    assert [name for name in names if name.count(".") < 2 or name.split(".")[2] not in allowed] == []


@pytest.mark.parametrize("module", [m for m in MODULES if _room(m) not in ("", *COMMANDS)])
def test_optional_packages_are_not_imported_with_a_module(module: str) -> None:
    at_once: set[str] = set()
    nodes: list[ast.AST] = list(ast.parse(MODULES[module].read_text(encoding="utf-8")).body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Import):
            at_once.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            at_once.add((node.module or "").partition(".")[0])
        nodes += [n for n in _run_time_nodes(ast.Module([node], [])) if n is not node] if isinstance(node, ast.If) else []
        nodes += list(ast.iter_child_nodes(node)) if isinstance(node, (ast.Try, ast.With, ast.ClassDef)) else []
    assert at_once & set(OPTIONAL) <= LOADED_WITH_THEIR_MODULE.get(module, set())


def test_shortcuts_are_registered_lead_up_and_are_used_in_these_folders_only() -> None:
    rooms: dict[str, set[str]] = defaultdict(set)
    names = []
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("_shortcuts.load", "load_shortcut"):
                rooms[ast.literal_eval(node.args[0])].add(_room(module))
            if isinstance(node, ast.ImportFrom):
                own = (alias for alias in node.names if "_shortcuts" in (alias.name, node.module))
                names += [alias.asname or alias.name for alias in own]
    assert rooms == {name: asking for name, (asking, _) in SHORTCUTS.items()}
    assert set(names) <= {"_shortcuts", "load_shortcut"}  # under no other name
    assert set(rooms) == set(importlib.import_module(f"{TOP}._shortcuts")._loaders)
    for name, asking in rooms.items():
        target = {"other_names": "compat"}.get(name, name)
        assert [room for room in asking if target in under(room)] == []  # a folder below can be imported


def test_modules_have_no_other_computed_imports_than_those_in_the_table() -> None:
    found: dict[str, int] = defaultdict(int)
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__", "exec_module")
            if called and not (node.args and isinstance(node.args[0], ast.Constant)):  # type: ignore[attr-defined]  # a Call
                found[module] += 1
    assert found == {module: times for module, (times, _) in COMPUTED.items()}


def test_nothing_assigns_to_sys_modules() -> None:
    writes = "sys.modules["
    assigned = [
        m for m, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for target in (node.targets if isinstance(node, ast.Assign) else [])
        if ast.unparse(target).startswith(writes)
    ]  # fmt: skip
    assert assigned == []


def test_the_picture_of_the_architecture_is_up_to_date_and_has_the_arrows_of_the_table() -> None:
    drawing = script("draw_architecture")
    assert drawing.FILE.read_text(encoding="utf-8") == drawing.picture(), "run python tools/draw_architecture.py"
    shown = {room: [low for low in lower if _is_room(low)] for room, lower in BELOW.items() if _is_room(room)}
    shown |= {"autograd": ["numpy"], "numpy": [], "commands": [room for room in shown if room not in _imported(shown)]}
    assert set(drawing.ROOMS) == set(shown)
    direct = set()  # arrows that are not implied by others
    for room, lower in shown.items():
        further = set().union(*(under(low, shown) - {low} for low in lower)) if lower else set()
        direct |= {(room, low) for low in lower if low not in further}
    assert set(drawing.ARROWS) == direct


def _is_room(name: str) -> bool:
    """Whether it is a folder: the small modules next to the folders are not in the picture."""
    return (PACKAGE / name / "__init__.py").exists()


def _imported(table: dict[str, list[str]]) -> set[str]:
    return {low for lower in table.values() for low in lower}


def test_the_table_in_architecture_md_has_every_folder() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page[page.index("| part |") : page.index("The rule is one sentence")]
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert set(re.findall(r"`(\w+)/`", table)) == rooms


def test_the_architecture_page_has_the_arrows_inside_viz() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    chains = re.findall(r"\w+(?: → \w+)+", next(line for line in page.splitlines() if line.startswith("| `viz/`")))
    pairs = {pair for chain in chains for pair in itertools.pairwise(chain.split(" → "))}
    assert pairs == {(room, low) for room, lower in VIZ_BELOW.items() for low in lower}


# --- names ---


@pytest.mark.parametrize("package", [m for m in MODULES if _is_package(m)])
def test_no_module_has_the_name_of_a_public_function_of_its_package(package: str) -> None:
    folder = MODULES[package].parent
    inside = {p.stem for p in folder.glob("*.py")} - {"__init__"} | {p.parent.name for p in folder.glob("*/__init__.py")}
    assert sorted(inside & _names_of_a_package(package)) == []


def _names_of_a_package(package: str) -> set[str]:
    """The names in a package other than modules, taken from its text and its tables, not from what happens to be imported."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[package].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = _absolute(package, node.level, node.module)
            names = {(alias.asname or alias.name): f"{base}.{alias.name}" for alias in node.names}
            if "*" in names:
                found |= set(importlib.import_module(base).__all__)
            found |= {name for name, full in names.items() if full not in MODULES}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Call) and _called(node) == "lazy_attribute":
            table = getattr(importlib.import_module(package), ast.unparse(node.args[1]))
            found |= {name for names in table.values() for name in names}
    if package in (TOP, f"{TOP}.ops"):
        found |= set(importlib.import_module(f"{TOP}.ops.loading").FUNCTIONS)
    return found


def test_the_names_of_a_package_do_not_depend_on_earlier_imports() -> None:
    importlib.import_module(f"{TOP}.ops.reduction")
    assert {"sum", "save", "compile"} <= _names_of_a_package(TOP)
    assert {"embedding", "linear"} <= _names_of_a_package(f"{TOP}.ops")  # modules must not have these names
    assert {"graph", "race"} <= _names_of_a_package(f"{TOP}.viz")


def test_modules_and_folders_share_a_basename_only_if_they_hold_the_same_kind_of_thing() -> None:
    count = Counter(path.parent.name if path.stem == "__init__" else path.stem for path in MODULES.values())
    assert {name for name, times in count.items() if times > 1} == set(SAME_BASENAME)


def test_a_folder_holds_few_modules() -> None:
    folders: dict[str, int] = defaultdict(int)
    for path in MODULES.values():
        folders[path.parent.relative_to(PACKAGE).as_posix()] += path.stem != "__init__"
    large = {f: n for f, n in folders.items() if n > MOST_MODULES and f not in MANY_MODULES}
    assert large == {}


# --- importing ---


def test_importing_the_package_loads_no_optional_package_and_no_viz() -> None:
    optional = ["matplotlib", "graphviz", "tqdm", "torch", "tinygrad_edu.viz", "tinygrad_edu.train", "tinygrad_edu.nn"]
    code = f"import sys, tinygrad_edu; print([m for m in {optional} if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
