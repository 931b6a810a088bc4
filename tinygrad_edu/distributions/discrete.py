"""Discrete distributions: Bernoulli, Categorical and Multinomial. Each is defined by probabilities or logits."""

from __future__ import annotations

import functools
import math
from typing import Any, ClassVar, Self

import numpy as np

from .._tensor import Tensor
from ..autograd.errors import DomainError, ShapeError
from ..autograd.node import from_array, raw
from ..ops import random
from ..ops.activation import log_softmax, sigmoid, softmax, softplus
from ..ops.axes import refuse_gradient
from ..ops.creation import arange
from ..ops.dtypes import Size
from ..ops.elementwise import clamp, log, where
from ..ops.gathering import gather
from ..ops.reduction import sum
from ..ops.shape import broadcast_to
from .distribution import UNIT, Check, Distribution, parameters

__all__ = ["Bernoulli", "Categorical", "Multinomial"]


def _one_of(name: str, probs: Any, logits: Any) -> None:
    if (probs is None) == (logits is None):
        raise ValueError(f"{name}: either `probs` or `logits` must be specified, but not both")


def _clamped(probs: Any) -> Any:
    """probs limited to [ε, 1 − ε], where ε is the machine epsilon, so that their logarithms are finite."""
    eps = float(np.finfo(raw(probs).dtype).eps)
    return clamp(probs, eps, 1 - eps)


class Bernoulli(Distribution):
    """1 with probability `probs`, else 0; instead of probs, `logits` can be given: probs = sigmoid(logits).

    >>> import tinygrad_edu as tg
    >>> Bernoulli(0.25).log_prob(tg.tensor([1.0, 0.0]))
    tensor([-1.3863, -0.2877])
    """

    has_enumerate_support = True
    arg_constraints: ClassVar = {"probs": UNIT}

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        _one_of("Bernoulli", probs, logits)
        self._is_probs = logits is None
        (value,) = parameters(probs if self._is_probs else logits)
        self.__dict__["probs" if self._is_probs else "logits"] = value
        super().__init__(value.shape, (), validate_args)

    @functools.cached_property
    def probs(self) -> Tensor:
        """The probability of 1."""
        y: Tensor = sigmoid(self.logits)
        return y

    @functools.cached_property
    def logits(self) -> Tensor:
        """ln(probs / (1 − probs)); if probs was given, it is first limited to [ε, 1 − ε], where ε is the machine epsilon."""
        p = _clamped(self.probs)
        y: Tensor = log(p) - (-p).log1p()
        return y

    @property
    def param_shape(self) -> Size:
        """The shape of probs."""
        return self._batch_shape

    @property
    def mean(self) -> Tensor:
        """probs."""
        return self.probs

    @property
    def variance(self) -> Tensor:
        """probs · (1 − probs)."""
        return self.probs * (1 - self.probs)

    @property
    def mode(self) -> Tensor:
        """1 where probs is above ½, 0 below, nan at ½."""
        p = raw(self.probs)
        y: Tensor = from_array(np.where(p == 0.5, math.nan, p >= 0.5).astype(p.dtype))
        return y

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """0s and 1s, in the dtype of probs."""
        return random.bernoulli(from_array(np.broadcast_to(raw(self.probs), self._extended(sample_shape))))

    def log_prob(self, value: Any) -> Tensor:
        """value · ln p + (1 − value) · ln(1 − p), from the logits."""
        self._check_value(value, (lambda x: (x == 0) | (x == 1), "0 or 1"))
        y: Tensor = value * self.logits - softplus(self.logits)
        return y

    def entropy(self) -> Tensor:
        """−p ln p − (1 − p) ln(1 − p)."""
        y: Tensor = softplus(self.logits) - self.probs * self.logits
        return y

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """0 and 1 along a new first axis."""
        values = from_array(np.arange(2, dtype=self.probs.dtype)).reshape(2, *(1,) * len(self._batch_shape))
        y: Tensor = broadcast_to(values, (2, *self._batch_shape)) if expand else values
        return y

    def expand(self, batch_shape: Any) -> Self:
        """The same distribution with its parameter broadcast to `batch_shape`."""
        name = "probs" if self._is_probs else "logits"
        return type(self)(**{name: broadcast_to(getattr(self, name), batch_shape)}, validate_args=self._validate)


