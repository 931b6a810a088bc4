"""Convolution and its transpose along one, two or three axes: one op each, with one joint rule.

`_columns` arranges every patch of the input as a column, so that a convolution is one matrix product. The transpose computes
its product first; then `fold` adds the columns back to their positions: each op's steps are the adjoints of the other's.
"""

import math

import numpy as np

from .._wording import counted
from ..autograd.accurate_sum import add_up
from ..autograd.errors import DomainError, ShapeError
from ..autograd.primitives import primitive
from .axis_order import permute
from .padding import pad_axes
from .shape import reshape
from .window import batched, check_fits, fold, per_axis, windows

__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def _columns(x, kernel, stride, padding, dilation, groups, out=None):
    """Every patch of x [N, C, *size] as a column: [groups, C / groups · kernel, N · positions]; `out` limits the positions."""
    n = len(kernel)
    patches = windows(pad_axes(x, padding), kernel=kernel, stride=stride, dilation=dilation)  # [N, C, *kernel, *out]
    if out is not None and patches.shape[-n:] != out:
        patches = patches[(..., *(slice(m) for m in out))]
    lead = (*range(1, n + 2), 0, *range(n + 2, 2 * n + 2))
    return reshape(permute(patches, lead), (groups, *_sides(patches, n, groups)))


def _sides(patches, n, groups):
    """The numbers of rows and columns of the result of _columns."""
    return math.prod(patches.shape[1 : n + 2]) // groups, patches.shape[0] * math.prod(patches.shape[n + 2 :])


def _add_columns(columns, lead, kernel, out, size, stride, padding, dilation):
    """The adjoint of _columns: [groups, C / groups · kernel, N · positions] -> [N, C, *size], lead = (N, C)."""
    n = len(kernel)
    patches = reshape(columns, (lead[1], *kernel, lead[0], *out))
    patches = permute(patches, (n + 1, *range(n + 1), *range(n + 2, 2 * n + 2)))  # [N, C, *kernel, *out]
    padded = tuple(a + m + b for m, (a, b) in zip(size, padding, strict=True))
    x = fold(patches, size=padded, stride=stride, dilation=dilation)
    if padded == size:
        return x
    return x[(..., *(slice(a, a + m) for m, (a, _) in zip(size, padding, strict=True)))]


