"""Checks of the arguments of fit, evaluate and predict; error messages say what is accepted."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.user_line import warn_user
from ..nn import Module
from ..optim import Optimizer
from ..optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from .callbacks import Callback
from .lookup import LOSSES


def check_model(who: str, model: Any) -> None:
    """Raise TypeError unless `model` is a Module; for a PyTorch or Keras model, the message names the framework."""
    if not isinstance(model, Module):
        where = type(model).__module__.partition(".")[0]
        foreign = where in ("torch", "keras", "tensorflow")
        hint = f" from {where}: build it with the layers of tinygrad_edu.nn" if foreign else ""
        raise TypeError(f"{who}: model must be an nn.Module, got {_kind(model)}{hint}")


def check_arguments(
    model: Any, loss: Any, optimizer: Any, epochs: Any, metrics: Any, schedule: Any, validation: Any, callbacks: Any
) -> None:
    """Raise TypeError for a wrong type and ValueError for epochs < 1; names are checked where they are looked up."""
    check_model("fit", model)
    if not isinstance(loss, str) and (isinstance(loss, type) or not callable(loss)):
        raise TypeError(
            f"fit: loss must be one of {', '.join(LOSSES)}, or a function of (output, target) such as nn.MSELoss(), "
            f"got {_kind(loss)}"
        )
    if not isinstance(optimizer, (str, Optimizer)) and not callable(optimizer):
        raise TypeError(
            "fit: optimizer must be a name such as 'adam', an Optimizer, or a function of the parameters such as "
            f"lambda p: optim.SGD(p, lr=0.1), got {_kind(optimizer)}"
        )
    if not isinstance(epochs, Integral):
        raise TypeError(f"fit: epochs must be a whole number, got {_kind(epochs)}")
    if epochs < 1:
        raise ValueError(f"fit: epochs must be at least 1, got {epochs}")
    if isinstance(metrics, str) or not hasattr(metrics, "__iter__"):
        raise TypeError(f"fit: metrics must be a list such as ['acc'], or a dict of functions, got {_kind(metrics)}")
    if schedule is not None and not isinstance(schedule, LRScheduler) and not callable(schedule):
        raise TypeError(f"fit: schedule must be {_SCHEDULE}, got {_kind(schedule)}")
    loader = hasattr(validation, "__iter__") and not isinstance(validation, (str, tuple, list, Tensor, np.ndarray))
    if validation is not None and not isinstance(validation, float) and not _is_pair(validation) and not loader:
        raise TypeError(
            "fit: validation must be (X, y), (X, y, weights), a loader, or a fraction of the rows such as 0.25, got "
            f"{_kind(validation)}"
        )
    wrong = [c for c in callbacks if not isinstance(c, Callback)] if isinstance(callbacks, (list, tuple)) else [callbacks]
    if wrong:
        raise TypeError(f"fit: callbacks must be a list of Callback objects such as [EarlyStopping()], got {_kind(wrong[0])}")


def check_place(initial_epoch: Any, epochs: int, steps_per_epoch: Any) -> None:
    """Raise TypeError or ValueError unless initial_epoch and steps_per_epoch are valid numbers."""
    if not isinstance(initial_epoch, (int, np.integer)) or isinstance(initial_epoch, bool):
        raise TypeError(f"fit: initial_epoch must be a whole number, got {_kind(initial_epoch)}")
    if not 0 <= initial_epoch < epochs:
        raise ValueError(
            f"fit: initial_epoch must be from 0 to epochs − 1 = {epochs - 1}, got {initial_epoch}: epochs is the number of the "
            "last epoch, as in Keras"
        )
    if steps_per_epoch is not None and (not isinstance(steps_per_epoch, (int, np.integer)) or steps_per_epoch < 1):
        raise ValueError(f"fit: steps_per_epoch must be a whole number >= 1, got {_kind(steps_per_epoch)}")


def find_schedule(
    schedule: LRScheduler | Callable[[Optimizer], LRScheduler] | None, optimizer: Optimizer
) -> LRScheduler | None:
    """Return a schedule of this optimizer unchanged; call a class or function with the optimizer."""
    if schedule is None:
        return None
    made = schedule if isinstance(schedule, LRScheduler) else schedule(optimizer)
    if not isinstance(made, LRScheduler):
        raise TypeError(f"fit: schedule must be {_SCHEDULE}, but the function returned {_kind(made)}")
    if made.optimizer is not optimizer:
        raise ValueError(
            f"fit: schedule changes the learning rate of another {type(made.optimizer).__name__}; pass that as optimizer=, or "
            f"a function: schedule=lambda o: {type(made).__name__}(o, …)"
        )
    return made


def moves_each_step(schedule: LRScheduler | None, schedule_each: str | None) -> bool:
    """Whether the schedule is stepped after every batch rather than after every epoch."""
    if schedule_each not in (None, "step", "epoch"):
        raise ValueError(f"fit: schedule_each must be 'step', 'epoch' or None, got {schedule_each!r}")
    if schedule_each == "step" and isinstance(schedule, ReduceLROnPlateau):
        raise ValueError("fit: ReduceLROnPlateau follows the loss of each epoch and cannot be stepped after every batch")
    if schedule is None:
        return False
    return schedule.counts_steps if schedule_each is None else schedule_each == "step"


def check_steps(schedule: LRScheduler | None, by_step: bool, epochs: int, loader: Any, done: int = 0) -> None:
    """Raise ValueError if the schedule has fewer steps left than fit takes; warn if fit would not finish a new schedule."""
    total = getattr(schedule, "total_steps", None)
    if schedule is None or not by_step or total is None:
        return
    try:
        steps = epochs * len(loader) - done
    except TypeError:  # a stream has no known length
        return
    who, left = type(schedule).__name__, total - schedule.last_epoch
    advice = "use total_steps = epochs · batches per epoch"
    if steps > left:
        raise ValueError(f"fit: {who} has {left} of its {total} steps left, but fit would take {steps}; {advice}")
    if steps < total and schedule.last_epoch == 0:
        warn_user(f"fit: {who} has {total} steps, but fit takes only {steps}, so the schedule does not finish; {advice}")


def check_ownership(optimizer: Optimizer, model: Module) -> None:
    """Raise ValueError if the optimizer has none of the model's parameters, because training would change nothing."""
    moved = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if not any(id(p) in moved for p in model.parameters()):
        raise ValueError("fit: the optimizer has none of this model's parameters; create it with model.parameters()")


def one_number(loss: Any) -> float:
    """The value of a loss; raise TypeError if it is not a Tensor with one element."""
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        got = f"a Tensor of shape {loss.shape}: take its mean()" if isinstance(loss, Tensor) else _kind(loss)
        raise TypeError(f"fit: the loss must return a Tensor with one element, got {got}")
    return float(loss.item())


_SCHEDULE = "an LRScheduler, or a function of the optimizer such as lambda o: lr_scheduler.StepLR(o, 10)"


def _is_pair(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) in (2, 3)


def _kind(value: Any) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}: call it"
    kind = type(value).__name__
    if isinstance(value, (list, tuple)):
        return f"a {kind} of {len(value)}"
    return f"{value!r} ({kind})" if isinstance(value, (str, int, float, type(None))) else kind
