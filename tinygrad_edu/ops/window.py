"""Sliding windows: convolution and pooling in 1-D and 2-D. Adjoint pair: windows ↔ fold.

A convolution is `windows`, which lays every patch out as a column, and one matrix product; its transpose is the product
first and `fold`, which adds the columns back to where they came from.
"""

import math

import numpy as np

from ..autograd.errors import DomainError, ShapeError
from ..autograd.node import raw
from ..autograd.primitives import primitive
from . import reduction
from .axes import like
from .elementwise import gate
from .indexing import getitem, scatter
from .products import matmul
from .shape import contiguous, pad_axes, permute, reshape, squeeze, unsqueeze

__all__ = [
    "conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d", "unfold", "max_pool1d", "max_pool2d", "max_unpool1d",
    "max_unpool2d", "avg_pool1d", "avg_pool2d", "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_max_pool1d",
    "adaptive_max_pool2d",
]  # fmt: skip


@primitive
def windows(x, *, kernel, stride, dilation):
    """Every window of `kernel` sizes over the last axes: x [..., *size] -> [..., *kernel, *out], a view without a copy."""
    n = len(kernel)
    out = tuple(_out_size(*axis) for axis in zip(x.shape[-n:], kernel, stride, dilation, strict=True))
    steps = x.strides[-n:]
    inner = tuple(d * s for d, s in zip(dilation, steps, strict=True))
    outer = tuple(k * s for k, s in zip(stride, steps, strict=True))
    shape, strides = x.shape[:-n] + kernel + out, x.strides[:-n] + inner + outer
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)


@primitive
def fold(w, *, size, stride, dilation):
    """Windows added up where they overlap: w [..., *kernel, *out] -> [..., *size], the adjoint of `windows`."""
    n = len(size)
    kernel, out = w.shape[-2 * n : -n], w.shape[-n:]
    total = np.zeros(w.shape[: -2 * n] + size, w.dtype)
    for k in np.ndindex(kernel):
        place = tuple(slice(i * d, i * d + (m - 1) * s + 1, s) for i, d, m, s in zip(k, dilation, out, stride, strict=True))
        total[(..., *place)] += w[(..., *k, *(slice(None),) * n)]
    return total


@windows.vjp
def _(g, y, x, *, kernel, stride, dilation):
    return fold(g, size=x.shape[-len(kernel) :], stride=stride, dilation=dilation)


@fold.vjp
def _(g, y, w, *, size, stride, dilation):
    n = len(size)
    every = windows(g, kernel=w.shape[-2 * n : -n], stride=stride, dilation=dilation)
    return every[(..., *(slice(m) for m in w.shape[-n:]))]  # `size` may have room for more windows than w had


# --- sizes ---


def _out_size(size, kernel, stride, dilation):
    return (size - dilation * (kernel - 1) - 1) // stride + 1


