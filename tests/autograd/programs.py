"""Small programs, as data, that write, freeze, view, detach and differentiate in any order; they run here and in PyTorch.

A program is a list of steps [action, arguments…]; tensors are numbered in the order in which they were made. `World(lib)` runs
the steps with one library and reports the result: the numbers, what requires grad, every `.grad`, what hooks received.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Step = list[Any]

UNARY = ["exp", "sin", "tanh", "relu", "neg", "square", "sigmoid", "clone"]
BINARY = ["add", "mul", "sub"]
VIEWS: list[Callable[[Any], Any]] = [
    lambda x: x[0],
    lambda x: x[0:2],
    lambda x: x.t() if x.ndim == 2 else x[...],
    lambda x: x.reshape(-1),
    lambda x: x[..., None],
    lambda x: x[:, 1],
    lambda x: x.unsqueeze(0),
    lambda x: x.diagonal(),
    lambda x: x[-1],
]
PLAIN = ["exp_", "sin_", "relu_", "zero_", "tanh_", "square_", "sigmoid_", "t_"]
WITH_NUMBER: dict[str, Callable[[Any, Any, float], Any]] = {
    "div_": lambda lib, x, c: x.div_(c),
    "fill_": lambda lib, x, c: x.fill_(c),
    "clamp_": lambda lib, x, c: x.clamp_(0.3, c),
    "masked_fill_": lambda lib, x, c: x.masked_fill_(x.detach() > 0.8, c),
    "scatter_": lambda lib, x, c: x.scatter_(0, lib.tensor([[0, 1, 1]] if x.ndim == 2 else [0, 1]), c),
}
WITH_TENSOR: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add_": lambda lib, x, y: x.add_(y),
    "sub_": lambda lib, x, y: x.sub_(y),
    "mul_": lambda lib, x, y: x.mul_(y),
    "copy_": lambda lib, x, y: x.copy_(y),
    "lerp_": lambda lib, x, y: x.lerp_(y, 0.3),
    "addcmul_": lambda lib, x, y: x.addcmul_(y, y, value=0.7),
    "index_add_": lambda lib, x, y: x.index_add_(0, lib.tensor([1, 0]), y),
    "+=": lambda lib, x, y: x.__iadd__(y),
    "-=": lambda lib, x, y: x.__isub__(y),
    "*=": lambda lib, x, y: x.__imul__(y),
    "/=": lambda lib, x, y: x.__itruediv__(1 + y * y),
}
KEYS: list[Callable[[Any, Any], Any]] = [
    lambda lib, x: 0,
    lambda lib, x: slice(0, 2),
    lambda lib, x: lib.tensor([0, 1]),
    lambda lib, x: (slice(None), 1),
    lambda lib, x: (..., 0),
    lambda lib, x: x.detach() > 0.8,
]
SHAPES = [(3,), (2, 3), (3, 3), ()]


class World:
    """The tensors that a program has made so far with `lib` (tinygrad_edu or torch), and what its hooks received."""

    def __init__(self, lib: Any) -> None:
        self.lib = lib
        self.tensors: list[Any] = []
        self.given: list[list[float]] = []
        self.given_to: dict[int, list[list[float]]] = {}  # the same, for each tensor separately

    def do(self, action: str, *arguments: Any) -> None:
        made = getattr(self, f"_{action}")(*arguments)
        if made is not None:
            self.tensors.append(made)

    def state(self) -> dict[str, Any]:
        """Everything that can be observed from outside, in a form that JSON can hold."""
        tensors = [
            {
                "data": t.detach().numpy().tolist(),
                "requires_grad": t.requires_grad,
                "is_leaf": t.is_leaf,
                "grad": None if t.grad is None else t.grad.detach().numpy().tolist(),
            }
            for t in self.tensors
        ]
        return {"tensors": tensors, "given": [list(g) for g in self.given]}

    def _leaf(self, values: Any, requires_grad: bool) -> Any:
        return self.lib.tensor(np.array(values), dtype=self.lib.float64, requires_grad=requires_grad)

    def _unary(self, i: int, name: str) -> Any:
        return getattr(self.tensors[i], name)()

    def _binary(self, i: int, name: str, j: int) -> Any:
        return getattr(self.tensors[i], name)(self.tensors[j])

    def _view(self, i: int, k: int) -> Any:
        return VIEWS[k](self.tensors[i])

    def _plain_in_place(self, i: int, name: str, through: int | None) -> None:
        getattr(self._part(i, through), name)()

    def _number_in_place(self, i: int, name: str, c: float, through: int | None) -> None:
        WITH_NUMBER[name](self.lib, self._part(i, through), c)

    def _tensor_in_place(self, i: int, name: str, j: int, through: int | None) -> None:
        WITH_TENSOR[name](self.lib, self._part(i, through), self.tensors[j])

    def _part(self, i: int, through: int | None) -> Any:
        return self.tensors[i] if through is None else VIEWS[through](self.tensors[i])

    def _set(self, i: int, k: int, j: int) -> None:
        self.tensors[i][KEYS[k](self.lib, self.tensors[i])] = self.tensors[j]

    def _set_number(self, i: int, k: int, c: float) -> None:
        self.tensors[i][KEYS[k](self.lib, self.tensors[i])] = c

    def _flip(self, i: int) -> None:
        self.tensors[i].requires_grad_(not self.tensors[i].requires_grad)

    def _detach(self, i: int) -> Any:
        return self.tensors[i].detach()

    def _detach_in_place(self, i: int) -> None:
        self.tensors[i].detach_()

    def _scale_without_grad(self, i: int) -> None:
        with self.lib.no_grad():
            self.tensors[i].mul_(1.25)

    def _hook(self, i: int, scale: bool) -> None:
        def hook(g: Any) -> Any:
            self.given.append(g.detach().numpy().ravel().tolist())
            self.given_to.setdefault(i, []).append(self.given[-1])
            return g * 2 if scale else None

        self.tensors[i].register_hook(hook)

    def _retain(self, i: int) -> None:
        self.tensors[i].retain_grad()

    def _backward(self, i: int, create_graph: bool) -> None:
        self.tensors[i].sum().backward(retain_graph=True, create_graph=create_graph)

    def _grad(self, i: int, j: int, create_graph: bool) -> Any:
        loss = (self.tensors[i] * self.tensors[i]).sum()
        return self.lib.autograd.grad(loss, (self.tensors[j],), retain_graph=True, create_graph=create_graph)[0]


def difference(ours: Any, theirs: Any, where: str = "") -> str:
    """Where two states differ, or ""."""
    if isinstance(theirs, dict):
        if set(ours) != set(theirs):
            return f"{where}: {set(ours) ^ set(theirs)} in one only"
        return next(filter(None, (difference(ours[k], theirs[k], f"{where}.{k}") for k in theirs)), "")
    of_many = where.endswith(".tensors") or ".given" in where
    if of_many and isinstance(theirs, list) and theirs and isinstance(theirs[0], dict | list):
        if len(ours) != len(theirs):
            return f"{where}: {len(ours)} and {len(theirs)}"
        return next(filter(None, (difference(a, b, f"{where}[{i}]") for i, (a, b) in enumerate(zip(ours, theirs)))), "")  # noqa: B905
    if theirs is None or ours is None or isinstance(theirs, bool):
        return "" if ours == theirs else f"{where}: {ours} and {theirs}"
    a, b = np.array(ours, float), np.array(theirs, float)
    same = a.shape == b.shape and np.allclose(a, b, rtol=1e-7, atol=1e-9, equal_nan=True)
    return "" if same else f"{where}: {ours} and {theirs}"
