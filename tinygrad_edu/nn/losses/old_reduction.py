"""`size_average=` and `reduce=`: PyTorch's spelling, before 0.4.1, of what is now `reduction=`.

    size_average  reduce      reduction
    True, None    True, None  "mean"
    False         True, None  "sum"
    any           False       "none"

Positional arguments may be in PyTorch's order, in which these two still have positions.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from ...autograd.user_line import warn_user
from ..diagnostics.call_arguments import explain

_PLAIN = ("size_average", "reduce", "reduction")
_CLASSES = ("weight", "size_average", "ignore_index", "reduce", "reduction")
ORDERS: dict[str, tuple[str, ...]] = {  # PyTorch's order of the arguments after the tensors
    "binary_cross_entropy": ("weight", *_PLAIN),
    "binary_cross_entropy_with_logits": ("weight", *_PLAIN, "pos_weight"),
    "cosine_embedding_loss": ("margin", *_PLAIN),
    "cross_entropy": (*_CLASSES, "label_smoothing"),
    "hinge_embedding_loss": ("margin", *_PLAIN),
    "kl_div": (*_PLAIN, "log_target"),
    "l1_loss": (*_PLAIN, "weight"),
    "margin_ranking_loss": ("margin", *_PLAIN),
    "mse_loss": (*_PLAIN, "weight"),
    "multi_margin_loss": ("p", "margin", "weight", *_PLAIN),
    "multilabel_margin_loss": _PLAIN,
    "multilabel_soft_margin_loss": ("weight", *_PLAIN),
    "nll_loss": _CLASSES,
    "poisson_nll_loss": ("log_input", "full", "size_average", "eps", "reduce", "reduction"),
    "smooth_l1_loss": (*_PLAIN, "beta"),
    "soft_margin_loss": _PLAIN,
    "triplet_margin_loss": ("margin", "p", "eps", "swap", *_PLAIN),
    "BCELoss": ("weight", *_PLAIN),
    "BCEWithLogitsLoss": ("weight", *_PLAIN, "pos_weight"),
    "CosineEmbeddingLoss": ("margin", *_PLAIN),
    "CrossEntropyLoss": (*_CLASSES, "label_smoothing"),
    "HingeEmbeddingLoss": ("margin", *_PLAIN),
    "KLDivLoss": (*_PLAIN, "log_target"),
    "L1Loss": _PLAIN,
    "MSELoss": _PLAIN,
    "MarginRankingLoss": ("margin", *_PLAIN),
    "MultiLabelMarginLoss": _PLAIN,
    "MultiLabelSoftMarginLoss": ("weight", *_PLAIN),
    "MultiMarginLoss": ("p", "margin", "weight", *_PLAIN),
    "NLLLoss": _CLASSES,
    "PoissonNLLLoss": ("log_input", "full", "size_average", "eps", "reduce", "reduction"),
    "SmoothL1Loss": (*_PLAIN, "beta"),
    "SoftMarginLoss": _PLAIN,
    "TripletMarginLoss": ("margin", "p", "eps", "swap", *_PLAIN),
}
_TENSORS = {"cosine_embedding_loss": 3, "margin_ranking_loss": 3, "triplet_margin_loss": 3}  # all others: 2

F = TypeVar("F", bound=Callable[..., Any])


def accepts_old_reduction(function: F, name: str, before: int) -> F:
    """Wrap `function` to accept the old arguments, at PyTorch's positions; `before` arguments precede those of ORDERS."""
    order = ORDERS[name]
    old = order.index("size_average") + before  # fewer positional arguments are unambiguous

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        positional = len(args) > old and (args[old] is None or isinstance(args[old], bool))
        if positional or "size_average" in kwargs or "reduce" in kwargs:
            kwargs |= dict(zip(order, args[before:], strict=False))
            args = args[:before]
            size_average, reduce = kwargs.pop("size_average", None), kwargs.pop("reduce", None)
            if size_average is not None or reduce is not None:
                kwargs["reduction"] = _reduction(name, size_average, reduce)
        try:
            return function(*args, **kwargs)
        except TypeError:
            explain(function, args, kwargs)
            raise

    return call  # type: ignore[return-value]  # it accepts what function accepts


def accept_in_functions(namespace: dict[str, Any]) -> None:
    """Wrap the functions of ORDERS in a module's namespace."""
    for name in ORDERS.keys() & namespace.keys():
        namespace[name] = accepts_old_reduction(namespace[name], name, _TENSORS.get(name, 2))


def _reduction(name: str, size_average: Any, reduce: Any) -> str:
    for word, value in (("size_average", size_average), ("reduce", reduce)):
        if value not in (None, True, False):
            raise TypeError(
                f"{name}: {word} must be True or False, got {value!r}; it was replaced by reduction='mean', 'sum' or 'none'"
            )
    reduction = "none" if reduce is not None and not reduce else "mean" if size_average is None or size_average else "sum"
    warn_user(f"size_average and reduce args will be deprecated, please use reduction={reduction!r} instead.")
    return reduction
