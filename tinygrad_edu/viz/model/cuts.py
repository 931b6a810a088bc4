"""Where the way from a result back to its parameters ends: detach(), no_grad(), integers, numbers of Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..._language import translate
from ..._tensor import Tensor
from ...autograd.functional import topological
from ..render.number_format import shape_text


class Cut(NamedTuple):
    """What viz.trace() saw of a result that lost its graph.

    how      "detach()", "argmax to int64", "item()"
    value    what was cut off, as in a picture: "linear [32, 4]"
    behind   ids of the leaves that no gradient reaches through it any more
    """

    how: str
    module: str
    source: str
    value: str
    behind: frozenset[int] = frozenset()

    def __str__(self) -> str:
        told = translate("{how} in {module} at {place}" if self.module else "{how} at {place}")
        return told.format(how=self.how, module=self.module, place=self.source)


def label(x: Tensor) -> str:
    """How a picture would call a Tensor."""
    op = x._op.name if x._op is not None else ""
    return f"{x.name or op or 'parameter'} {shape_text(x._data.shape)}".strip()


def detached(x: Any) -> Tensor | None:
    """What `x` was detached from, if that still exists."""
    cut = getattr(x, "_cut", None)
    return cut[1]() if isinstance(cut, tuple) and not isinstance(cut, Cut) else None


def of_leaf(x: Any, behind: Callable[[frozenset[int]], tuple[str, ...]]) -> dict[str, Any]:
    """What is known of how a leaf lost its graph: for certain, with the parameters behind it, or perhaps.

    behind   from ids of leaves to the names of those that are missed
    """
    cut = getattr(x, "_cut", None)
    if isinstance(cut, Cut):
        return {"cut": str(cut), "behind": behind(cut.behind)}
    if cut is None:
        return {}
    source = detached(x)
    if source is None:
        return {"perhaps": translate("it comes from {cut}").format(cut=cut[0])}
    return {"cut": cut[0], "behind": behind(frozenset(id(leaf) for leaf in topological([source])[1]))}


def told(cuts: Sequence[Cut], behind: Callable[[frozenset[int]], tuple[str, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The cuts of a traced block that parameters are missed behind: what was cut off and how, and the names of these."""
    found: dict[str, tuple[str, ...]] = {}
    for cut in cuts:
        words = f"{cut.value}, {cut}"
        if words not in found and (names := behind(cut.behind)):
            found[words] = names
    return tuple(found.items())