def _per_axis(name, what, value, n, least):
    """n ints: one int stands for all axes."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    values = values * n if len(values) == 1 else values
    if not all(isinstance(v, (int, np.integer)) for v in values):
        raise TypeError(f"{name}(): {what} must be an int or a tuple of {n} of them, got {value!r}")
    if len(values) != n or min(values) < least:
        raise DomainError(f"{name}(): {what} must be an int >= {least} or a tuple of {n} of them, got {value!r}")
    return tuple(int(v) for v in values)


def _check_fits(name, size, kernel, padding, dilation):
    """The kernel must not be larger than the padded input."""
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    padded = tuple(s + a + b for s, (a, b) in zip(size, padding, strict=True))
    if any(k > s for k, s in zip(spans, padded, strict=True)):
        raise ShapeError(f"{name}(): the kernel, with dilation {spans}, is larger than the padded input {padded}")


def _batched(name, n, x, call):
    """call(x) with a batch axis: an input without one [C, *size] gets one for the duration of the call."""
    if x.ndim == n + 1:
        answer = call(unsqueeze(x, 0))
        return tuple(squeeze(a, 0) for a in answer) if isinstance(answer, tuple) else squeeze(answer, 0)
    if x.ndim != n + 2:
        sizes = ", ".join("LHW"[-n:] if n > 1 else "L")
        raise ShapeError(f"{name}(): expected an input of shape [N, C, {sizes}] or [C, {sizes}], got {x.shape}")
    return call(x)


# --- convolution ---


def _convolve(name, n, x, weight, bias, stride, padding, dilation, groups):
    stride = _per_axis(name, "stride", stride, n, 1)
    dilation = _per_axis(name, "dilation", dilation, n, 1)
    if weight.ndim != n + 2 or weight.shape[0] % groups or groups < 1:
        raise ShapeError(
            f"{name}(): weight must have shape [out, in / groups, *kernel] with {n} kernel axes and `out` a multiple of "
            f"groups={groups}, got {weight.shape}"
        )
    kernel = weight.shape[2:]
    if isinstance(padding, str):
        padding = _named_padding(name, padding, kernel, stride, dilation)
    else:
        padding = tuple((p, p) for p in _per_axis(name, "padding", padding, n, 0))

    def call(x):
        channels = weight.shape[1] * groups
        if x.shape[1] != channels:
            raise ShapeError(
                f"{name}(): the input must have {channels} channels (weight.shape[1] · groups) on axis 1, got shape {x.shape} "
                f"for weight {weight.shape}"
            )
        _check_fits(name, x.shape[2:], kernel, padding, dilation)
        patches = windows(pad_axes(x, padding), kernel=kernel, stride=stride, dilation=dilation)  # [N, C, *kernel, *out]
        columns = permute(patches, (*range(1, n + 2), 0, *range(n + 2, 2 * n + 2)))  # [C, *kernel, N, *out]
        columns = reshape(columns, (groups, weight.shape[1] * math.prod(kernel), -1 if math.prod(columns.shape) else 0))
        y = matmul(reshape(weight, (groups, weight.shape[0] // groups, columns.shape[1])), columns)
        y = reshape(y, (weight.shape[0], x.shape[0], *patches.shape[-n:]))
        y = contiguous(permute(y, (1, 0, *range(2, n + 2))))  # dropout and its like draw in the order of the memory
        return y if bias is None else y + reshape(bias, (-1, *(1,) * n))

    return _batched(name, n, x, call)


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
    L' = ⌊(L + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1. padding may be 'same' or 'valid'.

    >>> import tinygrad_edu as tg
    >>> tg.conv1d(tg.tensor([[1.0, 2.0, 3.0, 4.0]]), tg.tensor([[[1.0, -1.0]]]))
    tensor([[-1., -1., -1.]])
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlation along two axes, one size after the other as in conv1d; each number may be a pair.

    input [N, in, H, W] (or [in, H, W]), weight [out, in / groups, KH, KW], bias [out] -> [N, out, H', W']

    >>> import tinygrad_edu as tg
    >>> tg.conv2d(tg.ones(1, 1, 4, 4), tg.ones(1, 1, 3, 3), padding=1)[0, 0]
    tensor([[4., 6., 6., 4.],
            [6., 9., 9., 6.],
            [6., 9., 9., 6.],
            [4., 6., 6., 4.]])
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def _convolve_transposed(name, n, x, weight, bias, stride, padding, output_padding, groups, dilation):
    stride = _per_axis(name, "stride", stride, n, 1)
    dilation = _per_axis(name, "dilation", dilation, n, 1)
    padding = _per_axis(name, "padding", padding, n, 0)
    extra = _per_axis(name, "output_padding", output_padding, n, 0)
    if weight.ndim != n + 2 or weight.shape[0] % groups or groups < 1:
        raise ShapeError(
            f"{name}(): weight must have shape [in, out / groups, *kernel] with {n} kernel axes and `in` a multiple of "
            f"groups={groups}, got {weight.shape}"
        )
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise DomainError(f"{name}(): output_padding must be smaller than stride or dilation, got {output_padding}")
    kernel, channels = weight.shape[2:], weight.shape[1] * groups

    def call(x):
        if x.shape[1] != weight.shape[0]:
            raise ShapeError(
                f"{name}(): the input must have {weight.shape[0]} channels (weight.shape[0]) on axis 1, got shape {x.shape}"
            )
        spans = zip(x.shape[2:], kernel, stride, dilation, extra, strict=True)
        size = tuple((m - 1) * s + d * (k - 1) + 1 + e for m, k, s, d, e in spans)
        rows = reshape(permute(x, (1, 0, *range(2, n + 2))), (groups, x.shape[1] // groups, math.prod(x.shape) // x.shape[1]))
        w = reshape(weight, (groups, x.shape[1] // groups, weight.shape[1] * math.prod(kernel)))
        columns = reshape(matmul(permute(w, (0, 2, 1)), rows), (channels, *kernel, x.shape[0], *x.shape[2:]))
        patches = permute(columns, (n + 1, *range(n + 1), *range(n + 2, 2 * n + 2)))  # [N, C, *kernel, *size of x]
        y = fold(patches, size=size, stride=stride, dilation=dilation)
        if any(padding):
            inside = tuple(slice(p, s - p) for p, s in zip(padding, size, strict=True))
            y = contiguous(getitem(y, (slice(None), slice(None), *inside)))
        return y if bias is None else y + reshape(bias, (-1, *(1,) * n))

    return _batched(name, n, x, call)


def conv_transpose1d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The adjoint of conv1d in its input (plus a bias): input [N, in, L], weight [in, out / groups, K] -> [N, out, L'].

    L' = (L − 1)·stride − 2·padding + dilation·(K − 1) + output_padding + 1

    >>> import tinygrad_edu as tg
    >>> tg.conv_transpose1d(tg.tensor([[1.0, 2.0]]), tg.tensor([[[1.0, 10.0]]]), stride=2)
    tensor([[ 1., 10.,  2., 20.]])
    """
    return _convolve_transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The adjoint of conv2d in its input (plus a bias): input [N, in, H, W], weight [in, out / groups, KH, KW].

    Each output size is (size − 1)·stride − 2·padding + dilation·(K − 1) + output_padding + 1.

    >>> import tinygrad_edu as tg
    >>> tg.conv_transpose2d(tg.ones(1, 1, 2, 2), tg.ones(1, 1, 2, 2), stride=2).shape
    (1, 1, 4, 4)
    """
    return _convolve_transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """The windows of an image as columns: input [N, C, H, W] -> [N, C·KH·KW, number of windows] (F.unfold, im2col).

    >>> import tinygrad_edu as tg
    >>> tg.unfold(tg.ones(1, 2, 4, 4), 2).shape
    (1, 8, 9)
    """
    kernel, dilation, stride = (
        _per_axis("unfold", what, value, 2, 1)
        for what, value in (("kernel_size", kernel_size), ("dilation", dilation), ("stride", stride))
    )
    padding = tuple((p, p) for p in _per_axis("unfold", "padding", padding, 2, 0))

    def call(x):
        _check_fits("unfold", x.shape[2:], kernel, padding, dilation)
        w = windows(pad_axes(x, padding), kernel=kernel, stride=stride, dilation=dilation)
        return reshape(w, (x.shape[0], x.shape[1] * math.prod(kernel), math.prod(w.shape[-2:])))

    return _batched("unfold", 2, input, call)


# --- pooling ---


def _pool_geometry(name, n, size, kernel_size, stride, padding, dilation, ceil_mode):
    """kernel, stride, dilation, and the padding on both sides of each axis, ceil_mode's overhang included."""
    kernel = _per_axis(name, "kernel_size", kernel_size, n, 1)
    stride = kernel if stride is None else _per_axis(name, "stride", stride, n, 1)
    dilation = _per_axis(name, "dilation", dilation, n, 1)
    padding = _per_axis(name, "padding", padding, n, 0)
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise DomainError(
            f"{name}(): padding must be at most half of the kernel size, got padding={padding}, kernel_size={kernel}"
        )
    both = tuple(
        (p, p + _overhang(*axis, p) if ceil_mode else p)
        for p, *axis in zip(padding, size, kernel, stride, dilation, strict=True)
    )
    _check_fits(name, size, kernel, both, dilation)
    return kernel, stride, dilation, both


