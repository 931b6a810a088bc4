"""The mathematics: every op, by subject. Each runs on Tensors (recorded) and on plain arrays (arrays out).

A module says in `__all__` what it offers; all of it is a function here and in `tinygrad_edu` itself.
"""

from . import (
    activation,
    comparison,
    creation,
    cumulative,
    dtypes,
    elementwise,
    indexing,
    linalg,
    products,
    random,
    reduction,
    shape,
    sorting,
    special,
    tiling,
)
from .activation import *
from .comparison import *
from .convolution import *
from .creation import *
from .cumulative import *
from .devices import *
from .dtypes import *
from .elementwise import *
from .fused import *
from .indexing import *
from .linalg import *
from .normalization import *
from .pooling import *
from .products import *
from .random import *
from .reduction import *
from .resize import *
from .shape import *
from .sorting import *
from .special import *
from .tiling import *
from .window import *

# PyTorch's signatures and other spellings of functions whose NumPy name is an op
add, sub, mul, div = elementwise.torch_add, elementwise.torch_sub, elementwise.torch_mul, elementwise.torch_div
subtract, multiply, divide, true_divide = sub, mul, div, div
eq, ne, lt, le = comparison.equal, comparison.not_equal, comparison.less, comparison.less_equal
gt, ge, equal = comparison.greater, comparison.greater_equal, comparison.same
not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
abs, neg, pow, fix, clip = (
    elementwise.absolute,
    elementwise.negative,
    elementwise.torch_pow,
    elementwise.trunc,
    elementwise.clamp,
)
acos, asin, atan, atan2 = elementwise.arccos, elementwise.arcsin, elementwise.arctan, elementwise.arctan2
acosh, asinh, atanh, bitwise_not = elementwise.arccosh, elementwise.arcsinh, elementwise.arctanh, comparison.invert
concat, concatenate, swapdims, moveaxis = shape.cat, shape.cat, shape.transpose, shape.movedim
ger = products.outer
svd, inverse = linalg.torch_svd, linalg.inv

__all__ = [name for name, value in globals().items() if name[0] != "_" and type(value) is not type(linalg)] + ["linalg"]

# What a Tensor inherits (in _tensor/op_methods.py): each module lists which of its functions are METHODS, and which of these
# have a twin `name_` that writes IN_PLACE. Most of the spellings above belong to both.
_SPELLINGS_IN_PLACE = [
    "add", "sub", "mul", "div", "subtract", "multiply", "divide", "true_divide", "eq", "ne", "lt", "le", "gt", "ge",
    "not_equal", "less", "less_equal", "greater", "greater_equal", "abs", "neg", "pow", "fix", "clip", "acos", "asin", "atan",
    "atan2", "acosh", "asinh", "atanh", "bitwise_not",
]  # fmt: skip
_SPELLINGS = [*_SPELLINGS_IN_PLACE, "equal", "swapdims", "moveaxis", "svd", "inverse"]
_MODULES = (
    activation, comparison, creation, cumulative, dtypes, elementwise, indexing, linalg, products, random, reduction, shape,
    sorting, special, tiling,
)  # fmt: skip
METHODS = {name: getattr(module, name) for module in _MODULES for name in module.METHODS}
METHODS.update((name, globals()[name]) for name in _SPELLINGS)
IN_PLACE = [name for module in _MODULES for name in getattr(module, "IN_PLACE", ())] + _SPELLINGS_IN_PLACE
