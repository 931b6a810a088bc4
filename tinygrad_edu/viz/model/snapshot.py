"""A walk from results back to their leaves, which copies what it finds as data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.past.lifetime import FREED
from ...autograd.past.versions import inputs_then, then
from ...program.formulas.op_formulas import formulas
from ..render.escape import source_line
from . import cuts
from .following import Followed, element, follow
from .gradients import Gradients
from .graph_data import GraphData, Node
from .measurements import dead_units, mask, owning_array, saturated, two_steps, written_since
from .module_paths import infer
from .node_names import argument_text, module_kinds, named_parameters, names_of_tensors, shortened, worth_saying
from .outputs import named_outputs
from .shape_mismatch import shape_mismatch
from .summary import Summary, summarize, summarize_overwritten
from .updates import Update, updates

STEPS = 3000  # in graphs of up to this many nodes, the rules of each op and the gradients that it sent to its inputs are kept


def snapshot(
    x: Any,
    model: Any = None,
    names: Mapping[str, Any] | None = None,
    gradients: bool | None = None,
    optimizer: Any = None,
    followed: str | None = None,
) -> GraphData:
    """The graph of everything that led to `x`, as it is now.

    With gradients=None, gradients are included if a tensor of the graph has a `.grad`. For several outputs, they are those of
    their sum.
    """
    if names is not None and not isinstance(names, Mapping):
        raise TypeError(f"graph: names must map names to tensors, as {{'x': x}} and locals() do, got {type(names).__name__}")
    outputs = named_outputs(x)
    roots = [tensor for _, tensor in outputs]
    given = dict(names or {})
    places = {name: tensor for name, tensor in outputs if name and name not in given}
    taken = _Snapshot(roots, model, given | places)  # the first name of a tensor wins
    if gradients is None:
        gradients = any(t._grad is not None for t in taken.things if isinstance(t, Tensor))
    taken.gradients = Gradients(roots, keep_sent=len(taken.things) <= STEPS) if gradients else None
    if followed is not None:
        freed = any(isinstance(t, Tensor) and t._op is FREED for t in taken.things)
        taken.followed = follow(*element(followed, taken.named(), given, freed), taken.things)
    taken.updates = updates(optimizer) if optimizer is not None else {}
    nodes = taken.nodes(roots)
    return GraphData(
        nodes,
        has_grad=bool(gradients),
        modules=module_kinds(model),
        unreached=taken.unreached(),
        cuts=cuts.describe(taken.seen, taken.behind),
    )


def snapshot_of_failure(
    op: str, operands: list[Any], before: list[Tensor], error: BaseException, model: Any, module: str, source: str
) -> GraphData:
    """The graph of an op that raised: everything behind its operands, what was recorded before, and a last node for the op.

    A result in `before` becomes an input of that node too; `details["after"]` is its id, unless it is an operand.
    """
    taken = _Snapshot([*operands, *before], model, None)
    nodes = taken.nodes([])
    place = {id(thing): i for i, thing in enumerate(taken.things)}
    used = [place[id(x)] for x in operands]
    kind = type(error).__name__
    details: dict[str, Any] = {"error": kind}
    for last in before:
        if place[id(last)] not in used:
            details["after"] = place[id(last)]
            used.append(place[id(last)])
    message = str(error).strip() or kind
    note = "\n".join(filter(None, (message, shape_mismatch([tuple(x.shape) for x in operands], error))))
    nothing = Summary((), "", 0, ())
    failed = Node(
        len(nodes), "failed", nothing, op=op, module=module, inputs=tuple(used), source=source, note=note, details=details
    )
    return GraphData((*nodes, failed), modules=module_kinds(model))


class _Snapshot:
    """Everything behind some tensors, to be turned into Nodes."""

    def __init__(self, roots: list[Any], model: Any, names: Mapping[str, Any] | None) -> None:
        self.things, self.inputs = _walk(roots)
        self.required, self.overwritten = _at_their_uses(self.things)
        self.gradients: Gradients | None = None
        self.updates: dict[int, Update] = {}
        self.followed: dict[int, Followed] = {}
        self.model = model
        self.parameters = named_parameters(model)
        self.names = names_of_tensors(self.parameters, names)
        self.given = names or {}
        self.arrays: dict[int, tuple[str, Summary]] = {}  # id of an array -> its name and summary
        recorded = [t for t in self.things if isinstance(t, Tensor) and t._op is not None]
        self.order = {id(t): i for i, t in enumerate(sorted(recorded, key=lambda t: -t._time))}
        known = [getattr(t, "_module", self.names.get(id(t), ("", None))[1]) for t in self.things]  # set by viz.trace()
        self.modules = infer([id(t) in self.order for t in self.things], self.inputs, known)
        inside = set(map(id, self.things))
        self.missed = [(shortened(path), id(p)) for path, p in self.parameters if id(p) not in inside and p._requires_grad]
        self.seen: Sequence[cuts.Cut] = getattr(roots[-1], "_cuts", ()) if roots else ()  # set by viz.trace()
        self.loose_end = self._loose_end() if self.missed else None
        if model is None:
            ends = [x for x in self.things if id(x) not in self.order]
            lost = {i: label for x in ends for i, label in cuts.behind(x).items() if i not in inside}
            if not recorded:
                lost |= {i: label for cut in self.seen for i, label in cut.behind.items() if i not in inside}
            self.missed = [(shortened(self.names.get(i, (label, None))[0]), i) for i, label in lost.items()]

    def nodes(self, roots: Sequence[Tensor]) -> tuple[Node, ...]:
        ends = set(map(id, roots))
        return tuple(self._node(i, thing, id(thing) in ends) for i, thing in enumerate(self.things))

    def named(self) -> dict[str, Any]:
        """Name -> tensor, for the named tensors of the graph."""
        known = {id(t): t for t in self.things if isinstance(t, Tensor)}
        own = {t.name: t for t in known.values() if t.name}
        return own | {name: known[i] for i, (name, _) in self.names.items() if i in known}

    def unreached(self) -> tuple[str, ...]:
        """Parameters that require gradients and are not in the graph: the model's or, without a model, those behind a cut."""
        return tuple(path for path, _ in self.missed)

    def _loose_end(self) -> int | None:
        """The id of an input without history that looks like the output of the missing parameters.

        Its op also has a parameter that comes after a missing one in the model, and the input has an axis as long as the first
        or last axis of the nearest missing one before that parameter. Inputs without a name come first: users name their data.
        """
        likely: list[int] = []
        place = {id(p): k for k, (_, p) in enumerate(self.parameters)}
        first = place[self.missed[0][1]]
        for thing in self.things:
            given = inputs_then(thing) if isinstance(thing, Tensor) else ()
            own = [place[id(x)] for x in given if id(x) in place]
            if own and max(own) > first:
                before = [self.parameters[place[i]][1] for _, i in self.missed if place[i] < max(own)][-1]
                for x in given:
                    if isinstance(x, Tensor) and not x._requires_grad and x._data.dtype.kind == "f" and id(x) not in place:
                        if {*before._data.shape[:1], *before._data.shape[-1:]} & {*x._data.shape}:
                            likely.append(id(x))
                        break
        return next((i for i in likely if i not in self.names), likely[0] if likely else None)

    def _node(self, i: int, thing: Any, is_root: bool) -> Node:
        name = self.names.get(id(thing), ("", None))[0]
        if not name and (source := cuts.detached(thing)) is not None and (source.name or id(source) in self.names):
            name = f"{source.name or self.names[id(source)][0]}.detach()"
        if not name and isinstance(thing, Tensor) and thing._op is None and owning_array(thing._data).size == thing._data.size:
            name = self._seen_as(thing)[0] or cuts.how(thing)  # it may be a view of all elements of a named tensor
        if not isinstance(thing, Tensor):
            return Node(i, "constant", summarize(thing), name=shortened(name), module=self.modules[i], details=mask(thing))
        op = thing._op
        required = self.required.get(id(thing), thing._requires_grad)
        kind = "parameter" if required else "input"
        if op is not None:
            kind = "output" if is_root else "op"
        grad, note = self.gradients.of(thing, required) if self.gradients is not None else (None, "")
        if op is FREED:
            note = "the history is unknown: a later backward() freed the graph"
        return Node(
            i,
            kind,
            self._value(thing),
            op=op.name if op is not None else "",
            name=shortened(thing.name or name),
            module=self.modules[i],
            params=tuple((k, shortened(argument_text(v), 60)) for k, v in thing._params.items() if worth_saying(k, v)),
            inputs=self.inputs[i],
            requires_grad=required,
            grad=summarize(grad) if grad is not None else None,
            order=self.order.get(id(thing)),
            time=getattr(thing, "_seconds", None),
            source=source_line(*thing._origin) if hasattr(thing, "_origin") else "",
            note=note,
            **self._steps(thing),
            details=self._details(thing),
            update=self.updates.get(id(thing)),
            followed=self.followed.get(id(thing)),
        )

    def _value(self, x: Tensor) -> Summary:
        """The summary of a tensor; of an overwritten one, only shape and dtype, or, for a parameter, its current numbers."""
        if id(x) not in self.overwritten:
            return summarize(x._data)
        return replace(summarize(x._data), overwritten=True) if self.required.get(id(x)) else summarize_overwritten(x._data)

    def _steps(self, x: Tensor) -> dict[str, Any]:
        """The rules of an op as formulas, and the gradients they sent."""
        if x._op is None or x._op is FREED or len(self.things) > STEPS:
            return {}
        inputs = inputs_then(x)
        arguments, rules = formulas(x._op, inputs, x, x._params)
        found: dict[str, Sequence[Any]] = {
            "arguments": arguments,
            "rules": rules,
            "sent": self.gradients.sent.get(id(x), ()) if self.gradients is not None else (),
            "local": self.gradients.local.get(id(x), ()) if self.gradients is not None else (),
        }
        omitted = {k for k, given in enumerate(inputs) if given is None}  # these are not inputs of the Node
        return {key: tuple(v for k, v in enumerate(values) if k not in omitted) for key, values in found.items()}

    def _details(self, x: Tensor) -> dict[str, Any]:
        """What the detectors in diagnose/ need in addition to the summary."""
        details: dict[str, Any] = {}
        known = id(x) not in self.overwritten
        if x._op is None:
            details |= self._cut(x) | (mask(x._data) if known else {}) | self._whole(x)
        elif known:
            details |= dead_units(x) | saturated(x)
        if self.gradients is not None:
            if two_steps(x, self.gradients.arrived.get(id(x))):
                details["two steps"] = True
            if id(x) in self.gradients.stale:
                details["overwritten"] = self.gradients.stale[id(x)]
        return details

    def _whole(self, x: Tensor) -> dict[str, Any]:
        """For a slice of a larger array, such as x[:, t]: the array's name, its summary, and a number that identifies it."""
        base = owning_array(x._data)
        if x._requires_grad or base.size == x._data.size or id(x) in self.names:
            return {}
        if id(base) not in self.arrays:
            name, seen = self._seen_as(x)
            self.arrays[id(base)] = name, summarize(base if seen is None else seen._data)
        name, whole = self.arrays[id(base)]
        return {"array": list(self.arrays).index(id(base)), "of": name, "whole": whole}

    def _seen_as(self, x: Tensor) -> tuple[str, Tensor | None]:
        """The name, and the tensor, of the whole array of which `x` is a view: "a" if `x` is a.reshape(2, 3); or ("", None)."""
        base = owning_array(x._data)
        same = (
            (shortened(name), t)
            for name, t in self.given.items()
            if isinstance(t, Tensor) and t._data.size == base.size and owning_array(t._data) is base
        )
        return next(same, ("", None))

    def _cut(self, x: Tensor) -> dict[str, Any]:
        """How a leaf lost its graph, if parameters are missing or no op was recorded."""
        if not self.missed:
            return {} if self.order else {"cause": cuts.cause_of(x)}
        found = cuts.of_leaf(x, self.behind) or cuts.of_copy(x, self.given, {i for _, i in self.missed})
        if not found and not self.order:
            found = cuts.in_last_trace(self.model, self.behind)
        return found or ({"guess": True} if id(x) == self.loose_end else {})

    def behind(self, leaves: Collection[int]) -> tuple[str, ...]:
        """The names of the missing parameters among leaves with these ids."""
        return tuple(path for path, i in self.missed if i in leaves)