def _overhang(size, kernel, stride, dilation, padding):
    """How far the last window of ceil_mode reaches beyond the padded axis; a window must begin before the right padding."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    last = -(-room // stride)
    if last * stride >= size + padding:
        last -= 1
    return max(0, last * stride - room)


def _places(w, n):
    """The elements of all windows at one place of the kernel after the other: w [..., *kernel, *out] -> [..., *out] each."""
    return [w[(..., *k, *(slice(None),) * n)] for k in np.ndindex(w.shape[-2 * n : -n])]


@primitive
def _max_pool(x, *, kernel, stride, dilation):
    """The largest element of each window: x [..., *size] -> [..., *out]."""
    first, *rest = _places(windows(x, kernel=kernel, stride=stride, dilation=dilation), len(kernel))
    y = np.array(first)
    for place in rest:
        np.maximum(y, place, out=y)
    return y


def _first_largest(x, y, kernel, stride, dilation):
    """True where an element is the first of its window's largest: [..., *kernel, *out]."""
    w = windows(x, kernel=kernel, stride=stride, dilation=dilation)
    n = len(kernel)
    hit = np.empty(w.shape, bool)
    free = np.ones(y.shape, bool)
    for place, answer in zip(_places(w, n), _places(hit, n), strict=True):
        np.logical_and(free, (place == y) | (place != place), out=answer)  # nan is largest
        free &= ~answer
    return hit


