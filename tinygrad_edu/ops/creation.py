"""Creating Tensors: from numbers, from arrays, or by a pattern."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from .._numbers import refuses_text
from ..autograd import node
from ..autograd.arrays import require_fits, require_numbers
from ..autograd.errors import DomainError
from ..autograd.node import FLOAT32, from_array, is_tensor, raw
from .axes import refuse_gradient
from .devices import check_device
from .dtypes import Size
from .input_data import _first, _unwrap, as_array, number_dtype
from .shape import _sizes

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "tensor", "from_numpy", "from_dlpack", "as_tensor", "asarray", "zeros", "ones", "empty", "full", "zeros_like", "ones_like",
    "full_like", "empty_like", "arange", "linspace", "logspace", "eye", "tril_indices", "triu_indices",
]  # fmt: skip
METHODS = ["new_tensor", "new_zeros", "new_ones", "new_empty", "new_full"]
OUT = ["zeros", "ones", "empty", "full", "arange", "linspace", "logspace", "eye"]


def _requires_grad(data):
    return any(map(_requires_grad, data)) if isinstance(data, (list, tuple)) else is_tensor(data) and data.requires_grad


def tensor(data, dtype=None, requires_grad=False, device=None, pin_memory=False) -> Tensor:
    """A new Tensor with a copy of `data`: a number, nested lists or an array.

    Python floats become float32 (see set_default_dtype) and ints int64; arrays keep their dtype unless `dtype` is given.
    No gradient flows from the copy to a tensor in `data`; if one requires grad, there is a warning.

    >>> import tinygrad_edu as tg
    >>> tg.tensor([1, 2]).dtype, tg.tensor([1.0, 2.0]).dtype
    (dtype('int64'), dtype('float32'))
    """
    check_device(device)
    try:
        array = as_array(data, dtype)
        lost = is_tensor(_first(data)) and _requires_grad(data)
    except RuntimeError:  # np.array() of a list in which a Tensor that requires grad follows a number
        lost = _requires_grad(data)
        if not lost:
            raise
        array = as_array(_unwrap(data), dtype)
    if lost:
        warnings.warn(
            "tensor(): only the numbers are copied, and no gradient flows back; x.clone() keeps the graph of one tensor, "
            "stack([...]) that of several; to use just the numbers, write x.detach() or x.item()",
            UserWarning,
            stacklevel=2,
        )
    return from_array(array, requires_grad)


def from_numpy(array) -> Tensor:
    """A Tensor that shares the memory of `array`: changing one changes the other.

    >>> import numpy as np, tinygrad_edu as tg
    >>> a = np.zeros(2)
    >>> t = tg.from_numpy(a)
    >>> a[0] = 1
    >>> t
    tensor([1., 0.], dtype=float64)
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy(): expected a NumPy array, got {type(array).__name__}")
    return from_array(require_numbers("from_numpy()", array))


def from_dlpack(x) -> Tensor:
    """A Tensor that shares the memory of another library's array, through __dlpack__.

    >>> import numpy as np, tinygrad_edu as tg
    >>> tg.from_dlpack(np.ones(2))
    tensor([1., 1.], dtype=float64)
    """
    return from_array(require_numbers("from_dlpack()", np.from_dlpack(x)))


def as_tensor(data, dtype=None, device=None) -> Tensor:
    """`data` as a Tensor, without a copy if it is a Tensor or a NumPy array and needs no conversion.

    >>> import tinygrad_edu as tg
    >>> x = tg.ones(2)
    >>> tg.as_tensor(x) is x
    True
    """
    check_device(device)
    if is_tensor(data):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray) and (dtype is None or data.dtype == dtype):
        return from_array(require_numbers("as_tensor()", data))
    return tensor(data, dtype)


def _filled(name, make_array, what):
    def make(
        *shape, size=None, dtype=None, requires_grad=False, device=None, layout=None, pin_memory=False, memory_format=None
    ) -> Tensor:
        check_device(device)
        dtype = node.default_float if dtype is None else number_dtype(f"{name}()", dtype)
        return from_array(make_array(wanted_shape(name, shape, size), dtype), requires_grad)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"A Tensor {what}: `{name}(2, 3)`, `{name}((2, 3))` or `{name}(size=(2, 3))`."
    return make


def wanted_shape(name, shape, size):
    """The shape of f(2, 3), f((2, 3)) and f(size=(2, 3)), checked."""
    if size is not None and shape:
        raise TypeError(f"{name}(): the size is given twice: {shape} and size={size}")
    shape = _sizes(shape if size is None else (size,), name)
    if any(n < 0 for n in shape):
        raise DomainError(f"{name}(): a size must not be negative, got {shape}")
    return shape


