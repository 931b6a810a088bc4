"""Checks on the first batch of fit and evaluate, for mistakes that would silently make training meaningless."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.node import raw
from ..autograd.observers import Watcher
from ..autograd.user_line import warn_user
from ..nn import BCEWithLogitsLoss, CrossEntropyLoss, KLDivLoss, NLLLoss
from ..nn.diagnostics.findings import pairs_all
from ..nn.diagnostics.probabilities import squashed_by


def check_output(output: Tensor, loss: Any, categorical: bool) -> None:
    """Raise ValueError for a softmax over a single output, which is always 1, and for outputs that the loss does not take."""
    advice = "for two classes use one output and loss='binary_crossentropy', or two outputs"
    squash = squashed_by(output)
    if squash == "softmax" and np.all(output._data == 1):
        raise ValueError(f"fit: a softmax over a single output is always 1; {advice}")
    classes = output.shape[1] if output.ndim > 1 else 0
    if classes == 1 and (categorical or isinstance(loss, (CrossEntropyLoss, NLLLoss))):
        name = loss if isinstance(loss, str) else type(loss).__name__
        raise ValueError(f"fit: {name} needs one output per class, because a single class always has probability 1; {advice}")
    _check_kind(output._data, loss, squash)


def _check_kind(output: np.ndarray[Any, Any], loss: Any, squash: str) -> None:
    """Check that the model outputs what the loss takes: logits, or logarithms of probabilities."""
    who = f"fit: {type(loss).__name__}"
    if isinstance(loss, (NLLLoss, KLDivLoss)) and output.ndim > 1 and not np.isnan(output).any():
        sums_to_one = np.allclose(np.exp(output.astype(np.float64)).sum(1), 1, atol=1e-3)
        if output.max(initial=0) > 0 or (isinstance(loss, NLLLoss) and not sums_to_one):
            others = f"the output of a {squash}" if squash else "other numbers"
            fix = "LogSoftmax(1)" + (", or use CrossEntropyLoss for logits" if isinstance(loss, NLLLoss) else "")
            raise ValueError(
                f"{who} takes logarithms of probabilities, but the model gives it {others}: end the model with {fix}"
            )
    for kind, layer, word in (
        (CrossEntropyLoss, "softmax", "categorical_crossentropy"),
        (BCEWithLogitsLoss, "sigmoid", "binary_crossentropy"),
    ):
        if isinstance(loss, kind) and squash == layer:
            warn_user(
                f"{who} takes logits, but the model ends in a {layer}, so it is applied twice, which slows training: remove "
                f"that layer, or use loss={word!r}, which accepts both"
            )


def without_tables(what: str, measure: Callable[..., Any], output: Tensor, target: Tensor, *weights: Tensor | None) -> Any:
    """measure(output, target, *weights); ValueError if it pairs every output with every target, as (N,) with (N, 1).

    Tables of outputs with outputs, or of targets with targets, are intended (ranking, contrastive losses), as is (N, 1) with
    (1, N).
    """
    computed: dict[int, Any] = {id(output): output}  # everything that depends on the output; kept alive, so that ids are unique

    def follows(x: Any) -> bool:
        """Whether x was computed from the output; where() copies its mask, which is recognized by its values."""
        if isinstance(x, np.ndarray) and x.dtype == bool:
            return any(np.array_equal(x, mask) for mask in map(raw, computed.values()) if mask.dtype == bool)
        return id(x) in computed

    def look(out: Any, inputs: tuple[Any, ...]) -> None:
        from_output = [follows(x) for x in inputs]
        if not any(from_output):
            return
        computed[id(out)] = out
        shapes = [np.shape(raw(x)) for x in inputs]
        for i, j in combinations(range(len(inputs)), 2) if out.ndim == 2 else ():  # where, lerp and addcmul have three inputs
            if from_output[i] != from_output[j] and pairs_all(shapes[i], shapes[j]):
                n = out.shape[0]
                raise ValueError(
                    f"{what} pairs every output with every target: shapes {shapes[i]} and {shapes[j]} make a table of "
                    f"{n} × {n}, not {n} values. Write target.reshape(output.shape), or target.reshape(1, -1) if a table is "
                    "intended"
                )

    watcher = Watcher(result=lambda out: look(out, out._inputs), cut=lambda out, how, inputs: look(out, inputs))
    try:
        return measure(output, target, *weights)
    finally:
        watcher.close()
