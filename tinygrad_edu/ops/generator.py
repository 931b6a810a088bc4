"""Random bits, and samples computed from them, as arrays: the same seed gives the same numbers as PyTorch on a CPU.

The bits come from a Mersenne Twister (MT19937; Matsumoto & Nishimura 1998) seeded with the low 32 bits of the seed. The way
samples are computed from them determines every digit:

    float32         the low 24 bits of one draw · 2⁻²⁴
    float64         the low 53 bits of two draws, of which the first has the high bits, · 2⁻⁵³
    uniform         u · (high − low) + low, rounded once
    integers        low + draw mod (high − low); two draws for ranges of 2²⁸ and more
    normal          Box-Muller; fewer than 16 values are drawn in pairs, and a spare one is kept for the next call
    exponential     −log(1 − u) / λ, in float64
    bernoulli       u < p
    multinomial     one sample, or without replacement: the largest p / exponential; otherwise a search in cumulative sums of p
    permutation     Fisher-Yates

Measured against PyTorch 2.13 on x86 with AVX2: equal bit for bit. PyTorch's own numbers differ in two cases: without AVX2, its
uniform and normal numbers round differently in the last digits, and on Intel processors `exponential_`, and
`bernoulli_(p)` for a number p, draw from a different generator, that of Intel's MKL.
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from ..autograd.errors import DomainError
from ..autograd.node import from_array, raw
from .rounding import F32, F64, Array, box_muller, libm, multiply_add

Shape = tuple[int, ...]

FIRST_SEED = 67280421310721  # the initial seed of a new torch.Generator()
BLOCK = 1 << 14  # normals at a time, so that intermediate arrays stay in the cache
WIDE = 1 << 28  # from this range on, 64 bits per sample are used, so that the modulo has no noticeable bias

# PyTorch's layout of a generator's state: 5056 bytes, so that states can be exchanged
STATE = np.dtype(
    [
        ("seed", "u8"),
        ("left", "i4"),  # draws left in the block, plus one
        ("seeded", "i4"),
        ("next", "u8"),
        ("key", "u8", 624),
        ("unused", "f8"),
        ("spare", "f8"),
        ("unused2", "f8"),
        ("has_spare", "i4"),
        ("spare32", "f4"),
        ("has_spare32", "i4"),
        ("end", "i4"),
    ]
)


watcher: Callable[..., Any] | None = None
"""Called as watcher(generator, method, args, kwargs) in place of a method that draws, while a step is recorded."""

M = TypeVar("M", bound=Callable[..., Any])


def _draws(method: M) -> M:
    """Decorator for methods that draw: the watcher, if any, is called instead, also when one such method calls another."""

    @functools.wraps(method)
    def call(self: Generator, *args: Any, **kwargs: Any) -> Any:
        watching = watcher  # read once: another thread may remove it
        return method(self, *args, **kwargs) if watching is None else watching(self, method, args, kwargs)

    return call  # type: ignore[return-value]  # the same signature


class Generator:
    """A random number generator: the interface of PyTorch's `torch.Generator`, plus methods like `np.random.Generator`'s.

    `manual_seed(n)` seeds it, `get_state()` and `set_state()` save and restore its state; the methods that draw return arrays.
    Without a seed it starts from a fixed one, as in PyTorch. Only `device="cpu"` is supported.
    Source: Matsumoto & Nishimura, Mersenne Twister, 1998, doi:10.1145/272991.272995.

    >>> Generator().manual_seed(0).uniform(3)
    array([0.4962566 , 0.7682218 , 0.08847743], dtype=float32)
    """

    def __init__(self, device: Any = "cpu") -> None:
        if str(device) != "cpu":
            raise DomainError(f"Generator: random numbers are drawn on the CPU only: device must be 'cpu', got {device!r}")
        self.manual_seed(FIRST_SEED)

    @functools.cached_property
    def _twister(self) -> np.random.RandomState:
        """Created when first needed: loading numpy.random takes 10 ms, and many programs draw nothing."""
        return np.random.RandomState(self._seed % (1 << 32))

    def __repr__(self) -> str:
        return f"Generator(seed={self._seed})"

    # --- the state ---

    def manual_seed(self, seed: int) -> Generator:
        """Restart from `seed`, an integer in [−2⁶³, 2⁶⁴), and return the generator."""
        if isinstance(seed, float) or not hasattr(seed, "__index__"):
            raise TypeError(f"manual_seed: the seed must be an integer, got {seed!r} ({type(seed).__name__})")
        seed = seed.__index__()
        if not -(1 << 63) <= seed < 1 << 64:
            raise DomainError(f"manual_seed: the seed must be in [-2**63, 2**64), got {seed}")
        self._seed = seed % (1 << 64)
        self.__dict__.pop("_twister", None)
        self._spare: float | None = None  # the second normal of a pair
        return self

    def seed(self) -> int:
        """Restart from a seed that the operating system provides, and return it."""
        seed = int.from_bytes(os.urandom(8), "little") >> 11
        self.manual_seed(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed that the generator started from, in [0, 2⁶⁴)."""
        return self._seed

    def get_state(self) -> Any:
        """The complete state as a Tensor of 5056 bytes, in PyTorch's layout."""
        twister = self._twister.get_state(legacy=False)["state"]
        untouched = twister["pos"] == 624 and twister["key"][0] == self._seed % (1 << 32)  # later blocks have another key
        state = np.zeros((), STATE)
        state["seed"], state["seeded"], state["key"] = self._seed, 1, twister["key"]
        state["left"], state["next"] = 625 - twister["pos"], 0 if untouched else twister["pos"]
        state["spare"], state["has_spare"] = self._spare or 0.0, self._spare is not None
        return from_array(np.frombuffer(state.tobytes(), np.uint8).copy())

    def set_state(self, state: Any) -> None:
        """Restore a state returned by `get_state`, here or in PyTorch; a Tensor or an array."""
        state = np.asarray(raw(state))
        if state.dtype != np.uint8 or state.size != STATE.itemsize:
            raise DomainError(
                f"set_state: a generator's state is {STATE.itemsize} bytes (uint8), got {state.dtype} of shape {state.shape}"
            )
        s = np.frombuffer(state.tobytes(), STATE)[0]
        if not (s["seeded"] and 1 <= s["left"] <= 624):
            raise DomainError("set_state: these bytes are not the state of a generator; pass what get_state() returned")
        self._seed, self._spare = int(s["seed"]), float(s["spare"]) if s["has_spare"] else None
        self._twister.set_state(("MT19937", s["key"].astype(np.uint32), 625 - int(s["left"]), 0, 0.0))

    # --- bits ---

    @_draws
    def bits32(self, n: int) -> Array:
        """[n] uint32: n draws."""
        draws: Array = self._twister.randint(0, 1 << 32, size=n, dtype=np.uint32)
        return draws

    @_draws
    def bits64(self, n: int) -> Array:
        """[n] uint64: n pairs of draws, the first of each in the high bits."""
        high, low = self.bits32(2 * n).reshape(n, 2).T
        pairs: Array = high.astype(np.uint64) << np.uint64(32) | low
        return pairs

    def _unit(self, n: int, dtype: np.dtype[Any]) -> Array:
        """[n] values in [0, 1)."""
        if dtype == F64:
            return (self.bits64(n) & np.uint64((1 << 53) - 1)) * 2.0**-53
        return (self.bits32(n) & np.uint32((1 << 24) - 1)).astype(np.float32) * np.float32(2.0**-24)

    # --- continuous distributions ---

    @_draws
    def uniform(self, shape: int | Shape = (), dtype: Any = F32, low: float = 0.0, high: float = 1.0) -> Array:
        """Samples of the uniform distribution on [low, high)."""
        dtype, (n, shape) = np.dtype(dtype), _count(shape)
        a, b = dtype.type(low), dtype.type(high)
        u = multiply_add(self._unit(n, dtype), b - a, a)
        u[u == b] = a  # rounding may give `high`, which is excluded
        return u.reshape(shape)

    @_draws
    def normal(
        self, shape: int | Shape = (), dtype: Any = F32, mean: float = 0.0, std: float = 1.0, *, pairs: bool = False
    ) -> Array:
        """Samples of the normal distribution with the given mean and standard deviation.

        Sixteen uniform values give sixteen normal ones; the last sixteen are redrawn if n is not a multiple of 16.
        Fewer than sixteen (and any number with `pairs`) come from `_normal_pairs`, which uses the bits differently.
        """
        dtype, (n, shape) = np.dtype(dtype), _count(shape)
        if n < 16 or pairs:
            return multiply_add(self._normal_pairs(n), F64.type(std), F64.type(mean)).astype(dtype).reshape(shape)
        out = self._unit(n, dtype)
        whole = n // 16 * 16
        for start in range(0, whole, BLOCK):
            stop = min(start + BLOCK, whole)
            out[start:stop] = box_muller(out[start:stop])
        if whole < n:
            out[-16:] = box_muller(self._unit(16, dtype))
        return multiply_add(out, dtype.type(std), dtype.type(mean)).reshape(shape)

    def _normal_pairs(self, n: int) -> Array:
        """[n] float64 normals, two at a time; an odd one is saved for the next call."""
        kept = [] if self._spare is None or n == 0 else [self._spare]
        pairs = (n - len(kept) + 1) // 2
        u, v = self._unit(2 * pairs, F64).reshape(pairs, 2).T
        radius, angle = np.sqrt(-2.0 * libm(math.log1p, -v)), 2.0 * math.pi * u
        z = np.stack([radius * libm(math.cos, angle), radius * libm(math.sin, angle)], axis=1).ravel()
        z = np.concatenate([kept, z])
        if n:
            self._spare = float(z[n]) if z.size > n else None
        return z[:n]

    @_draws
    def exponential(self, shape: int | Shape = (), dtype: Any = F32, lambd: float = 1.0) -> Array:
        """Samples of the exponential distribution, density λ exp(−λ x) for x ≥ 0, where λ = lambd."""
        dtype, (n, shape) = np.dtype(dtype), _count(shape)
        u = self._unit(n, F64)
        log = libm(math.log1p, -u) if dtype == F64 else np.log1p(-u)
        return (-1.0 / lambd * log).astype(dtype).reshape(shape)

    # --- discrete distributions ---

    @_draws
    def integers(self, low: int, high: int, shape: int | Shape = (), dtype: Any = np.int64) -> Array:
        """Integers drawn uniformly from [low, high), except for the bias of the modulo."""
        n, shape = _count(shape)
        width = high - low
        draws = self.bits64(n) if width >= WIDE else self.bits32(n).astype(np.uint64)
        if width < 1 << 64:
            draws %= np.uint64(width)
        return (draws.view(np.int64) + np.int64(low)).astype(dtype).reshape(shape)

    @_draws
    def bernoulli(self, p: float | Array, shape: int | Shape | None = None) -> Array:
        """Booleans, True with probability p: a number, or an array with one probability per sample."""
        if isinstance(p, np.ndarray):
            return self._unit(p.size, p.dtype).reshape(p.shape) < p
        n, shape = _count(() if shape is None else shape)
        return (self._unit(n, F64) < p).reshape(shape)

    @_draws
    def multinomial(self, p: Array, num_samples: int, replacement: bool = False) -> Array:
        """p [..., n] -> indices [..., num_samples], drawn with probabilities proportional to p along the last axis."""
        if num_samples == 1 or not replacement:
            race = p / self.exponential(p.shape, p.dtype)  # index i has the largest pᵢ / Eᵢ with probability pᵢ / Σ p
            if num_samples == 1:
                winner: Array = np.argmax(race, axis=-1, keepdims=True)
                return winner
            return np.argsort(-race, axis=-1, kind="stable")[..., :num_samples]
        total = np.cumsum(p, axis=-1)
        total /= total[..., -1:]
        total[..., -1] = 1
        rows = total.reshape(-1, p.shape[-1])
        u = self._unit(len(rows) * num_samples, F64).reshape(len(rows), num_samples)
        index = [np.searchsorted(row, v) for row, v in zip(rows, u, strict=True)]
        return np.array(index, np.int64).reshape(p.shape[:-1] + (num_samples,))

    @_draws
    def permutation(self, n: int) -> Array:
        """[n] int64: 0 … n−1 in random order.

        Fisher-Yates swaps positions i and j[i] ≥ i, for i = 0, 1, …; here array operations replace this loop. Let s be the
        last step before i with j[s] = i. Before step i, position i holds what position s held before step s; or i, if there is
        no s. Following these links resolves all positions in a few rounds of doubling. Then step i moves the content of
        position j[i] to position i: what the last earlier step with the same j put there, or the number j[i].
        """
        place = np.arange(n)
        if n < 2:
            return place
        j = place.copy()
        j[:-1] += self.bits32(n - 1) % np.arange(n, 1, -1, dtype=np.uint32)

        source = place.copy()  # source[i]: the last step before i that swapped its position with position i
        moved = j != place
        source[j[moved]] = place[moved]  # for repeated indices NumPy keeps the last
        while not np.array_equal(source, further := source[source]):
            source = further

        order = _stable_argsort(j, n)
        repeated = j[order[1:]] == j[order[:-1]]
        out = j  # position j[i] still holds its index, unless an earlier step swapped there
        out[order[1:][repeated]] = source[order[:-1][repeated]]
        return out


def _count(shape: int | Shape) -> tuple[int, Shape]:
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return math.prod(shape), shape


def _stable_argsort(j: Array, n: int) -> Array:
    """np.argsort(j, kind="stable") for 0 ≤ j < n, by 16-bit digits: NumPy sorts these in linear time."""
    order = np.argsort(j.astype(np.uint16), kind="stable")
    shift = 16
    while n > 1 << shift:
        order = order[np.argsort((j >> shift).astype(np.uint16)[order], kind="stable")]
        shift += 16
    return order
