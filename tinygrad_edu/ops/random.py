"""Random Tensors, with PyTorch's names, signatures and numbers: `manual_seed(0)`, then `randn(2, 3)`.

generator.py describes which bits become which sample; this module is the interface. Every function that draws has
`generator=`; by default it draws from `default_generator`, which `manual_seed` seeds, and which is otherwise seeded by the
operating system.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from .._numbers import refuses_text
from ..autograd import node
from ..autograd.errors import DomainError, DtypeError
from ..autograd.grad_mode import is_grad_enabled
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import from_array, is_tensor, raw
from .creation import wanted_shape
from .devices import check_device
from .generator import Generator
from .shape import _sizes

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "Generator",
    "default_generator",
    "manual_seed",
    "seed",
    "initial_seed",
    "get_rng_state",
    "set_rng_state",
    "rand",
    "rand_like",
    "randn",
    "randn_like",
    "randint",
    "randint_like",
    "randperm",
    "normal",
    "exponential",
    "bernoulli",
    "multinomial",
    "uniform_",
    "normal_",
    "exponential_",
    "bernoulli_",
    "random_",
]
METHODS = ["bernoulli", "multinomial", "uniform_", "normal_", "exponential_", "bernoulli_", "random_"]
OUT = ["rand", "randn", "randint", "randperm", "normal", "bernoulli", "multinomial"]

default_generator = Generator()
default_generator.seed()


def manual_seed(seed: int) -> Generator:
    """Seed `default_generator` with `seed`, an integer in [−2⁶³, 2⁶⁴), and return the generator.

    >>> import tinygrad_edu as tg
    >>> tg.manual_seed(0).initial_seed()
    0
    >>> tg.rand(2)
    tensor([0.4963, 0.7682])
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Seed `default_generator` with a seed that the operating system provides, and return that seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that `default_generator` started from."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of `default_generator`: a Tensor of 5056 bytes, in PyTorch's layout."""
    return default_generator.get_state()


def set_rng_state(state) -> None:
    """Restore a state returned by `get_rng_state()`."""
    default_generator.set_state(state)


# --- new Tensors ---


def rand(*shape, size=None, generator=None, dtype=None, requires_grad=False, device=None) -> Tensor:
    """Samples of the uniform distribution on [0, 1): `rand(2, 3)`, `rand((2, 3))` or `rand(size=(2, 3))`.

    >>> import tinygrad_edu as tg
    >>> tg.rand(3, generator=tg.Generator().manual_seed(0))
    tensor([0.4963, 0.7682, 0.0885])
    """
    shape, dtype = wanted_shape("rand", shape, size), _floating("rand", dtype)
    return _new(_source(generator).uniform(shape, dtype), requires_grad, device)