def _walk(roots: list[Any]) -> tuple[list[Any], list[tuple[int, ...]]]:
    """Everything that `roots` (Tensors or arrays) depend on, inputs first, and for each item the indices of its inputs.

    Results are in the order in which they were recorded; a leaf comes just before its first use. A number has no identity, so
    it is a separate item at each use.
    """
    ops = [root for root in {id(root): root for root in roots}.values() if isinstance(root, Tensor) and root._op is not None]
    seen = {id(root) for root in ops}
    for node in ops:  # the list grows during the loop: no recursion
        for x in inputs_then(node):
            if isinstance(x, Tensor) and x._op is not None and id(x) not in seen:
                seen.add(id(x))
                ops.append(x)
    ops.sort(key=lambda node: node._time)
    things: list[Any] = []
    inputs: list[tuple[int, ...]] = []
    number: dict[int, int] = {}

    def add(thing: Any, its_inputs: tuple[int, ...]) -> int:
        things.append(thing)
        inputs.append(its_inputs)
        if isinstance(thing, Tensor | np.ndarray):
            number[id(thing)] = len(things) - 1
        return len(things) - 1

    for node in ops:
        given = (x for x in inputs_then(node) if x is not None)  # None: an input that was omitted
        arguments = tuple(number[id(x)] if id(x) in number else add(x, ()) for x in given)
        add(node, arguments)
    for root in roots:
        if id(root) not in number:
            add(root, ())
    return things, inputs


def _at_their_uses(things: list[Any]) -> tuple[dict[int, bool], set[int]]:
    """id of a leaf -> whether it required grad when it was used; and the ids of all tensors overwritten since."""
    required: dict[int, bool] = {}
    overwritten: set[int] = set()
    for node in things:
        if not isinstance(node, Tensor) or node._op is None:
            continue
        if written_since(node, node._time):
            overwritten.add(id(node))
        for x, wanted in (then(x, node._time) for x in node._inputs if isinstance(x, Tensor)):
            if x._op is None:
                required[id(x)] = required.get(id(x), False) or wanted
                if written_since(x, node._time):
                    overwritten.add(id(x))
    return required, overwritten
