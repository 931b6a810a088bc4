"""Function transforms, as in PyTorch: grad, jacrev, hessian, vjp, jvp; and models as functions of their weights.

The arguments of a function are Tensors, or dicts, lists and tuples of them, such as the parameters of a model; derivatives have
their structure. Transforms can be nested: `grad(grad(f))`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._shortcuts import load as load_shortcut
from ..nn.utils import functional_call
from .transforms import grad, grad_and_value, hessian, jacfwd, jacrev, jvp, stack_module_state, vjp

__all__ = ["functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "stack_module_state", "vjp"]

if not TYPE_CHECKING:  # type checkers would assume that a module with __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        return load_shortcut("other_names").attribute(__name__, name)
