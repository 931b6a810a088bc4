"""Where the path from a result back to its parameters ends: detach(), no_grad(), integers, Python numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from weakref import ref

import numpy as np

from ..._language import translate
from ..._tensor import Tensor
from ...autograd.functional import topological
from ..render.number_format import shape_text
from .node_names import shortened


class Cut(NamedTuple):
    """What viz.trace() recorded about a result that lost its graph.

    how      "detach()", "argmax to int64", "item()"
    value    what was cut off, as labeled in a picture: "linear [32, 4]"
    behind   the leaves that no gradient reaches through it: their ids and labels
    """

    how: str
    module: str
    source: str
    value: str
    behind: Mapping[int, str] = MappingProxyType({})

    def __str__(self) -> str:
        text = translate("{how} in {module} at {place}" if self.module else "{how} at {place}")
        return text.format(how=self.how, module=self.module, place=self.source)


_last: list[tuple[ref[Any], Cut]] = []  # the model of the latest viz.trace(model), and its last cut, if there is one


def remember(model: Any, cuts: Sequence[Cut]) -> None:
    """Keep the last cut of a finished trace: a hint for a result that no op led to, such as tensor(array)."""
    _last[:] = [(ref(model), cut) for cut in cuts[-1:]]


def cause(how: str, dtype: Any = None) -> str:
    """The cause of a cut, which decides the advice: "detach", "no_grad", "number", "comparison", "integers"; "" if unknown.

    dtype   of the resulting leaf: integers and bools have no gradient, however they were made
    """
    if how == "detach()":
        return "detach"
    if how.endswith("inference_mode()"):
        return "no_grad"
    if how.endswith("()"):  # item(), tolist()
        return "number"
    if how:
        return "comparison" if how.endswith(" to bool") else "integers"
    return {"b": "comparison", "i": "integers", "u": "integers"}.get(getattr(dtype, "kind", ""), "")


def cause_of(x: Any) -> str:
    """The cause of the cut that a leaf comes from; "" if unknown."""
    cut = getattr(x, "_cut", None)
    return cause("" if cut is None else cut.how if isinstance(cut, Cut) else cut[0], x._data.dtype)


def label(x: Any) -> str:
    """A Tensor's label in a picture."""
    op = x._op.name if x._op is not None else ""
    return f"{x.name or op or 'parameter'} {shape_text(x._data.shape)}".strip()


def detached(x: Any) -> Tensor | None:
    """The tensor that `x` was detached from, if it still exists."""
    cut = getattr(x, "_cut", None)
    return cut[1]() if isinstance(cut, tuple) and not isinstance(cut, Cut) else None


def how(x: Any) -> str:
    """ "detach()" for a tensor known to be detached, "" for others."""
    cut = getattr(x, "_cut", ("",))
    return cut[0] if cut[0] == "detach()" else ""


def leaves(x: Tensor) -> dict[int, str]:
    """The leaves that `x` depends on and that require a gradient: their ids and labels."""
    return {id(leaf): label(leaf) for leaf in topological([x])[1]}


def behind(x: Any) -> Mapping[int, str]:
    """The leaves known to be behind a leaf that was cut off: their ids and labels."""
    cut = getattr(x, "_cut", None)
    if isinstance(cut, Cut):
        return cut.behind
    source = detached(x)
    return leaves(source) if source is not None else {}


def of_leaf(x: Any, missed: Callable[[Collection[int]], tuple[str, ...]]) -> dict[str, Any]:
    """How a leaf lost its graph: under "cut" and "behind" (the missing parameters), or under "perhaps"; {} if unknown.

    missed   (ids of leaves) -> the names of those among them that the result does not depend on
    """
    cut = getattr(x, "_cut", None)
    if cut is None:
        return {}
    if not isinstance(cut, Cut) and detached(x) is None:
        return {"perhaps": translate("it comes from {cut}").format(cut=cut[0]), "cause": cause(cut[0])}
    return {"cut": str(cut) if isinstance(cut, Cut) else cut[0], "behind": missed(behind(x)), "cause": cause_of(x)}


def in_last_trace(model: Any, missed: Callable[[Collection[int]], tuple[str, ...]]) -> dict[str, Any]:
    """For a result without history: what lost its graph in the last viz.trace() of the model, if anything did."""
    cut = next((cut for traced, cut in _last if model is not None and traced() is model), None)
    if cut is None or not missed(cut.behind):
        return {}
    text = translate("it has no history; in the last viz.trace() of the model, the path was cut here: {cut}")
    return {"perhaps": text.format(cut=f"{cut.value}, {cut}"), "cause": cause(cut.how)}


def of_copy(x: Any, named: Mapping[str, Any], missed: Collection[int]) -> dict[str, Any]:
    """What a leaf may be a copy of: a named tensor with the same values that depends on one of the `missed` leaves."""
    for name, t in named.items():
        if not isinstance(x, Tensor) or not isinstance(t, Tensor) or t._op is None or t._data.size != x._data.size:
            continue
        if np.array_equal(t._data.ravel(), x._data.ravel()) and any(id(leaf) in missed for leaf in topological([t])[1]):
            perhaps = translate("it has the values of {name}, but not its history").format(name=shortened(name))
            return {"perhaps": perhaps, "cause": "copy"}
    return {}


def describe(
    cuts: Sequence[Cut], missed: Callable[[Collection[int]], tuple[str, ...]]
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """What was cut off and how, the cause, and the names of the missing parameters behind it, for each cut that has any."""
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for cut in cuts:
        words = f"{cut.value}, {cut}"
        if words not in found and (names := missed(cut.behind)):
            found[words] = words, cause(cut.how), names
    return tuple(found.values())
