"""grad_fn: the op that computed a tensor, as PyTorch shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..autograd.mutation_clock import tick
from ..autograd.past.versions import sources, then

if TYPE_CHECKING:
    from .tensor import Tensor


class GradFn:
    """The op that computed a tensor; it prints as its name in PyTorch, and `next_functions` leads to the ops of its inputs."""

    def __init__(self, tensor: Tensor) -> None:
        self._handle, self._time = tensor, tick()

    @property
    def _tensor(self) -> Tensor:
        return then(self._handle, self._time)[0]  # type: ignore[return-value]  # every Node is a Tensor here

    def name(self) -> str:
        """PyTorch's name for the op; for a function that takes several ops here, the name for the last of them."""
        from .grad_fn_names import torch_name  # only printing needs it

        return torch_name(self._tensor)

    @property
    def next_functions(self) -> tuple[tuple[GradFn, int], ...]:
        """One pair for each input that requires grad: (its grad_fn, 0), or (AccumulateGrad, 0) for a leaf."""
        return tuple((x.grad_fn or AccumulateGrad(x), 0) for x in sources(self._tensor))  # type: ignore[attr-defined, arg-type]  # as above

    def __repr__(self) -> str:
        return f"<{self.name().rpartition(':')[2]}>"


class AccumulateGrad(GradFn):
    """The end of a path: adds the gradient to that of `variable`, a leaf."""

    next_functions = ()

    @property
    def variable(self) -> Tensor:
        """The leaf."""
        return self._tensor

    def name(self) -> str:
        """PyTorch's name."""
        return "torch::autograd::AccumulateGrad"