@_max_pool.vjp
def _(g, y, x, *, kernel, stride, dilation):
    n = len(kernel)
    hit = _first_largest(raw(x), raw(y), kernel, stride, dilation)
    spread = np.reshape(g, g.shape[:-n] + (1,) * n + g.shape[-n:])
    return fold(gate(spread, hit), size=x.shape[-n:], stride=stride, dilation=dilation)


def _max(name, n, x, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
    def call(x):
        kernel, step, gap, both = _pool_geometry(name, n, x.shape[2:], kernel_size, stride, padding, dilation, ceil_mode)
        low = -math.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
        padded = pad_axes(x, both, low)
        y = _max_pool(padded, kernel=kernel, stride=step, dilation=gap)
        return (y, like(x, _places_of_largest(raw(padded), x.shape[2:], both, kernel, step, gap))) if return_indices else y

    return _batched(name, n, x, call)


def _places_of_largest(padded, size, both, kernel, stride, dilation):
    """Where in the image, counted row by row without the padding, the first largest element of each window is."""
    n = len(kernel)
    place = np.pad(np.arange(math.prod(size)).reshape(size), both)
    every = windows(place, kernel=kernel, stride=stride, dilation=dilation)
    out = every.shape[-n:]
    w = windows(padded, kernel=kernel, stride=stride, dilation=dilation)
    best = w.reshape(*w.shape[: -2 * n], math.prod(kernel), *out).argmax(-n - 1)
    return every.reshape(-1, *out)[(best, *np.indices(out))]


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest of each window: [N, C, L] -> [N, C, L']; the gradient goes to the first of equals.

    `stride` is the kernel size by default; padding counts as −∞. return_indices=True gives (y, places): where in its channel,
    counted row by row, each element of y was; max_unpool takes them.

    >>> import tinygrad_edu as tg
    >>> tg.max_pool1d(tg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    tensor([[3., 5.]])
    """
    return _max("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest of each window: [N, C, H, W] -> [N, C, H', W']; the gradient goes to the first of equals.

    `stride` is the kernel size by default; padding counts as −∞. return_indices=True gives (y, places): where in its channel,
    counted row by row, each element of y was; max_unpool takes them.

    >>> import tinygrad_edu as tg
    >>> tg.max_pool2d(tg.arange(16).reshape(1, 4, 4).float(), 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    return _max("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _unpool(name, n, x, indices, kernel_size, stride, padding, output_size):
    kernel = _per_axis(name, "kernel_size", kernel_size, n, 1)
    stride = kernel if stride is None else _per_axis(name, "stride", stride, n, 1)
    padding = _per_axis(name, "padding", padding, n, 0)
    if x.shape != indices.shape:
        raise ShapeError(f"{name}(): x and indices must have the same shape, got {x.shape} and {indices.shape}")
    if x.ndim not in (n + 1, n + 2):
        raise ShapeError(f"{name}(): expected an input of shape [N, C, *size] or [C, *size], got {x.shape}")
    lead = x.shape[:-n]
    if output_size is None:
        axes = zip(x.shape[-n:], stride, kernel, padding, strict=True)
        size = tuple((m - 1) * s + k - 2 * p for m, s, k, p in axes)
    else:
        size = _per_axis(name, "output_size", tuple(output_size)[-n:], n, 1)
    rows = (math.prod(lead), math.prod(x.shape[-n:]))
    zeros = np.zeros((rows[0], math.prod(size)), x.dtype)
    y = scatter(like(x, zeros), 1, raw(indices).reshape(rows), reshape(x, rows))
    return reshape(y, (*lead, *size))


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The elements of `input` put back to their places before max_pool1d, with 0 elsewhere: [N, C, L'] -> [N, C, L].

    >>> import tinygrad_edu as tg
    >>> y, places = tg.max_pool1d(tg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2, return_indices=True)
    >>> tg.ops.max_unpool1d(y, places, 2)
    tensor([[0., 3., 0., 5.]])
    """
    return _unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The elements of `input` put back to their places before max_pool2d, with 0 elsewhere: [N, C, H', W'] -> [N, C, H, W].

    output_size  where several sizes have the same pooled one: the one before pooling
    """
    return _unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


def _average(name, n, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor):
    def call(x):
        kernel, step, gap, both = _pool_geometry(name, n, x.shape[2:], kernel_size, stride, padding, 1, ceil_mode)
        patches = windows(pad_axes(x, both), kernel=kernel, stride=step, dilation=gap)
        total = reduction.sum(patches, axis=tuple(range(-2 * n, -n)))
        if divisor is not None:
            if not divisor:
                raise DomainError(f"{name}(): divisor_override must not be 0")
            return total * (1 / divisor)
        count = np.ones((), x.dtype)
        for size, k, s, (before, after) in zip(x.shape[2:], kernel, step, both, strict=True):
            counts = np.zeros(before + size + after, x.dtype)
            inside = slice(0, 2 * before + size) if count_include_pad else slice(before, before + size)
            counts[inside] = 1  # what ceil_mode hangs over never counts
            count = count[..., None] * windows(counts, kernel=(k,), stride=(s,), dilation=(1,)).sum(0)
        return total / count

    return _batched(name, n, x, call)


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The mean of each window: [N, C, L] -> [N, C, L']; `stride` is the kernel size by default.

    >>> import tinygrad_edu as tg
    >>> tg.avg_pool1d(tg.tensor([[1.0, 3.0, 2.0, 6.0]]), 2)
    tensor([[2., 4.]])
    """
    return _average("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None):
    """The mean of each window: [N, C, H, W] -> [N, C, H', W']; `stride` is the kernel size by default.

    Padding counts as zeros, unless count_include_pad is False; divisor_override divides by another number.

    >>> import tinygrad_edu as tg
    >>> tg.avg_pool2d(tg.arange(16).reshape(1, 4, 4).float(), 2)
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """
    return _average("avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _cells(name, n, x, output_size):
    """x cut into output_size cells, axis by axis from ⌊i·size/out⌋ to ⌈(i+1)·size/out⌉: [N, C, *out, cell], and its mask.

    Cells of unequal size repeat their last element; the mask says which elements count.
    """
    sizes = x.shape[-n:]
    wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * n
    if len(wanted) == n:
        wanted = tuple(s if o is None else o for s, o in zip(sizes, wanted, strict=True))
    if not math.prod(sizes):
        raise ShapeError(f"{name}(): the axes to be pooled must not be empty, got shape {x.shape}")
    key, mask = [], np.ones((), bool)
    for axis, (size, out) in enumerate(zip(sizes, _per_axis(name, "output_size", wanted, n, 0), strict=True)):
        steps = np.arange(out)
        start, end = steps * size // out, -(-(steps + 1) * size // out)
        reach = start[:, None] + np.arange(int((end - start).max(initial=0)))
        place = [1] * (2 * n)
        place[axis], place[axis + n] = reach.shape
        key.append(np.minimum(reach, end[:, None] - 1).reshape(place))
        mask = mask & (reach < end[:, None]).reshape(place)
    cells = getitem(x, (slice(None), slice(None), *key))
    return reshape(cells, (*cells.shape[:-n], math.prod(cells.shape[-n:]))), mask.reshape(
        *mask.shape[:-n], math.prod(mask.shape[-n:])
    )


def _adaptive_average(name, n, x, output_size):
    def call(x):
        cells, mask = _cells(name, n, x, output_size)
        weights = mask / mask.sum(-1, keepdims=True)
        return reduction.sum(np.where(mask, cells, 0) * weights.astype(x.dtype), axis=-1)

    return _batched(name, n, x, call)


def _adaptive_max(name, n, x, output_size):
    def call(x):
        return reduction.max(_cells(name, n, x, output_size)[0], -1).values

    return _batched(name, n, x, call)


def adaptive_avg_pool1d(input, output_size):
    """The means of `output_size` cells of nearly equal length: [N, C, L] -> [N, C, output_size].

    >>> import tinygrad_edu as tg
    >>> tg.adaptive_avg_pool1d(tg.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]), 2)
    tensor([[2., 4.]])
    """
    return _adaptive_average("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input, output_size):
    """The means of output_size cells of nearly equal size: [N, C, H, W] -> [N, C, *output_size]; None keeps a size.

    >>> import tinygrad_edu as tg
    >>> tg.ops.adaptive_avg_pool2d(tg.arange(16).reshape(1, 4, 4).float(), 1)
    tensor([[[7.5000]]])
    """
    return _adaptive_average("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_max_pool1d(input, output_size):
    """The largest of each of `output_size` cells: [N, C, L] -> [N, C, output_size]."""
    return _adaptive_max("adaptive_max_pool1d", 1, input, output_size)


def adaptive_max_pool2d(input, output_size):
    """The largest of each of output_size cells: [N, C, H, W] -> [N, C, *output_size]; None keeps a size."""
    return _adaptive_max("adaptive_max_pool2d", 2, input, output_size)
