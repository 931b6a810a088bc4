"""The methods of a Tensor: the functions of `ops/`, where an editor can see them, and what only a Tensor can do."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import ops
from ..autograd.errors import DomainError, DtypeError, ShapeError, restate
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import NO_PARAMS, Node, is_tensor, raw
from ..ops.axes import normalize_axis

if TYPE_CHECKING:
    from .tensor import Tensor


def _in_place(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The method `name`: function(self, …), written into self."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        what = f"{name}()"
        self._check_in_place(what, *args, *kwargs.values())
        return self._write(what, function(self.detach(), *args, **kwargs))

    method.__name__ = name
    method.__doc__ = f"{name.rstrip('_')}(self, …), written into self."
    return method


IN_PLACE: list[str] = []
"""The functions that have an in-place method."""


class _InPlace:
    """Stands in the class below for `name_`: the function `name`, written into self."""

    def __set_name__(self, owner: type, name: str) -> None:
        IN_PLACE.append(name[:-1])
        setattr(owner, name, _in_place(getattr(ops, name[:-1]), name))


_written_into_self: Any = _InPlace()


class Methods(Node):
    """What Tensor inherits. `T`, `reshape`, `+=` and the like; operators are in `tensor.py`."""

    # --- arithmetic ---

    add = ops.add
    sub = ops.sub
    mul = ops.mul
    div = ops.div
    multiply = ops.multiply
    subtract = ops.subtract
    divide = ops.divide
    true_divide = ops.true_divide
    floor_divide = ops.floor_divide
    remainder = ops.remainder
    fmod = ops.fmod
    pow = ops.pow
    float_power = ops.float_power
    neg = ops.neg
    negative = ops.negative
    positive = ops.positive
    abs = ops.abs
    absolute = ops.absolute
    square = ops.square
    sqrt = ops.sqrt
    rsqrt = ops.rsqrt
    reciprocal = ops.reciprocal
    lerp = ops.lerp
    addcmul = ops.addcmul
    addcdiv = ops.addcdiv

    # --- exponentials and logarithms ---

    exp = ops.exp
    exp2 = ops.exp2
    expm1 = ops.expm1
    log = ops.log
    log2 = ops.log2
    log10 = ops.log10
    log1p = ops.log1p
    logaddexp = ops.logaddexp
    logit = ops.logit
    xlogy = ops.xlogy
    erf = ops.erf
    erfc = ops.erfc

    # --- trigonometry ---

    sin = ops.sin
    cos = ops.cos
    tan = ops.tan
    asin = ops.asin
    acos = ops.acos
    atan = ops.atan
    atan2 = ops.atan2
    arcsin = ops.arcsin
    arccos = ops.arccos
    arctan = ops.arctan
    arctan2 = ops.arctan2
    sinh = ops.sinh
    cosh = ops.cosh
    tanh = ops.tanh
    asinh = ops.asinh
    acosh = ops.acosh
    atanh = ops.atanh
    arcsinh = ops.arcsinh
    arccosh = ops.arccosh
    arctanh = ops.arctanh
    hypot = ops.hypot

    # --- steps and choices ---

    sign = ops.sign
    floor = ops.floor
    ceil = ops.ceil
    round = ops.round
    trunc = ops.trunc
    frac = ops.frac
    fix = ops.fix
    clamp = ops.clamp
    clip = ops.clip
    clamp_min = ops.clamp_min
    clamp_max = ops.clamp_max
    maximum = ops.maximum
    minimum = ops.minimum
    fmax = ops.fmax
    fmin = ops.fmin
    copysign = ops.copysign
    nan_to_num = ops.nan_to_num
    masked_fill = ops.masked_fill

    # --- comparisons and logic ---

    eq = ops.eq
    ne = ops.ne
    lt = ops.lt
    le = ops.le
    gt = ops.gt
    ge = ops.ge
    equal = ops.equal
    not_equal = ops.not_equal
    less = ops.less
    less_equal = ops.less_equal
    greater = ops.greater
    greater_equal = ops.greater_equal
    isclose = ops.isclose
    allclose = ops.allclose
    isnan = ops.isnan
    isinf = ops.isinf
    isfinite = ops.isfinite
    signbit = ops.signbit
    logical_and = ops.logical_and
    logical_or = ops.logical_or
    logical_xor = ops.logical_xor
    logical_not = ops.logical_not
    bitwise_and = ops.bitwise_and
    bitwise_or = ops.bitwise_or
    bitwise_xor = ops.bitwise_xor
    bitwise_not = ops.bitwise_not
    bitwise_left_shift = ops.bitwise_left_shift
    bitwise_right_shift = ops.bitwise_right_shift

    # --- activations ---

    relu = ops.relu
    sigmoid = ops.sigmoid
    softmax = ops.softmax
    log_softmax = ops.log_softmax

    # --- reductions ---

    sum = ops.sum
    nansum = ops.nansum
    mean = ops.mean
    prod = ops.prod
    var = ops.var
    std = ops.std
    var_mean = ops.var_mean
    std_mean = ops.std_mean
    norm = ops.norm
    dist = ops.dist
    max = ops.max
    min = ops.min
    amax = ops.amax
    amin = ops.amin
    argmax = ops.argmax
    argmin = ops.argmin
    all = ops.all
    any = ops.any
    logsumexp = ops.logsumexp
    count_nonzero = ops.count_nonzero

    # --- running ---

    cumsum = ops.cumsum
    diff = ops.diff
    cumprod = ops.cumprod
    cummax = ops.cummax
    cummin = ops.cummin
    logcumsumexp = ops.logcumsumexp

    # --- order ---

    sort = ops.sort
    argsort = ops.argsort
    topk = ops.topk
    kthvalue = ops.kthvalue
    median = ops.median
    unique = ops.unique
    bincount = ops.bincount
    histc = ops.histc

    # --- products and matrices ---

    matmul = ops.matmul
    mm = ops.mm
    mv = ops.mv
    bmm = ops.bmm
    dot = ops.dot
    outer = ops.outer
    inner = ops.inner
    kron = ops.kron
    addmm = ops.addmm
    addmv = ops.addmv
    baddbmm = ops.baddbmm
    tril = ops.tril
    triu = ops.triu
    diag = ops.diag
    diagonal = ops.diagonal
    trace = ops.trace
    det = ops.det
    logdet = ops.logdet
    slogdet = ops.slogdet
    inverse = ops.inverse
    cholesky = ops.cholesky
    matrix_power = ops.matrix_power
    svd = ops.svd

    # --- shapes ---

    reshape = ops.reshape
    view = ops.reshape
    flatten = ops.flatten
    ravel = ops.ravel
    squeeze = ops.squeeze
    unsqueeze = ops.unsqueeze
    transpose = ops.transpose
    swapaxes = ops.swapaxes
    swapdims = ops.swapdims
    permute = ops.permute
    t = ops.t
    movedim = ops.movedim
    moveaxis = ops.moveaxis
    flip = ops.flip
    fliplr = ops.fliplr
    flipud = ops.flipud
    rot90 = ops.rot90
    expand = ops.expand
    broadcast_to = ops.broadcast_to
    repeat = ops.repeat
    tile = ops.tile
    repeat_interleave = ops.repeat_interleave
    roll = ops.roll
    split = ops.split
    tensor_split = ops.tensor_split
    chunk = ops.chunk
    unbind = ops.unbind

    # --- indexing ---

    gather = ops.gather
    scatter = ops.scatter
    scatter_add = ops.scatter_add
    index_select = ops.index_select
    index_add = ops.index_add
    index_fill = ops.index_fill
    take = ops.take
    take_along_dim = ops.take_along_dim
    masked_select = ops.masked_select
    select = ops.select
    narrow = ops.narrow
    nonzero = ops.nonzero

    # --- random ---

    bernoulli = ops.bernoulli
    multinomial = ops.multinomial
    uniform_ = ops.random.uniform_
    normal_ = ops.random.normal_
    exponential_ = ops.random.exponential_
    bernoulli_ = ops.random.bernoulli_
    random_ = ops.random.random_

    # --- copies and casts ---

    clone = ops.clone

    # --- in place ---

    add_ = sub_ = subtract_ = mul_ = multiply_ = div_ = divide_ = true_divide_ = floor_divide_ = _written_into_self
    remainder_ = fmod_ = pow_ = float_power_ = neg_ = negative_ = abs_ = absolute_ = square_ = sqrt_ = _written_into_self
    rsqrt_ = reciprocal_ = lerp_ = addcmul_ = addcdiv_ = addmm_ = addmv_ = baddbmm_ = exp_ = exp2_ = _written_into_self
    expm1_ = log_ = log2_ = log10_ = log1p_ = logit_ = xlogy_ = sigmoid_ = relu_ = erf_ = erfc_ = sin_ = _written_into_self
    cos_ = tan_ = asin_ = acos_ = atan_ = atan2_ = arcsin_ = arccos_ = arctan_ = arctan2_ = hypot_ = _written_into_self
    sinh_ = cosh_ = tanh_ = asinh_ = acosh_ = atanh_ = arcsinh_ = arccosh_ = arctanh_ = sign_ = floor_ = _written_into_self
    ceil_ = round_ = trunc_ = frac_ = fix_ = clamp_ = clip_ = clamp_min_ = clamp_max_ = copysign_ = _written_into_self
    nan_to_num_ = masked_fill_ = eq_ = ne_ = lt_ = le_ = gt_ = ge_ = not_equal_ = less_ = less_equal_ = _written_into_self
    greater_ = greater_equal_ = logical_and_ = logical_or_ = logical_xor_ = logical_not_ = bitwise_and_ = _written_into_self
    bitwise_or_ = bitwise_xor_ = bitwise_not_ = bitwise_left_shift_ = bitwise_right_shift_ = cumsum_ = _written_into_self
    cumprod_ = tril_ = triu_ = scatter_ = scatter_add_ = index_add_ = index_fill_ = _written_into_self

    # --- which take self in another place, or more than one kind of argument ---

    def where(self, condition: Any, other: Any) -> Tensor:
        """self where `condition` holds, else `other`."""
        return ops.where(condition, self, other)

    @property
    def T(self) -> Tensor:
        """The axes in reverse order: the transpose of a matrix."""
        return ops.permute(self, range(self._data.ndim)[::-1])

    @property
    def mT(self) -> Tensor:
        """The last two axes exchanged: the transpose of each matrix of a batch."""
        if self._data.ndim < 2:
            raise ShapeError(
                f"mT: expects matrices [..., n, m], got shape {self._data.shape}; for a vector there is nothing to do"
            )
        return ops.transpose(self, -1, -2)

    H = T
    unflatten = ops.unflatten

    def view_as(self, other: Tensor) -> Tensor:
        """self in the shape of `other`."""
        return ops.reshape(self, other.shape)

    reshape_as = view_as

    def expand_as(self, other: Tensor) -> Tensor:
        """self stretched to the shape of `other`."""
        return ops.expand(self, other.shape)

    def unfold(self, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Tensor:
        """Windows of `size` every `step` along an axis, as a new last axis."""
        axis = normalize_axis("unfold", dimension, self._data.ndim)
        row = self if self._data.ndim else ops.reshape(self, 1)
        if step < 1 or not 0 <= size <= row._data.shape[axis]:
            raise DomainError(f"unfold(): size {size} must be in [0, {row._data.shape[axis]}], and step {step} at least 1")
        moved = ops.movedim(row, axis, -1)
        patches = ops.window.windows(moved, kernel=(size,), stride=(step,), dilation=(1,))  # [..., size, windows]
        patches = ops.movedim(patches, -1, axis)
        return patches if self._data.ndim else ops.reshape(patches, -1)

    def contiguous(self) -> Any:
        """self if is_contiguous(), else a copy that is."""
        return ops.shape.contiguous(self)

    def is_contiguous(self) -> builtins.bool:
        """True if the elements lie in memory in row-major order without gaps."""
        return self._data.flags.c_contiguous

    def stride(self, dim: builtins.int | None = None) -> Any:
        """How many elements apart neighbours along each axis lie in memory."""
        steps = tuple(s // self._data.itemsize for s in self._data.strides)
        return steps if dim is None else steps[dim]

    def element_size(self) -> builtins.int:
        """The bytes of one element."""
        return self._data.itemsize

    def is_floating_point(self) -> builtins.bool:
        """True for float16, float32 and float64."""
        return self._data.dtype.kind == "f"

    # --- writing ---

    if TYPE_CHECKING:

        def _check_in_place(self, what: str, *others: Any) -> None: ...
        def _write(self, what: str, value: Any, *inputs: Any) -> Tensor: ...

    def copy_(self, source: Any) -> Tensor:
        """self = source, in place; the dtype stays."""
        self._check_in_place("copy_()", source)
        try:
            self._data[...] = raw(source)
        except ValueError as error:
            raise restate("copy_", (self._data, np.asarray(raw(source))), NO_PARAMS, error) from None
        mark_changed(self)
        return self  # type: ignore[return-value]  # every Node is a Tensor here

    def fill_(self, value: Any) -> Tensor:
        """Every element becomes `value`."""
        return self._write("fill_()", value, value)

    def zero_(self) -> Tensor:
        """Every element becomes 0."""
        return self._write("zero_()", 0)

    def fill_diagonal_(self, fill_value: Any) -> Tensor:
        """The main diagonal becomes `fill_value`."""
        self._check_in_place("fill_diagonal_()", fill_value)
        if self._data.ndim < 2:
            raise ShapeError(f"fill_diagonal_(): expects at least two axes, got shape {self._data.shape}")
        if self._data.ndim > 2 and len(set(self._data.shape)) > 1:
            raise ShapeError(f"fill_diagonal_(): more than two axes must be equally long, got shape {self._data.shape}")
        np.fill_diagonal(self._data, raw(fill_value))
        mark_changed(self)
        return self  # type: ignore[return-value]  # every Node is a Tensor here

    def index_put_(self, indices: Any, values: Any, accumulate: builtins.bool = False) -> Tensor:
        """self[indices] = values, or += with repeated indices adding up."""
        self._check_in_place("index_put_()", values)
        key = ops.indexing.plain_key(tuple(indices))
        if accumulate:
            np.add.at(self._data, key, raw(values))
        else:
            self._data[key] = raw(values)
        mark_changed(self)
        return self  # type: ignore[return-value]  # every Node is a Tensor here

    def detach_(self) -> Any:
        """self, if it is a leaf, without requires_grad. A result cannot be cut: write `y = y.detach()`."""
        if self._op is not None:
            raise RuntimeError(
                "detach_(): what was computed from this tensor would lose its gradient; write y = y.detach() instead"
            )
        self._requires_grad = False
        return self

    def _reshaped(self, what: str, view: Any) -> Any:
        self._check_in_place(what)
        self._data = view._data
        mark_changed(self)
        return self

    def unsqueeze_(self, dim: builtins.int) -> Tensor:
        """unsqueeze, in place."""
        return self._reshaped("unsqueeze_()", ops.unsqueeze(self, dim))

    def squeeze_(self, dim: Any = None) -> Tensor:
        """squeeze, in place."""
        return self._reshaped("squeeze_()", ops.squeeze(self, dim))

    def t_(self) -> Tensor:
        """t, in place."""
        return self._reshaped("t_()", ops.t(self))

    def transpose_(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """transpose, in place."""
        return self._reshaped("transpose_()", ops.transpose(self, dim0, dim1))

    swapaxes_ = swapdims_ = transpose_

    # --- new tensors of the same dtype ---

    def new_tensor(self, data: Any, dtype: Any = None, requires_grad: builtins.bool = False) -> Tensor:
        """tensor(data) in the dtype of self."""
        return ops.tensor(data, dtype or self._data.dtype, requires_grad)

    def new_zeros(self, *shape: Any, size: Any = None, dtype: Any = None, requires_grad: builtins.bool = False) -> Tensor:
        """zeros(size) in the dtype of self."""
        return ops.zeros(*shape, size=size, dtype=dtype or self._data.dtype, requires_grad=requires_grad)

    def new_ones(self, *shape: Any, size: Any = None, dtype: Any = None, requires_grad: builtins.bool = False) -> Tensor:
        """ones(size) in the dtype of self."""
        return ops.ones(*shape, size=size, dtype=dtype or self._data.dtype, requires_grad=requires_grad)

    def new_empty(self, *shape: Any, size: Any = None, dtype: Any = None, requires_grad: builtins.bool = False) -> Tensor:
        """empty(size) in the dtype of self."""
        return ops.empty(*shape, size=size, dtype=dtype or self._data.dtype, requires_grad=requires_grad)

    def new_full(self, size: Any, fill_value: Any, dtype: Any = None, requires_grad: builtins.bool = False) -> Tensor:
        """full(size, fill_value) in the dtype of self."""
        return ops.full(size, fill_value, dtype=dtype or self._data.dtype, requires_grad=requires_grad)

    # --- devices and dtypes (last: from here on `float`, `int` and `bool` are methods) ---

    astype = ops.cast

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """self in another dtype; a device may be named if it is the CPU."""
        out: Any = self
        for value in (*args, *kwargs.values()):
            if is_tensor(value):
                out = out.astype(value.dtype)
            elif isinstance(value, (builtins.bool, builtins.type(None))):
                continue  # non_blocking=, copy=
            elif isinstance(value, str) and value in ops.dtypes.ABSENT:
                raise DtypeError(f"to(): there is no {value}: {ops.dtypes.ABSENT[value]}")
            elif isinstance(value, str) and value not in ops.creation.DTYPE_NAMES:
                ops.creation.check_device(value)
            else:
                out = out.astype(value)
        return out

    def type(self, dtype: Any = None) -> Any:
        """self in another dtype, as `to`; without one the dtype's name."""
        return str(self._data.dtype) if dtype is None else self.to(dtype)

    def type_as(self, other: Tensor) -> Tensor:
        """self in the dtype of `other`."""
        return ops.cast(self, other.dtype)

    def cpu(self) -> Any:
        """self: everything is on the CPU."""
        return self

    def cuda(self, *args: Any) -> Tensor:
        """Raises: everything runs on the CPU."""
        raise RuntimeError("cuda(): tinygrad_edu runs on the CPU only; leave the call out")

    is_cuda = False

    def half(self) -> Tensor:
        """self as float16."""
        return ops.cast(self, np.float16)

    def float(self) -> Tensor:
        """self as float32."""
        return ops.cast(self, np.float32)

    def double(self) -> Tensor:
        """self as float64."""
        return ops.cast(self, np.float64)

    def long(self) -> Tensor:
        """self as int64: no gradient."""
        return ops.cast(self, np.int64)

    def int(self) -> Tensor:
        """self as int32: no gradient."""
        return ops.cast(self, np.int32)

    def bool(self) -> Tensor:
        """self as booleans: no gradient."""
        return ops.cast(self, np.bool_)

    def short(self) -> Tensor:
        """self as int16: no gradient."""
        return ops.cast(self, np.int16)

    def char(self) -> Tensor:
        """self as int8: no gradient."""
        return ops.cast(self, np.int8)

    def byte(self) -> Tensor:
        """self as uint8: no gradient."""
        return ops.cast(self, np.uint8)
