"""The functions of ops: for each, a call that runs in PyTorch and here, and the arrays that it takes.

    "name": (lambda lib, *tensors: …, [arrays, arrays, …])

`lib` is `torch` or `tinygrad_edu`. Float arrays become tensors that require grad; int and bool arrays become plain tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Arrays = tuple[Any, ...]
rng = np.random.default_rng(7)


def normal(*shape: int) -> np.ndarray:
    return np.asarray(rng.normal(size=shape))


def away(*shape: int) -> np.ndarray:
    """Distinct numbers with 0.2 <= |x| <= 1.8."""
    n = int(np.prod(shape))
    magnitude = rng.permutation(np.linspace(0.2, 1.8, max(n, 1)))[:n]
    return np.asarray((magnitude * rng.choice([-1, 1], n)).reshape(shape))


def positive(*shape: int) -> np.ndarray:
    return np.asarray(rng.uniform(0.3, 2.0, shape))


def unit(*shape: int) -> np.ndarray:
    return np.asarray(rng.uniform(-0.9, 0.9, shape))


def probability(*shape: int) -> np.ndarray:
    return np.asarray(rng.uniform(0.05, 0.95, shape))


def ints(high: int, *shape: int) -> np.ndarray:
    return rng.integers(0, high, shape)


def definite(n: int) -> np.ndarray:
    a = normal(n, n)
    return a @ a.T + np.eye(n)


def one(make: Callable[..., np.ndarray]) -> list[Arrays]:
    """Arrays: 0-d, empty, contiguous, transposed, reversed and strided."""
    return [
        (make(),), (make(0, 3),), (make(4),), (make(2, 3),), (make(3, 2).T,), (make(5)[::-1],), (make(2, 6)[:, ::2],),
    ]  # fmt: skip


def two(make: Callable[..., np.ndarray], other: Callable[..., np.ndarray] | None = None) -> list[Arrays]:
    """Pairs of arrays: of equal shapes, broadcast in several ways, empty, transposed, reversed."""
    b = other or make
    return [
        (make(2, 3), b(2, 3)), (make(2, 3), b(3)), (make(2, 1), b(1, 3)), (make(), b(2)), (make(3), b()), (make(0, 1), b(1, 3)),
        (make(3, 2).T, b(2, 3)), (make(4)[::-1], b(4)),
    ]  # fmt: skip


small_ints = (np.array([-7, 7, 8, -128], np.int8), np.array([2, -3, 3, 1], np.int8))
MATRICES: list[Arrays] = [(normal(2, 3),), (normal(3, 2).T,), (normal(4, 2, 3),), (normal(0, 3),), (normal(2, 6)[:, ::-2],)]
mask = np.array([[True, False, True], [False, True, False]])
image = normal(2, 4, 9, 8)


def each(names: str, make: Callable[..., np.ndarray]) -> dict[str, Any]:
    return {n: (lambda lib, x, n=n: getattr(lib, n)(x), one(make)) for n in names.split()}


def pairs(names: str, make: Callable[..., np.ndarray], other: Callable[..., np.ndarray] | None = None) -> dict[str, Any]:
    return {n: (lambda lib, a, b, n=n: getattr(lib, n)(a, b), two(make, other)) for n in names.split()}


def reduce(name: str, make: Callable[..., np.ndarray] = normal, *more: Any, empty: bool = True) -> dict[str, Any]:
    """A reduction over all axes, over one axis, and over a negative axis that is kept."""
    f = lambda lib, x, **k: getattr(lib, name)(x, *more, **k)
    whole = [*one(make)] if empty else [s for s in one(make) if s[0].size]
    return {
        name: (f, whole),
        f"{name} dim": (lambda lib, x: f(lib, x, dim=1), [(make(2, 3),), (make(3, 2).T,), (make(2, 3, 4),)]),
        f"{name} keepdim": (lambda lib, x: f(lib, x, dim=-1, keepdim=True), [(make(2, 3),), (make(4),)]),
    }


def several(name: str, make: Callable[..., np.ndarray] = normal) -> dict[str, Any]:
    return {f"{name} dims": (lambda lib, x: getattr(lib, name)(x, dim=(0, 2)), [(make(2, 3, 4),), (make(4, 3, 2).T,)])}


def along(names: str, make: Callable[..., np.ndarray] = normal) -> dict[str, Any]:
    return {
        n: (lambda lib, x, n=n: getattr(lib, n)(x, dim=-1), [(make(),), (make(4),), (make(2, 3),), (make(3, 2).T,)])
        for n in names.split()
    }


def F(names: str, make: Callable[..., np.ndarray]) -> dict[str, Any]:
    return {f"F.{n}": (lambda lib, x, n=n: getattr(lib.nn.functional, n)(x), one(make)) for n in names.split()}


def losses(names: str, x: Callable[..., np.ndarray], t: Callable[..., np.ndarray], **options: Any) -> dict[str, Any]:
    return {
        f"F.{n} {r}": (
            lambda lib, a, b, n=n, r=r: getattr(lib.nn.functional, n)(a, b, reduction=r, **options),
            [(x(4), t(4)), (x(2, 3), t(2, 3))],
        )
        for n in names.split()
        for r in ("mean", "sum", "none")
    }


OF_ONE = (
    "exp sqrt abs neg sigmoid tanh relu log floor sign erf square isnan clone round frac rsqrt logit t nonzero zeros_like "
    "ones_like tril diag"
)
OF_TWO = "add sub mul div atan2 maximum fmin hypot eq lt logical_and xlogy remainder copysign inner kron logaddexp"

CASES: dict[str, tuple[Callable[..., Any], list[Arrays]]] = {
    # --- elementwise ---
    **each("neg abs square exp exp2 expm1 sin cos atan sinh cosh tanh asinh sigmoid erf erfc positive", normal),
    **each("relu sign floor ceil round trunc frac selu", away),
    **each("sqrt rsqrt log log2 log10 log1p reciprocal", positive),
    **each("tan asin acos atanh", unit),
    **each("acosh", lambda *shape: np.asarray(1.2 + positive(*shape))),
    **each("isnan isinf isfinite signbit logical_not", normal),
    **each("logit", probability),
    **pairs("add sub mul logaddexp atan2 hypot copysign", normal),
    **pairs("maximum minimum fmax fmin", away),
    **pairs("div true_divide remainder fmod", normal, positive),
    "floor_divide": (lambda lib, a, b: lib.floor_divide(a.detach(), b.detach()), two(normal, positive)),  # PyTorch: no gradient
    **pairs("eq ne lt le gt ge logical_and logical_or logical_xor isclose", normal),
    **pairs("pow float_power", positive, normal),
    **pairs("xlogy", positive),
    "add alpha": (lambda lib, a, b: lib.add(a, b, alpha=2), two(normal)),
    "sub alpha": (lambda lib, a, b: lib.sub(a, b, alpha=0.5), two(normal)),
    "div trunc": (lambda lib, a, b: lib.div(a, b, rounding_mode="trunc"), two(normal, positive)),
    "div floor": (lambda lib, a, b: lib.div(a, b, rounding_mode="floor"), two(normal, positive)),
    "pow number": (lambda lib, x: x**2 + x**3 + x**-1, one(away)),
    "number pow": (lambda lib, x: 2**x, one(normal)),
    "operators": (lambda lib, a, b: 2 * a + b / 3 - (1 - a) * -b + 1 / b, two(away)),
    "operators mod": (lambda lib, a: a % 0.7 + a.detach() // 0.7, one(positive)),
    "round decimals": (lambda lib, x: lib.round(x, decimals=2), one(normal)),
    "clamp": (lambda lib, x: lib.clamp(x, -0.5, 0.7), one(away)),
    "clamp min": (lambda lib, x: lib.clamp(x, min=0.1), one(away)),
    "clamp tensors": (
        lambda lib, x, a, b: lib.clamp(x, a, b),
        [(normal(2, 3), normal(3), normal(2, 3)), (normal(4), normal(4), normal(4))],
    ),
    "lerp": (lambda lib, a, b: lib.lerp(a, b, 0.3), two(normal)),
    "where": (lambda lib, m, a, b: lib.where(m, a, b), [(mask, normal(2, 3), normal(3)), (mask, normal(), normal(2, 1))]),
    "where number": (lambda lib, m, a: lib.where(m, a, 0.5), [(mask, normal(2, 3))]),
    "masked_fill": (lambda lib, m, a: a.masked_fill(m, -1.5), [(mask, normal(2, 3)), (mask[0], normal(4, 3))]),
    "clamp_min clamp_max": (lambda lib, x: (lib.clamp_min(x, 0.1), lib.clamp_max(x, 0.1)), one(away)),
    "masked_fill int": (lambda lib, m, a: a.masked_fill(m, 1.7), [(mask, ints(9, 2, 3)), (mask, mask)]),
    "div trunc int": (
        lambda lib, a, b: [*(lib.div(a, c, rounding_mode="trunc") for c in (b, 2)), a // b, a % b, lib.fmod(a, b)],
        [(ints(9, 5) - 4, np.array([1, 2, -3, 4, -2])), (np.array([2**53 + 1]), np.array([1])), small_ints],
    ),
    "steps of ints": (lambda lib, i: (lib.floor(i), lib.ceil(i), lib.round(i), lib.trunc(i), lib.sign(i)), [(ints(9, 4) - 4,)]),
    "steps of int32": (lambda lib, i: (lib.floor(i), lib.ceil(i), lib.round(i), lib.trunc(i)), [small_ints[:1]]),
    "sign of bool": (lambda lib, m: (lib.sign(m), m**2, lib.square(m)), [(mask,)]),
    "promotion": (
        lambda lib, a, b: [a + b[0], a * b[1], lib.maximum(a, b[0]), a + 1, a + True, b[0] + b, lib.where(a > 1, a, b[0])],
        [
            tuple(np.arange(4).astype(t) for t in pair)
            for pair in [("u1", "i1"), ("i4", "i8"), ("i8", "i4"), ("i1", "u1"), ("i2", "f8"), ("f4", "f8"), ("u1", "f4")]
        ],
    ),
    "shifts": (
        lambda lib, a: (a << 2, a >> 1, 1 << a, lib.bitwise_left_shift(a, a), lib.bitwise_right_shift(a, a)),
        [(ints(5, 4),)],
    ),
    "dist": (lambda lib, a, b: [lib.dist(a, b, p) for p in (1, 2, 3)], [(away(2, 3), away(3)), (away(), away(2))]),
    "nan_to_num": (lambda lib, x: lib.nan_to_num(x, 0.5, 1.0, -1.0), [(np.array([np.nan, np.inf, -np.inf, 2.0]),)]),
    "addcmul": (lambda lib, a, b: lib.addcmul(a, a, b, value=0.5), [(normal(2, 3), normal(2, 3))]),
    "addcdiv": (lambda lib, a, b: lib.addcdiv(a, a, b, value=0.5), [(normal(2, 3), positive(2, 3))]),
    # --- reductions ---
    **reduce("sum"),
    **reduce("mean"),
    **reduce("nansum"),
    "dtype=": (
        lambda lib, x: (
            lib.sum(x, dtype=lib.int32),
            lib.prod(x, dtype=lib.float64),
            lib.prod(x, 0, dtype=lib.int32),
            lib.cumsum(x, 0, dtype=lib.int32),
            lib.cumprod(x, -1, dtype=lib.float64),
            lib.nansum(x, -1, dtype=lib.float64),
        ),
        [(ints(4, 2, 3),), (mask,)],
    ),
    **reduce("prod", away),
    **reduce("amax", away, empty=False),
    **reduce("amin", away, empty=False),
    **reduce("max", away, empty=False),
    **reduce("min", away, empty=False),
    **reduce("argmax", away, empty=False),
    **reduce("argmin", away, empty=False),
    **reduce("all"),
    **reduce("any"),
    **reduce("norm", away),
    **reduce("median", away, empty=False),
    **several("sum"),
    **several("mean"),
    **several("amax", away),
    **several("var"),
    **several("std"),
    **several("norm"),
    "logsumexp": (lambda lib, x: lib.logsumexp(x, dim=-1), [(normal(4),), (normal(2, 3),), (100 * normal(3, 2).T,)]),
    "logsumexp dims": (lambda lib, x: lib.logsumexp(x, dim=(0, 1), keepdim=True), [(normal(2, 3, 2),)]),
    "var": (lambda lib, x: lib.var(x), [(normal(4),), (normal(2, 3),), (normal(3, 2).T,)]),
    "var dim": (lambda lib, x: lib.var(x, dim=1, keepdim=True), [(normal(2, 3),), (normal(3, 2).T,)]),
    "var unbiased": (lambda lib, x: lib.var(x, 1, unbiased=False), [(normal(2, 3),)]),
    "std": (lambda lib, x: lib.std(x, dim=-1, correction=0), [(normal(4),), (normal(2, 3),)]),
    "var_mean": (lambda lib, x: lib.var_mean(x, dim=1), [(normal(2, 3),)]),
    "std_mean": (lambda lib, x: lib.std_mean(x, dim=1), [(normal(2, 3),)]),
    **{
        f"norm p={p}": (lambda lib, x, p=p: lib.norm(x, p, dim=-1), [(away(4),), (away(2, 3),)])
        for p in (0, 1, 2, 3, 1.5, float("inf"), -float("inf"))
    },
    "linalg.norm": (lambda lib, x: lib.linalg.norm(x), MATRICES[:3]),
    **{
        f"linalg.norm {p}": (lambda lib, x, p=p: lib.linalg.norm(x, p), MATRICES[:2])
        for p in ("fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf"))
    },
    "linalg.vector_norm": (lambda lib, x: lib.linalg.vector_norm(x, 3), MATRICES[:3]),
    "count_nonzero": (lambda lib, x: lib.count_nonzero(x), [(np.array([0.0, 1.0, 2.0]),)]),
    **along("cumsum cumprod logcumsumexp"),
    **along("cummax cummin sort argsort", away),
    "cumprod zero": (lambda lib, x: lib.cumprod(x, 0), [(np.array([2.0, 0.0, 3.0, 0.0, 4.0]),)]),
    "diff": (lambda lib, x: lib.diff(x, 2, dim=-1), [(normal(5),), (normal(2, 4),)]),
    "sort descending": (lambda lib, x: lib.sort(x, dim=0, descending=True), [(away(4),), (away(4, 3),)]),
    "topk": (lambda lib, x: lib.topk(x, 2), [(away(4),), (away(2, 3),)]),
    "topk smallest": (lambda lib, x: lib.topk(x, 2, dim=0, largest=False), [(away(4),), (away(4, 3),)]),
    "kthvalue": (lambda lib, x: lib.kthvalue(x, 2), [(away(4),), (away(2, 3),)]),
    "unique": (lambda lib, x: lib.unique(x, return_inverse=True, return_counts=True), [(ints(4, 9),)]),
    "bincount": (lambda lib, x: lib.bincount(x, minlength=6), [(ints(4, 9),)]),
    "bincount weights": (lambda lib, i, w: lib.bincount(i, w.detach(), 6), [(ints(4, 9), normal(9))]),
    "bincount int weights": (lambda lib, i: lib.bincount(i, i), [(ints(4, 9),)]),
    "histc": (lambda lib, x: lib.histc(x.detach(), 4, -2, 2), [(normal(20),)]),
    "histogram": (lambda lib, x: tuple(lib.histogram(x.detach(), 5)), [(normal(20),)]),
    "searchsorted": (lambda lib, a, b: lib.searchsorted(a.detach(), b.detach()), [(np.arange(5.0), positive(2, 3))]),
    # --- products and matrices ---
    "matmul": (
        lambda lib, a, b: lib.matmul(a, b) + a @ b,
        [
            (normal(2, 3), normal(3, 4)),
            (normal(3), normal(3)),
            (normal(2, 3), normal(3)),
            (normal(3), normal(3, 2)),
            (normal(5, 2, 3), normal(3, 2)),
            (normal(3), normal(5, 3, 2)),
            (normal(5, 1, 2, 3), normal(4, 3, 2)),
            (normal(2, 0), normal(0, 3)),
            (normal(3, 2).T, normal(4, 3).T),
        ],
    ),
    "mm": (lambda lib, a, b: lib.mm(a, b), [(normal(2, 3), normal(3, 4))]),
    "bmm": (lambda lib, a, b: lib.bmm(a, b), [(normal(5, 2, 3), normal(5, 3, 4))]),
    "mv": (lambda lib, a, b: lib.mv(a, b), [(normal(2, 3), normal(3))]),
    "dot": (lambda lib, a, b: lib.dot(a, b), [(normal(3), normal(3)), (normal(0), normal(0))]),
    "outer": (lambda lib, a, b: lib.outer(a, b), [(normal(3), normal(2))]),
    "inner": (lambda lib, a, b: lib.inner(a, b), [(normal(3), normal(3)), (normal(2, 3), normal(4, 3)), (normal(), normal(2))]),
    "kron": (lambda lib, a, b: lib.kron(a, b), [(normal(2, 3), normal(3, 2)), (normal(2), normal(3, 2))]),
    "tensordot": (lambda lib, a, b: lib.tensordot(a, b, dims=([0, 2], [1, 0])), [(normal(2, 3, 4), normal(4, 2, 5))]),
    "tensordot int": (lambda lib, a, b: lib.tensordot(a, b, dims=1), [(normal(2, 3), normal(3, 4))]),
    "addmm": (lambda lib, a, b, c: lib.addmm(a, b, c, beta=0.5, alpha=2), [(normal(4), normal(2, 3), normal(3, 4))]),
    "addmv": (lambda lib, a, b, c: lib.addmv(a, b, c), [(normal(2), normal(2, 3), normal(3))]),
    "baddbmm": (lambda lib, a, b, c: lib.baddbmm(a, b, c), [(normal(5, 2, 4), normal(5, 2, 3), normal(5, 3, 4))]),
    **{
        f"einsum {eq}": (lambda lib, *ts, eq=eq: lib.einsum(eq, *ts), [tuple(normal(*s) for s in shapes)])
        for eq, shapes in {
            "ij,jk->ik": [(2, 3), (3, 4)],
            "bij,bjk->bik": [(5, 2, 3), (5, 3, 4)],
            "ii->i": [(3, 3)],
            "ii": [(3, 3)],
            "ij->ji": [(2, 3)],
            "i,j->ij": [(2,), (3,)],
            "ij,ij->": [(2, 3), (2, 3)],
            "...ij,...jk->...ik": [(4, 2, 3), (3, 5)],
            "ij->": [(2, 3)],
            "bhid,bhjd->bhij": [(2, 3, 4, 5), (2, 3, 6, 5)],
            "ij,jk,kl->il": [(2, 3), (3, 4), (4, 2)],
            "ik,k": [(2, 3), (3,)],
            "iij->j": [(3, 3, 2)],
        }.items()
    },
    "trace": (lambda lib, x: lib.trace(x), [(normal(3, 3),), (normal(2, 3),)]),
    "diag": (lambda lib, x: lib.diag(x, 1), [(normal(3),), (normal(3, 3),)]),
    "diagonal": (lambda lib, x: lib.diagonal(x, -1, 0, 2), [(normal(3, 2, 4),)]),
    "diag_embed": (lambda lib, x: lib.diag_embed(x), [(normal(2, 3),)]),
    "tril": (lambda lib, x: lib.tril(x, diagonal=-1), MATRICES),
    "triu": (lambda lib, x: lib.triu(x, diagonal=1), MATRICES),
    "linalg.inv": (lambda lib, x: lib.linalg.inv(x), [(definite(3),), (np.stack([definite(2), definite(2)]),)]),
    "linalg.det": (lambda lib, x: lib.linalg.det(x), [(normal(3, 3),), (normal(4, 2, 2),)]),
    "linalg.slogdet": (lambda lib, x: tuple(lib.linalg.slogdet(x)), [(normal(3, 3),), (normal(4, 2, 2),)]),
    "logdet": (lambda lib, x: lib.logdet(x), [(definite(3),)]),
    "linalg.solve": (
        lambda lib, a, b: lib.linalg.solve(a, b),
        [(definite(3), normal(3)), (definite(3), normal(3, 2)), (np.stack([definite(3)] * 2), normal(2, 3))],
    ),
    "linalg.cholesky upper": (
        lambda lib, x: lib.linalg.cholesky(x @ x.mT + 2 * lib.eye(3, dtype=x.dtype), upper=True),
        [(normal(3, 3),), (normal(2, 3, 3),)],
    ),
    "linalg.cholesky": (
        lambda lib, x: lib.linalg.cholesky(x @ x.mT + 2 * lib.eye(3, dtype=x.dtype)),
        [(normal(3, 3),), (normal(4, 3, 3),)],
    ),
    "linalg.svdvals": (lambda lib, x: lib.linalg.svdvals(x), [(normal(3, 3),), (normal(4, 2, 3),)]),
    "linalg.svd": (
        lambda lib, x: (lambda r: (abs(r[0]), r[1], abs(r[2])))(lib.linalg.svd(x, full_matrices=False)),
        [(normal(3, 3),), (normal(4, 2),)],
    ),
    "svd": (
        lambda lib, x: (lambda r: (abs(r[0]), r[1], abs(r[2])))(lib.svd(x)),
        [(normal(3, 3),), (normal(4, 2),), (normal(2, 4),)],
    ),
    "matrix_power": (lambda lib, x: lib.linalg.matrix_power(x, 3) + lib.linalg.matrix_power(x, -1), [(definite(3),)]),
    # --- shapes ---
    "reshape": (lambda lib, x: x.reshape(3, -1), [(normal(2, 3),), (normal(3, 2).T,)]),
    "view": (lambda lib, x: x.view(6), [(normal(2, 3),)]),
    "flatten": (lambda lib, x: lib.flatten(x, 1), [(normal(2, 3, 4),), (normal(2, 0, 3),)]),
    "ravel": (lambda lib, x: lib.ravel(x), [(normal(2, 3),), (normal(),), (normal(0, 3),)]),
    "unflatten": (lambda lib, x: x.unflatten(1, (2, 3)), [(normal(2, 6, 4),)]),
    "squeeze": (lambda lib, x: lib.squeeze(x), [(normal(1, 3, 1),), (normal(),)]),
    "squeeze dim": (lambda lib, x: lib.squeeze(x, 0), [(normal(1, 3, 1),), (normal(2, 3),)]),
    "unsqueeze": (lambda lib, x: lib.unsqueeze(x, -1), [(normal(2, 3),), (normal(),)]),
    "transpose": (lambda lib, x: lib.transpose(x, 0, -1), MATRICES),
    "t": (lambda lib, x: x.t(), [(normal(2, 3),), (normal(3),)]),
    "T": (lambda lib, x: x.T, [(normal(2, 3),)]),
    "mT": (lambda lib, x: x.mT, [(normal(4, 2, 3),)]),
    "permute": (lambda lib, x: lib.permute(x, (2, 0, 1)), [(normal(2, 3, 4),)]),
    "movedim": (lambda lib, x: lib.movedim(x, (0, 1), (-1, 0)), [(normal(2, 3, 4),)]),
    "swapaxes": (lambda lib, x: lib.swapaxes(x, 0, 1), [(normal(2, 3, 4),)]),
    "expand": (lambda lib, x: x.expand(4, -1, 3), [(normal(2, 1),)]),
    "expand_as": (lambda lib, x, y: x.expand_as(y), [(normal(3), normal(2, 3))]),
    "broadcast_to": (lambda lib, x: lib.broadcast_to(x, (2, 3)), [(normal(3),), (normal(2, 1),)]),
    "broadcast_tensors": (lambda lib, a, b: lib.broadcast_tensors(a, b), [(normal(3), normal(2, 1))]),
    "repeat": (lambda lib, x: x.repeat(2, 1, 3), [(normal(2, 3),)]),
    "tile": (lambda lib, x: lib.tile(x, (2,)), [(normal(2, 3),)]),
    "repeat_interleave": (lambda lib, x: lib.repeat_interleave(x, 2, dim=1), [(normal(2, 3),)]),
    "cat": (lambda lib, a, b: lib.cat([a, b], dim=1), [(normal(2, 3), normal(2, 1)), (normal(2, 0), normal(2, 2))]),
    "stack": (lambda lib, a, b: lib.stack((a, b), dim=-1), [(normal(2, 3), normal(2, 3)), (normal(), normal())]),
    "hstack": (lambda lib, a, b: lib.hstack((a, b)), [(normal(2, 3), normal(2, 3)), (normal(3), normal(2))]),
    "vstack": (lambda lib, a, b: lib.vstack((a, b)), [(normal(2, 3), normal(3))]),
    "column_stack": (lambda lib, a, b: lib.column_stack((a, b)), [(normal(3), normal(3, 2))]),
    "split": (lambda lib, x: lib.split(x, 2, dim=1), [(normal(2, 5),)]),
    "split sizes": (lambda lib, x: lib.split(x, [1, 4], dim=1), [(normal(2, 5),)]),
    "tensor_split": (lambda lib, x: lib.tensor_split(x, 3), [(normal(7),)]),
    "chunk": (lambda lib, x: lib.chunk(x, 3), [(normal(7),), (normal(2, 3),)]),
    "unbind": (lambda lib, x: lib.unbind(x, 1), [(normal(2, 3),)]),
    "flip": (lambda lib, x: lib.flip(x, (0, 1)), [(normal(2, 3),)]),
    "fliplr": (lambda lib, x: lib.fliplr(x), [(normal(2, 3),)]),
    "flipud": (lambda lib, x: lib.flipud(x), [(normal(2, 3),)]),
    "rot90": (lambda lib, x: lib.rot90(x, 1, (0, 1)) @ lib.rot90(x, 3, (0, 1)).T, [(normal(2, 3),)]),
    "roll": (lambda lib, x: lib.roll(x, (1, -1), (0, 1)), [(normal(2, 3),)]),
    "roll flat": (lambda lib, x: lib.roll(x, 2), [(normal(2, 3),)]),
    "meshgrid": (lambda lib, a, b: lib.meshgrid(a, b, indexing="xy"), [(normal(2), normal(3))]),
    "atleast_1d": (lambda lib, x: lib.atleast_1d(x), [(normal(),), (normal(3),)]),
    "atleast_2d": (lambda lib, x: lib.atleast_2d(x), [(normal(),), (normal(3),)]),
    "narrow": (lambda lib, x: lib.narrow(x, 1, 1, 2), [(normal(2, 4),)]),
    "select": (lambda lib, x: lib.select(x, 1, -1), [(normal(2, 4),)]),
    "Tensor.unfold": (lambda lib, x: x.unfold(1, 3, 2), [(normal(2, 7),), (normal(2, 7, 3),)]),
    "double": (lambda lib, x: x.double() * 2, one(normal)),
    "float": (lambda lib, x: x.float() * 2, one(normal)),
    "long": (lambda lib, x: x.long(), one(normal)),
    "to": (lambda lib, x: x.to(lib.float64).sum(dtype=lib.float32), one(normal)),
    "clone": (lambda lib, x: lib.clone(x), one(normal)),
    # --- indexing ---
    "x[int]": (lambda lib, x: x[1] + x[-1], MATRICES[:3]),
    "x[slice]": (lambda lib, x: x[:, ::2], MATRICES[:3]),
    "x[None, ...]": (lambda lib, x: x[None, ..., 1], MATRICES[:3]),
    "x[mask]": (lambda lib, m, x: x[m], [(mask, normal(2, 3)), (mask[0], normal(3, 2))]),
    "x[index]": (lambda lib, i, x: x[i], [(ints(4, 5), normal(4, 3)), (ints(4, 2, 3), normal(4))]),
    "x[i, j]": (
        lambda lib, i, j, x: x[i, j],
        [(ints(4, 5), ints(3, 5), normal(4, 3)), (ints(4, 2, 1), ints(3, 3), normal(4, 3, 2))],
    ),
    "x[i, :]": (lambda lib, i, x: x[:, i], [(ints(3, 5), normal(4, 3))]),
    "x[list]": (lambda lib, x: x[[0, 0, 1]], [(normal(2, 3),)]),
    "x[range, y]": (lambda lib, y, x: x[range(4), y], [(ints(3, 4), normal(4, 3))]),
    "gather": (lambda lib, i, x: lib.gather(x, 1, i), [(ints(3, 2, 4), normal(2, 3)), (ints(3, 1, 2), normal(2, 3))]),
    "take_along_dim": (lambda lib, i, x: lib.take_along_dim(x, i, dim=1), [(ints(3, 2, 4), normal(2, 3))]),
    "take": (lambda lib, i, x: lib.take(x, i), [(ints(6, 2, 2), normal(2, 3))]),
    "index_select": (lambda lib, i, x: lib.index_select(x, 1, i), [(ints(3, 5), normal(2, 3))]),
    "masked_select": (lambda lib, m, x: lib.masked_select(x, m), [(mask, normal(2, 3)), (mask, normal(3))]),
    "scatter": (lambda lib, x, s: lib.scatter(x, 1, lib.tensor([[0, 2], [1, 0]]), s), [(normal(2, 3), normal(2, 2))]),
    "scatter number": (lambda lib, x: lib.scatter(x, 1, lib.tensor([[0, 2], [1, 0]]), 2.5), [(normal(2, 3),)]),
    "scatter add": (
        lambda lib, x, s: lib.scatter(x.detach(), 1, lib.tensor([[0, 0], [1, 0]]), s.detach(), reduce="add"),
        [(normal(2, 3), normal(2, 2))],
    ),
    "scatter reduce number": (
        lambda lib, x: [lib.scatter(x.detach(), 1, lib.tensor([[0, 0], [1, 0]]), 2.5, reduce=r) for r in ("add", "multiply")],
        [(normal(2, 3),)],
    ),
    "scatter multiply": (
        lambda lib, x, s: x.detach().clone().scatter_(1, lib.tensor([[0, 0], [1, 0]]), s.detach(), reduce="multiply"),
        [(normal(2, 3), normal(2, 2))],
    ),
    "scatter_add": (lambda lib, i, x, s: lib.scatter_add(x, 1, i, s), [(ints(3, 2, 4), normal(2, 3), normal(2, 4))]),
    "index_add": (lambda lib, i, x, s: lib.index_add(x, 0, i, s, alpha=2), [(ints(2, 4), normal(2, 3), normal(4, 3))]),
    "index_copy": (
        lambda lib, x, s: lib.index_copy(x, 0, lib.tensor([2, 0]), s),
        [(normal(3, 2), normal(2, 2))],
    ),
    "masked_scatter": (lambda lib, m, x, s: lib.masked_scatter(x, m, s), [(mask, normal(2, 3), normal(6))]),
    "index_fill": (lambda lib, x: lib.index_fill(x, 1, lib.tensor([0, 2]), 1.5), [(normal(2, 3),)]),
    "nonzero": (lambda lib, m: lib.nonzero(m), [(mask,)]),
    # --- nn.functional ---
    **F("relu6 leaky_relu elu celu hardsigmoid hardswish", away),
    **F("gelu silu mish softplus softsign hardtanh tanhshrink logsigmoid selu", normal),
    **F("hardshrink softshrink rrelu", away),
    "F.threshold": (lambda lib, x: lib.nn.functional.threshold(x, 0.1, 9.0), one(away)),
    **{
        f"F.max_unpool{n}d": (
            lambda lib, x, n=n: (
                lambda F: getattr(F, f"max_unpool{n}d")(*getattr(F, f"max_pool{n}d")(x, 2, return_indices=True), 2)
            )(lib.nn.functional),
            [(away(2, 3, *(6,) * n),)],
        )
        for n in (1, 2)
    },
    "F.gelu tanh": (lambda lib, x: lib.nn.functional.gelu(x, approximate="tanh"), one(normal)),
    "F.softplus": (lambda lib, x: lib.nn.functional.softplus(x, 2.0, 1.0), one(normal)),
    "F.leaky_relu": (lambda lib, x: lib.nn.functional.leaky_relu(x, 0.2), one(away)),
    "F.hardtanh": (lambda lib, x: lib.nn.functional.hardtanh(x, -0.5, 1.5), one(away)),
    "F.prelu": (lambda lib, x, w: lib.nn.functional.prelu(x, w), [(away(2, 3), positive(3)), (away(2, 3, 4), positive(1))]),
    "F.glu": (lambda lib, x: lib.nn.functional.glu(x, dim=1), [(normal(2, 4),), (normal(2, 4, 3),)]),
    **{
        f"F.{n}": (
            lambda lib, x, n=n: getattr(lib.nn.functional, n)(x, dim=-1),
            [(normal(4),), (normal(2, 3),), (normal(3, 2).T,)],
        )
        for n in ("softmax", "log_softmax", "softmin")
    },
    "F.linear": (
        lambda lib, x, w, b: lib.nn.functional.linear(x, w, b),
        [
            (normal(2, 3), normal(4, 3), normal(4)),
            (normal(3), normal(4, 3), normal(4)),
            (normal(5, 2, 3), normal(4, 3), normal(4)),
        ],
    ),
    "F.bilinear": (
        lambda lib, a, b, w, c: lib.nn.functional.bilinear(a, b, w, c),
        [(normal(2, 3), normal(2, 4), normal(5, 3, 4), normal(5))],
    ),
    **{
        f"F.conv1d s{s} p{p} d{d} g{g}": (
            lambda lib, x, w, b, k=(s, p, d, g): lib.nn.functional.conv1d(x, w, b, *k),
            [(normal(2, 4, 9), normal(6, 4 // g, 3), normal(6))],
        )
        for s, p, d, g in [(1, 0, 1, 1), (2, 1, 1, 2), (1, 2, 2, 1)]
    },
    **{
        f"F.conv2d s{s} p{p} d{d} g{g}": (
            lambda lib, x, w, b, k=(s, p, d, g): lib.nn.functional.conv2d(x, w, b, *k),
            [(image, normal(6, 4 // g, 3, 2), normal(6)), (image[0], normal(4, 4 // g, 3, 3), normal(4))],
        )
        for s, p, d, g in [(1, 0, 1, 1), (2, 1, 1, 2), (1, 2, 2, 1), ((2, 1), (1, 0), 1, 2)]
    },
    "F.conv2d same": (lambda lib, x, w: lib.nn.functional.conv2d(x, w, padding="same"), [(image, normal(6, 4, 3, 3))]),
    "F.conv2d depthwise": (
        lambda lib, x, w: lib.nn.functional.conv2d(x, w, groups=4, padding=1),
        [(image, normal(8, 1, 3, 3))],
    ),
    **{
        f"F.conv_transpose2d s{s} p{p} o{o} g{g} d{d}": (
            lambda lib, x, w, b, k=(s, p, o, g, d): lib.nn.functional.conv_transpose2d(x, w, b, *k),
            [(image, normal(4, 6 // g, 3, 2), normal(6))],
        )
        for s, p, o, g, d in [(1, 0, 0, 1, 1), (2, 1, 1, 2, 1), (1, 1, 1, 1, 2)]
    },
    "F.conv3d": (
        lambda lib, x, w, b: lib.nn.functional.conv3d(x, w, b, (1, 2, 1), (1, 0, 1), groups=2),
        [(normal(2, 2, 3, 4, 3), normal(4, 1, 2, 3, 2), normal(4))],
    ),
    "F.conv_transpose3d": (
        lambda lib, x, w: lib.nn.functional.conv_transpose3d(
            x, w, stride=(1, 2, 1), padding=(0, 1, 0), output_padding=(0, 1, 0)
        ),
        [(normal(1, 2, 2, 3, 2), normal(2, 2, 2, 3, 1))],
    ),
    "F.max_pool3d": (lambda lib, x: lib.nn.functional.max_pool3d(x, 2, padding=1), [(away(1, 2, 4, 3, 4),)]),
    "F.avg_pool3d": (lambda lib, x: lib.nn.functional.avg_pool3d(x, 2, 1), [(normal(1, 2, 3, 2, 4),)]),
    "F.conv_transpose1d": (
        lambda lib, x, w: lib.nn.functional.conv_transpose1d(x, w, stride=2, padding=1),
        [(normal(2, 4, 7), normal(4, 3, 4))],
    ),
    "F.unfold": (lambda lib, x: lib.nn.functional.unfold(x, (2, 3), 1, 1, 2), [(image,)]),
    "F.max_pool1d": (lambda lib, x: lib.nn.functional.max_pool1d(x, 3, 2, 1), [(away(2, 4, 9),)]),
    "F.max_pool2d": (lambda lib, x: lib.nn.functional.max_pool2d(x, 2), [(image,), (image[0],)]),
    "F.max_pool2d options": (lambda lib, x: lib.nn.functional.max_pool2d(x, 3, 2, 1, ceil_mode=True), [(image,)]),
    "F.avg_pool1d": (lambda lib, x: lib.nn.functional.avg_pool1d(x, 3, 2, 1), [(normal(2, 4, 9),)]),
    "F.avg_pool2d": (lambda lib, x: lib.nn.functional.avg_pool2d(x, 2), [(image,), (image[0],)]),
    "F.avg_pool2d options": (
        lambda lib, x: lib.nn.functional.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False),
        [(image,)],
    ),
    "F.adaptive_avg_pool1d": (lambda lib, x: lib.nn.functional.adaptive_avg_pool1d(x, 4), [(normal(2, 3, 9),)]),
    "F.adaptive_avg_pool2d": (lambda lib, x: lib.nn.functional.adaptive_avg_pool2d(x, (4, 3)), [(image,)]),
    "F.adaptive_max_pool1d": (lambda lib, x: lib.nn.functional.adaptive_max_pool1d(x, 4), [(normal(2, 3, 9),)]),
    "F.adaptive_max_pool2d": (lambda lib, x: lib.nn.functional.adaptive_max_pool2d(x, (4, 3)), [(image,)]),
    **{
        f"F.pad {m}": (lambda lib, x, m=m: lib.nn.functional.pad(x, (1, 2, 2, 1), mode=m), [(image,)])
        for m in ("constant", "reflect", "replicate", "circular")
    },
    **{
        f"F.interpolate {m}": (lambda lib, x, m=m: lib.nn.functional.interpolate(x, scale_factor=1.7, mode=m), [(image,)])
        for m in ("nearest", "bilinear", "area", "nearest-exact")
    },
    "F.interpolate corners": (
        lambda lib, x: lib.nn.functional.interpolate(x, size=(5, 12), mode="bilinear", align_corners=True),
        [(image,)],
    ),
    "F.batch_norm": (
        lambda lib, x, w, b: lib.nn.functional.batch_norm(x, None, None, w, b, training=True),
        [(image, normal(4), normal(4)), (normal(5, 3), normal(3), normal(3))],
    ),
    "F.layer_norm": (lambda lib, x, w, b: lib.nn.functional.layer_norm(x, (9, 8), w, b), [(image, normal(9, 8), normal(9, 8))]),
    "F.group_norm": (lambda lib, x, w, b: lib.nn.functional.group_norm(x, 2, w, b), [(image, normal(4), normal(4))]),
    "F.embedding": (lambda lib, i, w: lib.nn.functional.embedding(i, w, padding_idx=1), [(ints(4, 2, 5), normal(4, 3))]),
    "F.one_hot": (lambda lib, i: lib.nn.functional.one_hot(i, 5), [(ints(4, 2, 3),)]),
    "F.normalize": (lambda lib, x: lib.nn.functional.normalize(x, dim=1), [(normal(2, 3),)]),
    "F.cosine_similarity": (lambda lib, a, b: lib.nn.functional.cosine_similarity(a, b), [(normal(2, 3), normal(2, 3))]),
    "F.scaled_dot_product_attention": (
        lambda lib, q, k, v: lib.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True),
        [(normal(2, 3, 4, 5), normal(2, 3, 4, 5), normal(2, 3, 4, 5))],
    ),
    # --- creation ---
    "arange": (lambda lib: (lib.arange(5), lib.arange(2, 10, 3), lib.arange(0, 1, 0.3), lib.arange(3.0)), [()]),
    "linspace": (
        lambda lib: (lib.linspace(0, 1, 7), lib.linspace(-3, 2, 1), lib.linspace(0, 1, steps=5, dtype=lib.float64)),
        [()],
    ),
    "logspace": (lambda lib: (lib.logspace(0, 2, 5), lib.logspace(0, 3, 4, base=2.0)), [()]),
    "eye": (lambda lib: (lib.eye(3), lib.eye(2, 3)), [()]),
    "zeros ones full": (
        lambda lib: (lib.zeros(2, 3), lib.ones((2,)), lib.full((2, 2), 1.5), lib.full((2,), 3), lib.zeros(2, dtype=lib.int64)),
        [()],
    ),
    "zeros size": (
        lambda lib: (lib.zeros(size=(2, 3)), lib.ones(size=(2,)), lib.full(size=(2,), fill_value=1), lib.empty(size=(0,))),
        [()],
    ),
    "numbers and names": (
        lambda lib, x: (
            lib.tensor([lib.pi, lib.e, lib.inf, lib.nan]),
            x[:, lib.newaxis],
            lib.tensor([lib.numel(x), x.ndimension(), x.itemsize, x.nbytes, len(lib.Size([2, 3]))]),
            lib.tensor([lib.is_tensor(x), lib.is_tensor(1), lib.is_floating_point(x)]),
            x.short(),
            x.byte(),
            x.char(),
            x.diff(),
            x.dist(x + 1),
            x.nansum(),
        ),
        [(positive(3),)],
    ),
    "like": (
        lambda lib, x: (lib.zeros_like(x), lib.ones_like(x), lib.full_like(x, 2), lib.empty_like(x) * 0 == 0, x.new_zeros(2)),
        [(normal(2, 3),)],
    ),
    "empty": (lambda lib: lib.empty(2, 3) * 0 == 0, [()]),
    "tensor": (
        lambda lib: (lib.tensor([1, 2]), lib.tensor([1.0, 2]), lib.tensor(True), lib.as_tensor([[1.5]]), lib.asarray(3)),
        [()],
    ),
    "tri indices": (lambda lib: (lib.tril_indices(3, 4, 1), lib.triu_indices(3, 3)), [()]),
    "typed": (
        lambda lib: (
            lib.FloatTensor([1, 2]),
            lib.LongTensor([1, 2]),
            lib.DoubleTensor([1]),
            lib.IntTensor([1]),
            lib.BoolTensor([1]),
        ),
        [()],
    ),
    "from_dlpack": (lambda lib: lib.from_dlpack(np.arange(3.0)), [()]),
    "bitwise": (
        lambda lib, a, b: (a & b, a | b, a ^ b, ~a, lib.bitwise_and(a, b), lib.bitwise_or(a, b), lib.bitwise_xor(a, b)),
        [(ints(9, 4), ints(9, 4)), (mask, mask[:1])],
    ),
    "erfinv": (lambda lib, x: lib.erfinv(x), one(unit)),
    "cross": (lambda lib, a, b: lib.cross(a, b, dim=1), [(normal(2, 3), normal(2, 3)), (normal(1, 3, 2), normal(4, 3, 1))]),
    "linalg.cross": (lambda lib, a, b: lib.linalg.cross(a, b), [(normal(2, 3), normal(1, 3))]),
    "cdist": (lambda lib, a, b: lib.cdist(a, b), [(normal(4, 3), normal(2, 3)), (normal(2, 1, 3), normal(2, 4, 3))]),
    "cdist p": (lambda lib, a, b: (lib.cdist(a, b, 1.0), lib.cdist(a, b, 3.0)), [(normal(4, 3), normal(2, 3))]),
    "pdist": (lambda lib, a: lib.pdist(a), [(normal(4, 3),)]),
    "bitwise_not": (lambda lib, m: (lib.bitwise_not(m), lib.logical_not(m)), [(mask,)]),
    "allclose equal": (
        lambda lib, x: (lib.tensor(lib.allclose(x, x + 1e-9)), lib.tensor(lib.equal(x, x)), lib.tensor(lib.equal(x, -x))),
        [(away(3),)],
    ),
    # --- PyTorch's keywords ---
    "keywords of one": (
        lambda lib, x: [
            *(getattr(lib, n)(input=x) for n in OF_ONE.split()),
            lib.clamp(input=x, min=0.3, max=0.8),
            lib.nan_to_num(input=x, nan=0.0),
            lib.masked_fill(input=x, mask=x > 0.5, value=0.0),
            lib.pow(input=x, exponent=2),
            x.pow(exponent=3.0),
            lib.reshape(input=x, shape=(3, 2)),
            x.reshape(shape=(6,)),
            lib.permute(input=x, dims=(1, 0)),
            x.permute(dims=(1, 0)),
            x.expand(size=(2, 2, 3)),
            x.tile(dims=(2,)),
            lib.transpose(input=x, dim0=0, dim1=1),
            lib.swapaxes(input=x, axis0=0, axis1=1),
            lib.broadcast_to(input=x, size=(2, 2, 3)),
            *lib.split(tensor=x, split_size_or_sections=2, dim=1),
            lib.full_like(input=x, fill_value=2),
            x.new_zeros(size=(2,)),
            lib.rot90(input=x, k=1, dims=(0, 1)),
            lib.histc(input=x.detach(), bins=3, min=0, max=1),
            lib.searchsorted(sorted_sequence=x.detach()[0].sort()[0], input=x.detach()),
            x.detach().clone().fill_diagonal_(fill_value=1),
        ],
        [(probability(2, 3),)],
    ),
    "keywords of two": (
        lambda lib, a, b: [
            *(getattr(lib, n)(input=a, other=b) for n in OF_TWO.split()),
            lib.lerp(input=a, end=b, weight=0.3),
            a.eq(other=b),
            lib.matmul(input=a, other=b.T),
            lib.mm(input=a, mat2=b.T),
            lib.bmm(input=a[None], mat2=b.T[None]),
            lib.mv(input=a, vec=b[0]),
            lib.dot(input=a[0], tensor=b[0]),
            lib.outer(input=a[0], vec2=b[0]),
            lib.linalg.inv(A=a[:, :2] + 2 * lib.eye(2, dtype=a.dtype)),
        ],
        [(probability(2, 3), probability(2, 3))],
    ),
    # --- losses ---
    **losses("mse_loss l1_loss smooth_l1_loss huber_loss", normal, normal),
    **losses("binary_cross_entropy", probability, probability),
    **losses("binary_cross_entropy_with_logits", normal, probability),
    **losses("kl_div", lambda *s: np.log(probability(*s)), probability),
    **losses("soft_margin_loss hinge_embedding_loss", normal, lambda *s: np.sign(away(*s)).astype(np.int64)),
    **losses("poisson_nll_loss", normal, positive),
    "F.cross_entropy": (
        lambda lib, t, x: lib.nn.functional.cross_entropy(x, t),
        [(ints(3, 4), normal(4, 3)), (ints(3, 2, 5), normal(2, 3, 5))],
    ),
    "F.cross_entropy options": (
        lambda lib, t, x: lib.nn.functional.cross_entropy(
            x, t, lib.tensor([0.2, 1.0, 2.0], dtype=x.dtype), ignore_index=1, label_smoothing=0.1
        ),
        [(ints(3, 9), normal(9, 3))],
    ),
    "F.cross_entropy probabilities": (
        lambda lib, x, p: lib.nn.functional.cross_entropy(x, lib.softmax(p, dim=1), label_smoothing=0.2),
        [(normal(4, 3), normal(4, 3))],
    ),
    "F.nll_loss": (lambda lib, t, x: lib.nn.functional.nll_loss(lib.log_softmax(x, dim=1), t), [(ints(3, 4), normal(4, 3))]),
    "F.bce_with_logits options": (
        lambda lib, x, t: lib.nn.functional.binary_cross_entropy_with_logits(
            x, t, weight=lib.tensor([0.5, 2.0, 1.0], dtype=x.dtype), pos_weight=lib.tensor([2.0, 1.0, 0.5], dtype=x.dtype)
        ),
        [(normal(4, 3), probability(4, 3))],
    ),
    "F.margin_ranking_loss": (
        lambda lib, a, b: lib.nn.functional.margin_ranking_loss(a, b, lib.tensor([1.0, -1.0, 1.0], dtype=a.dtype), margin=0.3),
        [(normal(3), normal(3))],
    ),
    "F.cosine_embedding_loss": (
        lambda lib, a, b: lib.nn.functional.cosine_embedding_loss(a, b, lib.tensor([1, -1, 1]), margin=0.1),
        [(normal(3, 4), normal(3, 4))],
    ),
    "F.gaussian_nll_loss": (
        lambda lib, x, t, v: lib.nn.functional.gaussian_nll_loss(x, t, v),
        [(normal(4), normal(4), positive(4))],
    ),
    "F.triplet_margin_loss": (
        lambda lib, a, b, c: lib.nn.functional.triplet_margin_loss(a, b, c),
        [(normal(3, 4), normal(3, 4), normal(3, 4))],
    ),
}
