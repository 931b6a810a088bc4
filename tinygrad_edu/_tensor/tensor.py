"""Tensor: an array that remembers how it was made.

It is the node of the graph (see autograd/node.py for what the engine keeps on it). Operators and methods are the
functions of `ops/`; nothing here is a formula.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import _shortcuts
from ..autograd import backprop
from ..autograd.errors import DomainError, ShapeError, restate
from ..autograd.grad_mode import mode
from ..autograd.mutation_clock import mark_changed, share_memory, tick
from ..autograd.node import NO_PARAMS, from_array, raw, register_tensor_class
from ..autograd.observers import cut_off
from ..autograd.primitives import NUMPY
from ..ops import comparison, creation, elementwise, indexing, products
from ..ops.indexing import ints_first, plain_key
from .handle import Handle
from .methods import Methods
from .printing import tensor_repr

_LOOK_ONLY = {  # NumPy functions whose answer has no gradient: they see the array, whether or not it requires grad
    np.allclose, np.array_equal, np.array_equiv, np.isclose, np.shape, np.ndim, np.size, np.array_repr, np.array_str,
    np.array2string, np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.argwhere, np.count_nonzero,
    np.iscomplexobj, np.isrealobj, np.zeros_like, np.ones_like, np.full_like, np.empty_like, np.result_type, np.can_cast,
    np.may_share_memory, np.shares_memory, np.broadcast_shapes, np.unique, np.bincount, np.histogram, np.searchsorted,
    np.digitize, np.isin, np.iscomplex, np.isreal, np.save, np.savetxt, np.savez,
}  # fmt: skip


_KINDS = {"b": 0, "u": 1, "i": 1, "f": 2}  # an in-place result may not need a later kind than its target has

_WRITE_TO_FIRST = {"copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis"}  # NumPy functions

_REDUCTIONS: dict[np.ufunc, Callable[..., Any]] = {  # np.add.reduce(t) is np.sum(t, axis=0)
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
}


class Tensor(Methods):
    """An n-dimensional array that records what is done with it, so that `backward()` can find gradients.

    Tensor(data) copies numbers, lists or an array into a float32 tensor, as PyTorch's class does; `tensor(data)` keeps
    the kind of the numbers and is the usual way.

    data           a Tensor that shares the memory, outside the graph
    grad           None, or a Tensor of the same shape: the sum of what backward() has found
    requires_grad  whether gradients are wanted; True for everything computed from such a tensor

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    tensor([2., 4.])
    """

    name: str | None = None
    __array_priority__ = 1000  # arrays on the left of an operator give way

    def __init__(self, data: Any = (), requires_grad: bool = False, dtype: Any = None) -> None:
        self._data = creation.as_array(data, dtype or np.float32)
        if requires_grad:
            self.requires_grad = True

    # --- what it is ---

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of elements along each axis."""
        return self._data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype of the elements."""
        return self._data.dtype

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size along one axis, as in PyTorch; `numel()` is the number of elements."""
        return self._data.shape if dim is None else self._data.shape[dim]

    def numel(self) -> int:
        """The number of elements."""
        return self._data.size

    nelement = numel

    def dim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    ndimension = dim

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return self._data.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self._data.nbytes

    @property
    def device(self) -> str:
        """Always "cpu"."""
        return "cpu"

    @property
    def is_leaf(self) -> bool:
        """True unless it was computed from a tensor that requires grad."""
        return self._op is None

    @property
    def grad_fn(self) -> GradFn | None:
        """What made it, or None for a leaf."""
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
        if wanted and not self._requires_grad:
            self._time = tick()  # what was computed from it before this moment stays without its gradient
        self._requires_grad = bool(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set requires_grad and return the tensor itself."""
        self.requires_grad = requires_grad
        return self

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward() has added up, or None."""
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
            self._data = np.asarray(value, self._data.dtype)

    # --- out of the graph ---

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

    def numpy(self) -> np.ndarray:
        """The array itself, sharing the memory; refused for a tensor that requires grad."""
        if self._requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self._data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._requires_grad and sys._getframe(1).f_globals.get("__name__", "").startswith("numpy.testing"):
            return np.array(self._data, dtype=dtype)  # np.testing.assert_* only look, but NumPy offers no protocol for them
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def item(self) -> Any:
        """The only element, as a Python number."""
        if self._data.size != 1:
            raise DomainError(
                f"a Tensor with {self._data.size} elements cannot be converted to Scalar; .tolist() gives them all"
            )
        return self._data.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self._data.tolist()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu":
            raise TypeError(f"only integer tensors of a single element can be converted to an index, got {self._data.dtype}")
        return int(self.item())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous; use .any() or .all()")
        return bool(self._data.item())

    def __len__(self) -> int:
        if not self._data.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self._data)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._data.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return (self[i] for i in range(len(self._data)))

    def __contains__(self, value: Any) -> bool:
        return bool((self._data == raw(value)).any())

    __hash__ = object.__hash__  # by identity: == compares elements

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self._data.ndim == 0 else format(str(self), spec)

    def __repr__(self) -> str:
        suffixes = []
        if self._op is not None:
            suffixes.append(f"grad_fn={self.grad_fn}")
        elif self._requires_grad:
            suffixes.append("requires_grad=True")
        return tensor_repr(self._data, suffixes)

    def __copy__(self) -> Tensor:
        """A Tensor over the same memory: a leaf that shares the record of in-place changes."""
        out = self.detach()
        out._requires_grad = self._requires_grad
        return out

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self._op is not None:
            raise RuntimeError("only leaves can be pickled: a graph cannot leave the process; pickle x.detach()")
        kept = {k: v for k, v in self.__dict__.items() if k not in ("_grad", "_cell", "_hooks")}
        if self._grad is not None:
            kept["_grad"] = self._grad.detach()
        return _restore, (type(self), kept)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self._op is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; "
                "copy x.detach()"
            )
        out: Tensor = object.__new__(type(self))
        out.__dict__.update({k: v for k, v in self.__dict__.items() if k not in ("_data", "_grad", "_cell", "_hooks")})
        out._data = self._data.copy()
        if self._grad is not None:
            out._grad = from_array(self._grad._data.copy())
        memo[id(self)] = out
        return out

    # --- gradients ---

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False) -> None:
        """Add d self / d leaf to the `.grad` of every leaf that requires grad.

        gradient      dL/d self, of the shape of self; only a single number may leave it out (it is 1 then)
        retain_graph  None: the graph lives until the next backward() of another tensor, so that it can still be drawn;
                      True: as long as you hold it; False: not even until this call returns
        create_graph  record the computation of the gradients, so that they can be differentiated again

        A second backward() on the same tensor adds again. A value that was changed in place since the forward pass and
        is needed raises RuntimeError.

        >>> import tinygrad_edu as tg
        >>> w = tg.tensor(2.0, requires_grad=True)
        >>> (w**3).backward()
        >>> w.grad
        tensor(12.)
        """
        backprop.backward(self, gradient, retain_graph, create_graph)

    def retain_grad(self) -> None:
        """Ask backward() to keep the gradient of this computed tensor in `.grad`, too."""
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._op is not None:
            self._retains_grad = True
            self._hooks = self._hooks or {}  # not None: the engine looks at one attribute for both

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Handle:
        """Call hook(gradient) when the gradient of this tensor is known; a Tensor that it returns replaces it.

        >>> import tinygrad_edu as tg
        >>> x = tg.tensor(1.0, requires_grad=True)
        >>> handle = x.register_hook(lambda g: 10 * g)
        >>> (2 * x).backward()
        >>> x.grad
        tensor(20.)
        """
        if not self._requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self._hooks is None:
            self._hooks = {}
        return Handle(self._hooks, hook)

    def graph(self, model: Any = None, **options: Any) -> Any:
        """The computation graph that led here, as a picture that draws itself: `viz.graph(self, model, …)`.

        >>> import tinygrad_edu as tg
        >>> w = tg.tensor(3.0, requires_grad=True)
        >>> print(w.exp().graph(names={"w": w}))
        exp · 1 op · 1 parameter
        ● exp               20.09
        └── w  parameter    3
        """
        return _shortcuts.load("viz").graph(self, model, **options)

    # --- NumPy's protocols ---

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        kwargs = {k: v for k, v in kwargs.items() if v is not None}
        function = NUMPY.get(ufunc)
        if method == "__call__" and function is not None and not kwargs:
            return function(*inputs)
        if method == "reduce" and ufunc in _REDUCTIONS and kwargs.keys() <= {"axis", "keepdims"}:
            return NUMPY[_REDUCTIONS[ufunc]](*inputs, **{"axis": 0, **kwargs})
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        return self._plain(name, getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        ours = NUMPY.get(function)
        if ours is not None:
            try:
                return ours(*args, **kwargs)
            except (TypeError, ValueError, RuntimeError, AttributeError) as error:  # np.dot(t, 2): a number has no axes
                # Options that only NumPy has (where=, initial=, order=): its own function knows them, and may run where no
                # gradient would be lost. If it cannot do the call either, our error is the one to read.
                recorded = mode.enabled and any(t._requires_grad for t in _tensors((args, tuple(kwargs.values()))))
                if recorded and "unexpected keyword" not in str(error):
                    raise
                try:
                    return self._plain(function.__name__, function, args, kwargs)
                except Exception:
                    if recorded:
                        raise
                    raise error from None
        if function in _LOOK_ONLY:
            return function(*_arrays(args), **_arrays(kwargs))
        return self._plain(function.__name__, function, args, kwargs)

    @staticmethod
    def _plain(name: str, call: Any, args: Any, kwargs: Any) -> Any:
        """A NumPy function without a rule: fine on tensors without gradient, refused where it would lose one."""
        if mode.enabled and any(t._requires_grad for t in _tensors((args, tuple(kwargs.values())))):
            given = f" with {', '.join(kwargs)}=" if kwargs else ""
            raise TypeError(
                f"np.{name}{given} has no gradient rule, and a Tensor that requires grad was given: its gradient would be "
                "lost. Use a function of tinygrad_edu.ops, pass x.detach(), or define the rule with "
                "tinygrad_edu.autograd.primitive"
            )
        for out in _tensors(kwargs.get("out", ())):
            mark_changed(out)
        if args and isinstance(args[0], Tensor) and (name in _WRITE_TO_FIRST or name.endswith(".at")):
            mark_changed(args[0])
        answer = call(*_arrays(args), **_arrays(kwargs))
        if "out" in kwargs:
            return kwargs["out"][0] if isinstance(kwargs["out"], tuple) else kwargs["out"]
        answers = _as_tensors(answer)
        for view in _tensors(answers):
            for t in _tensors(args):
                if np.may_share_memory(view._data, t._data):
                    share_memory(t, view)
        return answers

    def __dlpack__(self, **kwargs: Any) -> Any:
        """The memory itself, for another library: `torch.from_dlpack(x)`; refused for a tensor that requires grad."""
        return self.numpy().__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._data.__dlpack_device__()

    # --- writing in place ---

    def _check_in_place(self, what: str, *others: Any) -> None:
        """Refuse an in-place change that the graph could not know of."""
        if not mode.enabled:
            return
        if self._op is not None:
            raise RuntimeError(
                f"{what}: this tensor is part of a graph, and changing it in place would make its gradient wrong; compute "
                "a new one (y = y + 1, where(mask, value, y), cat, stack), or change it under no_grad()"
            )
        if self._requires_grad:
            raise RuntimeError(
                f"{what}: a leaf Variable that requires grad is being used in an in-place operation. "
                "Change parameters inside `with no_grad():`"
            )
        if any(isinstance(x, Tensor) and x._requires_grad for x in others):
            raise RuntimeError(
                f"{what}: the value requires grad, and a plain tensor cannot keep its graph; compute a new tensor instead "
                "(x = x + value, where(mask, value, x), cat, stack), or write value.detach()"
            )

    def _write(self, what: str, value: Any, *inputs: Any) -> Tensor:
        """self[...] = value, noticed by the mutation clock."""
        self._check_in_place(what, *inputs)
        array = raw(value)
        if isinstance(array, np.ndarray) and _KINDS[array.dtype.kind] > _KINDS[self._data.dtype.kind]:
            raise RuntimeError(f"{what}: result type {array.dtype} can't be cast to the desired output type {self._data.dtype}")
        try:
            self._data[...] = array
        except ValueError as error:
            raise restate(what, (self._data, np.asarray(array)), NO_PARAMS, error) from None
        mark_changed(self)
        return self

    def _update(self, symbol: str, function: Callable[[Any, Any], Any], other: Any) -> Any:
        """x op= other: in place where nothing is recorded, else the name is bound to a new result, as x = x op other."""
        is_parameter = self._requires_grad and self._op is None
        recorded = self._requires_grad or (isinstance(other, Tensor) and other._requires_grad)
        if mode.enabled and recorded and not is_parameter:
            result = function(self, other)
            if result.shape != self.shape:
                raise ShapeError(
                    f"x {symbol} value: the output shape {result.shape} doesn't match the shape {self.shape} of x; "
                    f"x = x {symbol[:-1]} value makes a new one"
                )
            return result.astype(self.dtype)
        self._check_in_place(f"x {symbol} value", other)
        return self._write(f"x {symbol} value", function(self.detach(), raw(other)))

    def __iadd__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("+=", elementwise.add, other)

    def __isub__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("-=", elementwise.subtract, other)

    def __imul__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("*=", elementwise.multiply, other)

    def __itruediv__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("/=", elementwise.divide, other)

    def __ifloordiv__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("//=", elementwise.floor_divide, other)

    def __imod__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("%=", elementwise.remainder, other)

    def __iand__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("&=", comparison.bitwise_and, other)

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("|=", comparison.bitwise_or, other)

    def __ixor__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("^=", comparison.bitwise_xor, other)

    def __ilshift__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("<<=", comparison.bitwise_left_shift, other)

    def __irshift__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update(">>=", comparison.bitwise_right_shift, other)

    def __ipow__(self, other: Any) -> Any:  # type: ignore[misc]  # __op__ is untyped
        return self._update("**=", elementwise.power, other)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._check_in_place("x[key] = value", value)
        try:
            first, rest = ints_first(plain_key(key))
            target = self._data if first is None else self._data[first]
            target[rest] = raw(value)
        except (ValueError, IndexError) as error:
            raise restate("x[key] = value", (self._data, np.asarray(raw(value))), NO_PARAMS, error) from None
        mark_changed(self)

    # --- operators ---

    __add__ = elementwise.add
    __sub__ = elementwise.subtract
    __mul__ = elementwise.multiply
    __truediv__ = elementwise.divide
    __pow__ = elementwise.power
    __floordiv__ = elementwise.floor_divide
    __mod__ = elementwise.remainder
    __neg__ = elementwise.negative
    __pos__ = elementwise.positive
    __abs__ = elementwise.absolute
    __matmul__ = products.matmul
    __getitem__ = indexing.getitem
    __radd__ = elementwise.add

    def __rsub__(self, other: Any) -> Tensor:
        return elementwise.subtract(other, self)

    __rmul__ = elementwise.multiply

    def __rtruediv__(self, other: Any) -> Tensor:
        return elementwise.divide(other, self)

    def __rpow__(self, other: Any) -> Tensor:
        return elementwise.power(other, self)

    def __rfloordiv__(self, other: Any) -> Tensor:
        return elementwise.floor_divide(other, self)

    def __rmod__(self, other: Any) -> Tensor:
        return elementwise.remainder(other, self)

    def __rmatmul__(self, other: Any) -> Tensor:
        return products.matmul(other, self)

    def __eq__(self, other: Any) -> Any:
        return comparison.equal(self, other) if _comparable(other) else NotImplemented

    def __ne__(self, other: Any) -> Any:
        return comparison.not_equal(self, other) if _comparable(other) else NotImplemented

    __lt__ = comparison.less
    __le__ = comparison.less_equal
    __gt__ = comparison.greater
    __ge__ = comparison.greater_equal
    __and__ = __rand__ = comparison.bitwise_and
    __or__ = __ror__ = comparison.bitwise_or
    __xor__ = __rxor__ = comparison.bitwise_xor
    __invert__ = comparison.invert
    __lshift__ = comparison.bitwise_left_shift
    __rshift__ = comparison.bitwise_right_shift

    def __rlshift__(self, other: Any) -> Tensor:
        return comparison.bitwise_left_shift(other, self)

    def __rrshift__(self, other: Any) -> Tensor:
        return comparison.bitwise_right_shift(other, self)


class GradFn:
    """What made a tensor: prints as PyTorch's `grad_fn` does; `next_functions` leads to what its inputs were made by."""

    def __init__(self, tensor: Tensor) -> None:
        self._tensor = tensor

    def name(self) -> str:
        """The op's name, in PyTorch's spelling."""
        assert self._tensor._op is not None  # for the type checker: only recorded tensors have a grad_fn
        return "".join(word.capitalize() for word in self._tensor._op.name.split("_")) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple[GradFn | None, int], ...]:
        """One pair (grad_fn, 0) for each input that requires grad."""
        return tuple((x.grad_fn, 0) for x in self._tensor._inputs if isinstance(x, Tensor) and x._requires_grad)

    def __repr__(self) -> str:
        return f"<{self.name()}>"