def randn(*shape, size=None, generator=None, dtype=None, requires_grad=False, device=None) -> Tensor:
    """Samples of the standard normal distribution: `randn(2, 3)`, `randn((2, 3))` or `randn(size=(2, 3))`.

    >>> import tinygrad_edu as tg
    >>> tg.randn(3, generator=tg.Generator().manual_seed(0))
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    shape, dtype = wanted_shape("randn", shape, size), _floating("randn", dtype)
    return _new(_source(generator).normal(shape, dtype), requires_grad, device)


def randint(low=0, high=None, size=None, *, generator=None, dtype=np.int64, requires_grad=False, device=None) -> Tensor:
    """Integers drawn uniformly from [low, high): `randint(high, size)` or `randint(low, high, size)`.

    >>> import tinygrad_edu as tg
    >>> tg.randint(10, (5,), generator=tg.Generator().manual_seed(0))
    tensor([4, 9, 3, 0, 3])
    """
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    if size is None:
        raise TypeError("randint(): the size is missing; write randint(high, size) or randint(low, high, size)")
    dtype = np.dtype(dtype or np.int64)
    low, high = _bounds("randint", low, high, dtype)
    return _new(_source(generator).integers(low, high, _sizes((size,)), dtype), requires_grad, device)


def randperm(n, *, generator=None, dtype=np.int64, requires_grad=False, device=None) -> Tensor:
    """0 … n−1 in random order (Fisher-Yates).

    >>> import tinygrad_edu as tg
    >>> tg.randperm(5, generator=tg.Generator().manual_seed(0))
    tensor([4, 0, 1, 3, 2])
    """
    n = _integer("randperm", "n", n)
    if n < 0:
        raise DomainError(f"randperm(): n must not be negative, got {n}")
    return _new(_source(generator).permutation(n).astype(dtype or np.int64, copy=False), requires_grad, device)


def normal(mean=0.0, std=1.0, size=None, *, generator=None, dtype=None, requires_grad=False, device=None) -> Tensor:
    """Samples of normal distributions; `size` is required if mean and std are numbers; if one is a Tensor, its shape is used.

    No gradient flows through a sample (in PyTorch, it is zero); if you need one, use `mean + std * randn_like(std)`.

    >>> import tinygrad_edu as tg
    >>> tg.normal(5.0, 0.1, (3,), generator=tg.Generator().manual_seed(0))
    tensor([5.1541, 4.9707, 4.7821])
    """
    source = _source(generator)
    if not (is_tensor(mean) or is_tensor(std)):
        if size is None:
            raise TypeError("normal(): a size is needed when mean and std are numbers: normal(mean, std, size)")
        _check_std("normal", std, mean)
        sample = source.normal(_sizes((size,)), _floating("normal", dtype), mean, std)
        return _new(sample, requires_grad, device)
    if size is not None:
        raise TypeError("normal(): omit size if mean or std is a Tensor: the samples have its shape")
    if is_grad_enabled() and any(is_tensor(x) and x.requires_grad for x in (mean, std)):
        raise RuntimeError(
            "normal(): no gradient flows through a sample to its mean or std; write mean + std * randn_like(std), "
            "or pass mean.detach() and std.detach()"
        )
    mean, std = raw(mean), raw(std)
    if np.min(std, initial=0) < 0:
        raise DomainError(f"normal(): every std must be at least 0, got {np.min(std)}")
    shape = np.broadcast_shapes(np.shape(mean), np.shape(std))
    dtype = np.result_type(*(x for x in (mean, std) if isinstance(x, np.ndarray)))
    sample = source.normal(shape, _floating("normal", dtype))
    return _new(np.asarray(sample * std + mean, dtype), requires_grad, device)


@refuses_text("lambd")
def exponential(*shape, size=None, lambd=1.0, generator=None, dtype=None, requires_grad=False, device=None) -> Tensor:
    """Samples of the exponential distribution, p(x) = λ exp(−λ x) for x ≥ 0 with λ = lambd > 0.

    >>> import tinygrad_edu as tg
    >>> tg.exponential(2, generator=tg.Generator().manual_seed(0))
    tensor([3.5083, 1.2304])
    """
    _check_rate("exponential", lambd)
    shape, dtype = wanted_shape("exponential", shape, size), _floating("exponential", dtype)
    return _new(_source(generator).exponential(shape, dtype, lambd), requires_grad, device)


@refuses_text("p")
def bernoulli(input, p=None, *, generator=None) -> Tensor:
    """1 with probability `input`, elementwise, else 0; with a number `p`, every element is 1 with that probability.

    The result has the shape and dtype of `input`, and no gradient (PyTorch's is zero).

    >>> import tinygrad_edu as tg
    >>> tg.bernoulli(tg.tensor([0.0, 0.5, 1.0]), generator=tg.Generator().manual_seed(0))
    tensor([0., 0., 1.])
    """
    out = from_array(_empty_like(raw(input)))
    return bernoulli_(out, input if p is None else p, generator=generator)


@refuses_text("num_samples")
def multinomial(input, num_samples, replacement=False, *, generator=None) -> Tensor:
    """input [n] or [rows, n], weights ≥ 0 -> indices [num_samples] or [rows, num_samples], drawn in proportion to the weights.

    The weights of a row need not sum to 1. Without replacement, no index is drawn twice; in the rare case of
    a tie between two indices, the lower one comes first, whereas PyTorch leaves their order unspecified.

    >>> import tinygrad_edu as tg
    >>> tg.multinomial(tg.tensor([0.0, 10.0, 3.0, 0.0]), 2, generator=tg.Generator().manual_seed(0))
    tensor([1, 2])
    """
    p = np.asarray(raw(input))
    if p.dtype.kind != "f":
        raise DtypeError(f"multinomial(): the weights must be floating point, got {p.dtype}")
    if p.ndim not in (1, 2) or p.shape[-1] == 0:
        raise DomainError(f"multinomial(): the weights must have shape [n] or [rows, n] with n > 0, got {p.shape}")
    if num_samples < 1:
        raise DomainError(f"multinomial(): num_samples must be at least 1, got {num_samples}")
    if not (np.isfinite(p).all() and (p >= 0).all()):
        raise DomainError("multinomial(): the weights must be finite and not negative; for logits, apply softmax first")
    possible = int(np.min(np.count_nonzero(p, axis=-1), initial=p.shape[-1]))
    if possible == 0:
        raise DomainError("multinomial(): the weights of every row must have a positive sum, got a row of zeros")
    if not replacement and num_samples > possible:
        raise DomainError(
            f"multinomial(): without replacement, num_samples must be at most {possible}, the smallest number of positive "
            f"weights in a row, got {num_samples}; pass replacement=True or draw fewer"
        )
    return from_array(_source(generator).multinomial(p, num_samples, replacement))


# --- Tensors with the shape of another ---


def rand_like(
    input, *, generator=None, dtype=None, requires_grad=False, device=None, layout=None, memory_format=None
) -> Tensor:
    """Uniform samples on [0, 1) with the shape and dtype of `input`."""
    return _like(uniform_, input, generator, dtype, requires_grad, device)


def randn_like(
    input, *, generator=None, dtype=None, requires_grad=False, device=None, layout=None, memory_format=None
) -> Tensor:
    """Standard normal samples with the shape and dtype of `input`."""
    return _like(normal_, input, generator, dtype, requires_grad, device)


def randint_like(input, low=0, high=None, *, generator=None, dtype=None, requires_grad=False, device=None) -> Tensor:
    """Integers in [low, high), or in [0, low) if `high` is missing, with the shape and dtype of `input`."""
    low, high = (0, low) if high is None else (low, high)
    return _like(random_, input, generator, dtype, requires_grad, device, low, high)


def _like(fill, input, generator, dtype, requires_grad, device, *params):
    check_device(device)
    out = fill(from_array(_empty_like(raw(input), dtype)), *params, generator=generator)
    out.requires_grad = requires_grad
    return out


# --- filling a Tensor ---


@refuses_text("low", "to")
def uniform_(x, low=0.0, to=1.0, *, generator=None) -> Tensor:
    """Fill x with samples of the uniform distribution on [low, to).

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> tg.empty(3).uniform_(-1, 1)
    tensor([-0.0075,  0.5364, -0.8230])
    """
    dtype = _floating("uniform_", x.dtype)
    if not 0 <= to - low <= np.finfo(dtype).max:
        raise DomainError(f"uniform_(): low must be at most `to`, and `to` - low must be finite, got low={low}, to={to}")
    return _fill(x, "uniform_", lambda n, rng: rng.uniform(n, dtype, low, to), generator)


def normal_(x, mean=0.0, std=1.0, *, generator=None) -> Tensor:
    """Fill x with samples of the normal distribution with the given mean and standard deviation (std ≥ 0).

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> tg.empty(3).normal_(5.0, 0.1)
    tensor([5.1541, 4.9707, 4.7821])
    """
    _check_std("normal_", std, mean)
    dtype, pairs = _floating("normal_", x.dtype), not raw(x).flags.c_contiguous
    return _fill(x, "normal_", lambda n, rng: rng.normal(n, dtype, mean, std, pairs=pairs), generator)


@refuses_text("lambd")
def exponential_(x, lambd=1.0, *, generator=None) -> Tensor:
    """Fill x with samples of the exponential distribution, p(x) = λ exp(−λ x) for x ≥ 0, where λ = lambd > 0."""
    _check_rate("exponential_", lambd)
    dtype = _floating("exponential_", x.dtype)
    return _fill(x, "exponential_", lambda n, rng: rng.exponential(n, dtype, lambd), generator)


@refuses_text("p")
def bernoulli_(x, p=0.5, *, generator=None) -> Tensor:
    """Fill x with 1 with probability p, else 0; p is a number, or a Tensor that broadcasts to x."""
    p = raw(p)
    if isinstance(p, np.ndarray) and p.dtype.kind != "f":
        raise DtypeError(f"bernoulli(): probabilities must be floating point, got {p.dtype}")
    if not np.all((np.asarray(p) >= 0) & (np.asarray(p) <= 1)):  # or nan
        raise DomainError("bernoulli(): every probability must be in [0, 1]; for logits, apply sigmoid first")
    if isinstance(p, np.ndarray):
        each = _memory_order(np.broadcast_to(p, x.shape), like=raw(x)).ravel()
        return _fill(x, "bernoulli_", lambda n, rng: rng.bernoulli(each), generator)
    return _fill(x, "bernoulli_", lambda n, rng: rng.bernoulli(float(p), n), generator)


def random_(x, low=None, to=None, *, generator=None) -> Tensor:
    """Fill x with integers in [low, to); `random_(to)` starts at 0.

    Without bounds, they are drawn from all non-negative integers of the dtype; for floats, from 0 … 2¹¹ (float16), 0 … 2²⁴
    (float32) or 0 … 2⁵³ (float64).
    """
    if low is None and to is None:
        if x.dtype.name not in _WHOLE_RANGE:
            raise DtypeError(f"random_(): {x.dtype} is not supported without bounds; pass low and to")
        wide, count = _WHOLE_RANGE[x.dtype.name]

        def draw(n, rng):
            return (rng.bits64(n) if wide else rng.bits32(n)) % count

        return _fill(x, "random_", draw, generator)
    low, high = (0, low) if to is None else (low or 0, to)
    low, high = _bounds("random_", low, high, x.dtype)
    return _fill(x, "random_", lambda n, rng: rng.integers(low, high, n), generator)


# dtype -> (whether two draws per sample are needed, number of values)
_WHOLE_RANGE: dict[str, tuple[bool, Any]] = {
    "bool": (False, np.uint32(2)),
    "uint8": (False, np.uint32(1 << 8)),
    "int8": (False, np.uint32(1 << 7)),
    "int16": (False, np.uint32(1 << 15)),
    "int32": (False, np.uint32(1 << 31)),
    "int64": (True, np.uint64(1 << 63)),
    "float16": (False, np.uint32((1 << 11) + 1)),
    "float32": (False, np.uint32((1 << 24) + 1)),
    "float64": (True, np.uint64((1 << 53) + 1)),
}


def _fill(x: Any, name: str, draw: Callable[[int, Generator], np.ndarray], generator: Generator | None) -> Any:
    """Write x.size samples to x, in memory order, as PyTorch does, and return x."""
    if x._is_recorded(f"{name}()"):
        return x._apply(f"{name}()", lambda old: _fill(old.detach().clone(), name, draw, generator))
    target = _memory_order(raw(x))
    target[...] = draw(target.size, _source(generator)).reshape(target.shape)
    mark_changed(x)
    return x


def _empty_like(array, dtype=None):
    """np.empty_like with PyTorch's memory layout for expanded arrays: row-major."""
    return np.empty_like(array, dtype, order="C" if 0 in array.strides else "K")


def _memory_order(array, like=None):
    """A view of `array` with its axes sorted by the strides of `like`, the largest first."""
    strides = (array if like is None else like).strides
    return array.transpose(sorted(range(array.ndim), key=lambda axis: -abs(strides[axis])))


# --- arguments ---


def _source(generator):
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"generator must be a tinygrad_edu.Generator, got {type(generator).__name__}")
    return generator


