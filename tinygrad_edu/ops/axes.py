"""Axes: PyTorch's `dim`/`keepdim` and NumPy's `axis`/`keepdims` are both understood, and checked in one place."""

import functools

_TORCH = {"dim": "axis", "keepdim": "keepdims"}


def torch_names(function):
    """Decorator: a function written with axis/keepdims also takes dim/keepdim."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        for torch_name, numpy_name in _TORCH.items():
            if torch_name in kwargs:
                if numpy_name in kwargs:
                    raise TypeError(f"{function.__name__}(): {torch_name} and {numpy_name} are the same: give one of them")
                kwargs[numpy_name] = kwargs.pop(torch_name)
        return function(*args, **kwargs)

    return call


def normalize_axis(name, axis, ndim):
    """`axis` as a non-negative int; IndexError in PyTorch's words where it is out of range."""
    if not isinstance(axis, int):
        try:
            axis = axis.__index__()
        except AttributeError:
            raise TypeError(f"{name}(): axis must be an int, got {type(axis).__name__}") from None
    span = max(ndim, 1)  # a 0-d tensor answers to axis 0 and -1, as in PyTorch
    if not -span <= axis < span:
        raise IndexError(f"{name}(): Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {axis})")
    return axis % span


def normalize_axes(name, axis, ndim):
    """None (all axes) or a tuple of distinct non-negative ints."""
    if axis is None:
        return None
    axes = tuple(normalize_axis(name, a, ndim) for a in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if len(set(axes)) != len(axes):
        raise ValueError(f"{name}(): an axis appears twice in {axis}")
    return axes if ndim else None


def kept_shape(shape, axes):
    """`shape` with 1 at the reduced axes: what keepdims=True gives."""
    return tuple(1 if axes is None or i in axes else n for i, n in enumerate(shape))
