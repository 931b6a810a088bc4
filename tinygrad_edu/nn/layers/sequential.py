"""A chain of modules, and the multilayer perceptron."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..._tensor import Tensor
from ..module import Module
from . import activation
from .container import Indexed
from .identity import Identity
from .linear import Linear

__all__ = ["MLP", "Sequential"]


class Sequential(Indexed):
    """A chain of modules: the output of each is the input of the next.

    Takes the modules as arguments, or a single dict {name: module}. Slices are Sequentials that share the modules.

    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Sequential(tg.nn.Linear(2, 3), tg.nn.ReLU(), tg.nn.Linear(3, 1))
    >>> model(tg.ones(5, 2)).shape
    (5, 1)
    >>> model[:2]
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], Mapping):
            for name, module in args[0].items():
                self.add_module(name, module)
        elif len(args) == 1 and isinstance(args[0], (list, tuple)):
            raise TypeError(
                f"{type(args[0]).__name__} is not a Module subclass; the layers are separate arguments: nn.Sequential(*layers)"
            )
        else:
            for i, module in enumerate(args):
                self.add_module(str(i), module)

    def forward(self, input: Any) -> Tensor:
        for module in self.__dict__.values():
            if isinstance(module, Module):
                input = module(input)
        return input

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Sequential(dict(list(self._own(Module))[index]))
        return self.__dict__[self._name(index)]

    def __add__(self, other: Sequential) -> Sequential:
        if not isinstance(other, Sequential):
            raise ValueError(f"Sequential + {type(other).__name__}: only another Sequential can be added")
        return Sequential(*self, *other)


ACTIVATIONS: dict[str, Callable[[], Module]] = {
    "relu": activation.ReLU,
    "tanh": activation.Tanh,
    "sigmoid": activation.Sigmoid,
    "leaky_relu": activation.LeakyReLU,
    "elu": activation.ELU,
    "selu": activation.SELU,
    "gelu": activation.GELU,
    "silu": activation.SiLU,
    "mish": activation.Mish,
    "softplus": activation.Softplus,
    "identity": Identity,
}
"""Names accepted by MLP(activation=...)."""


class MLP(Sequential):
    """A multilayer perceptron in one line: Linear layers of the given sizes with an activation between them.

    MLP([2, 16, 16, 1]) is Sequential(Linear(2, 16), ReLU(), Linear(16, 16), ReLU(), Linear(16, 1)): no activation follows the
    last layer, so that it outputs logits or plain numbers.

    sizes       number of inputs, sizes of the hidden layers, number of outputs: at least two positive integers
    activation  a Module class, a function that returns a Module, or a name: "relu", "tanh", "sigmoid", …

    >>> import tinygrad_edu as tg
    >>> tg.nn.MLP([2, 16, 1], activation="tanh")
    MLP(
      (0): Linear(in_features=2, out_features=16, bias=True)
      (1): Tanh()
      (2): Linear(in_features=16, out_features=1, bias=True)
    )
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Callable[[], Module] = activation.ReLU,
        *,
        bias: bool = True,
        dtype: Any = None,
    ) -> None:
        if isinstance(sizes, int) or len(sizes) < 2:
            raise ValueError(f"MLP: sizes must be at least [inputs, outputs], got {sizes}")
        if isinstance(activation, str) and activation.lower() not in ACTIVATIONS:
            raise ValueError(f"MLP: activation must be one of {', '.join(ACTIVATIONS)} or a Module class, got {activation!r}")
        make = ACTIVATIONS[activation.lower()] if isinstance(activation, str) else activation
        if not callable(make) or isinstance(make, Module):
            raise TypeError(f"MLP: activation must be a class such as nn.ReLU (without parentheses) or a name, got {make!r}")
        layers: list[Module] = []
        for n_in, n_out in itertools.pairwise(sizes):
            layers += [Linear(n_in, n_out, bias, dtype=dtype), make()]
        super().__init__(*layers[:-1])