def _new(array, requires_grad, device):
    check_device(device)
    return from_array(array, requires_grad)


def _floating(name, dtype):
    dtype = np.dtype(node.default_float if dtype is None else dtype)
    if dtype not in (np.float32, np.float64):
        raise DtypeError(f"{name}(): the dtype must be float32 or float64, got {dtype}")
    return dtype


def _bounds(name, low, high, dtype):
    low, high = _integer(name, "low", low), _integer(name, "high", high)
    if not low < high:
        raise DomainError(f"{name}(): low must be less than high, got low={low} and high={high}")
    if dtype.kind == "f":
        most = 1 << (np.finfo(dtype).nmant + 1)  # from here on, floats skip integers
        least = -most
    else:
        least, most = (0, 1) if dtype.kind == "b" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
    if low < least or high - 1 > most:
        raise DomainError(
            f"{name}(): {dtype} represents integers without gaps only from {least} to {most}, got low={low} and high={high}"
        )
    return low, high


def _integer(name, option, value):
    try:
        return index(raw(value))
    except TypeError:
        raise TypeError(f"{name}(): {option} must be an int, got {value!r} ({type(value).__name__})") from None


def _check_std(name, std, mean=0.0):
    for option, value in (("mean", mean), ("std", std)):
        if isinstance(value, str):  # NumPy would read it as a number
            raise TypeError(f"{name}(): {option} must be a number, got {value!r} (str)")
    if not std >= 0:
        raise DomainError(f"{name}(): std must be at least 0, got {std}")


def _check_rate(name, lambd):
    if not lambd > 0:
        raise DomainError(f"{name}(): lambd must be above 0, got {lambd}")
