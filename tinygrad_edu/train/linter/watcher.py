"""The observer of a training loop: it sees what the loop does and passes it on to the rules.

It observes in three ways, only inside the `with` block, and only in the thread or task that entered it and in tasks started
there: the methods that loops call (backward, step, zero_grad, …) are wrapped, each operation is observed, and so is each
module call. After the block, nothing of this remains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from ..._tensor import Tensor
from ...autograd.functional import topological
from ...autograd.observers import Watcher
from ...data import DataLoader
from ...nn import Module, hooks
from ...optim import Optimizer
from ...optim.lr_scheduler import LRScheduler
from .family import Family
from .fit_rows import RowRules
from .leaves import Leaves
from .lint_rules.all_pairs import ComparisonRules, ProductRules
from .lint_rules.axis_layouts import LayoutRules
from .lint_rules.best_model import BestModelRules
from .lint_rules.evaluated_rows import EvaluationRowRules
from .lint_rules.graphs import EvaluationRules, GraphRules
from .lint_rules.hand_updates import HandUpdateRules
from .lint_rules.last_layer import LastLayerRules
from .lint_rules.learning_progress import ProgressRules
from .lint_rules.loss_arguments import LossRules
from .lint_rules.model_inputs import InputRules
from .lint_rules.models import ModelRules
from .lint_rules.modes import ModeRules
from .lint_rules.parameters import ParameterRules
from .lint_rules.schedules import ScheduleRules
from .lint_rules.step_gradients import GradientRules
from .lint_rules.unused_gradients import UnusedGradientRules
from .method_calls import hide_calls, show_calls
from .report import LoopFinding, Report

FAMILIES: tuple[type[Family], ...] = (
    GradientRules, HandUpdateRules, GraphRules, LossRules, ProductRules, ScheduleRules, ModeRules, EvaluationRules,
    InputRules, ParameterRules, RowRules, UnusedGradientRules, ProgressRules, ModelRules, BestModelRules, EvaluationRowRules,
    ComparisonRules, LayoutRules, LastLayerRules,
)  # fmt: skip
RULES = {rule: f"{why}: {do}" for family in FAMILIES for rule, (why, do) in family.messages.items()}


class Lint:
    """Use as `with lint() as report:`; `report.findings` lists the mistakes found, `Lint.rules` the rules checked."""

    rules = RULES

    def __init__(self) -> None:
        self._report, self._leaves = Report(), Leaves()
        self.families = [family(self._report, self._leaves) for family in FAMILIES]
        self._at_ops: defaultdict[str, list[Callable[[Tensor], None]]] = defaultdict(list)
        self._at_cuts: defaultdict[str, list[Callable[[Tensor, tuple[Any, ...]], None]]] = defaultdict(list)
        for family in self.families:
            for op, look in family.at_ops.items():
                self._at_ops[op].append(look)
            for op, look_at_cut in family.at_cuts.items():
                self._at_cuts[op].append(look_at_cut)
        self._calls: list[Module] = []  # modules whose calls have not returned, the outermost first

    @property
    def findings(self) -> list[LoopFinding]:
        """The mistakes found so far."""
        return self._report.findings

    def __repr__(self) -> str:
        if not self.findings:
            return f"Lint: nothing found, {len(RULES)} rules"
        return "\n".join(f"{f.file}:{f.line}: {f.message}" for f in self.findings)

    # --- starting and stopping ---

    def __enter__(self) -> Lint:
        self._watcher = Watcher(self._recorded, self._unrecorded)
        self._handles = (
            hooks.register_module_forward_pre_hook(self._called),
            hooks.register_module_forward_hook(self._returned),
        )
        show_calls(self)
        return self

    @property
    def watches_here(self) -> bool:
        """Whether the current thread or task entered the block, or is a task that was started in it."""
        return self._watcher.here

    def __exit__(self, kind: type[BaseException] | None, *_: Any) -> None:
        hide_calls(self)
        for handle in self._handles:
            handle.remove()
        self._watcher.close()
        if kind is None:
            for family in self.families:
                family.ended()

    # --- observations ---

    def _backward(self, original: Any, root: Tensor, *args: Any, **kwargs: Any) -> Any:
        self._calls.clear()  # only calls that raised an error are left
        nodes, inputs = topological([root]) if root._op is not None else ([], [])
        leaves = [self._leaves.know(leaf) for leaf in inputs]
        retain = kwargs.get("retain_graph") or (len(args) > 1 and args[1])
        for family in self.families:
            if retain:
                family.retaining(root, nodes)
            family.before_backward(root, nodes, leaves)
        result = original(root, *args, **kwargs)
        for family in self.families:
            family.after_backward(root, leaves)
        return result

    def _optimizer_step(self, original: Any, optimizer: Optimizer, *args: Any, **kwargs: Any) -> Any:
        params = [p for group in optimizer.param_groups for p in group["params"]]
        closure = bool(args or kwargs)
        self._calls.clear()
        for family in self.families:
            family.before_step(optimizer, params, closure)
        result = original(optimizer, *args, **kwargs) if closure else None
        for family in self.families:
            family.before_update(optimizer, params)
        if not closure:
            result = original(optimizer)
        for family in self.families:
            family.after_step(optimizer, params)
        return result

    def _zero_grad(self, original: Any, owner: Any, *args: Any, **kwargs: Any) -> Any:
        groups = owner.param_groups if isinstance(owner, Optimizer) else [{"params": owner.parameters()}]
        params = [p for group in groups for p in group["params"]]
        for family in self.families:
            family.zeroed(params)
        return original(owner, *args, **kwargs)

    def _scheduler_step(self, original: Any, scheduler: LRScheduler, *args: Any, **kwargs: Any) -> Any:
        for family in self.families:
            family.before_schedule(scheduler, args)
        return original(scheduler, *args, **kwargs)

    def _function(self, original: Any, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], Iterator):  # model.parameters() can be read only once
            args = (list(args[0]), *args[1:])
        for family in self.families:
            family.function(original.__name__, args, kwargs, self._calls)
        return original(*args, **kwargs)

    def _init(self, original: Any, owner: Any, *args: Any, **kwargs: Any) -> Any:
        original(owner, *args, **kwargs)
        for family in self.families:
            family.created(owner)

    def _iter(self, original: Any, loader: DataLoader, *args: Any, **kwargs: Any) -> Any:
        for family in self.families:
            family.iterated(loader)
        return original(loader, *args, **kwargs)

    def _scaler_fit(self, original: Any, scaler: Any, X: Any, *args: Any, **kwargs: Any) -> Any:
        for family in self.families:
            family.scaled(scaler, "fit", X)
        return original(scaler, X, *args, **kwargs)

    def _scaler_transform(self, original: Any, scaler: Any, X: Any, *args: Any, **kwargs: Any) -> Any:
        for family in self.families:
            family.scaled(scaler, "transform", X)
        return original(scaler, X, *args, **kwargs)

    def _read_values(self, original: Any, tensor: Tensor, *args: Any, **kwargs: Any) -> Any:
        for look in self._at_cuts.get("*", ()):
            look(tensor, (tensor,))
        return original(tensor, *args, **kwargs)

    def _read_grad(self, tensor: Tensor) -> None:
        for family in self.families:
            family.read(tensor)

    def _called(self, module: Module, args: tuple[Any, ...]) -> None:
        if not self.watches_here:
            return
        self._leaves.learn_names(module)
        if self._calls and self._calls[0] is module:  # its last call raised an error
            self._calls.clear()
        self._calls.append(module)
        for family in self.families:
            if len(self._calls) == 1:
                family.entered(module, args)
            family.called(module, args)

    def _returned(self, module: Module, args: tuple[Any, ...], output: Any) -> None:
        if not self.watches_here:
            return
        while self._calls and self._calls.pop() is not module:
            pass
        for family in self.families:
            family.returned(module, output)
            if not self._calls:
                family.left(module, output)

    def _recorded(self, out: Tensor) -> None:
        assert out._op is not None  # only recorded results are observed
        for look in self._at_ops.get(out._op.name, ()):
            look(out)

    def _unrecorded(self, out: Any, op: str, inputs: tuple[Any, ...]) -> None:
        for look in (*self._at_cuts.get(op, ()), *self._at_cuts["*"]):
            look(out, inputs)


def lint() -> Lint:
    """Check the training loop in a `with` block; each kind of mistake is reported once, as a LintWarning at your line.

    The rules are in `Lint.rules`. They are about gradients and steps (a missing zero_grad, a step without gradients, clipping
    after the step), graphs that are kept or used by two backward passes, parameters that are left out, re-created or not
    frozen, shapes (N,) and (N, 1) in one loss, view instead of transpose, losses given the wrong kind of input (softmax twice,
    probabilities, labels 0 and 1 instead of -1 and 1), training and evaluation mode, learning rates and schedules, losses that
    are NaN or have no slope, and data (rows shuffled without their targets or sorted by class, test rows among the training
    rows or scaled with their own statistics). fit reports rows sorted by class without a linter too. The linter costs nothing
    outside the block; inside, a step of a small model takes five to six times as long, one of a large model up to twice.

    >>> import warnings
    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([1.0], requires_grad=True)
    >>> opt = tg.optim.SGD([w], lr=0.1)
    >>> with warnings.catch_warnings(action="ignore"), lint() as report:
    ...     for _ in range(2):
    ...         (w * w).sum().backward()
    ...         opt.step()
    >>> [finding.rule for finding in report.findings]
    ['zero_grad']
    """
    return Lint()
