"""The leaves whose gradients a training loop computes, and what the linter knows about each."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..._tensor import Tensor
from ...nn import Module


@dataclass
class Leaf:
    """What the linter knows about one leaf, which may no longer exist when it is reported."""

    ref: weakref.ref[Any]
    name: str
    frozen: bool = False
    in_module: bool = False  # a parameter of a module that was called
    owned: bool = False  # an optimizer that has taken a step contains it
    has_grad: bool = False  # it had a gradient, computed or assigned, in an optimizer's step
    backwards: int = 0  # number of backward passes that reached it
    stepped: int = -1  # the engine's clock at its last step
    used: weakref.ref[Any] | None = None  # the gradient used by the last step
    dirty: weakref.ref[Any] | None = None  # a gradient to which an old one was added
    reached: bool = False  # its last backward pass left a gradient that is not zero, which no step has used


class Leaves:
    """The leaves seen, some of which may no longer exist, with the names that modules give them."""

    def __init__(self) -> None:
        self._known: dict[int, Leaf] = {}
        self._gone: list[Leaf] = []
        self._names: dict[int, str] = {}
        self._modules: set[int] = set()

    def __iter__(self) -> Iterator[Leaf]:
        yield from self._gone
        yield from self._known.values()

    def know(self, tensor: Any) -> Leaf:
        """The record of a tensor, created if it is new."""
        leaf = self._known.get(id(tensor))
        if leaf is None or leaf.ref() is not tensor:
            if leaf is not None and (leaf.owned or leaf.backwards > 1):  # the old tensor is gone, and this one has the same id
                self._gone.append(leaf)
            name = tensor.name or self._names.get(id(tensor), f"a tensor of shape {tensor.shape}")
            leaf = self._known[id(tensor)] = Leaf(weakref.ref(tensor), name)
            leaf.in_module = id(tensor) in self._names
        leaf.frozen = not tensor._requires_grad
        return leaf

    def last_step(self, tensor: Any) -> int:
        """The engine's clock when an optimizer last updated the tensor; −1 if none did."""
        leaf = self._known.get(id(tensor))
        return leaf.stepped if leaf is not None and leaf.ref() is tensor else -1

    def learn_names(self, module: Module) -> None:
        """Name the parameters of a module, and of those inside it, by their paths."""
        if id(module) in self._modules:
            return
        for path, inner in module.named_modules():
            self._modules.add(id(inner))
            for name, p in inner._own(Tensor):
                self._names.setdefault(id(p), f"{path}.{name}" if path else name)
