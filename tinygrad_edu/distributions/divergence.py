"""kl_divergence(p, q) = E_p[ln p − ln q], in closed form for the pairs in a table."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from .._tensor import Tensor
from ..autograd.node import raw
from ..ops.activation import softplus
from ..ops.elementwise import log, where
from ..ops.reduction import sum
from .continuous import Normal, Uniform
from .discrete import Bernoulli, Categorical
from .distribution import Distribution, Independent, sum_rightmost

__all__ = ["kl_divergence", "register_kl"]

_TABLE: dict[tuple[type, type], Callable[..., Any]] = {}
F = TypeVar("F", bound=Callable[..., Any])


def register_kl(type_p: type[Distribution], type_q: type[Distribution]) -> Callable[[F], F]:
    """Decorator: register a function as kl_divergence for these two classes and their subclasses."""

    def register(function: F) -> F:
        _TABLE[type_p, type_q] = function
        return function

    return register


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """∫ p ln(p / q), of shape batch_shape: how many more nats a code for q needs than a code for p, to encode values of p.

    It is 0 if p = q, and ∞ where values of p are impossible under q.
    Source: Kullback & Leibler, On Information and Sufficiency, 1951.

    >>> import tinygrad_edu as tg
    >>> kl_divergence(Normal(1.0, 1.0), Normal(0.0, 1.0))
    tensor(0.5000)
    """
    for a in type(p).__mro__:
        for b in type(q).__mro__:
            if (a, b) in _TABLE:
                y: Tensor = _TABLE[a, b](p, q)
                return y
    known = ", ".join(sorted(f"({a.__name__}, {b.__name__})" for a, b in _TABLE))
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}; available are {known}; "
        "register_kl adds others, and (p.log_prob(x) - q.log_prob(x)).mean() over samples x of p is an estimate"
    )


@register_kl(Normal, Normal)
def _(p: Normal, q: Normal) -> Any:
    ratio = (p.scale / q.scale) ** 2
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - log(ratio))


@register_kl(Bernoulli, Bernoulli)
def _(p: Bernoulli, q: Bernoulli) -> Any:
    t1 = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    t1 = where((raw(p.probs) == 0) & (raw(q.probs) == raw(q.probs)), 0.0, where(raw(q.probs) == 0, math.inf, t1))
    t2 = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    return t1 + where(raw(p.probs) == 1, 0.0, where(raw(q.probs) == 1, math.inf, t2))


@register_kl(Categorical, Categorical)
def _(p: Categorical, q: Categorical) -> Any:
    t = p.probs * (p.logits - q.logits)
    t = where(np.broadcast_to(raw(q.probs) == 0, t.shape), math.inf, t)
    return sum(where(np.broadcast_to(raw(p.probs) == 0, t.shape), 0.0, t), -1)


@register_kl(Uniform, Uniform)
def _(p: Uniform, q: Uniform) -> Any:
    outside = (raw(q.low) > raw(p.low)) | (raw(q.high) < raw(p.high))
    return where(outside, math.inf, log((q.high - q.low) / (p.high - p.low)))


@register_kl(Uniform, Normal)
def _(p: Uniform, q: Normal) -> Any:
    width = p.high - p.low
    t1 = log(math.sqrt(2 * math.pi) * q.scale / width)
    t2 = width**2 / 12 + ((p.high + p.low - 2 * q.loc) / 2) ** 2
    return t1 + 0.5 * t2 / q.scale**2


@register_kl(Normal, Uniform)
def _(p: Normal, q: Uniform) -> Any:
    return p.loc * 0 + q.low * 0 + math.inf  # the normal extends beyond every interval


@register_kl(Independent, Independent)
def _(p: Independent, q: Independent) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError(
            "kl_divergence(): both Independent distributions must have the same reinterpreted_batch_ndims"
        )
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)
