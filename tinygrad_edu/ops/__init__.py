"""The mathematics: every op, by subject. Each runs on Tensors (recorded) and on plain arrays (arrays out).

A module says in `__all__` what it offers; all of it is a function here and in `tinygrad_edu` itself.
"""

from . import (
    activation,
    arithmetic,
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
from .arithmetic import *
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
from .threads import *
from .tiling import *
from .window import *

# Other spellings. `equal` is PyTorch's, one truth value for both tensors; NumPy's compares elements.
equal = comparison.same
abs, neg, fix, clip = elementwise.absolute, elementwise.negative, elementwise.trunc, elementwise.clamp
acos, asin, atan, atan2 = elementwise.arccos, elementwise.arcsin, elementwise.arctan, elementwise.arctan2
acosh, asinh, atanh = elementwise.arccosh, elementwise.arcsinh, elementwise.arctanh
concat, concatenate, swapdims, moveaxis = shape.cat, shape.cat, shape.transpose, shape.movedim
ger, svd, inverse = products.outer, linalg.torch_svd, linalg.inv

__all__ = [name for name, value in globals().items() if name[0] != "_" and type(value) is not type(linalg)] + ["linalg"]

# What a Tensor inherits (in _tensor/op_methods.py): each module lists which of its functions are METHODS, and which of these
# have a twin `name_` that writes IN_PLACE. Another spelling of a method is a method, too.
_MODULES = (
    activation, arithmetic, comparison, creation, cumulative, dtypes, elementwise, indexing, linalg, products, random,
    reduction, shape, sorting, special, tiling,
)  # fmt: skip
METHODS = {name: getattr(module, name) for module in _MODULES for name in module.METHODS}
IN_PLACE = [name for module in _MODULES for name in getattr(module, "IN_PLACE", ())]
for _name in ("abs", "neg", "fix", "clip", "acos", "asin", "atan", "atan2", "acosh", "asinh", "atanh"):
    METHODS[_name] = globals()[_name]
    IN_PLACE.append(_name)
METHODS.update(equal=equal, swapdims=swapdims, moveaxis=moveaxis, svd=svd, inverse=inverse)
