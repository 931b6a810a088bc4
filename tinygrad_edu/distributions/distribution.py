"""The base class (shapes, checks, and what follows from a subclass's `variance`, `rsample` and `entropy`), and Independent."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np

from .._tensor import Tensor
from .._wording import span
from ..autograd import node
from ..autograd.errors import DomainError
from ..autograd.grad_mode import no_grad
from ..autograd.node import from_array, is_tensor, raw
from ..ops.dtypes import Size
from ..ops.elementwise import exp, sqrt
from ..ops.reduction import sum
from ..ops.tiling import broadcast_tensors

__all__ = ["Distribution", "Independent"]

Check = tuple[Callable[[Any], Any], str]  # (array -> where it is valid, description)

FINITE: Check = (np.isfinite, "finite")
POSITIVE: Check = (lambda x: x > 0, "greater than 0")
UNIT: Check = (lambda x: (x >= 0) & (x <= 1), "in the interval [0, 1]")
NO_NAN: Check = (lambda x: x == x, "real numbers, not nan")


class Distribution:
    """Distributions of values of shape `event_shape`, in a batch of shape `batch_shape`.

    validate_args  check the parameters, and the values passed to log_prob; False skips these checks

    sample(shape)   values without a gradient, of shape `shape + batch_shape + event_shape`
    rsample(shape)  the same, computed from the parameters, so that gradients reach them (if `has_rsample`)
    log_prob(x)     ln p(x), of shape `shape + batch_shape`, differentiable in the parameters
    """

    has_rsample = False
    has_enumerate_support = False
    arg_constraints: ClassVar[Mapping[str, Check]] = {}
    _validate = True

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Set whether distributions validate their arguments by default."""
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args(): expected True or False, got {value!r}")
        Distribution._validate = value

    def __init__(
        self, batch_shape: tuple[int, ...] = (), event_shape: tuple[int, ...] = (), validate_args: bool | None = None
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate = validate_args
        if self._validate:
            for name, (holds, words) in self.arg_constraints.items():
                value = raw(self.__dict__.get(name, 0.0))
                if not np.all(holds(value)):
                    raise DomainError(
                        f"{type(self).__name__}: expected parameter {name} of shape {np.shape(value)} to be {words}, "
                        f"got {span(value)}"
                    )

    @property
    def batch_shape(self) -> Size:
        """The shape of the batch of distributions."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one value."""
        return self._event_shape

    # --- defined by subclasses ---

    @property
    def mean(self) -> Tensor:
        """The expected value."""
        raise self._missing("mean")

    @property
    def variance(self) -> Tensor:
        """The expected squared distance from the mean."""
        raise self._missing("variance")

    @property
    def mode(self) -> Tensor:
        """The most likely value."""
        raise self._missing("mode")

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Values computed from the parameters, so that gradients reach them."""
        raise self._missing("rsample()", "; sample() draws values without a gradient, and log_prob(value) has one")

    def log_prob(self, value: Any) -> Tensor:
        """ln p(value): the density, or the probability of a discrete value."""
        raise self._missing("log_prob()")

    def entropy(self) -> Tensor:
        """−E ln p, in nats."""
        raise self._missing("entropy()")

    def cdf(self, value: Any) -> Tensor:
        """P(x ≤ value)."""
        raise self._missing("cdf()")

    def icdf(self, value: Any) -> Tensor:
        """The inverse of cdf: the x with cdf(x) = value."""
        raise self._missing("icdf()")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values of a discrete distribution, along a new first axis."""
        raise self._missing("enumerate_support()")

    def expand(self, batch_shape: Any) -> Distribution:
        """The same distribution, with its parameters broadcast to `batch_shape`."""
        raise self._missing("expand()")

    def _missing(self, what: str, advice: str = "") -> NotImplementedError:
        return NotImplementedError(f"{type(self).__name__} has no {what}{advice}")

    # --- derived ---

    @property
    def stddev(self) -> Tensor:
        """√variance."""
        y: Tensor = sqrt(self.variance)
        return y

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Values without a gradient, of shape sample_shape + batch_shape + event_shape."""
        with no_grad():
            return self.rsample(sample_shape)

    def perplexity(self) -> Tensor:
        """exp(entropy)."""
        y: Tensor = exp(self.entropy())
        return y

    def _extended(self, sample_shape: Any) -> Size:
        if isinstance(sample_shape, (int, np.integer)):
            raise TypeError(f"sample(): the shape must be a tuple, got {sample_shape}; write sample(({sample_shape},))")
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _check_value(self, value: Any, check: Check) -> None:
        """Raise an error unless `value` matches the shapes and the support."""
        if not self._validate:
            return
        if not is_tensor(value):
            raise ValueError(
                f"{type(self).__name__}: the value argument to log_prob must be a Tensor, got {type(value).__name__}; "
                "use tensor(...)"
            )
        have, want = value.shape, (*self._batch_shape, *self._event_shape)
        for i, j in zip(reversed(have), reversed(want), strict=False):
            if 1 not in (i, j) and i != j:
                raise ValueError(
                    f"{type(self).__name__}: the value's shape {tuple(have)} does not broadcast with {tuple(want)}"
                )
        holds, words = check
        if not np.all(holds(raw(value))):
            raise DomainError(f"{type(self).__name__}: expected values within the support ({words}), got {span(raw(value))}")

    def __repr__(self) -> str:
        def shown(x: Any) -> str:
            return f"{x}" if x.numel() == 1 else str(x.shape)

        own = [k for k in self.arg_constraints if k in self.__dict__]
        return f"{type(self).__name__}({', '.join(f'{k}: {shown(self.__dict__[k])}' for k in own)})"


def parameters(*values: Any) -> list[Tensor]:
    """Convert numbers and Tensors to Tensors of a common shape; numbers take the dtype of the first Tensor, or the default."""
    dtypes = [x.dtype for x in values if is_tensor(x)]
    dtype = dtypes[0] if dtypes else node.default_float
    tensors = [x if is_tensor(x) else from_array(np.asarray(x, dtype)) for x in values]
    return list(broadcast_tensors(*tensors)) if len(tensors) > 1 else tensors


def sum_rightmost(x: Tensor, n: int) -> Tensor:
    """x, summed over its last n axes."""
    y: Tensor = sum(x, tuple(range(-n, 0))) if n else x
    return y


class Independent(Distribution):
    """`base_distribution` with its last `reinterpreted_batch_ndims` batch axes made part of the event: log_prob sums over them.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.distributions import Normal
    >>> Independent(Normal(tg.zeros(2, 3), tg.ones(2, 3)), 1).log_prob(tg.zeros(2, 3)).shape
    (2,)
    """

    def __init__(
        self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None
    ) -> None:
        n, shape = reinterpreted_batch_ndims, base_distribution.batch_shape
        if n > len(shape):
            raise DomainError(
                f"Independent: reinterpreted_batch_ndims must be at most {len(shape)}, the number of batch axes, got {n}"
            )
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, n
        self.has_rsample = base_distribution.has_rsample
        cut = len(shape) - n
        super().__init__(shape[:cut], (*shape[cut:], *base_distribution.event_shape), validate_args)

    @property
    def mean(self) -> Tensor:
        """The mean of the base distribution."""
        return self.base_dist.mean

    @property
    def mode(self) -> Tensor:
        """The mode of the base distribution."""
        return self.base_dist.mode

    @property
    def variance(self) -> Tensor:
        """The variance of the base distribution."""
        return self.base_dist.variance

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Samples of the base distribution."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Samples of the base distribution, with gradients."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Tensor:
        """The log_prob of the base distribution, summed over the reinterpreted axes."""
        return sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Tensor:
        """The entropy of the base distribution, summed over the reinterpreted axes."""
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def expand(self, batch_shape: Any) -> Self:
        """The same distribution with its parameters broadcast to `batch_shape`."""
        n = self.reinterpreted_batch_ndims
        inner = self.event_shape[:n]
        return type(self)(self.base_dist.expand((*batch_shape, *inner)), n, self._validate)

    def __repr__(self) -> str:
        return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"


LOG_TWO_PI = math.log(2 * math.pi)
