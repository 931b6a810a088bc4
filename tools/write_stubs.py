"""Write the stubs that editors and type checkers read, for the functions in `tinygrad_edu.ops`, `tinygrad_edu.linalg` and
`nn.functional`, and for the methods that Tensor gets from them.

    python tools/write_stubs.py

A stub adds the types that NumPy notation cannot express, and everything in it follows from the modules of ops/: the public
names (`__all__`, METHODS, IN_PLACE, OUT), the signatures, and the results. A function without a return annotation returns a
Tensor if it is given one, otherwise an array. Annotations and overloads in the source are copied; a parameter without an
annotation is a bool if its default is one, otherwise TYPES has its type by name.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import math
import os
import pkgutil
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator
from inspect import Parameter
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tinygrad_edu import ops
from tinygrad_edu._tensor import op_methods
from tinygrad_edu.autograd.primitives import NUMPY
from tinygrad_edu.ops import linalg
from tinygrad_edu.ops.loading import numpy_name

INTEGER, OPERAND = "SupportsIndex", "_Operand"

ARRAYS = {  # parameters that are a Tensor or an array; a Tensor in one of them makes the result a Tensor
    "input", "input1", "x", "x1", "a", "b", "A", "B", "other", "end", "exponent", "weight", "condition", "tensor", "tensor1",
    "tensor2", "mat", "mat1", "mat2", "vec", "vec2", "batch1", "batch2", "sorted_sequence", "logits", "log_probs", "anchor",
    "query",
}  # fmt: skip
SEVERAL = {"tensors": "Sequence[{}]", "operands": "{}"}  # parameters that are several tensors or arrays
TYPES = {  # the type of a parameter, by name; any other is Any
    **dict.fromkeys(ARRAYS, OPERAND),
    **{name: kind.format("Any") for name, kind in SEVERAL.items()},
    **dict.fromkeys(("axis", "dim"), "_Axis"),
    **dict.fromkeys(("axis0", "axis1", "axis2", "dim0", "dim1", "dim2", "start_dim", "end_dim"), INTEGER),
    **dict.fromkeys(("k", "num_samples", "num_classes", "steps", "groups", "chunks", "decimals", "n"), INTEGER),
    **dict.fromkeys(("rtol", "atol", "eps", "std", "lambd", "negative_slope"), "builtins.float"),
    **dict.fromkeys(("shape", "size", "sizes"), "_Size"),
    "dtype": "npt.DTypeLike",
    "equation": "builtins.str",
    "generator": "Generator",
    "device": "builtins.str",
}
TORCH_NAMES = {"axis": "dim", "keepdims": "keepdim"}  # the parameters that ops.axes.torch_names adds

HEAD = '''"""{what} Written by tools/write_stubs.py: change the ops, then run it again."""

import builtins
from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any, Literal, NamedTuple, Self, SupportsIndex, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from tinygrad_edu._tensor import Tensor
{imports}

'''

ALIASES = """\
_Array: TypeAlias = np.ndarray[Any, Any] | np.generic | builtins.float
_Operand: TypeAlias = Tensor | _Array
_Axis: TypeAlias = SupportsIndex | Sequence[SupportsIndex] | None
_Size: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
_Part: TypeAlias = SupportsIndex | slice | EllipsisType | Tensor | np.ndarray[Any, Any] | list[Any] | range | None
_Key: TypeAlias = _Part | builtins.tuple[_Part, ...]