zeros = _filled("zeros", np.zeros, "of zeros")
ones = _filled("ones", np.ones, "of ones")
empty = _filled("empty", np.empty, "with uninitialized values")


def full(size, fill_value, dtype=None, requires_grad=False, device=None) -> Tensor:
    """A Tensor of shape `size` filled with one number, whose type determines the dtype unless `dtype` is given.

    >>> import tinygrad_edu as tg
    >>> tg.full((2,), 7)
    tensor([7, 7])
    """
    check_device(device)
    refuse_gradient("full", fill_value)
    size = wanted_shape("full", (size,), None)
    if dtype is not None:
        dtype = number_dtype("full()", dtype)
        require_fits("full()", fill_value, np.dtype(dtype))
    return from_array(np.full(size, as_array(raw(fill_value)), dtype), requires_grad)


def zeros_like(
    input, dtype=None, requires_grad=False, *, device=None, layout=None, pin_memory=False, memory_format=None
) -> Tensor:
    """Zeros with the shape and dtype of input."""
    check_device(device)
    return from_array(np.zeros(input.shape, number_dtype("zeros_like()", dtype or input.dtype)), requires_grad)


def ones_like(
    input, dtype=None, requires_grad=False, *, device=None, layout=None, pin_memory=False, memory_format=None
) -> Tensor:
    """Ones with the shape and dtype of input."""
    check_device(device)
    return from_array(np.ones(input.shape, number_dtype("ones_like()", dtype or input.dtype)), requires_grad)


def full_like(
    input, fill_value, dtype=None, requires_grad=False, *, device=None, layout=None, pin_memory=False, memory_format=None
) -> Tensor:
    """A Tensor filled with fill_value, with the shape and dtype of input."""
    check_device(device)
    refuse_gradient("full_like", fill_value)
    dtype = np.dtype(number_dtype("full_like()", dtype or input.dtype))
    return from_array(np.full(input.shape, require_fits("full_like()", raw(fill_value), dtype), dtype), requires_grad)


def empty_like(
    input, dtype=None, requires_grad=False, *, device=None, layout=None, pin_memory=False, memory_format=None
) -> Tensor:
    """An uninitialized Tensor with the shape and dtype of input."""
    check_device(device)
    return from_array(np.empty(input.shape, number_dtype("empty_like()", dtype or input.dtype)), requires_grad)


def _numbers(name, *values):
    """The values as Python or NumPy numbers; raise an error for strings and None."""
    return [x if isinstance(x, (int, float)) else require_numbers(name, raw(x))[()] for x in values]


def arange(start, end=None, step=1, dtype=None, requires_grad=False, device=None) -> Tensor:
    """start, start + step, … up to but excluding `end`; int64 for ints, the default dtype for floats.

    >>> import tinygrad_edu as tg
    >>> tg.arange(3), tg.arange(0, 1, 0.5)
    (tensor([0, 1, 2]), tensor([0.0000, 0.5000]))
    """
    check_device(device)
    refuse_gradient("arange", start, end, step)
    if end is None:
        start, end = 0, start
    start, end, step = _numbers("arange()", start, end, step)
    whole = dtype is not None and np.dtype(dtype) == np.int64
    if step == 0 or (whole and abs(step) < 1):
        rule = f"be at least 1 for int64 (or at most -1), got {step}" if step else "not be 0"
        raise DomainError(f"arange(): step must {rule}")
    if abs(end - start) == math.inf:
        raise DomainError(f"arange(): start and end must be finite, got {start} and {end}")
    if not 0 <= (end - start) / step < math.inf:
        raise DomainError(
            f"arange(): upper bound and lower bound inconsistent with step sign: a step of {step} does not lead from {start} "
            f"to {end}"
        )
    if whole:  # as in PyTorch, int64 truncates numbers before the size is computed, other integer dtypes after
        start, end, step = int(start), int(end), int(step)
    if all(isinstance(x, (int, np.integer)) for x in (start, end, step)):
        return from_array(require_numbers("arange()", np.arange(start, end, step, dtype=dtype)), requires_grad)
    dtype, size = np.dtype(dtype or node.default_float), math.ceil((end - start) / step)
    if dtype.kind in "iu":
        start, step = int(start), int(step)
    return from_array((start + step * np.arange(size)).astype(dtype), requires_grad)  # np.arange would round start + step too


