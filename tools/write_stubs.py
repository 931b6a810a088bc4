"""Write `tinygrad_edu/_tensor/op_methods.pyi`: the methods that Tensor gets from `ops/`, for editors and type checkers.

    python tools/write_stubs.py

They follow from the lists METHODS and IN_PLACE in the modules of ops/; a test says when the file is not fresh.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tinygrad_edu import ops
from tinygrad_edu._tensor import op_methods

FILE = Path(op_methods.__file__).with_suffix(".pyi")

HEAD = '''"""The methods that Tensor gets from `ops/`. Written by tools/write_stubs.py: change the ops, then run it again."""

import builtins
from typing import Any, Self

from .in_place import InPlace
from .tensor import Tensor

class OpMethods(InPlace):
'''

PAIR, SEVERAL = "tuple[Tensor, Tensor]", "tuple[Tensor, ...]"
RETURNS = {  # of the methods that do not return a Tensor
    **dict.fromkeys(("allclose", "equal", "is_floating_point"), "builtins.bool"),
    **dict.fromkeys(("numel", "nelement"), "builtins.int"),
    **dict.fromkeys(("var_mean", "std_mean", "slogdet", "sort", "topk", "kthvalue", "cummax", "cummin"), PAIR),
    **dict.fromkeys(("split", "chunk", "unbind", "tensor_split"), SEVERAL),
    "svd": "tuple[Tensor, Tensor, Tensor]",
    **dict.fromkeys(("max", "min", "median", "unique", "nonzero"), "Any"),  # it depends on the arguments
    **dict.fromkeys(("uniform_", "normal_", "exponential_", "bernoulli_", "random_"), "Self"),
}
TYPES = {  # of arguments, by name; any other is Any
    **dict.fromkeys(("keepdims", "keepdim", "unbiased", "descending", "largest", "stable", "requires_grad"), "builtins.bool"),
}
ALSO = {"axis": "dim", "keepdims": "keepdim"}  # what `torch_names` accepts besides


def both_spellings(function: Any) -> bool:
    """Whether the function is decorated with `ops.axes.torch_names`."""
    while function is not None:
        if getattr(getattr(function, "__code__", None), "co_qualname", "").startswith("torch_names."):
            return True
        function = getattr(function, "__wrapped__", None)
    return False


def arguments(function: Callable[..., Any]) -> str:
    """The arguments after self, as a stub writes them."""
    (_, *parameters) = inspect.signature(function).parameters.values()
    optional = both_spellings(function)
    parts: list[str] = []
    star = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    after = ""
    for p in parameters:
        kind = TYPES.get(p.name, "Any")
        default = "" if p.default is p.empty and not optional else " = ..."
        if p.kind is p.VAR_POSITIONAL:
            parts.append(f"*{p.name}: {kind}")
        elif p.kind is p.VAR_KEYWORD:
            after = f"**{p.name}: {kind}"
        else:
            if p.kind is p.KEYWORD_ONLY and not star:
                parts.append("*")
                star = True
            parts.append(f"{p.name}: {kind}{default}")
    if optional:
        also = [other for name, other in ALSO.items() if any(p.name == name for p in parameters)]
        parts += ["*"] if also and not star else []
        parts += [f"{name}: {TYPES.get(name, 'Any')} = ..." for name in also]
    return "".join(f", {part}" for part in (*parts, *([after] if after else [])))


def method(name: str, signature: str, returns: str, doc: str | None) -> str:
    """The lines of one method."""
    line = f"    def {name}(self{signature}) -> {returns}:"
    if name in ("__eq__", "__ne__"):
        return f"{line} ...  # type: ignore[override]  # it compares elements\n"
    first = inspect.cleandoc(doc).partition("\n")[0].rstrip() if doc else ""
    return f'{line}\n        """{first}"""\n' if first else f"{line} ...\n"


def stub() -> str:
    """The text of the file."""
    out = [HEAD]
    for name, function in sorted(ops.METHODS.items()):
        out.append(method(name, arguments(function), RETURNS.get(name, "Tensor"), function.__doc__))
    for name in sorted(ops.IN_PLACE):
        doc = getattr(op_methods.OpMethods, f"{name}_").__doc__
        out.append(method(f"{name}_", arguments(ops.METHODS[name]), "Self", doc))
    out += [method(name, "", "Tensor", getattr(op_methods.OpMethods, name).__doc__) for name in op_methods.CASTS]
    for symbol, (name, _) in op_methods.OPERATORS.items():
        kinds = [("", "Tensor"), ("r", "Tensor"), *([("i", "Self")] if symbol != "@" else [])]
        out += [method(f"__{kind}{name}__", ", other: Any", returns, None) for kind, returns in kinds]
    for name in op_methods.OTHER_OPERATORS:
        argument = {"getitem": ", key: Any"}.get(name, "" if name in ("neg", "pos", "abs", "invert") else ", other: Any")
        out.append(method(f"__{name}__", argument, "Tensor", None))
    out += [method(f"__{name}__", ", other: object", "Tensor", None) for name in ("eq", "ne")]
    return "".join(out)


if __name__ == "__main__":
    FILE.write_text(stub(), encoding="utf-8")