"""


class Way(NamedTuple):
    """A signature of a function."""

    params: list[Parameter]
    result: str


# --- what a function takes and returns ---


def typed(annotation: Any) -> str:
    """An annotation as a stub writes it (builtins.float, because tg.float and x.float hide float); "" if there is none."""
    if annotation in (Parameter.empty, "Any", Any):
        return ""
    tree = ast.parse(annotation, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("bool", "int", "float", "str", "tuple"):
            node.id = f"builtins.{node.id}"
    return ast.unparse(tree)


def declared(function: Callable[..., Any]) -> Way:
    """The parameters with the types of their annotations or names, and the result."""
    signature = inspect.signature(function)
    params = []
    for p in signature.parameters.values():
        kind = typed(p.annotation) or ("builtins.bool" if isinstance(p.default, bool) else TYPES.get(p.name, "Any"))
        optional = p.default is None and kind not in ("Any", "_Axis") and "None" not in kind
        if p.kind is p.VAR_POSITIONAL and p.name in SEVERAL:
            kind = "Any"
        params.append(p.replace(annotation=f"{kind} | None" if optional else kind))
    return Way(params, typed(signature.return_annotation))


def has_torch_names(function: Any) -> bool:
    """Whether the function is decorated with `ops.axes.torch_names`."""
    while function is not None:
        if getattr(getattr(function, "__code__", None), "co_qualname", "").startswith("torch_names."):
            return True
        function = getattr(function, "__wrapped__", None)
    return False


def spellings(way: Way) -> Iterator[Way]:
    """`way` with NumPy's and PyTorch's names; as two ways if an axis must be given under one of them."""
    named = [p for p in way.params if p.name in TORCH_NAMES and p.kind is not p.POSITIONAL_ONLY]
    also = [p.replace(name=TORCH_NAMES[p.name], kind=p.KEYWORD_ONLY) for p in named]
    optional, needed = [p for p in also if p.default is not p.empty], [p for p in also if p.default is p.empty]
    yield Way(sorted([*way.params, *optional], key=lambda p: p.kind), way.result)
    if needed:
        start = [p.name for p in way.params].index("axis")
        rest = [p.replace(kind=p.KEYWORD_ONLY) for p in way.params[start + 1 :]]
        yield Way([*way.params[:start], *needed, *rest, *optional], way.result)


def ways_of(function: Callable[..., Any]) -> list[Way]:
    """Every way to call it."""
    expand = spellings if has_torch_names(function) else lambda way: iter([way])
    return [way for one in typing.get_overloads(function) or [function] for way in expand(declared(one))]


def follows_its_input(function: Callable[..., Any]) -> bool:
    """Whether it returns arrays for arrays: unless an annotation says that it always, or never, returns a Tensor."""
    if typing.get_overloads(function):
        return True
    result = declared(function).result
    return result != "Tensor" and not result.startswith(("builtins.bool", "builtins.int", "np.", "None", "Generator", "device"))


def with_tensors(way: Way) -> Iterator[Way]:
    """`way`, once for each of its arrays, with that one as a Tensor."""
    for i, p in enumerate(way.params):
        if p.name in SEVERAL:
            kind = "Tensor" if p.kind is p.VAR_POSITIONAL else SEVERAL[p.name].format("Tensor")
            yield Way([*way.params[:i], p.replace(annotation=kind), *way.params[i + 1 :]], way.result)
        elif p.annotation == OPERAND:
            yield Way([*way.params[:i], p.replace(annotation="Tensor"), *way.params[i + 1 :]], way.result)


def with_arrays(way: Way) -> Way:
    """`way` without Tensors; NumPy decides what it returns."""
    return Way([p.replace(annotation=p.annotation.replace(OPERAND, "_Array")) for p in way.params], "Any")


# --- definitions ---


def arguments(params: list[Parameter]) -> str:
    """The parameter list."""
    parts: list[str] = []
    kinds = [p.kind for p in params]
    for i, p in enumerate(params):
        if p.kind is p.KEYWORD_ONLY and not {p.KEYWORD_ONLY, p.VAR_POSITIONAL} & set(kinds[:i]):
            parts.append("*")
        star = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        plain = p.default is None or (isinstance(p.default, (bool, int, float, str)) and p.default != math.inf)
        value = repr(p.default) if plain else "..."
        kind = "" if p.annotation is p.empty else f": {p.annotation}"
        parts.append(f"{star}{p.name}{kind}" + ("" if p.default is p.empty else f" = {value}"))
        if p.kind is p.POSITIONAL_ONLY and p.POSITIONAL_ONLY not in kinds[i + 1 :]:
            parts.append("/")
    return ", ".join(parts)


def definition(name: str, ways: list[Way], doc: str | None, indent: str = "", note: str = "") -> str:
    """The lines of a function or of its overloads; the first one carries the first line of the docstring."""
    first = inspect.cleandoc(doc).partition("\n")[0].rstrip() if doc else ""
    lines = []
    for way in ways:
        lines += [f"{indent}@overload"] if len(ways) > 1 else []
        head = f"{indent}def {name}({arguments(way.params)}) -> {way.result or 'Tensor'}:"
        lines += [head, f'{indent}    """{first}"""'] if first and way is ways[0] else [f"{head} ...{note}"]
    return "\n".join(lines) + "\n"


def function(name: str, value: Callable[..., Any]) -> str:
    """The lines of one function of ops/."""
    ways = ways_of(value)
    if follows_its_input(value):
        plain = ways if not typing.get_overloads(value) else [Way(declared(value).params, "")]
        ways = [one for way in ways for one in with_tensors(way)] + [with_arrays(way) for way in plain]
    return definition(name, ways, value.__doc__)


def method(name: str, ways: list[Way], doc: str | None = None, note: str = "") -> str:
    """The lines of one method: `ways` are without self."""
    self = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)
    return definition(name, [Way([self, *way.params], way.result) for way in ways], doc, "    ", note)


def with_other(annotation: str, result: str = "Tensor") -> list[Way]:
    """The one way to use an operator: with another operand."""
    return [Way([Parameter("other", Parameter.POSITIONAL_ONLY, annotation=annotation)], result)]


def named_tuple(cls: Any) -> str:
    """The lines of a NamedTuple."""
    fields = [f"    {name}: {typed(kind.__forward_arg__)}" for name, kind in cls.__annotations__.items()]
    return "\n".join([f"class {cls.__name__}(NamedTuple):", f'    """{cls.__doc__}"""', "", *fields]) + "\n"


# --- files ---


def modules() -> dict[str, ModuleType]:
    """Every module of ops/ by name."""
    return {m.name: importlib.import_module(f"{ops.__name__}.{m.name}") for m in pkgutil.iter_modules(ops.__path__)}


def public(module: ModuleType) -> dict[str, Any]:
    """The public names that a module defines."""
    own = ((name, value) for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__)
    return {name: value for name, value in own if not name.startswith("_")}


def classes(body: str) -> dict[str, str]:
    """The classes of ops/ that a stub mentions: their names, and their modules."""
    found = {}
    for name, module in modules().items():
        own = (c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__)
        found.update({c.__name__: name for c in own if re.search(rf"\b{c.__name__}\b", body)})
    return found


def stub(what: str, body: str, more: tuple[str, ...] = (), defined: Iterable[str] = ()) -> str:
    """The text of a stub, which imports what `body` mentions, except the names in `defined`."""
    wanted = {module: [name] for name, module in classes(body).items() if name not in defined}
    imports = [f"from {ops.__name__}.{module} import {', '.join(names)}" for module, names in wanted.items()]
    aliases = [name for name in re.findall(r"^(\w+):", ALIASES, re.MULTILINE) if name in body]
    imports += [f"from {ops.__name__} import {', '.join(aliases)}"] if aliases and ALIASES not in body else []
    return HEAD.format(what=what, imports="\n".join([*more, *imports])) + body


def ops_stub() -> str:
    """ops/__init__.pyi: everything public; names that are not functions are imported from their module."""
    functions = {name: getattr(ops, name) for name in sorted(ops.__all__) if inspect.isfunction(getattr(ops, name))}
    more = ["from . import linalg as linalg"]
    for name, module in modules().items():
        others = sorted(n for n in getattr(module, "__all__", ()) if n in set(ops.__all__) - set(functions))
        more += [f"from .{name} import {', '.join(f'{n} as {n}' for n in others)}"] if others else []
    body = ALIASES + "\n".join(function(name, value) for name, value in functions.items())
    return stub("The public functions of ops/.", body, tuple(more), ops.__all__)


def linalg_stub() -> str:
    """ops/linalg.pyi, tg.linalg for users: the functions and named tuples of the module."""
    own = public(linalg)
    tuples = [named_tuple(value) for value in own.values() if inspect.isclass(value)]
    body = "\n".join([*tuples, *(function(name, f) for name, f in sorted(own.items()) if inspect.isfunction(f))])
    return stub("Linear algebra: tg.linalg.", body, defined=own)


def functional_stub() -> str:
    """nn/functional.pyi."""
    from tinygrad_edu.nn import functional  # not at the top: the table in which nn looks ops up may be out of date

    body = "\n".join(function(name, getattr(functional, name)) for name in sorted(functional.__all__))
    return stub("nn.functional: layers and losses as functions.", body)


def methods_stub() -> str:
    """_tensor/op_methods.pyi: the class that Tensor inherits its methods and operators from."""
    out = []
    for name, f in sorted(ops.METHODS.items()):
        out.append(
            method(name, [Way(way.params[1:], "Self" if name[-1] == "_" else way.result) for way in ways_of(f)], f.__doc__)
        )
    for name in sorted([*ops.IN_PLACE, *op_methods.RESHAPED]):
        doc = getattr(op_methods.OpMethods, f"{name}_").__doc__
        out.append(method(f"{name}_", [Way(way.params[1:], "Self") for way in ways_of(ops.METHODS[name])], doc))
    out += [method(name, [Way([], "Tensor")], getattr(op_methods.OpMethods, name).__doc__) for name in op_methods.CASTS]
    for symbol, (name, _) in op_methods.OPERATORS.items():
        kinds = [("", "Tensor"), ("r", "Tensor"), *([("i", "Self")] if symbol != "@" else [])]
        out += [method(f"__{kind}{name}__", with_other(OPERAND, result)) for kind, result in kinds]
    for name in op_methods.OTHER_OPERATORS:
        one = name in ("neg", "pos", "abs", "invert")
        out.append(method(f"__{name}__", [Way([], "Tensor")] if one else with_other("_Key" if name == "getitem" else OPERAND)))
    note = "  # type: ignore[override]  # it compares elements"
    out += [method(f"__{name}__", with_other("object"), note=note) for name in ("eq", "ne")]
    more = ("from tinygrad_edu._tensor.in_place import InPlace",)
    return stub("The methods that Tensor gets from ops/.", "class OpMethods(InPlace):\n" + "".join(out), more)


def place_of(function: Any) -> str:
    """The module of ops/ that defines a function, or the rules of a primitive."""
    op = getattr(function, "op", None)
    parts = [inspect.unwrap(function), *([*op.rules, op.joint, op.forward] if op else [])]
    files = (Path(part.__code__.co_filename) for part in parts if hasattr(part, "__code__"))
    return next(file.stem for file in files if file.parent == Path(ops.__file__).parent)


def places() -> str:
    """ops/places.py: the module of each public function, of each method, and of each function that a NumPy function maps to."""
    functions: dict[str, list[str]] = {}
    methods: dict[str, list[str]] = {}
    in_place: list[str] = []
    out: list[str] = []
    for name, module in modules().items():
        if name not in (PLACES.stem, "loading"):
            functions[name] = [*getattr(module, "__all__", ()), *getattr(module, "SPELLINGS", ())]
            methods[name] = [*getattr(module, "METHODS", ())]
            in_place += getattr(module, "IN_PLACE", ())
            out += getattr(module, "OUT", ())
    numpy: dict[str, list[str]] = {}
    for theirs, ours in NUMPY.items():
        numpy.setdefault(place_of(ours), []).append(numpy_name(theirs))
    text = '"""The module of ops/ that defines each name, written by tools/write_stubs.py from the ops."""\n\n'
    for title, table in (("FUNCTIONS", functions), ("METHODS", methods), ("NUMPY", numpy)):
        shown = (name for name in sorted(table) if table[name] or table is functions)
        rows = (f'    "{name}": "{" ".join(sorted(table[name]))}",\n' for name in shown)
        text += f"{title} = {{\n{''.join(rows)}}}\n"
    return text + f'IN_PLACE = "{" ".join(sorted(in_place))}"\nOUT = "{" ".join(sorted(out))}"\n'


PLACES = Path(ops.__file__).parent / "places.py"
STUBS: dict[Path, Callable[[], str]] = {
    Path(ops.__file__).with_suffix(".pyi"): ops_stub,
    Path(linalg.__file__).with_suffix(".pyi"): linalg_stub,
    Path(ops.__file__).parent.parent / "nn" / "functional.pyi": functional_stub,
    Path(op_methods.__file__).with_suffix(".pyi"): methods_stub,
    PLACES: places,
}

if __name__ == "__main__":
    if PLACES.read_text(encoding="utf-8") != places():  # the package looks its functions up in it: write it, and start again
        PLACES.write_text(places(), encoding="utf-8")
        os.execv(sys.executable, [sys.executable, *sys.argv])
    for file, text in STUBS.items():
        file.write_text(text(), encoding="utf-8")
