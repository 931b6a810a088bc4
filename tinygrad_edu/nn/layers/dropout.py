"""Dropout: noise in training that makes units independent of each other."""

from __future__ import annotations

from ...tensor import Tensor
from ..functional import check_probability, dropout
from ..module import Module

__all__ = ["Dropout"]


class Dropout(Module):
    """In training each element becomes 0 with probability p and is divided by 1 − p otherwise; after eval() y = x.

    Source: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> layer = tg.nn.Dropout(0.5)
    >>> layer(tg.ones(4))
    tensor([0., 0., 2., 0.])
    >>> layer.eval()(tg.ones(4))
    tensor([1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability(p)
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return dropout(input, self.p, self.training)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"
