"""PyTorch's address for models as functions: `from tinygrad_edu.func import functional_call`."""

from .nn.utils import functional_call

__all__ = ["functional_call"]
