"""The label of a node in a picture, with its settings: `x²`, `mean of 32`."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from ..model.graph_data import Node
from ..model.substitution import SUPERSCRIPTS
from ..render.number_format import number

AVERAGED = {"mse", "cross_entropy", "bce_with_logits"}
"""Losses whose `scale` is one divided by the number of terms, or 1 for a sum."""


def terms(node: Node, key: str, value: str) -> int:
    """The number of terms in a mean, according to a setting; 0 for other settings.

    >>> from tinygrad_edu.viz.model.summary import Summary
    >>> terms(Node(0, "op", Summary((), "float32", 4, (1.0,)), op="mse"), "scale", "0.03125")
    32
    """
    if key == "n":
        return int(value) if value.isdecimal() else 0
    if key != "scale" or node.op not in AVERAGED:
        return 0
    try:
        scale = float(value)
    except ValueError:  # truncated, or an array
        return 0
    count = round(1 / scale) if scale else 0
    return count if count > 1 and abs(scale * count - 1) < 1e-9 else 0


PER_AXIS = {"stride": "1", "dilation": "1", "padding": "0", "groups": "1", "output_padding": "0", "kernel_size": "", "axis": ""}
"""A setting that is a number, or one per axis -> the number that has no effect, "" if there is none."""
DIGITS = re.compile(r"-?\d+", re.ASCII)
FRACTION = re.compile(r"-?\d+\.\d+(e[+-]?\d+)?|-?\d+e[+-]?\d+", re.ASCII)


def settings(node: Node) -> list[str]:
    """The keyword arguments of an op in readable form: `of 32`, `axis=1`, `padding=2`; without those that have no effect."""
    words = []
    for key, value in node.params:
        count = terms(node, key, value)
        if key in PER_AXIS and len(same := set(DIGITS.findall(value))) == 1:
            value = same.pop()
            if value == PER_AXIS[key]:
                continue
        elif FRACTION.fullmatch(value):
            value = number(float(value))
        elif (key, node.op) == ("axes", "layer_norm"):  # how many, not which
            words.append("over the last axis" if value == "1" else f"over the last {value} axes")
            continue
        words.append(f"{key}={value}" if not count else f"of {count:,}" if key == "n" else f"mean of {count:,}")
    return words


def power(node: Node, inputs: Sequence[Node]) -> str:
    """`x²` for a power with a one-digit integer exponent, else ""; `(·)²` if the base's name is not an identifier."""
    if node.op != "power" or len(inputs) != 2 or not inputs[1].literal:
        return ""
    exponent = inputs[1].literal_text
    if len(exponent) != 1 or not exponent.isdecimal():
        return ""
    base = inputs[0].name if inputs[0].name.isidentifier() else "(·)"
    return base + exponent.translate(SUPERSCRIPTS)


CELL = ("x", "h", "weight_ih", "weight_hh", "bias_ih", "bias_hh")
SIGNS = {
    **dict.fromkeys(("subtract", "divide", "matmul", "mod", "floor_divide"), ("left", "right")),
    "power": ("base", "exponent"),
    "put": ("into", "values"),
    "layer_norm": ("x", "weight", "bias"),
    "lstm_cell": ("x", "h", "c", *CELL[2:]),
    "gru_cell": CELL,
    "rnn_cell": CELL,
}
"""Names for the operands: an operator's rule calls them a and b, which may be names of the user's own tensors, and the rule of
an op with optional parameters has no names for those."""


def argument_labels(node: Node, inputs: Sequence[Node], taken: Container[str]) -> list[str]:
    """Labels for the arrows from the inputs: which argument each input is, if that is not obvious.

    taken   the names of the user's own tensors: if an argument has one of these names, its position is written instead

    An input named like its argument ("0.weight" for the weight) gets no label. If only one label would remain, it is omitted.
    """
    called = SIGNS.get(node.op, node.arguments)
    names = [x.name.rpartition(".")[2] for x in inputs]
    labels = []
    for k, name in enumerate(names):
        label = called[k] if k < len(called) else str(k + 1)
        labels.append("" if name == label else str(k + 1) if label in taken else label)
    return labels if sum(map(bool, labels)) > 1 else [""] * len(labels)
