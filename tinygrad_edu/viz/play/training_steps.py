"""viz.step_through: a few training steps on one page, with the numbers that they computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import islice
from numbers import Real
from typing import Any

import numpy as np

from ..._language import translate
from ..._tensor import Tensor
from ..._wording import counted
from ...nn.module import Module
from ...optim.optimizer import Optimizer
from ...program.formulas.update_formulas import formula_parts, holds
from ..render.page import Page
from ..render.page_template import SPOKEN, fill, script_json, template
from ..writers import html
from ..writers.entry_points import graph
from .page_texts import style

MOST_STEPS, MOST_ELEMENTS = 8, 16
"""The maximum numbers of steps on a page, and of elements shown of each parameter: those with the largest gradients."""


def step_through(
    model: Module, loss: Callable[[Any, Any], Tensor], optimizer: Optimizer, batches: Iterable[tuple[Any, Any]]
) -> Page:
    """Take a few training steps, and show each: forward, backward, what the rule remembers, and the new weights.

    loss       called as loss(model(x), y), such as nn.MSELoss()
    optimizer  has the model's parameters; its steps are real: they change the model
    batches    pairs (x, y), at most 8: [(x, y)] * 3 takes three steps on the same rows

    For each step the page shows the graph, with controls that go through the forward and backward pass, and then a table for
    each parameter: w, its gradient, the optimizer's buffers before and after, and the new w, for the 16 elements with the
    largest gradients. Above the tables is the rule's formula with the numbers of the chosen element. A training run that
    diverges is shown with its ∞ and NaN. RuntimeError if a parameter of the optimizer gets no gradient, ValueError if none of
    them is the model's, or if there are no batches or more than 8.

    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Linear(1, 1)
    >>> x, y = tg.tensor([[1.0], [2.0]]), tg.tensor([[2.0], [4.0]])
    >>> tg.viz.step_through(model, tg.nn.MSELoss(), tg.optim.Adam(model.parameters(), lr=0.1), [(x, y)] * 3)
    3 training steps with Adam; save("steps.html") writes the page
    """
    names = {id(p): name for name, p in model.named_parameters()}
    if not any(id(p) in names for group in optimizer.param_groups for p in group["params"]):
        raise ValueError(
            "step_through: the optimizer's parameters are not this model's; make it with model.parameters(), such as "
            f"{type(optimizer).__name__}(model.parameters(), lr=0.1)"
        )
    pairs = [(x, y) for x, y in islice(batches, MOST_STEPS + 1)]  # read before the first step changes the weights
    if len(pairs) > MOST_STEPS:
        raise ValueError(f"step_through: a page has at most {MOST_STEPS} steps; pass fewer batches")
    if not pairs:
        raise ValueError("step_through: batches is empty; pass pairs (x, y), such as [(x, y)] * 3")
    steps: list[dict[str, Any]] = []
    for x, y in pairs:
        optimizer.zero_grad()
        value = loss(model(x), y)
        value.backward()
        steps.append(_step(model, optimizer, value, names))
    rule = type(optimizer).__name__
    known = all(holds(type(optimizer), group) for group in optimizer.param_groups)
    data = {"steps": steps, "rule": rule, "parts": {rule: formula_parts(rule) if known else []}}
    values = {
        "title": translate("Training, step by step"), "style": style(), "data": script_json(data, ensure_ascii=False),
        "losses": ", ".join(f"{float(s['loss']):.6g}" for s in steps),
    }  # fmt: skip
    page = fill(template(__package__, "training_steps.html", ["page/numbers.js"], shared=SPOKEN), values)
    count = f"{counted(len(steps), 'training step')} with {rule}"
    return Page(page, f'{count}; save("steps.html") writes the page', count, height=760)


def _step(model: Module, optimizer: Optimizer, value: Tensor, names: dict[int, str]) -> dict[str, Any]:
    """The graph of one step as a page, and the numbers before and after optimizer.step()."""
    drawn = html.write(graph(value, model=model))
    parameters = [(group, p) for group in optimizer.param_groups for p in group["params"]]
    missing = [names.get(id(p), "a parameter that is not the model's") for _, p in parameters if p.grad is None]
    if missing:
        raise RuntimeError(f"step_through: no gradient for {', '.join(missing)}; is every parameter used in the loss?")
    before = [(np.array(p.detach()), np.array(p.grad), _buffers(optimizer, group, p)) for group, p in parameters]
    optimizer.step()
    tables = []
    for (group, p), (w, g, kept) in zip(parameters, before, strict=True):
        after, now = np.array(p.detach()), _buffers(optimizer, group, p)
        size = np.where(np.isnan(g), np.inf, np.abs(g)).ravel()  # NaN gradients are chosen first
        chosen = sorted(np.argsort(-size, kind="stable")[:MOST_ELEMENTS].tolist())
        rows = [
            {
                "at": list(map(int, np.unravel_index(k, w.shape))),
                "w": _sent(w.flat[k]), "g": _sent(g.flat[k]), "after": _sent(after.flat[k]),
                "kept": {n: _sent(b.flat[k]) for n, b in kept.items()}, "now": {n: _sent(b.flat[k]) for n, b in now.items()},
            }
            for k in chosen
        ]  # fmt: skip
        steps = int(optimizer.state.get(p, {}).get("step", 0))
        options = {k: _sent(v) for k, v in _options(group).items() if isinstance(v, Real)}
        name = names.get(id(p), "parameter")
        tables.append(
            {"name": name, "shape": list(w.shape), "of": int(w.size), "rows": rows, "options": {**options, "t": steps}}
        )
    return {"page": drawn, "loss": _sent(value.item()), "tables": tables}


def _options(group: dict[str, Any]) -> dict[str, Any]:
    pairs = {f"beta{n}": v for n, v in enumerate(group.get("betas", ()), 1)}
    return {**{k: v for k, v in group.items() if k not in ("params", "betas")}, **pairs}


def _buffers(optimizer: Optimizer, group: dict[str, Any], p: Any) -> dict[str, Any]:
    """The optimizer's buffers of a parameter, by name in the formula; before the first step, those with an initial value."""
    state = optimizer.state.get(p, {})
    starts = {b.name: np.full(p.shape, group[b.start]) for b in optimizer.buffers if b.start}
    return starts | {b.name: np.array(state[b.key]) for b in optimizer.buffers if state.get(b.key) is not None}


def _sent(value: Any) -> float | str:
    """A number for the page's JSON, which has no infinity or NaN: those as words that JavaScript's Number() reads.

    >>> _sent(0.5), _sent(float("-inf")), _sent(float("nan"))
    (0.5, '-Infinity', 'NaN')
    """
    number = float(value)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
