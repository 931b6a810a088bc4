"""Optimizer: walks over the parameters, so that a rule can be written as its formula on one flat array.

A NumPy call costs about as much as adding a thousand numbers, so updating a hundred small tensors one by one would have a
hundred times the overhead of updating one. Small tensors of a group with the same dtype therefore become views of a flat array,
as do their buffers (`m`, `v`, …), and a step takes only a few calls. A large tensor is updated in blocks that fit the cache, so
that the temporaries of a plainly written formula never travel to main memory. Memory that something else refers to (a view, a
detached tensor, the user's own array) is never replaced: whatever shares a parameter's memory sees each step.
"""

from __future__ import annotations

import inspect
import math
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeAlias

import numpy as np

from .._interrupts import uninterrupted
from .._numpy_warnings import quiet_context
from ..autograd.backprop import fill_gradient_with_zeros
from ..autograd.grad_mode import enable_grad
from ..autograd.mutation_clock import mark_changed
from ..autograd.user_line import warn_user
from .bucket import Array, Run
from .hooks import StepHooks
from .layout import Layout
from .option_names import with_known_keywords
from .option_values import check_rate
from .param_groups import Params, as_groups, is_lazy, new_group
from .state_dict import StateDict
from .whole_step import all_or_nothing, held_step

LearningRate: TypeAlias = "float | Callable[[int], float]"


