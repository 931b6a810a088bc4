"""Neural networks: modules, layers, losses. A new layer is a class in its file and a name in that file's `__all__`."""

from . import functional, init, utils
from .layers import activation, container, dropout, linear, shape
from .layers.activation import *
from .layers.container import *
from .layers.dropout import *
from .layers.linear import *
from .layers.shape import *
from .losses import *
from .losses import __all__ as _losses
from .module import Module
from .parameter import Parameter

__all__ = ["Module", "Parameter", "functional", "init", "utils"]
__all__ += linear.__all__
__all__ += container.__all__
__all__ += shape.__all__
__all__ += activation.__all__
__all__ += dropout.__all__
__all__ += _losses
