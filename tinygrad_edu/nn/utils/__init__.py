"""nn.utils: gradient clipping, parameters as a vector, functional_call, weight and spectral norm; utils.rnn for sequences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..._interrupts import uninterrupted
from ..._tensor import Tensor
from ...autograd.arrays import as_array, decide
from ...autograd.mutation_clock import mark_changed
from ...autograd.node import from_array, raw
from ...ops.joining import cat
from ..errors import ShapeError
from ..lazy_parameter import UninitializedParameter
from ..module import Module
from ..parameter import Parameter
from . import parametrizations, parametrize, rnn
from .parametrizations import old_spectral_norm as spectral_norm
from .parametrizations import old_weight_norm as weight_norm
from .parametrizations import remove_spectral_norm, remove_weight_norm

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "functional_call",
    "get_total_norm",
    "parameters_to_vector",
    "parametrizations",
    "parametrize",
    "remove_spectral_norm",
    "remove_weight_norm",
    "rnn",
    "spectral_norm",
    "vector_to_parameters",
    "weight_norm",
]


def _list(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)


def check_limit(who: str, name: str, limit: float) -> None:
    """Raise an error unless `limit` is a number >= 0."""
    number = hasattr(limit, "__float__")
    if not number or not limit >= 0:
        raise (ValueError if number else TypeError)(f"{who}: {name} must be a number >= 0, got {limit!r}")


def get_total_norm(tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False) -> Tensor:
    """(Σ |x|ᵖ)^(1/p) over all elements of all tensors, p = norm_type; the largest |x| for p = inf.

    >>> import tinygrad_edu as tg
    >>> get_total_norm([tg.tensor([3.0]), tg.tensor([4.0])])
    tensor(5.)
    """
    p = float(norm_type)
    if math.isnan(p):
        raise ValueError(f"norm_type must be a number, such as 2 or inf, got {norm_type}")
    arrays = [t._data for t in _list(tensors)]
    if not arrays:
        return from_array(np.zeros((), np.float32))
    with np.errstate(over="ignore"):
        each = [_norm(a, p) if a.size else np.zeros((), a.dtype) for a in arrays]
        total = as_array(_norm(np.stack(each), p), np.result_type(np.float32, *(a.dtype for a in arrays)))
    if error_if_nonfinite and not decide(np.isfinite(total)):
        raise RuntimeError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite, so it cannot be clipped. To disable "
            "this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return from_array(total)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> Tensor:
    """Scale all gradients by one factor so that their total norm is at most max_norm; return the norm before scaling.

    g ← g · min(1, max_norm / (norm + 10⁻⁶)), max_norm >= 0. Parameters without a gradient are skipped. If one gradient
    contains NaN, the norm and all gradients become NaN, as in PyTorch. error_if_nonfinite=True raises an error if the norm is
    NaN or infinite.
    Source: Pascanu et al., On the difficulty of training recurrent neural networks, 2013, arXiv:1211.5063.

    >>> import tinygrad_edu as tg
    >>> w = tg.zeros(2, requires_grad=True)
    >>> w.grad = tg.tensor([3.0, 4.0])
    >>> clip_grad_norm_([w], max_norm=1.0)
    tensor(5.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    check_limit("clip_grad_norm_", "max_norm", max_norm)
    parameters = _list(parameters)
    total = get_total_norm([p._grad for p in parameters if p._grad is not None], norm_type, error_if_nonfinite)
    clip_grads_with_norm_(parameters, max_norm, total)
    return total


def clip_grads_with_norm_(parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor) -> None:
    """The scaling step of clip_grad_norm_, with a norm from get_total_norm: g ← g · min(1, max_norm / (total_norm + 10⁻⁶)).

    >>> import tinygrad_edu as tg
    >>> w = tg.zeros(2, requires_grad=True)
    >>> w.grad = tg.tensor([3.0, 4.0])
    >>> clip_grads_with_norm_([w], max_norm=1.0, total_norm=get_total_norm([w.grad]))
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    check_limit("clip_grads_with_norm_", "max_norm", max_norm)
    with uninterrupted(), np.errstate(invalid="ignore", over="ignore"):  # infinity times 0 is NaN; PyTorch gives no warning
        factor = np.minimum(max_norm / (as_array(raw(total_norm), np.float64) + 1e-6), 1.0)  # NaN stays NaN
        for p in _list(parameters):
            if p._grad is not None:
                p._grad._data *= factor.astype(p._grad.dtype)
                mark_changed(p._grad)


def _norm(a: Any, p: float) -> Any:
    """The p-norm of all elements; the 2-norm uses BLAS, or divides by the largest element first if the squares overflow."""
    flat = np.reshape(a, (-1,))
    if p != 2:
        return np.linalg.norm(flat, p)
    total = np.sqrt(np.dot(flat, flat))
    if decide(np.isfinite(total)):
        return total
    largest = np.max(np.abs(flat)).astype(np.float64)
    return largest * np.linalg.norm(flat / largest) if decide(np.isfinite(largest)) else largest


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Limit every element of every gradient to [−clip_value, clip_value], clip_value >= 0.

    >>> import tinygrad_edu as tg
    >>> w = tg.zeros(2, requires_grad=True)
    >>> w.grad = tg.tensor([3.0, -0.5])
    >>> clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([ 1.0000, -0.5000])
    """
    check_limit("clip_grad_value_", "clip_value", clip_value)
    with uninterrupted():
        for p in _list(parameters):
            if p._grad is not None:
                np.clip(p._grad._data, -clip_value, clip_value, out=p._grad._data)
                mark_changed(p._grad)


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters concatenated into one vector; gradients flow back to them.

    >>> import tinygrad_edu as tg
    >>> parameters_to_vector(tg.nn.Linear(3, 2).parameters()).shape
    (8,)
    """
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Copy the elements of a vector to the parameters, in order.

    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.Linear(2, 1)
    >>> vector_to_parameters(tg.tensor([1.0, 2.0, 3.0]), layer.parameters())
    >>> layer.weight.tolist(), layer.bias.tolist()
    ([[1.0, 2.0]], [3.0])
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters: expected a Tensor, got {type(vec).__name__}")
    targets = list(parameters)
    if vec.numel() != sum(p.numel() for p in targets):
        raise ShapeError(
            f"vector_to_parameters: the parameters have {sum(p.numel() for p in targets)} elements, but the vector has "
            f"{vec.numel()}"
        )
    start = 0
    for p in targets:
        p._data[...] = vec._data[start : start + p.numel()].reshape(p.shape)
        mark_changed(p)
        start += p.numel()


def functional_call(
    module: Module, parameters_and_buffers: Mapping[str, Any], args: Any = (), kwargs: Mapping[str, Any] | None = None
) -> Any:
    """module(*args, **kwargs) with these tensors in place of the parameters and buffers with the same paths.

    The tensors may be computed from others, and gradients flow to them: the model becomes a function of its weights. A tied
    weight given under one of its paths is replaced under all of them. `args` is a tuple, or the only argument.

    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.Linear(2, 1, bias=False)
    >>> w = tg.tensor([[3.0, 4.0]], requires_grad=True)
    >>> functional_call(layer, {"weight": w}, tg.ones(1, 2))
    tensor([[7.]], grad_fn=<MmBackward0>)
    """
    places: dict[int, list[tuple[Module, str]]] = {}
    paths: dict[str, int] = {}
    for path, part in module.named_modules(remove_duplicate=False):
        for name, tensor in (*part._own(Parameter), *part._own_buffers()):
            places.setdefault(id(tensor), []).append((part, name))
            paths[f"{path}.{name}" if path else name] = id(tensor)
    unknown = [path for path in parameters_and_buffers if path not in paths]
    if unknown:
        raise KeyError(f"functional_call: {type(module).__name__} has no parameter or buffer {', '.join(map(repr, unknown))}")
    for path, value in parameters_and_buffers.items():
        part, name = places[paths[path]][0]
        own = part.__dict__[name]
        if isinstance(own, UninitializedParameter):
            raise own.refusal()
        if np.shape(raw(value)) != own.shape:
            raise ShapeError(f"functional_call: {path} must have shape {own.shape}, got {np.shape(raw(value))}")
    before: list[tuple[Module, str, Any]] = []
    try:
        for path, value in parameters_and_buffers.items():
            for part, name in places[paths[path]]:
                before.append((part, name, part.__dict__[name]))
                part.__dict__[name] = value
        return module(*(args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for part, name, tensor in reversed(before):
            part.__dict__[name] = tensor
