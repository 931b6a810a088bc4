"""Tensor: an array that remembers how it was computed."""

from .handle import Handle
from .printing import set_printoptions
from .tensor import Tensor

__all__ = ["Tensor", "Handle", "set_printoptions"]
