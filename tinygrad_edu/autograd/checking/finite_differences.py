"""Gradients of any order compared with finite differences: an independent check of rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..functional import grad
from ..node import Node, from_array


class GradcheckError(AssertionError):
    """Raised if a gradient differs from finite differences."""


def gradcheck(
    function: Callable[..., Any],
    inputs: Any,
    *,
    order: int = 1,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Compare the gradients of `function` with central differences, for every derivative up to `order`.

    ∂f/∂xᵢ ≈ (f(xᵢ + eps) − f(xᵢ − eps)) / (2 eps)

    `inputs` are Tensors; those that require grad are checked and must be float64 (float32 has too few digits). The output,
    a Tensor or a tuple of Tensors, is contracted with fixed random weights, so that every element counts. For order n, the
    function that is checked is the (n−1)-th derivative, computed with create_graph. Raises GradcheckError if a
    gradient differs from finite differences, or returns False with raise_exception=False.

    >>> import numpy as np, tinygrad_edu as tg
    >>> x = tg.tensor(np.linspace(-2, 2, 5), requires_grad=True)
    >>> gradcheck(tg.tanh, x, order=3)
    True
    """
    if order < 1:
        raise ValueError(f"gradcheck: order must be at least 1, got {order}")
    tensors = [inputs] if isinstance(inputs, Node) else list(inputs)
    checked = [i for i, x in enumerate(tensors) if isinstance(x, Node) and x._requires_grad]
    if not checked:
        raise ValueError("gradcheck: no input requires grad; pass tensors created with requires_grad=True")
    for i in checked:
        if tensors[i]._data.dtype != np.float64:
            raise ValueError(f"gradcheck: input {i} must be float64, got {tensors[i]._data.dtype}; use .double()")
    rng = np.random.default_rng(0)

    def scalar(*arguments: Any) -> Any:
        """function(...) contracted with weights that are the same in every call."""
        outputs = function(*arguments)
        total: Any = None
        weights = np.random.default_rng(1)
        for y in outputs if isinstance(outputs, (tuple, list)) else (outputs,):
            w = weights.uniform(0.5, 1.5, y.shape)
            if isinstance(y, Node) and y._data.dtype.kind == "f":
                part = (y * w).sum()
                total = part if total is None else total + part
        return total

    current: Callable[..., Any] = scalar
    for n in range(1, order + 1):
        try:
            _compare(current, tensors, checked, n, eps, atol, rtol)
        except GradcheckError:
            if raise_exception:
                raise
            return False
        if n < order:
            current = _derivative(current, checked, rng)
    return True


def gradgradcheck(function: Callable[..., Any], inputs: Any, **tolerances: Any) -> bool:
    """gradcheck including the second derivative: `gradcheck(function, inputs, order=2)`."""
    return gradcheck(function, inputs, order=2, **tolerances)


def _derivative(f: Callable[..., Any], checked: list[int], rng: np.random.Generator) -> Callable[..., Any]:
    """A scalar function: the gradient of f, contracted with weights drawn once."""
    seeds: list[np.ndarray] = []

    def g(*arguments: Any) -> Any:
        wanted = [arguments[i] for i in checked]
        value = f(*arguments)
        if value._requires_grad:
            grads = grad(value, wanted, create_graph=True, allow_unused=True)
        else:
            grads = (None,) * len(wanted)
        if not seeds:
            seeds.extend(rng.uniform(0.5, 1.5, x.shape) for x in wanted)
        total: Any = from_array(np.zeros(()))
        for part, w in zip(grads, seeds, strict=True):
            if part is not None:
                total = total + (part * w).sum()
        return total

    return g


def _compare(
    f: Callable[..., Any], tensors: list[Any], checked: list[int], n: int, eps: float, atol: float, rtol: float
) -> None:
    leaves = [
        from_array(x._data.copy(), requires_grad=i in checked) if isinstance(x, Node) else x for i, x in enumerate(tensors)
    ]
    value = f(*leaves)
    wanted = [leaves[i] for i in checked]
    if value._requires_grad:
        analytic = grad(value, wanted, allow_unused=True)
    else:
        analytic = (None,) * len(wanted)
    for i, g in zip(checked, analytic, strict=True):
        numeric = np.zeros(leaves[i]._data.shape)
        flat = leaves[i]._data.reshape(-1)  # a view: the leaf's own values are changed and restored
        for k in range(flat.size):
            at = flat[k]
            flat[k] = at + eps
            up = float(f(*leaves)._data)
            flat[k] = at - eps
            down = float(f(*leaves)._data)
            flat[k] = at
            numeric.reshape(-1)[k] = (up - down) / (2 * eps)
        got = np.zeros_like(numeric) if g is None else g._data
        bad = ~np.isclose(got, numeric, atol=atol, rtol=rtol)
        if bad.any():
            where = tuple(int(j) for j in np.argwhere(bad)[0])
            raise GradcheckError(
                f"gradcheck: derivative {n} with respect to input {i} differs at {where}: "
                f"autograd gives {got[where]:.8g}, finite differences {numeric[where]:.8g} "
                f"(mismatched elements: {int(bad.sum())} of {bad.size})"
            )
