"""Tensor: an array that remembers how it was computed.

It is the node of the graph (autograd/node.py lists what the engine stores on it). Operators and methods are the
functions of `ops/`; there are no formulas here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _shortcuts, ops
from ..autograd import backprop
from ..autograd.arrays import require_numbers
from ..autograd.errors import ShapeError
from ..autograd.mutation_clock import mark_changed, share_memory
from ..autograd.node import from_array
from ..autograd.observers import cut_off
from ..autograd.past.versions import change_requires_grad
from ..autograd.recording import register_tensor_class
from .copying import Copying
from .grad_fn import GradFn
from .handle import Handle
from .kind_and_place import KindAndPlace
from .methods import Methods
from .numpy_protocols import NumpyProtocols
from .printing import tensor_repr
from .structure_clock import structure_changed

if TYPE_CHECKING:
    from ..viz import Graph


class Tensor(Methods, NumpyProtocols, Copying, KindAndPlace):
    """An n-dimensional array that records the operations applied to it, so that `backward()` can compute gradients.

    Tensor(data) copies a list, an array or a float as float32, the default dtype, and Tensor(2, 3) has shape (2, 3),
    as in PyTorch; usually `tensor(data)` is used, which keeps the type of the numbers.

    requires_grad  whether a gradient is computed for it; what is computed from it then requires grad too

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    tensor([2., 4.])
    """

    name: str | None = None

    def __init__(self, *data: Any, requires_grad: bool = False, dtype: Any = None) -> None:
        self._data = ops.creation.from_data_or_sizes("Tensor", data, dtype)
        if requires_grad:
            self.requires_grad = True

    # --- properties ---

    @property
    def is_leaf(self) -> bool:
        """True unless it is a recorded result: computed, with recording on, from a tensor that requires grad."""
        return self._op is None

    @property
    def grad_fn(self) -> GradFn | None:
        """The op that computed it, or None for a leaf."""
        return None if self._op is None else GradFn(self)

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded and backward() computes its gradient."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if self._op is not None and not wanted:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
                "subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if wanted and self._data.dtype.kind != "f":
            raise RuntimeError(
                f"Only Tensors of floating point dtype can require gradients, got {self._data.dtype}; use .float()"
            )
        if self._requires_grad is not bool(wanted):
            structure_changed()
        change_requires_grad(self, bool(wanted))

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set requires_grad and return the tensor itself."""
        self.requires_grad = requires_grad
        return self

    @property
    def grad(self) -> Tensor | Any:  # Any, not None, so that code after backward() needs no check
        """The gradient accumulated by backward(), or None."""
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}")
        if value is not None and value.shape != self.shape:
            raise ShapeError(
                f"attempting to assign a gradient of size {list(value.shape)} to a tensor of size {list(self.shape)}. "
                "Please ensure that the gradient and the tensor are the same size"
            )
        if value is not None and value.dtype != self.dtype:
            raise RuntimeError(
                f"attempting to assign a gradient with dtype {value.dtype} to a tensor with dtype {self.dtype}. "
                "Please ensure that the gradient and the tensor have the same dtype"
            )
        self._grad = value

    @property
    def data(self) -> Tensor:
        """A Tensor that shares the memory but not the graph; changes through it are noticed by the mutation clock."""
        return self.detach()

    @data.setter
    def data(self, value: Any) -> None:
        mark_changed(self)
        if isinstance(value, Tensor):
            self._data = value._data
            share_memory(value, self)
            mark_changed(self)
        else:
            self._data = np.asarray(require_numbers("x.data = value", value), self._data.dtype)

    # --- leaving the graph ---

    def detach(self) -> Tensor:
        """A Tensor that shares the memory but not the graph: no gradient flows through it.

        >>> import tinygrad_edu as tg
        >>> x = tg.ones(2, requires_grad=True)
        >>> (x * x.detach()).sum().backward()
        >>> x.grad
        tensor([1., 1.])
        """
        out: Tensor = from_array(self._data)
        share_memory(self, out)
        if self._requires_grad:
            cut_off(self, out, "detach()")
        return out

    __hash__ = object.__hash__  # by identity: == compares elements

    def __format__(self, spec: str) -> str:
        try:
            return format(str(self) if self._data.ndim else self.item(), spec)
        except ValueError as error:
            advice = "; for one number use x.item() or x[i]" if self._data.ndim else ""
            raise ValueError(f"format: {spec!r} does not fit a Tensor of shape {self.shape} ({error}){advice}") from None

    def __repr__(self) -> str:
        suffix = f"grad_fn={self.grad_fn}" if self._op is not None else "requires_grad=True" if self._requires_grad else ""
        return tensor_repr(self._data, [suffix] if suffix else [])

    # --- gradients ---

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False) -> None:
        """Add d self / d leaf to the `.grad` of every leaf that requires grad.

        gradient      dL/d self, of the shape of self; optional if self has one element (then it is 1)
        retain_graph  None: the graph lives until the next backward() of another tensor, so that it can still be drawn;
                      True: as long as the tensor; False: it is freed during this call
        create_graph  record the computation of the gradients, to differentiate them again; retain_graph=None then means True

        A second backward() on the same tensor adds to the gradients again. Raises RuntimeError if a value that is needed was
        changed in place since the forward pass.

        >>> import tinygrad_edu as tg
        >>> w = tg.tensor(2.0, requires_grad=True)
        >>> (w**3).backward()
        >>> w.grad
        tensor(12.)
        """
        backprop.backward(self, gradient, retain_graph, create_graph)

    def retain_grad(self) -> None:
        """Make backward() keep the gradient of this computed tensor in `.grad` too."""
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._op is not None:
            self._retains_grad = True
            self._hooks = self._hooks or {}  # not None: the engine checks one attribute for both

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Handle:
        """Call hook(gradient) when the gradient of this tensor is known; if it returns a Tensor, that replaces the gradient.

        >>> import tinygrad_edu as tg
        >>> x = tg.tensor(1.0, requires_grad=True)
        >>> handle = x.register_hook(lambda g: 10 * g)
        >>> (2 * x).backward()
        >>> x.grad
        tensor(20.)
        """
        if not self._requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        self._hooks = self._hooks or {}
        return Handle(self._hooks, hook)

    def graph(self, model: Any = None, **options: Any) -> Graph:
        """The computation graph of this tensor, which a notebook displays: `viz.graph(self, model, …)`.

        >>> import tinygrad_edu as tg
        >>> w = tg.tensor(3.0, requires_grad=True)
        >>> print(w.exp().graph(names={"w": w}))
        exp · 1 op · 1 parameter
        ● exp               20.09
        └── w  parameter    3
        """
        return _shortcuts.load("viz").graph(self, model, **options)


register_tensor_class(Tensor)
