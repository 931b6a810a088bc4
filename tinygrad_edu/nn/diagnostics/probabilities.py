"""Whether a model outputs probabilities or logits, which a loss, a linter and a plot need to know."""

from __future__ import annotations

from ..._tensor import Tensor
from ...autograd.past.versions import inputs_then

SQUASHING = ("sigmoid", "softmax")
SHAPES = ("reshape", "permute", "index")  # operations that do not change values


def squashed_by(output: Tensor) -> str:
    """Return "sigmoid" or "softmax" if `output` is the result of one, apart from reshaping and indexing; otherwise "".

    >>> import tinygrad_edu as tg
    >>> logits = tg.zeros(3, 1, requires_grad=True)
    >>> squashed_by(tg.sigmoid(logits).squeeze(1)), squashed_by(logits)
    ('sigmoid', '')
    """
    x = output
    while x._op is not None and x._op.name in SHAPES and isinstance(source := inputs_then(x)[0], Tensor):
        x = source
    return x._op.name if x._op is not None and x._op.name in SQUASHING else ""
