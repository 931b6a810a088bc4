"""Continuous distributions: Normal and Uniform."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Self

import numpy as np

from .._tensor import Tensor
from ..autograd.node import from_array, raw
from ..ops import random
from ..ops.elementwise import log, where
from ..ops.shape import broadcast_to
from ..ops.special import erf, erfinv
from .distribution import FINITE, LOG_TWO_PI, NO_NAN, POSITIVE, Distribution, parameters

__all__ = ["Normal", "Uniform"]


class Normal(Distribution):
    """The normal distribution: ln p(x) = −(x − loc)² / (2 scale²) − ln scale − ½ ln 2π.

    loc    the mean
    scale  the standard deviation, > 0; loc and scale are numbers or Tensors and broadcast

    >>> import tinygrad_edu as tg
    >>> d = Normal(0.0, 1.0)
    >>> d.log_prob(tg.tensor(0.0)), d.entropy()
    (tensor(-0.9189), tensor(1.4189))
    """

    has_rsample = True
    arg_constraints: ClassVar = {"loc": FINITE, "scale": POSITIVE}

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = parameters(loc, scale)
        super().__init__(self.loc.shape, (), validate_args)

    @property
    def mean(self) -> Tensor:
        """loc."""
        return self.loc

    mode = mean

    @property
    def stddev(self) -> Tensor:
        """scale."""
        return self.scale

    @property
    def variance(self) -> Tensor:
        """scale²."""
        return self.scale**2

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Values without a gradient, the same as those of `normal(loc, scale)`."""
        shape = self._extended(sample_shape)
        loc, scale = (from_array(np.broadcast_to(raw(x), shape)) for x in (self.loc, self.scale))
        return random.normal(loc, scale)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """loc + scale · ε, where ε is standard normal: gradients reach loc and scale."""
        noise = random.randn(self._extended(sample_shape), dtype=self.loc.dtype)
        return self.loc + noise * self.scale

    def log_prob(self, value: Any) -> Tensor:
        """ln p(value)."""
        self._check_value(value, NO_NAN)
        y: Tensor = -((value - self.loc) ** 2) / (2 * self.scale**2) - log(self.scale) - LOG_TWO_PI / 2
        return y

    def cdf(self, value: Any) -> Tensor:
        """½ (1 + erf((value − loc) / (scale √2)))."""
        y: Tensor = 0.5 * (1 + erf((value - self.loc) / (self.scale * math.sqrt(2))))
        return y

    def icdf(self, value: Any) -> Tensor:
        """loc + scale √2 · erf⁻¹(2 value − 1)."""
        y: Tensor = self.loc + self.scale * erfinv(2 * value - 1) * math.sqrt(2)
        return y

    def entropy(self) -> Tensor:
        """½ + ½ ln 2π + ln scale."""
        y: Tensor = 0.5 + LOG_TWO_PI / 2 + log(self.scale)
        return y

    def expand(self, batch_shape: Any) -> Self:
        """The same distribution with loc and scale broadcast to `batch_shape`."""
        return type(self)(broadcast_to(self.loc, batch_shape), broadcast_to(self.scale, batch_shape), self._validate)


class Uniform(Distribution):
    """The uniform distribution on [low, high): p(x) = 1 / (high − low).

    >>> import tinygrad_edu as tg
    >>> Uniform(0.0, 4.0).log_prob(tg.tensor(1.0))
    tensor(-1.3863)
    """

    has_rsample = True
    arg_constraints: ClassVar = {"low": FINITE, "high": FINITE}

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = parameters(low, high)
        super().__init__(self.low.shape, (), validate_args)
        if self._validate and not np.all(raw(self.low) < raw(self.high)):
            raise ValueError(f"Uniform is not defined when low >= high, got low={self.low}, high={self.high}")

    @property
    def mean(self) -> Tensor:
        """(low + high) / 2."""
        return (self.high + self.low) / 2

    @property
    def stddev(self) -> Tensor:
        """(high − low) / √12."""
        return (self.high - self.low) / math.sqrt(12)

    @property
    def variance(self) -> Tensor:
        """(high − low)² / 12."""
        return (self.high - self.low) ** 2 / 12

    @property
    def mode(self) -> Tensor:
        """nan: all values are equally likely."""
        return self.high * math.nan

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """low + u · (high − low): gradients reach low and high."""
        u = random.rand(self._extended(sample_shape), dtype=self.low.dtype)
        return self.low + u * (self.high - self.low)

    def log_prob(self, value: Any) -> Tensor:
        """−ln(high − low) inside the interval, −∞ outside; with validation, values < low or > high raise an error."""
        low, high = raw(self.low), raw(self.high)
        self._check_value(value, (lambda x: (x >= low) & (x <= high), "from low to high"))
        x = raw(value)
        inside = (x >= low) & (x < high)
        y: Tensor = where(inside, -log(self.high - self.low) + value * 0, -math.inf)
        return y

    def cdf(self, value: Any) -> Tensor:
        """(value − low) / (high − low), limited to [0, 1]."""
        y: Tensor = ((value - self.low) / (self.high - self.low)).clamp(0, 1)
        return y

    def icdf(self, value: Any) -> Tensor:
        """low + value · (high − low)."""
        y: Tensor = value * (self.high - self.low) + self.low
        return y

    def entropy(self) -> Tensor:
        """ln(high − low)."""
        y: Tensor = log(self.high - self.low)
        return y

    def expand(self, batch_shape: Any) -> Self:
        """The same distribution with low and high broadcast to `batch_shape`."""
        return type(self)(broadcast_to(self.low, batch_shape), broadcast_to(self.high, batch_shape), self._validate)
