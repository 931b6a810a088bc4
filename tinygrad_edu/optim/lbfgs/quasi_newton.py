"""LBFGS: the only rule that uses the loss as well as the gradient, and evaluates both several times per step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._interrupts import uninterrupted
from ...autograd.grad_mode import enable_grad
from ...autograd.mutation_clock import mark_changed
from ..bucket import Array
from ..loaded_state import checked_form, entry_of, who
from ..optimizer import LearningRate, Optimizer
from ..option_values import check_option
from ..param_groups import Params
from .curvature import Curvature
from .line_search import Point, strong_wolfe


class LBFGS(Optimizer):
    """Newton's method with the inverse Hessian H estimated from recent steps: for smooth losses of full batches.

    s = wₖ₊₁ − wₖ,   y = gₖ₊₁ − gₖ,   ρ = 1/(y·s)             kept for the last history_size iterations
    H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ                  from H = (s·y)/(y·y) · I, never formed: see two_loops
    d = −H g          w ← w + t · d

    t is lr (in the first iteration min(1, 1/Σ|g|) · lr), or found by a line search for the strong Wolfe conditions:
    f(w + t d) <= f(w) + 1e-4 · t · g·d   and   |g(w + t d)·d| <= 0.9 · |g·d|          line_search_fn="strong_wolfe"

    step(closure) performs at most max_iter iterations and max_eval + 1 calls of the closure, which zeroes the gradients,
    computes the loss, calls backward() and returns the loss; max_eval is 1.25 · max_iter by default. It stops if no
    element of |g| exceeds tolerance_grad, or if the loss or every weight changes by less than tolerance_change. There can be
    only one parameter group.
    Noise from mini-batches or dropout would be mistaken for curvature.
    Sources: Nocedal & Wright, Numerical optimization, 2006, algorithms 3.5, 3.6, 7.4; PyTorch's stopping rules.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([-1.0, 2.0], requires_grad=True)
    >>> opt = tg.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     opt.zero_grad()
    ...     loss = ((w - 3) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> opt.step(closure).item()
    17.0
    >>> np.allclose(w, 3)
    True
    """

    def __init__(
        self,
        params: Params,
        lr: LearningRate = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_line_search(line_search_fn)
        check_option("LBFGS", "max_iter", max_iter)  # before it is used in arithmetic
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._past = Curvature()

    def _step(self, closure: Callable[[], Any] | None) -> Any:
        if closure is None:
            raise TypeError(
                "LBFGS.step() needs a closure: a function that zeroes the gradients, computes the loss, calls backward() and "
                "returns the loss"
            )
        with uninterrupted() as signals:
            weights, past = self._values(), self._past.copy()
            try:
                return self._iterate(closure, signals)
            except BaseException:  # from the closure, or a signal between two of its calls
                self._write(weights)
                self._past = past
                raise

    def _iterate(self, closure: Callable[[], Any], signals: uninterrupted) -> Any:
        group, past = self.param_groups[0], self._past
        lr = self._rate(group)

        def evaluate() -> tuple[Any, float, Array]:
            found = self._evaluate(closure)
            signals.deliver()
            return found

        first_loss, loss, g = evaluate()
        calls, iterations = 1, 0
        past.func_evals += 1
        while iterations < group["max_iter"] and np.max(np.abs(g), initial=0) > group["tolerance_grad"]:
            iterations += 1
            past.n_iter += 1
            d = past.direction(g, int(group["history_size"]))
            t = lr * min(1.0, 1.0 / float(np.sum(np.abs(g)))) if past.n_iter == 1 else lr
            slope = float(g.dot(d))
            past.g, past.loss, past.d, past.t = g, loss, d, t
            if slope > -group["tolerance_change"]:
                break
            before = loss
            if group["line_search_fn"]:
                w = self._values()

                def along(t: float, w: list[Array] = w, d: Array = d) -> Point:
                    self._move(t, d)
                    try:
                        _, f, g = evaluate()
                    finally:
                        self._write(w)
                    return Point(t, f, g, float(g.dot(d)))

                size = float(np.max(np.abs(d)))
                end, used = strong_wolfe(
                    along, Point(0.0, loss, g, slope), t, size, group["tolerance_change"], group["max_eval"] - calls
                )
                t, loss, g = end.t, end.f, end.g
                self._move(t, d)
            else:
                self._move(t, d)
                used = 0
                if iterations < group["max_iter"]:  # the next step() evaluates the loss there anyway
                    _, loss, g = evaluate()
                    used = 1
            past.t = t
            calls += used
            past.func_evals += used
            change = group["tolerance_change"]
            if calls >= group["max_eval"] or np.max(np.abs(t * d)) <= change or abs(loss - before) < change:
                break
        self.steps += 1
        return first_loss

    def _params(self) -> list[Any]:
        return [p for p in self.param_groups[0]["params"] if p._requires_grad]

    def _values(self) -> list[Array]:
        return [p._data.copy() for p in self._params()]

    def _write(self, values: list[Array]) -> None:
        for p, value in zip(self._params(), values, strict=True):
            p._data[...] = value
            mark_changed(p)

    def _evaluate(self, closure: Callable[[], Any]) -> tuple[Any, float, Array]:
        """The closure's return value, the same value as a float, and the gradients of all parameters as one array."""
        with enable_grad():
            loss = closure()
        gradients = [
            np.zeros(p._data.size, p._data.dtype) if p._grad is None else p._grad._data.ravel() for p in self._params()
        ]
        return loss, float(loss.item() if hasattr(loss, "item") else loss), np.concatenate(gradients)

    def _move(self, t: float, d: Array) -> None:
        start = 0
        for p in self._params():
            p._data += (t * d[start : start + p._data.size]).reshape(p._data.shape)
            mark_changed(p)
            start += p._data.size

    # --- saving ---

    @property
    def state(self) -> dict[Any, dict[str, Any]]:
        """{first parameter: the state that is kept}, with PyTorch's keys."""
        past = self._past
        return {} if past.g is None else {self.param_groups[0]["params"][0]: past.state()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        groups, state = checked_form(self, state_dict)
        check_line_search(groups[0].get("line_search_fn"))
        entry = entry_of(state, groups[0]["params"][0])
        past = Curvature.loaded(who(self), entry or {}, sum(p._data.size for p in self._params()))
        with uninterrupted():
            super().load_state_dict(state_dict)
            self._past = past


def check_line_search(name: Any) -> None:
    """Raise ValueError for an unsupported line search."""
    if name is not None and name != "strong_wolfe":
        raise ValueError(f"LBFGS: only 'strong_wolfe' is supported as line_search_fn, got {name!r}")
