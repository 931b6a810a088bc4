"""tinygrad_edu: an autograd framework on NumPy to learn with, teach with, and train small networks with."""

from .tensor import Tensor  # isort: skip  # first: the function `tensor` below takes this module's place as an attribute
from . import autograd, nn, ops, optim
from .autograd import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from .ops import *
from .ops import tensor  # again, by name: type checkers take the module otherwise

__version__ = "0.1.0"