def _restore(cls: type[Tensor], kept: dict[str, Any]) -> Tensor:
    """What pickle calls to make the Tensor again."""
    out: Tensor = object.__new__(cls)
    out.__dict__.update(kept)
    return out


def _comparable(x: Any) -> bool:
    return isinstance(x, (Tensor, np.ndarray, np.generic, int, float))


def _tensors(x: Any) -> Iterator[Tensor]:
    """The Tensors in nested tuples, lists and dicts of arguments."""
    if isinstance(x, Tensor):
        yield x
    elif isinstance(x, (tuple, list)):
        for item in x:
            yield from _tensors(item)


def _as_tensors(x: Any) -> Any:
    """NumPy's answer with Tensors in place of arrays."""
    if isinstance(x, (np.ndarray, np.generic)):
        return from_array(np.asarray(x))
    if isinstance(x, (tuple, list)):
        items = [_as_tensors(item) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    return x


def _arrays(x: Any) -> Any:
    """The same arguments with arrays in place of Tensors."""
    if isinstance(x, Tensor):
        return x._data
    if isinstance(x, (tuple, list)):
        return type(x)(_arrays(item) for item in x)
    if isinstance(x, dict):
        return {k: _arrays(v) for k, v in x.items()}
    return x


register_tensor_class(Tensor)
