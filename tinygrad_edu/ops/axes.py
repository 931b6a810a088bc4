"""Axis arguments, under PyTorch's and NumPy's names, with their checks; and results without a gradient."""

import functools
import inspect

import numpy as np

from ..autograd import node
from ..autograd.errors import DomainError, restate
from ..autograd.node import from_array, is_tensor, raw
from ..autograd.observers import unrecorded

_TORCH = {"dim": "axis", "keepdim": "keepdims", "input": "x", "tensor": "x", "split_size_or_sections": "split_size"}


def torch_names(function):
    """Decorator: also accept PyTorch's names for x, axis, keepdims and split_size; in reductions, dim=() means all axes."""
    reduces = "keepdims" in inspect.unwrap(function).__code__.co_varnames

    @functools.wraps(function)
    def call(*args, **kwargs):
        if kwargs:
            for torch_name, numpy_name in _TORCH.items():
                if torch_name in kwargs:
                    if numpy_name in kwargs:
                        raise TypeError(f"{function.__name__}(): {torch_name} and {numpy_name} are the same: pass only one")
                    kwargs[numpy_name] = kwargs.pop(torch_name)
                    if reduces and torch_name == "dim" and kwargs["axis"] in ((), []):
                        kwargs["axis"] = None
        return function(*args, **kwargs)

    return call


def normalize_axis(name, axis, ndim):
    """`axis` as a non-negative int; IndexError with PyTorch's wording if it is out of range."""
    if not isinstance(axis, int):
        if is_tensor(axis) and (axis.ndim or axis.dtype.kind not in "iu"):  # as in cat(a, b)
            raise TypeError(f"{name}(): axis must be an int, got a Tensor; several tensors go in a list: {name}([a, b])")
        try:
            axis = axis.__index__()
        except AttributeError:
            raise TypeError(f"{name}(): axis must be an int, got {type(axis).__name__}") from None
    span = max(ndim, 1)  # a 0-d tensor accepts axis 0 and -1, as in PyTorch
    if not -span <= axis < span:
        raise IndexError(f"{name}(): Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {axis})")
    return axis % span


def normalize_axes(name, axis, ndim):
    """None (all axes) or a tuple of distinct non-negative ints."""
    if axis is None:
        return None
    axes = tuple(normalize_axis(name, a, ndim) for a in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if len(set(axes)) != len(axes):
        raise DomainError(f"{name}(): an axis appears twice in {axis}")
    return axes if ndim else None


def kept_shape(shape, axes):
    """`shape` with 1 at the reduced axes, as with keepdims=True."""
    return tuple(1 if axes is None or i in axes else n for i, n in enumerate(shape))


# --- results without a gradient ---


def like(x, answer):
    """`answer`, an array, as a Tensor if x is one: Tensors in, Tensors out; arrays in, arrays out."""
    return _answer(answer, x) if is_tensor(x) else answer


def _answer(array, *inputs):
    out = from_array(array)
    unrecorded(out, "", inputs)
    return out


def no_gradient(function):
    """Decorator: make a function of arrays accept Tensors; its results (booleans, indices, counts) have no gradient."""

    @functools.wraps(function)
    def call(*inputs, **params):
        if params:
            inputs += tuple(params.pop(name) for name in ("input", "other") if name in params)
        arrays = tuple(map(raw, inputs))
        try:
            answer = function(*arrays, **params)
        except (ValueError, TypeError, IndexError) as error:
            raise restate(call.__name__, arrays, params, error) from None
        return _answer(answer, *inputs) if any(map(is_tensor, inputs)) else answer

    return call


def refuse_gradient(name, *inputs):
    """Raise RuntimeError if an input requires grad and the floating-point result of `name` would silently lose it."""
    if any(is_tensor(x) and x.requires_grad for x in inputs):
        called = name if name.endswith(")") else f"{name}()"
        raise RuntimeError(f"{called} has no gradient, and its input requires grad: pass x.detach()")


def number_array(x):
    """A Python number as an array: a float gets the default dtype."""
    return np.asarray(x, node.default_float if isinstance(x, float) else None)
