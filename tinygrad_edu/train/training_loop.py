"""A training run: the loop itself, and saving and resuming it at any point."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._files.source import Readable
from .._files.whole_write import Target
from .._interrupts import must_pass_on, uninterrupted
from .._tensor import Tensor
from ..nn import Module
from ..nn.diagnostics.probabilities import squashed_by
from ..nn.module_modes import modes_of, restore_modes
from ..ops.threads import one_thread_for
from ..optim import Optimizer
from ..optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from .arguments import one_number
from .batches import Batches
from .callbacks import Callback, Run
from .callbacks.monitors import check_directions
from .checkpoint import load_parts, save_parts
from .evaluation import evaluated
from .first_batch import check_output, without_tables
from .history import History, diverged
from .lookup import CATEGORICAL, Measure, find_loss
from .metrics.by_name import find_metrics
from .metrics.sums import Sums
from .progress import Progress
from .ranks import Ranks
from .row_weights import WeightedMeasure, with_weights


class Training:
    """The parts of a run, and its position: in epoch `epoch`, counted from 1, which has started if `inside`."""

    criterion: Measure
    loss: WeightedMeasure
    measures: dict[str, Measure]
    sums: Sums

    def __init__(
        self, model: Module, optimizer: Optimizer, schedule: LRScheduler | None, batches: Batches, epochs: int,
        callbacks: Sequence[Callback], ranks: Ranks | None, measured: list[str], initial_epoch: int = 0, by_step: bool = False,
    ) -> None:  # fmt: skip
        self.model, self.optimizer, self.schedule, self.batches = model, optimizer, schedule, batches
        self.epochs, self.ranks, self.by_step = epochs, ranks, by_step  # by_step: step the schedule after every batch
        self.measured = measured  # the names of the loss and the metrics
        self.validation: Batches | None = None
        self.callbacks = sorted(callbacks, key=lambda callback: callback.after_others)
        self.named = list(model.named_parameters())
        self.history = History()
        self.run_state = Run(model, optimizer, self.history, schedule)
        self.epoch, self.inside, self.probabilities = initial_epoch + 1, False, False
        self._begun = time.perf_counter()  # when the epoch started
        self._saved_sums: Any = None
        self._checked = False  # whether without_tables has checked a batch of several rows
        self._replayed: Callable[[Tensor, Tensor, Tensor | None], tuple[Tensor, Tensor]] | None = None  # batch -> loss, output
        self._tell("at_start")
        self.run_state.save = self.save

    def find_measures(self, loss: Any, metrics: Any, output: Tensor | None) -> None:
        """Find loss and metrics by name. `output` is a sample that distinguishes probabilities from logits."""
        if output is not None:
            check_output(output, loss, isinstance(loss, str) and loss in CATEGORICAL)
            self.probabilities = bool(squashed_by(output))
        elif not self.inside and not self.ended:
            raise ValueError("fit: the loader yielded no batch")
        self.criterion, self.measures = find_loss(loss, self.probabilities), find_metrics(metrics, loss, self.probabilities)
        self.loss = with_weights(self.criterion)
        check_directions(self.callbacks, self.measures)
        self.sums = Sums(self.measures)
        if self._saved_sums is not None:
            self.sums.load_state_dict(self._saved_sums)

    def compile(self) -> None:
        """Compile forward, loss and backward into one function, which leaves the gradients in the parameters."""
        from .. import program

        # local names: attributes of self would be guarded, and they change
        model, loss, optimizer = self.model, self.loss, self.optimizer

        def gradients(x: Tensor, y: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
            output = model(x)
            error = loss(output, y, weights)
            optimizer.zero_grad()
            error.backward()
            return error, output

        self._replayed = program.compile(gradients)

    # --- the loop ---

    @property
    def ended(self) -> bool:
        """Whether no epoch is left, or a callback has stopped the run."""
        return self.epoch > self.epochs or bool(self.run_state.stop)

    def run(self, progress: bool) -> History:
        """Run the remaining epochs, or until a callback stops the run."""
        run_state, history, modes = self.run_state, self.history, modes_of(self.model)
        left = max(self.epochs - self.epoch + 1, 0)
        try:
            # NumPy's warnings of overflow are silenced: DivergedError says more, such as the step and the learning rate
            small = one_thread_for(sum(p.numel() for _, p in self.named))
            with small, Progress(left, "epochs", shown=progress) as bar, np.errstate(over="ignore", invalid="ignore"):
                while not self.ended:
                    numbers = self._run_epoch()
                    bar.step(**{k: v for k, v in numbers.items() if k not in ("lr", "seconds")})
                    self._tell("after_epoch")
                    self.epoch += 1
        except KeyboardInterrupt:
            run_state.stop = f"Ctrl-C in epoch {run_state.epoch}, after {len(history.steps['loss'])} steps"
            if must_pass_on.get():
                raise
        except Exception as error:
            run_state.stop = f"{type(error).__name__} in epoch {run_state.epoch}, after {len(history.steps['loss'])} steps"
            raise
        finally:
            restore_modes(modes)
            history.stopped = run_state.stop
            self._tell("at_end")
        return history

    def _run_epoch(self) -> dict[str, float]:
        """Run one epoch, or the rest of it; return its numbers."""
        self.run_state.epoch = self.epoch
        self.model.train()
        if not self.inside:
            self.inside, self.sums, self._begun = True, Sums(self.measures), time.perf_counter()
            self._tell("before_epoch")
        for X, y, weights in self.batches.epoch(self.epoch - 1):
            self._run_step(X, y, weights)
            self._tell("after_step")
        lr, seconds = self.history.steps["lr"][-1], time.perf_counter() - self._begun
        numbers = {**self.sums.means(self.ranks), "lr": lr, "seconds": seconds}
        if self.validation is not None:
            found = evaluated(self.model, self.validation, self.criterion, self.measures)
            numbers |= {f"val_{name}": value for name, value in found.items()}
        with uninterrupted():
            self.inside = False
            self.history.epoch(numbers)
            if self.schedule is not None and not self.by_step:
                follows = isinstance(self.schedule, ReduceLROnPlateau)
                self.schedule.step(*(numbers.get("val_loss", numbers["loss"]),) if follows else ())
        return numbers

    def _run_step(self, X: Tensor, y: Tensor, weights: Tensor | None) -> None:
        check = not self._checked and len(X) > 1
        replayed = None if check or not self.history.steps["loss"] else self._replayed
        if self.run_state.rows is None:
            self.run_state.rows = self.batches.rows or (X, y)
        if replayed is not None:
            error, output = replayed(X, y, weights)
        else:
            output = self.model(X)
            error = without_tables("fit: the loss", self.loss, output, y, weights) if check else self.loss(output, y, weights)
            self._checked |= check
        value = one_number(error)
        if not math.isfinite(value) and len(X):  # the mean over no rows is NaN: see DistributedBatchSampler
            raise diverged(value, self.history, self.epoch, _rate(self.optimizer), *(self.batches.rows or (X, y)))
        if replayed is None:
            self.optimizer.zero_grad()
            error.backward()
        self.run_state.loss = error if replayed is None else None
        self._tell("before_step")
        self.run_state.loss = None  # so that its graph is freed
        measured = self.sums.add(len(X), error, output, y)
        with uninterrupted():
            self.history.step(value, self.optimizer, self.named, measured)  # calls optimizer.step() and records the numbers
            if self.schedule is not None and self.by_step:
                self.schedule.step()

    def _tell(self, moment: str) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self.run_state)

    # --- saving and resuming ---

    @property
    def _parts(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "optimizer": self.optimizer,
            "schedule": self.schedule,
            "loader": self.batches,
            "history": self.history,
            "fit": self,
        }

    def save(self, path: Target) -> None:
        """Write a checkpoint that `resume` can continue from."""
        save_parts(path, self._parts, {"epoch": self.epoch})

    def resume(self, path: Readable) -> None:
        """Continue where `path` was saved; if it does not match this run, raise ValueError and change nothing."""
        load_parts(path, self._parts)

    def state_dict(self) -> dict[str, Any]:
        """The state that the other parts lack: the position in the run, the sums of the epoch, the callbacks."""
        return {
            "epoch": self.epoch,
            "inside": self.inside,
            "seconds": time.perf_counter() - self._begun,
            "measured": self.measured,
            "sums": self.sums.state_dict() if self.inside else None,
            "probabilities": self.probabilities,
            "stop": self.run_state.stop,
            "callbacks": [[type(callback).__name__, callback.state_dict()] for callback in self.callbacks],
        }

    def load_state_dict(self, state_dict: Any) -> None:
        """Restore a state."""
        kinds = {
            "epoch": int, "inside": bool, "seconds": float, "probabilities": bool, "stop": str, "callbacks": list,
            "measured": list,
        }  # fmt: skip
        wrong = [k for k, kind in kinds.items() if not isinstance(state_dict, dict) or type(state_dict.get(k)) is not kind]
        if wrong or state_dict["epoch"] < 1:
            raise ValueError(f"it was not saved by fit: {wrong[0] if wrong else 'epoch'} is missing")
        saved, names = state_dict["callbacks"], [type(callback).__name__ for callback in self.callbacks]
        theirs = [part[0] if isinstance(part, list) and len(part) == 2 else "(damaged)" for part in saved]
        if theirs != names:
            there, here = (", ".join(map(str, found)) or "none" for found in (theirs, names))
            raise ValueError(f"the callbacks differ: {there} when it was saved, {here} now; pass the same to fit")
        if state_dict["inside"] and state_dict["measured"] != self.measured:
            there, here = (", ".join(map(str, found)) for found in (state_dict["measured"], self.measured))
            raise ValueError(
                f"its epoch had begun with the loss and metrics {there}; here they are {here}: pass the same, or resume from a "
                "file that was saved at the end of an epoch"
            )
        for callback, (_, state) in zip(self.callbacks, saved, strict=True):
            callback.load_state_dict(state)
        self.inside, self.probabilities, self.run_state.stop = (state_dict[k] for k in ("inside", "probabilities", "stop"))
        self.epoch = self.run_state.epoch = state_dict["epoch"] + (not self.inside)
        self._begun, self._saved_sums = time.perf_counter() - state_dict["seconds"], state_dict["sums"]


def _rate(optimizer: Optimizer) -> float:
    lr = optimizer.param_groups[0]["lr"]
    return float(lr(optimizer.steps) if callable(lr) else lr)