def _check_steps(name, steps):
    if steps < 0:
        raise DomainError(f"{name}(): number of steps must be non-negative, got {steps}")


@refuses_text("steps")
def linspace(start, end, steps, dtype=None, requires_grad=False, device=None) -> Tensor:
    """`steps` numbers from start to end inclusive, evenly spaced; float32 values equal PyTorch's to the last bit.

    >>> import tinygrad_edu as tg
    >>> tg.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    check_device(device)
    refuse_gradient("linspace", start, end)
    _check_steps("linspace", steps)
    dtype = np.dtype(dtype or node.default_float)
    start, end = map(float, _numbers("linspace()", start, end))
    if dtype != FLOAT32 or steps < 2:
        return from_array(np.linspace(start, end, steps).astype(dtype), requires_grad)
    start, end = FLOAT32.type(start), FLOAT32.type(end)
    step = float((end - start) / FLOAT32.type(steps - 1))
    i = np.arange(steps)
    array = np.where(
        i < steps // 2, float(start) + step * i, float(end) - step * (steps - 1 - i)
    )  # computed from the nearer end
    return from_array(array.astype(FLOAT32), requires_grad)


@refuses_text("steps")
def logspace(start, end, steps, base=10.0, dtype=None, requires_grad=False, device=None) -> Tensor:
    """`steps` numbers from base^start to base^end with evenly spaced logarithms.

    >>> import tinygrad_edu as tg
    >>> tg.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    check_device(device)
    refuse_gradient("logspace", start, end)
    _check_steps("logspace", steps)
    start, end, base = _numbers("logspace()", start, end, base)
    return from_array(np.logspace(start, end, steps, base=base).astype(dtype or node.default_float), requires_grad)


@refuses_text("row", "col", "offset")
def tril_indices(row, col, offset=0, *, dtype=np.int64, device=None) -> Tensor:
    """The row and column indices of the lower triangle of a row × col matrix, [2, n]."""
    check_device(device)
    return from_array(np.stack(np.tril_indices(row, offset, col)).astype(dtype))


@refuses_text("row", "col", "offset")
def triu_indices(row, col, offset=0, *, dtype=np.int64, device=None) -> Tensor:
    """The row and column indices of the upper triangle of a row × col matrix, [2, n]."""
    check_device(device)
    return from_array(np.stack(np.triu_indices(row, offset, col)).astype(dtype))


def eye(n, m=None, dtype=None, requires_grad=False, device=None) -> Tensor:
    """The identity matrix, n × n or n × m.

    >>> import tinygrad_edu as tg
    >>> tg.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    check_device(device)
    wanted_shape("eye", (n, n if m is None else m), None)
    return from_array(np.eye(n, m, dtype=dtype or node.default_float), requires_grad)


def _in_the_dtype_of_input(make):
    def new(input, *args, dtype=None, **options) -> Tensor:
        return make(*args, dtype=dtype or input.dtype, **options)

    new.__name__ = new.__qualname__ = f"new_{make.__name__}"
    new.__doc__ = f"{make.__name__}(…), by default with the dtype of input."
    return new


new_tensor, new_zeros, new_ones, new_empty, new_full = map(_in_the_dtype_of_input, (tensor, zeros, ones, empty, full))


# --- constructor arguments of Tensor ---


def from_data_or_sizes(name, data, dtype):
    """The array of a constructor in PyTorch's style: a copy for `name([1, 2])`, zeros of shape (2, 3) for `name(2, 3)`.

    For sizes, PyTorch leaves the memory uninitialized. dtype None is the default dtype.
    """
    dtype = dtype or node.default_float
    if len(data) == 1 and isinstance(data[0], Size):
        data = tuple(data[0])
        if not data:
            return np.zeros((), dtype)
    if data and all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in data):
        return np.zeros(wanted_shape(name, data, None), dtype)
    if len(data) > 1:
        raise TypeError(
            f"{name}(): expected one list or array, or sizes, got {len(data)} arguments; dtype= and requires_grad= are keywords"
        )
    if data and isinstance(data[0], tuple) and all(isinstance(n, int) for n in data[0]):
        raise TypeError(
            f"{name}({data[0]}): a tuple of ints may be a shape or numbers; use zeros{data[0]} for a shape, "
            f"{name}({list(data[0])}) for numbers"
        )
    if data and data[0] is None:
        raise TypeError(f"{name}(): expected numbers, a list, an array or sizes, got None")
    return as_array(data[0] if data else (), dtype)


asarray = as_tensor