def _by_groups(x, groups):
    """x [N, C, *size] -> [groups, C / groups, N · positions]"""
    n, c = x.shape[:2]
    return reshape(permute(x, (1, 0, *range(2, x.ndim))), (groups, c // groups, n * math.prod(x.shape[2:])))


def _from_groups(y, lead, size, bias):
    """The inverse of _by_groups, plus a bias: [groups, C / groups, N · positions] -> [N, C, *size], lead = (N, C)."""
    y = np.reshape(y, (lead[1], lead[0], *size))
    y = np.transpose(y, (1, 0, *range(2, y.ndim)))
    if not bias:
        return np.copy(y, order="C")  # in C order, because dropout and similar ops draw in memory order
    return np.add(y, np.reshape(bias[0], (-1, *(1,) * len(size))), order="C")


def _matrices(weight, groups):
    """weight [A, B, *kernel] -> [groups, A / groups, B · kernel]"""
    return reshape(weight, (groups, weight.shape[0] // groups, math.prod(weight.shape[1:])))


def _bias_gradient(by_groups):
    return np.reshape(add_up(by_groups, (2,)), (-1,))


# --- convolution ---


def _convolution(x, weight, *bias, stride, padding, dilation, groups):
    """y[n, o, i] = b[o] + Σ_c Σ_k x[n, c, i·stride + k·dilation − padding] w[o, c, k]"""
    kernel = weight.shape[2:]
    axes = zip(x.shape[2:], kernel, stride, padding, dilation, strict=True)
    out = tuple((m + a + b - d * (k - 1) - 1) // s + 1 for m, k, s, (a, b), d in axes)
    y = np.matmul(_matrices(weight, groups), _columns(x, kernel, stride, padding, dilation, groups))
    return _from_groups(y, (x.shape[0], weight.shape[0]), out, bias)


def _convolution_rule(g, y, x, weight, *bias, stride, padding, dilation, groups, wanted):
    kernel = weight.shape[2:]
    rows = _by_groups(g, groups)
    gx = gw = None
    if wanted[0]:
        columns = np.matmul(np.swapaxes(_matrices(weight, groups), -1, -2), rows)
        gx = _add_columns(columns, x.shape[:2], kernel, g.shape[2:], x.shape[2:], stride, padding, dilation)
    if wanted[1]:
        columns = _columns(x, kernel, stride, padding, dilation, groups)
        gw = np.reshape(np.matmul(rows, np.swapaxes(columns, -1, -2)), weight.shape)
    return [gx, gw, _bias_gradient(rows) if wanted[2] else None][: 2 + len(bias)] if bias else [gx, gw]


def _transposed(x, weight, *bias, stride, padding, output_padding, dilation, groups):
    """The adjoint of a convolution with respect to its input, plus a bias: x [N, in, *], weight [in, out / groups, *kernel]"""
    kernel, lead = weight.shape[2:], (x.shape[0], weight.shape[1] * groups)
    axes = zip(x.shape[2:], kernel, stride, padding, output_padding, dilation, strict=True)
    size = tuple((m - 1) * s - a - b + d * (k - 1) + 1 + e for m, k, s, (a, b), e, d in axes)
    columns = np.matmul(np.swapaxes(_matrices(weight, groups), -1, -2), _by_groups(x, groups))
    y = _add_columns(columns, lead, kernel, x.shape[2:], size, stride, padding, dilation)
    if not bias:
        return y if not any(map(any, padding)) else np.copy(y, order="C")
    return np.add(y, np.reshape(bias[0], (-1, *(1,) * len(size))), order="C")


def _transposed_rule(g, y, x, weight, *bias, stride, padding, output_padding, dilation, groups, wanted):
    columns = _columns(g, weight.shape[2:], stride, padding, dilation, groups, x.shape[2:])
    gx = gw = None
    if wanted[0]:
        gx = np.reshape(np.matmul(_matrices(weight, groups), columns), (x.shape[1], x.shape[0], *x.shape[2:]))
        gx = np.transpose(gx, (1, 0, *range(2, x.ndim)))
    if wanted[1]:
        gw = np.reshape(np.matmul(_by_groups(x, groups), np.swapaxes(columns, -1, -2)), weight.shape)
    gb = add_up(np.reshape(g, (*g.shape[:2], math.prod(g.shape[2:]))), (0, 2)) if bias and wanted[2] else None
    return [gx, gw, gb] if bias else [gx, gw]


def _op(name, forward, rule):
    op = primitive(forward, name=name)
    op.joint_vjp(rule)
    return op


_conv1d, _conv2d, _conv3d = (_op(f"conv{n}d", _convolution, _convolution_rule) for n in (1, 2, 3))
_conv_transpose1d, _conv_transpose2d, _conv_transpose3d = (
    _op(f"conv_transpose{n}d", _transposed, _transposed_rule) for n in (1, 2, 3)
)


# --- arguments ---


def _weight_shape(name, n, weight, groups, first, second):
    if not isinstance(groups, (int, np.integer)):
        raise TypeError(f"{name}(): groups must be an int, got {groups!r} ({type(groups).__name__})")
    if groups < 1:
        raise DomainError(f"{name}(): groups must be at least 1, got {groups}")
    if weight.ndim != n + 2 or weight.shape[0] % groups:
        raise ShapeError(
            f"{name}(): weight must have shape [{first}, {second} / groups, *kernel] with "
            f"{counted(n, 'kernel axis', 'kernel axes')} and `{first}` a multiple of groups={groups}, got {weight.shape}"
        )


def _convolve(op, x, weight, bias, stride, padding, dilation, groups):
    name, n = op.op.name, int(op.op.name[-2])
    stride = per_axis(name, "stride", stride, n, 1)
    dilation = per_axis(name, "dilation", dilation, n, 1)
    _weight_shape(name, n, weight, groups, "out", "in")
    kernel = weight.shape[2:]
    if isinstance(padding, str):
        padding = _named_padding(name, padding, kernel, stride, dilation)
    else:
        padding = tuple((p, p) for p in per_axis(name, "padding", padding, n, 0))

    def call(x):
        channels = weight.shape[1] * groups
        if x.shape[1] != channels:
            wanted = counted(channels, "channel")
            raise ShapeError(
                f"{name}(): the input must have {wanted} (weight.shape[1] · groups) on axis 1, "
                f"got shape {x.shape} for weight {weight.shape}",
                (x.shape, {1 - x.ndim}),
                (weight.shape, {1 - weight.ndim}),
            )
        check_fits(name, x.shape[2:], kernel, padding, dilation)
        inputs = (x, weight) if bias is None else (x, weight, bias)
        return op(*inputs, stride=stride, padding=padding, dilation=dilation, groups=groups)

    return batched(name, n, x, call)


def _named_padding(name, padding, kernel, stride, dilation):
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding != "same":
        raise ValueError(f"{name}(): padding must be an int, a tuple of ints, 'valid' or 'same', got {padding!r}")
    if any(s != 1 for s in stride):
        raise ValueError(f"{name}(): padding='same' is not supported for strided convolutions, got stride={stride}")
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple((t // 2, t - t // 2) for t in totals)


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlation along one axis: y[n, o, i] = b[o] + Σ_c Σ_k x[n, c, i·stride + k·dilation − padding] w[o, c, k].

    input [N, in, L] (or [in, L]), weight [out, in / groups, K], bias [out] -> [N, out, L'],
    L' = ⌊(L + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1. padding may also be 'same' or 'valid'.

    >>> import tinygrad_edu as tg
    >>> tg.conv1d(tg.tensor([[1.0, 2.0, 3.0, 4.0]]), tg.tensor([[[1.0, -1.0]]]))
    tensor([[-1., -1., -1.]])
    """
    return _convolve(_conv1d, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlation along two axes, with sizes as in conv1d; stride, padding and dilation may be pairs.

    input [N, in, H, W] (or [in, H, W]), weight [out, in / groups, KH, KW], bias [out] -> [N, out, H', W']

    >>> import tinygrad_edu as tg
    >>> tg.conv2d(tg.ones(1, 1, 4, 4), tg.ones(1, 1, 3, 3), padding=1)[0, 0]
    tensor([[4., 6., 6., 4.],
            [6., 9., 9., 6.],
            [6., 9., 9., 6.],
            [4., 6., 6., 4.]])
    """
    return _convolve(_conv2d, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlation along three axes, with sizes as in conv1d; stride, padding and dilation may be triples.

    input [N, in, D, H, W] (or [in, D, H, W]), weight [out, in / groups, KD, KH, KW], bias [out] -> [N, out, D', H', W']

    >>> import tinygrad_edu as tg
    >>> tg.conv3d(tg.ones(1, 1, 3, 3, 3), tg.ones(1, 1, 2, 2, 2)).shape
    (1, 1, 2, 2, 2)
    """
    return _convolve(_conv3d, input, weight, bias, stride, padding, dilation, groups)


def _convolve_transposed(op, x, weight, bias, stride, padding, output_padding, groups, dilation):
    name, n = op.op.name, int(op.op.name[-2])
    stride = per_axis(name, "stride", stride, n, 1)
    dilation = per_axis(name, "dilation", dilation, n, 1)
    padding = tuple((p, p) for p in per_axis(name, "padding", padding, n, 0))
    extra = per_axis(name, "output_padding", output_padding, n, 0)
    _weight_shape(name, n, weight, groups, "in", "out")
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise DomainError(f"{name}(): output_padding must be smaller than the larger of stride and dilation, got {extra}")

    def call(x):
        if x.shape[1] != weight.shape[0]:
            wanted = counted(weight.shape[0], "channel")
            raise ShapeError(
                f"{name}(): the input must have {wanted} (weight.shape[0]) on axis 1, got shape {x.shape}",
                (x.shape, {1 - x.ndim}),
                (weight.shape, {-weight.ndim}),
            )
        inputs = (x, weight) if bias is None else (x, weight, bias)
        return op(*inputs, stride=stride, padding=padding, output_padding=extra, dilation=dilation, groups=groups)

    return batched(name, n, x, call)


def conv_transpose1d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The adjoint of conv1d as a function of its input, plus a bias.

    input [N, in, L], weight [in, out / groups, K] -> [N, out, L'],
    L' = (L − 1)·stride − 2·padding + dilation·(K − 1) + output_padding + 1

    >>> import tinygrad_edu as tg
    >>> tg.conv_transpose1d(tg.tensor([[1.0, 2.0]]), tg.tensor([[[1.0, 10.0]]]), stride=2)
    tensor([[ 1., 10.,  2., 20.]])
    """
    return _convolve_transposed(_conv_transpose1d, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The adjoint of conv2d as a function of its input, plus a bias.

    input [N, in, H, W], weight [in, out / groups, KH, KW] -> [N, out, H', W'],
    where each output size is (size − 1)·stride − 2·padding + dilation·(K − 1) + output_padding + 1

    >>> import tinygrad_edu as tg
    >>> tg.conv_transpose2d(tg.ones(1, 1, 2, 2), tg.ones(1, 1, 2, 2), stride=2).shape
    (1, 1, 4, 4)
    """
    return _convolve_transposed(_conv_transpose2d, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The adjoint of conv3d as a function of its input, plus a bias.

    input [N, in, D, H, W], weight [in, out / groups, KD, KH, KW] -> [N, out, D', H', W'], with sizes as in conv_transpose2d.
    """
    return _convolve_transposed(_conv_transpose3d, input, weight, bias, stride, padding, output_padding, groups, dilation)
