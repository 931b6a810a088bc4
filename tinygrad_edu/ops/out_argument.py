"""`out=`: a Tensor that receives a result, as in PyTorch. Except under no_grad(), neither of the two may require grad."""

import functools

import numpy as np

from ..autograd.errors import DtypeError
from ..autograd.grad_mode import is_grad_enabled
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import is_tensor, raw
from ..autograd.user_line import warn_user

_KINDS = "buif"


@functools.cache  # two names of a function must remain one object
def accepts_out(function):
    """Make `function` accept out=: a Tensor, or a tuple of them if it returns several."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        if "out" not in kwargs:
            return function(*args, **kwargs)
        out = kwargs.pop("out")
        answer = function(*args, **kwargs)
        if out is None:
            return answer
        if not isinstance(answer, tuple):
            return _written(function.__name__, answer, out)
        if not isinstance(out, (tuple, list)) or len(out) != len(answer):
            raise TypeError(f"{function.__name__}(): out= must be a tuple of {len(answer)} Tensors")
        written = [_written(function.__name__, a, o) for a, o in zip(answer, out, strict=True)]
        return type(answer)(*written) if hasattr(answer, "_fields") else tuple(written)

    return call


def _written(name, answer, out):
    """Write the values of `answer` to `out`, which also takes its shape, and return `out`."""
    if not is_tensor(out):
        raise TypeError(f"{name}(): out= must be a Tensor, got {type(out).__name__}")
    if is_grad_enabled() and any(is_tensor(x) and x.requires_grad for x in (answer, out)):
        raise RuntimeError(f"{name}(): out= does not support automatic differentiation; assign the result")
    array, target = np.asarray(raw(answer)), raw(out)
    if _KINDS.index(array.dtype.kind) > _KINDS.index(target.dtype.kind):
        raise DtypeError(f"{name}(): result type {array.dtype} can't be cast to the desired output type {target.dtype}")
    if target.shape == array.shape:
        target[...] = array
    else:
        if target.size:
            warn_user(
                f"{name}(): an output with one or more elements was resized since it had shape {target.shape}, which does not "
                f"match the required output shape {array.shape}; resize it yourself, or omit out="
            )
        out._data = array.astype(target.dtype)
    mark_changed(out)
    return out
