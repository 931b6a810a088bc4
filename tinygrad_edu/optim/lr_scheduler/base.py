"""LRScheduler: sets the learning rate of every group after each step (or epoch) of training."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from ..._interrupts import uninterrupted
from ..._numbers import with_numbers
from ...autograd.user_line import warn_user
from ..optimizer import Optimizer
from ..option_names import with_known_keywords
from .all_or_nothing import all_or_nothing
from .loaded_schedule import check_state, restored

T = TypeVar("T")


class LRScheduler:
    """Base class of the schedules; a schedule is defined by its `rate(lr, base_lr, t)`.

    Call `scheduler.step()` after `optimizer.step()`, once per epoch or per step, depending on what `t` counts. t = 0 gives
    the initial rate, which is set when the scheduler is created. `base_lr` is the rate that the group had before its first
    scheduler was created (`group["initial_lr"]`); `lr` is its current rate. Schedules that only multiply `lr` can be chained:
    if several schedulers of one optimizer are stepped, their factors multiply. Subclasses written for PyTorch, which override
    get_lr(), work too.

    last_epoch: -1 starts from the beginning; n >= 0 continues after step n with an optimizer whose state was loaded.

    >>> import tinygrad_edu as tg
    >>> class Halve(tg.optim.lr_scheduler.LRScheduler):
    ...     def rate(self, lr, base_lr, t):
    ...         return lr / 2 if t else lr
    >>> opt = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = Halve(opt)
    >>> for epoch in range(3):
    ...     opt.step()
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [0.125]
    >>> schedule
    Halve(t=3, lr=[0.125])
    """

    counts_steps: ClassVar[bool] = False
    """Whether t counts updates of the parameters, not epochs; if so, `fit` calls step() after every batch."""

    keeps_loaded_rate: ClassVar[bool] = False
    """Whether a schedule created with last_epoch >= 0 keeps the loaded rate, as in PyTorch, instead of setting the next one."""

    values_for_each_group: ClassVar[bool] = False
    """Whether it has one number or function per group, and so none for a group added later."""

    missing_in_pytorch: ClassVar[tuple[str, ...]] = ()
    """Entries that a state has here but not in every release of PyTorch."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__init__" in vars(cls):
            cls.__init__ = with_known_keywords(with_numbers(cls.__init__))  # type: ignore[method-assign]  # the same signature
        if "step" in vars(cls):
            cls.step = all_or_nothing(cls.step)  # type: ignore[method-assign]  # the same signature

    @with_numbers
    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        require_optimizer(optimizer)
        self.optimizer = optimizer
        require_number(self, optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", float(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with last_epoch >= 0: "
                    "load the optimizer's state_dict first"
                )
        self.base_lrs = [float(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        self._steps_before = optimizer.steps
        self._begin(keep=self.keeps_loaded_rate and last_epoch >= 0)

    def rate(self, lr: float, base_lr: float, t: int) -> float:
        """The learning rate at step t; `lr` is the rate at step t − 1 (for t = 0, the rate before the schedule)."""
        raise NotImplementedError(f"{type(self).__name__} must implement rate(self, lr, base_lr, t)")

    def get_lr(self) -> list[float]:
        """The rates at step `last_epoch`, one per group, which step() is about to set. To read the rates, use get_last_lr()."""
        groups = self.optimizer.param_groups
        return [self.rate(float(group["lr"]), base, self.last_epoch) for group, base in zip(groups, self.base_lrs, strict=True)]

    def get_last_lr(self) -> list[float]:
        """The rates that this scheduler set last, one per group."""
        return self._last_lr

    @all_or_nothing
    def step(self, epoch: int | None = None) -> None:
        """Move to the next rate or, as in old PyTorch code, to the rate at t = `epoch` >= 0, with PyTorch's warning."""
        counts = type(self.optimizer).step is Optimizer.step  # an overridden step() need not count
        if counts and self._step_count == 1 and self.optimizer.steps == self._steps_before:
            warn_user(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`: the first value of the schedule is skipped. "
                "Call optimizer.step() first"
            )
        self._step_count += 1
        self._take_new_groups()
        if epoch is None:
            self.last_epoch += 1
            self._set(self.get_lr())
        else:
            warn_user("The epoch parameter in `scheduler.step()` was not necessary: call step()")
            self._go_to(epoch)

    def _take_new_groups(self) -> None:
        """Include the groups added by add_param_group."""
        groups = self.optimizer.param_groups
        if self.values_for_each_group and len(groups) > len(self.base_lrs):
            raise RuntimeError(
                f"{type(self).__name__}: the optimizer has {len(groups)} param groups, but the schedule was created for "
                f"{len(self.base_lrs)}; create it after add_param_group"
            )
        for group in groups[len(self.base_lrs) :]:
            self.base_lrs.append(float(group.setdefault("initial_lr", group["lr"])))

    def _go_to(self, epoch: int) -> None:
        """Move from the base rate, step by step, to the rate at t = epoch."""
        if epoch < 0 or epoch != int(epoch):
            raise ValueError(f"{type(self).__name__}.step: epoch must be a whole number >= 0, got {epoch}")
        for group, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = base
        for self.last_epoch in range(int(epoch) + 1):
            self._set(self.get_lr())

    def _set(self, rates: Sequence[float]) -> None:
        for group, lr in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = lr
        self._last_lr = list(rates)

    def __repr__(self) -> str:
        has = vars(self)
        hidden = ("optimizer", "base_lrs", "last_epoch")
        shown = {"schedulers": has["_schedulers"]} if "_schedulers" in has else {}
        shown |= {key: value for key, value in has.items() if not key.startswith("_") and key not in hidden}
        shown |= {"t": has["last_epoch"]} if "last_epoch" in has else {}
        shown["lr"] = self._last_lr
        return f"{type(self).__name__}({', '.join(f'{key}={_shown(value)}' for key, value in shown.items())})"

    # --- starting, and starting again in a combination ---

    def _begin(self, keep: bool = False) -> None:
        """Take the first step, to last_epoch + 1."""
        self._step_count = 1
        self.last_epoch += 1
        self._set([float(group["lr"]) for group in self.optimizer.param_groups] if keep else self.get_lr())

    def _rewind(self) -> None:
        """Go back to before the first step."""
        self.last_epoch = -1

    def _restart(self) -> None:
        """Take over from another scheduler: start at t = 0 from the base rate."""
        self.last_epoch = 0
        self._take_new_groups()
        for group, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = base
        self._set(self.get_lr())

    # --- saving ---

    def state_dict(self) -> dict[str, Any]:
        """Everything except the optimizer and functions; for a callable object, its attributes are saved."""
        return {key: _saved(value) for key, value in vars(self).items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore a state saved here or by PyTorch; the rates themselves are in the optimizer's state.

        Raises ValueError, before anything is changed, if the state is from another schedule, has too many parameter groups, or
        contains an invalid value.
        """
        check_state(self, state_dict)
        with uninterrupted():
            for key, value in state_dict.items():
                setattr(self, key, restored(value, getattr(self, key, None)))


def require_optimizer(optimizer: Any) -> None:
    """Raise TypeError, with PyTorch's wording, for anything that is not an Optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def require_number(scheduler: LRScheduler, optimizer: Optimizer) -> None:
    """Raise TypeError if the learning rate is already a function of the step."""
    for i, group in enumerate(optimizer.param_groups):
        if callable(group["lr"]):
            raise TypeError(
                f"{type(scheduler).__name__}: lr of parameter group {i} is already a function of the step; "
                "give the optimizer a number"
            )


def one_each(name: str, value: T | Sequence[T], optimizer: Optimizer) -> list[T]:
    """`value` for each parameter group, or the given values, one per group."""
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * groups  # type: ignore[list-item]  # a Sequence that is neither list nor tuple is not an option value
    if len(value) != groups:
        raise ValueError(f"Expected {groups} {name}, one for each parameter group, but got {len(value)}")
    return list(value)


def _shown(value: Any) -> str:
    """repr(value), but functions and other callable objects by their names, without addresses."""
    if isinstance(value, list):
        return f"[{', '.join(_shown(v) for v in value)}]"
    return str(getattr(value, "__name__", type(value).__name__)) if callable(value) else repr(value)


def _saved(value: Any) -> Any:
    if isinstance(value, LRScheduler):
        return value.state_dict()
    if isinstance(value, list):
        return [_saved(v) for v in value]
    if callable(value):
        return None if isinstance(value, types.FunctionType) else dict(getattr(value, "__dict__", {}))
    return value