class Categorical(Distribution):
    """One of 0 … K−1, from `probs` [..., K], which are normalized to sum to 1, or from `logits`: probs = softmax(logits).

    >>> import tinygrad_edu as tg
    >>> d = Categorical(probs=tg.tensor([1.0, 1.0, 2.0]))
    >>> d.probs, d.log_prob(tg.tensor(2))
    (tensor([0.2500, 0.2500, 0.5000]), tensor(-0.6931))
    """

    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        _one_of("Categorical", probs, logits)
        self._is_probs = logits is None
        (value,) = parameters(probs if self._is_probs else logits)
        if value.ndim < 1:
            raise ShapeError(
                f"Categorical: {'probs' if self._is_probs else 'logits'} parameter must be at least one-dimensional."
            )
        self._num_events = value.shape[-1]
        super().__init__(value.shape[:-1], (), validate_args)
        if self._validate:
            array = raw(value)
            total = array.sum(-1) if self._is_probs else array.max(-1, initial=0.0)
            if not np.isfinite(total).all() or (self._is_probs and not ((array >= 0).all() and (total > 0).all())):
                what = (
                    "probs must be at least 0 with a positive, finite sum"
                    if self._is_probs
                    else "logits must not be nan or inf"
                )
                raise DomainError(f"Categorical: {what}, got {value}")
        if self._is_probs:
            self.probs = value / sum(value, -1, keepdims=True)
        else:
            self.logits = log_softmax(value, -1)

    @functools.cached_property
    def probs(self) -> Tensor:
        """[..., K]: the probability of each value."""
        y: Tensor = softmax(self.logits, -1)
        return y

    @functools.cached_property
    def logits(self) -> Tensor:
        """[..., K]: ln probs; if probs was given, it is first limited to [ε, 1 − ε], where ε is the machine epsilon."""
        y: Tensor = log(_clamped(self.probs))
        return y

    @property
    def param_shape(self) -> Size:
        """The shape of probs."""
        return Size((*self._batch_shape, self._num_events))

    @property
    def mean(self) -> Tensor:
        """nan: the values are labels."""
        y: Tensor = from_array(np.full(self._batch_shape, math.nan, self.probs.dtype))
        return y

    variance = mean

    @property
    def mode(self) -> Tensor:
        """The most likely value."""
        y: Tensor = self.probs.argmax(-1)
        return y

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Values as int64, of shape sample_shape + batch_shape."""
        shape = self._extended(sample_shape)
        rows = raw(self.probs).reshape(-1, self._num_events)
        n = math.prod(sample_shape)
        drawn = raw(random.multinomial(from_array(rows), n, replacement=True)).T if n and len(rows) else np.zeros(0, np.int64)
        y: Tensor = from_array(np.ascontiguousarray(drawn).reshape(shape))
        return y

    def log_prob(self, value: Any) -> Tensor:
        """ln probs[value]."""
        n = self._num_events
        self._check_value(value, (lambda x: (x >= 0) & (x < n) & (x == np.floor(x)), f"0 … {n - 1}"))
        index = value.long().unsqueeze(-1)
        shape = np.broadcast_shapes(index.shape[:-1], self._batch_shape)
        y: Tensor = gather(broadcast_to(self.logits, (*shape, n)), -1, broadcast_to(index, (*shape, 1))).squeeze(-1)
        return y

    def entropy(self) -> Tensor:
        """−Σ p ln p, where 0 ln 0 is 0."""
        y: Tensor = -sum(clamp(self.logits, min=float(np.finfo(self.logits.dtype).min)) * self.probs, -1)
        return y

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """0 … K−1 along a new first axis."""
        n = self._num_events
        values = arange(n).reshape(n, *(1,) * len(self._batch_shape))
        y: Tensor = broadcast_to(values, (n, *self._batch_shape)) if expand else values
        return y

    def expand(self, batch_shape: Any) -> Self:
        """The same distribution with its parameter broadcast to (*batch_shape, K)."""
        name = "probs" if self._is_probs else "logits"
        value = broadcast_to(getattr(self, name), (*batch_shape, self._num_events))
        return type(self)(**{name: value}, validate_args=self._validate)

    def __repr__(self) -> str:
        name = "probs" if self._is_probs else "logits"
        value = getattr(self, name)
        return f"Categorical({name}: {value if value.numel() == 1 else value.shape})"


class Multinomial(Distribution):
    """The number of times each of K categories occurs in `total_count` draws: counts [..., K] that sum to total_count.

    >>> import tinygrad_edu as tg
    >>> Multinomial(10, tg.tensor([0.5, 0.5])).mean
    tensor([5., 5.])
    """

    def __init__(self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if not isinstance(total_count, (int, np.integer)):
            raise NotImplementedError(f"Multinomial: total_count must be a single int, got {type(total_count).__name__}")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits, validate_args)
        super().__init__(self._categorical.batch_shape, (self._categorical._num_events,), validate_args)

    @property
    def probs(self) -> Tensor:
        """[..., K]: the probability of each category."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """[..., K]: ln probs, limited as in Categorical."""
        return self._categorical.logits

    @property
    def param_shape(self) -> Size:
        """The shape of probs."""
        return self._categorical.param_shape

    @property
    def mean(self) -> Tensor:
        """total_count · probs."""
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        """total_count · probs · (1 − probs)."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Counts, in the dtype of probs."""
        shape = self._extended(sample_shape)
        drawn = raw(self._categorical.sample((self.total_count, *sample_shape)))
        counts = (drawn[..., None] == np.arange(self._event_shape[0])).sum(0)
        y: Tensor = from_array(counts.astype(self.probs.dtype).reshape(shape))
        return y

    def log_prob(self, value: Any) -> Tensor:
        """ln(n! / Π x!) + Σ x ln p."""
        n = self.total_count
        check: Check = (lambda x: (x >= 0).all(-1) & (x.sum(-1) == n), f"counts that sum to {n}")
        self._check_value(value, check)
        refuse_gradient("Multinomial.log_prob", value)
        x = raw(value)
        ways = math.lgamma(n + 1) - np.vectorize(math.lgamma, otypes=[np.float64])(x + 1.0).sum(-1)
        logits = where((raw(value) == 0) & np.isneginf(raw(self.logits)), 0.0, self.logits)
        y: Tensor = sum(logits * value, -1) + from_array(np.asarray(ways, self.logits.dtype))
        return y

    def expand(self, batch_shape: Any) -> Self:
        """The same distribution with its parameter broadcast to (*batch_shape, K)."""
        wide = self._categorical.expand(batch_shape)
        name = "probs" if wide._is_probs else "logits"
        return type(self)(self.total_count, **{name: getattr(wide, name)}, validate_args=self._validate)

    def __repr__(self) -> str:
        return f"Multinomial(total_count: {self.total_count}, probs: {self.probs.shape})"
