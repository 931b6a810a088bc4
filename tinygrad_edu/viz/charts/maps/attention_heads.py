"""Which positions attend to which: the weights of attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...._numbers import with_numbers
from ....autograd.grad_mode import no_grad
from ....autograd.node import is_tensor, raw
from ....nn.layers.attention import MultiheadAttention
from ....nn.module_modes import in_eval_mode
from ...render.number_format import number
from ...render.style import pixels
from ..picture import Picture, text_at
from .color_map import Block, Scale, blocks, tile_block

NAMED = 40  # positions are labeled if there are at most this many


@with_numbers
def attention_maps(
    source: Any,
    X: Any = None,
    *,
    tokens: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    sample: int = 0,
    title: str = "Attention",
) -> Picture:
    """The attention of every head as a map: a row per query, a column per key, and stronger colors for larger weights.

    source  the weights, [queries, keys], [heads, queries, keys] or [N, heads, queries, keys], as MultiheadAttention
            returns them with average_attn_weights=False; or a Module, whose MultiheadAttention layers are shown
    X       the input of a Module, or a tuple of its inputs. The Module runs in eval mode and without recording. A single
            MultiheadAttention attends from X to X, unless X is a tuple (query, key, value)
    tokens  labels of the queries, and of the keys unless `keys` is given
    sample  which sample of a batch is shown

    The weights of a query add up to 1. All heads of a layer have the same color scale, which is shown below each. Raises
    ValueError for another shape, a Module without MultiheadAttention, or the wrong number of labels; IndexError if there is no
    such sample.

    >>> print(attention_maps([[0.9, 0.1], [0.5, 0.5]], tokens=["the", "cat"]))
    Attention
      weights head 0: the→the 0.9, cat→the 0.5
    """
    if hasattr(source, "named_modules"):
        layers = _of_model(source, X)
    else:
        layers = [("weights", np.asarray(raw(source), np.float64))]
    parts, lines = [], []
    for name, weights in layers:
        if weights.ndim == 4 and not -len(weights) <= sample < len(weights):
            raise IndexError(f"attention_maps: sample={sample} is not in the weights, which have length {len(weights)}")
        heads = weights[sample] if weights.ndim == 4 else weights if weights.ndim == 3 else weights[None]
        if heads.ndim != 3:
            raise ValueError(
                "attention_maps: the weights must be [queries, keys], [heads, queries, keys] or [N, heads, queries, keys], "
                f"got shape {weights.shape}"
            )
        rows, columns = _names("tokens", tokens, heads.shape[1]), _names("keys", keys or tokens, heads.shape[2])
        scale = Scale.of(heads)
        for k, head in enumerate(heads):
            parts.append(_head(f"{name}, head {k}", head, scale, rows, columns))
            most = [f"{row}→{columns[j]} {number(w[j], 3)}" for row, w in zip(rows, head, strict=True) for j in [w.argmax()]]
            lines.append(f"  {name} head {k}: {', '.join(most[:8])}{', …' if len(most) > 8 else ''}")
    return blocks(title, parts, lines)


def _names(option: str, names: Sequence[str] | None, size: int) -> list[str]:
    if names is not None and len(names) != size:
        raise ValueError(f"attention_maps: {option} must have one name per position ({size}), got {len(names)}")
    return [str(name) for name in names] if names is not None else [str(k) for k in range(size)]


def _head(title: str, weights: np.ndarray, scale: Scale, rows: list[str], columns: list[str]) -> Block:
    """One map with labels for its rows and columns, if there is room for them."""
    size = max(*weights.shape, 1)
    cell = 16.0 if size <= NAMED else float(max(2, 400 // size))
    plain = tile_block(title, weights[None], cell, 1, (), scale)
    named = size <= NAMED
    left = max((pixels(name, 12) for name in rows), default=0.0) + 22 if named else 18.0
    upright = any(pixels(name, 12) > cell for name in columns)
    top = 22 + ((max((pixels(name, 12) for name in columns), default=0.0) if upright else 14.0) if named else 0.0)

    def draw(x: float, y: float) -> list[str]:
        wide, high = weights.shape[1] * cell, weights.shape[0] * cell
        out = plain.draw(x + left, y + top)
        out.append(text_at(x + left + wide / 2, y + 6, "key", "middle", "tgc-soft"))
        out.append(text_at(x + 8, y + top + high / 2, "query", "middle", "tgc-soft", turn=-90))
        for k, name in enumerate(rows if named else ()):
            out.append(text_at(x + left - 5, y + top + cell * (k + 0.5) + 4, name, "end"))
        for k, name in enumerate(columns if named else ()):
            at = x + left + cell * (k + 0.5)
            out.append(text_at(at + 4, y + top - 5, name, turn=-90) if upright else text_at(at, y + top - 5, name, "middle"))
        return out

    return Block(title, plain.width + left, plain.height + top, draw)


def _of_model(model: Any, X: Any) -> list[tuple[str, np.ndarray]]:
    """(path, weights of the heads) of every MultiheadAttention, in the order of their calls."""
    layers = [(path, m) for path, m in model.named_modules() if isinstance(m, MultiheadAttention)]
    if not layers:
        raise ValueError("attention_maps: the model has no MultiheadAttention; pass its attention weights instead")
    if X is None:
        raise ValueError("attention_maps: a model needs its input: attention_maps(model, X)")
    calls: list[tuple[str, Any, tuple[Any, ...], dict[str, Any]]] = []

    def watch(path: str) -> Any:
        return lambda module, args, kwargs, out: calls.append((path, module, args, kwargs))

    handles = [m.register_forward_hook(watch(path or "attention"), with_kwargs=True) for path, m in layers]
    try:
        with in_eval_mode(model), no_grad():
            alone = 3 if isinstance(model, MultiheadAttention) else 1  # a layer by itself takes query, key and value
            model(*(X if isinstance(X, tuple) else (X,) * alone))
            for handle in handles:
                handle.remove()
            asked = {"need_weights": True, "average_attn_weights": False}
            found = [(path, m(*args[:3], **_rest(args[3:]), **(kwargs | asked))[1]) for path, m, args, kwargs in calls]
    finally:
        for handle in handles:
            handle.remove()
    return [(path, np.array(raw(weights), np.float64)) for path, weights in found if is_tensor(weights)]


def _rest(args: tuple[Any, ...]) -> dict[str, Any]:
    """The arguments after query, key and value by name, without those about weights, which _of_model sets."""
    names = ("key_padding_mask", "need_weights", "attn_mask", "average_attn_weights", "is_causal")
    return {name: value for name, value in zip(names, args, strict=False) if "weights" not in name}