class Optimizer(StateDict, StepHooks):
    """Base of the update rules: parameter groups, state, and the walk over all parameters.

    A rule lists its `buffers` and implements `update(self, w, g, *buffers, t, lr, …)`, which changes `w` and the buffers
    (all flat, of the same length) in place, but never `g`; `t` counts a parameter's steps from 1. The other keyword arguments
    of `update` are options: constructor arguments that each parameter group may override.

    params: Tensors, (name, Tensor) pairs such as `model.named_parameters()`, or dicts, one per group, such as
    `{"params": [w], "lr": 0.1}`. Each Tensor must be a leaf or retain its gradient; one given twice in a group is updated once,
    with a warning.
    `param_groups` is a list of dicts that may be edited between steps: `opt.param_groups[0]["lr"] *= 0.1`.

    `lr` is a number, or a function of the number of steps already taken. Every rule but LBFGS also takes `maximize` (g ← −g)
    and `weight_decay` (g ← g + weight_decay·w; or, in AdamW and with `decoupled_weight_decay=True` in the others,
    w ← (1 − lr·weight_decay)·w before the step). PyTorch's `foreach`, `fused` and `capturable`, which choose how a step is
    computed, are accepted and have no effect; `differentiable=True` raises an error.

    >>> import tinygrad_edu as tg
    >>> class SignDescent(tg.optim.Optimizer):
    ...     def update(self, w, g, *, t, lr):
    ...         w -= lr * np.sign(g)
    >>> w = tg.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = SignDescent([w], {"lr": 0.5})
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.5000, -1.5000], requires_grad=True)
    """

    _options: ClassVar[tuple[str, ...]] = ()
    _rule_may_raise: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "update" in vars(cls):
            named = inspect.signature(cls.update).parameters.values()
            cls._options = tuple(p.name for p in named if p.kind is p.KEYWORD_ONLY and p.name not in ("t", "lr"))
            cls._rule_may_raise = not cls.__module__.startswith(__package__)
        if "step" in vars(cls):
            cls.step = held_step(cls.step)  # type: ignore[method-assign]  # the same signature
        if "__init__" in vars(cls):
            cls.__init__ = with_known_keywords(cls.__init__)  # type: ignore[method-assign]  # the same signature

    @with_known_keywords
    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.param_groups = []
        self.steps = 0  # number of step() calls so far, the argument of a callable lr
        self._layouts = {}
        self._memory = {}
        self._scratch: dict[np.dtype[Any], Array] = {}
        self._pre_hooks = {}
        self._post_hooks = {}
        self._warned = False
        self._own_state = defaultdict(dict)
        for group in as_groups(type(self).__name__, params):
            self.add_param_group(group)

    def update(self, *arrays: Any, **options: Any) -> None:
        """The rule itself: change w and the buffers in place, as `update(self, w, g, *buffers, t, lr, …)`."""
        raise NotImplementedError(f"{type(self).__name__} must implement update(self, w, g, *buffers, t, lr, …)")

    # --- parameter groups ---

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add `param_group["params"]` to the optimizer; options missing from the dict take their default values."""
        group = new_group(type(self).__name__, self.defaults, param_group, self.param_groups)
        self._check_group(group)
        self.param_groups.append(group)
        if not any(map(is_lazy, group["params"])):  # lazy ones have no memory until their layer is called
            self._layout(len(self.param_groups) - 1)  # now, before the first graph holds on to the parameters' memory

    def _check_group(self, group: dict[str, Any]) -> None:
        """Raise ValueError if options that are valid individually are incompatible."""

    # --- the step ---

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; return what `closure` returned.

        closure: zeroes the gradients, computes the loss, calls backward() and returns the loss; called once, before the
        update. Parameters without a gradient, or with requires_grad=False, are left unchanged, as is their state.
        """
        if not self._pre_hooks and not self._post_hooks:
            return self._step(closure)
        return self._step_with_hooks(self._step, (closure,), {})

    _watcher: ClassVar[Callable[[Optimizer, Any], Any] | None] = None  # takes the place of a step while a program is recorded

    def _step(self, closure: Callable[[], Any] | None) -> Any:
        if Optimizer._watcher is not None:
            return Optimizer._watcher(self, closure)
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self._update_all()
        return loss

    def _update_all(self) -> None:
        # Every gradient is checked before the first parameter is changed: a step is all or nothing.
        work, room = [], 0
        for i, group in enumerate(self.param_groups):
            lr, options = self._rate(group), {key: group[key] for key in self._options}
            for bucket in self._layout(i).buckets:
                work += [(run, group, lr, options) for run in bucket.runs(self)]
                room = max(room, bucket.room)
        np.empty(room, np.uint8)  # freed immediately: a MemoryError for temporaries is raised here, before any change
        with uninterrupted():
            walk = partial(all_or_nothing, self._walk) if self._rule_may_raise else self._walk
            bad = quiet_context().run(walk, work)  # bad numbers are reported by _warn_nonfinite, once
            self.steps += 1
        if bad:
            self._warn_nonfinite(bad)

    def _walk(self, work: list[Any]) -> list[Run]:
        """Advance every run; return those with non-finite gradients."""
        return [run for run, group, lr, options in work if not self._advance(run, group, lr, options)]

    def _rate(self, group: dict[str, Any]) -> float:
        """The group's learning rate for this step, as a Python float (a NumPy one would promote float32 arrays)."""
        given = group["lr"](self.steps) if callable(group["lr"]) else group["lr"]
        if type(given) is float and 0 <= given < math.inf:
            lr = given
        else:  # an int, a Tensor, slightly below 0 by rounding, or invalid
            lr = check_rate(f"{type(self).__name__}, step {self.steps + 1}", given)
        if group.get("decay"):
            lr /= 1 + group["decay"] * self.steps
        return lr

    def _advance(self, run: Run, group: dict[str, Any], lr: float, options: dict[str, Any]) -> bool:
        """Take one step of the rule for a run of parameters; return whether all gradients were finite."""
        bucket, slots, grads = run
        t = slots[0].t + 1
        start, stop = slots[0].start, slots[-1].stop
        w, state = bucket.w, bucket.state
        if w is None:  # their memory is shared or not contiguous: copy the values in, and out again below
            w = np.concatenate([slot.param._data for slot in slots], axis=None)
        elif stop - start < bucket.size:
            w = w[start:stop]
        if stop - start < bucket.size:
            state = [b if b is None else b[start:stop] for b in state]
        params = bucket.params if slots is bucket.slots else [slot.param for slot in slots]
        mark_changed(*params)  # first, so that it is recorded even if the update raises
        g = bucket.pack(slots, grads)
        finite = True
        if w.size > bucket.block:
            size = -(-w.size // -(-w.size // bucket.block))  # blocks of about equal size
            for i in range(0, w.size, size):
                s = slice(i, i + size)
                finite = finite and all_finite(g[s])  # here, so that the block is read from memory only once
                self._update_block(w[s], g[s], [b if b is None else b[s] for b in state], t, lr, group, options)
        else:
            finite = all_finite(g)
            self._update_block(w, g, state, t, lr, group, options)
        for slot in slots:
            slot.t = t
        if bucket.w is None:
            for slot in slots:
                array = slot.param._data
                array[...] = w[slot.start - start : slot.stop - start].reshape(array.shape)
        return finite

    def _update_block(
        self, w: Array, g: Array, state: list[Array | None], t: int, lr: float, group: dict[str, Any], options: dict[str, Any]
    ) -> None:
        if group.get("maximize"):
            g = -g
        if group.get("weight_decay"):
            if group.get("decoupled_weight_decay"):
                w *= 1 - lr * group["weight_decay"]
            else:
                g = g + group["weight_decay"] * w
        self.update(w, g, *state, t=t, lr=lr, **options)

    def _layout(self, i: int) -> Layout:
        """The layout of group i, rebuilt if parameters were added, removed or given new arrays, or other buffers enabled."""
        group, layout = self.param_groups[i], self._layouts.get(i)
        on = tuple([b for b in self.buffers if b.when is None or group[b.when]])
        if layout is None or layout.on != on or not layout.fits(group["params"]):
            self._layouts.pop(i, None)  # so that only the parameters hold on to its memory
            del layout
            self._layouts[i] = layout = Layout(self, group, on)
        return layout

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters (or, with set_to_none=False, fill them with zeros)."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p._grad = None
                else:
                    fill_gradient_with_zeros(p)

    @property
    def _keeps_own_state(self) -> bool:
        return type(self).step is not Optimizer.step and type(self).update is Optimizer.update

    # --- messages ---

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            shown = {k: v for k, v in sorted(group.items()) if k not in ("params", "param_names")}
            lines += [f"Parameter Group {i}", *(f"    {key}: {value}" for key, value in shown.items())]
        return "\n".join([*lines, ")"])

    def _warn_nonfinite(self, runs: list[Run]) -> None:
        """Warn once, naming the gradients that contain nan or inf."""
        if self._warned:
            return
        self._warned = True
        named = [pair for run in runs for pair in zip(run.slots, run.grads, strict=True)]
        bad = [slot.name for slot, g in named if not np.isfinite(g).all()]
        warn_user(
            f"{type(self).__name__}: step {self.steps}: nan or inf in the gradient of {', '.join(bad)}, which the update "
            "usually passes on to the parameter; a common cause is a learning rate that is too large (reported once)",
            RuntimeWarning,
        )


def all_finite(g: Array) -> bool:
    """Whether no element of g [n] is nan or inf.

    >>> all_finite(np.array([1.0, np.nan])), all_finite(np.array([1.0, 2.0]))
    (False, True)
    """
    # The sum of squares takes less than two thirds of the time of isfinite, but it may overflow where no element is inf.
    return math.isfinite(g.dot(g)) or bool(np.isfinite(g).all())


def given_options(arguments: dict[str, Any]) -> dict[str, Any]:
    """The options among a constructor's arguments; a parameter group may override these."""
    return {key: value for key, value in arguments.items() if key not in ("self", "params", "__class__")}
