"""The loop's linter: watches a training loop and says what was forgotten, with the line and the fix.

It looks through three windows, open only inside the `with` block: the methods that every loop calls (backward, step, zero_grad)
are wrapped, each recorded operation is seen, and so is each module that is called. Outside the block nothing is left of it.
"""

from __future__ import annotations

import warnings
import weakref
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..._tensor import Tensor
from ...autograd import is_grad_enabled
from ...autograd.backprop import topological
from ...autograd.mutation_clock import last_change
from ...autograd.observers import Watcher
from ...autograd.user_line import find_user_line
from ...nn import Module, hooks
from ...optim import Optimizer
from ...optim.lr_scheduler import LRScheduler
from .messages import CHECKS, RULES, Found, check_dtype, depends_on_mode
from .method_calls import hide_calls, show_calls

PATIENCE = 10  # steps of an optimizer before parameters are said to be left out; a block that ends earlier is asked at its end
KEPT = 8  # so many losses of earlier steps alive are a list
SUMS = ("add", "multiply", "divide")  # what a running sum or mean of losses is made with
SUMMED = 3  # the losses of so many steps in one tensor are a running sum; of two it may be a loss in two parts


class LintWarning(UserWarning):
    """What the linter says."""


class Finding(NamedTuple):
    """One mistake: the rule, what it says, and the user's line."""

    rule: str
    message: str
    file: str
    line: int


@dataclass
class _Known:
    """What is known of one leaf; it may be gone by the time it is spoken of."""

    ref: weakref.ref[Any]
    name: str
    frozen: bool = False
    owned: bool = False  # by an optimizer that steps
    backwards: int = 0  # how many have reached it
    stepped: int = -1  # the engine's clock at its last step
    used: weakref.ref[Any] | None = None  # the gradient that the last step used
    dirty: weakref.ref[Any] | None = None  # a gradient that has an old one in it


class Lint:
    """Use as `with lint() as report:`; `report.findings` lists what was found, `Lint.rules` what is looked for."""

    rules = RULES

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._leaves: dict[int, _Known] = {}
        self._gone: list[_Known] = []
        self._names: dict[int, str] = {}
        self._modules: set[int] = set()
        self._steps: dict[int, int] = {}
        self._roots: list[weakref.ref[Any]] = []
        self._holds: dict[int, tuple[weakref.ref[Any], frozenset[int]]] = {}  # tensor -> the steps whose losses are in it
        self._line = ("", 0)  # of the last step()

    def __repr__(self) -> str:
        if not self.findings:
            return f"Lint: nothing found, {len(RULES)} rules"
        return "\n".join(f"{f.file}:{f.line}: {f.message}" for f in self.findings)

    # --- opening and closing the windows ---

    def __enter__(self) -> Lint:
        self._watcher = Watcher(self._recorded)
        self._handle = hooks.register_module_forward_pre_hook(self._called)
        show_calls(self)
        return self

    @property
    def watches_here(self) -> bool:
        """Whether the running thread or task is the one that it was entered in, or was started there."""
        return self._watcher.here

    def __exit__(self, kind: type[BaseException] | None, *_: Any) -> None:
        hide_calls(self)
        self._handle.remove()
        self._watcher.close()
        if kind is None:
            self._left_out()

    def _say(self, rule: str, where: tuple[str, int] | None = None, **words: Any) -> None:
        if any(finding.rule == rule for finding in self.findings):
            return
        file, line = where or find_user_line()
        message = f"{rule}: {RULES[rule].format(**words)}"
        self.findings.append(Finding(rule, message, file, line))
        warnings.warn_explicit(message, LintWarning, file, line)

    # --- what the loop calls ---

    def _backward(self, original: Any, root: Tensor, *args: Any, **kwargs: Any) -> Any:
        nodes, inputs = topological([root]) if root._op is not None else ([], [])
        leaves = [self._know(leaf) for leaf in inputs]
        if any(self._stepped(x) > node._time for node in nodes for x in node._inputs if isinstance(x, Tensor)):
            self._say("old-graph")
        self._roots = [ref for ref in self._roots if ref() is not None and ref() is not root]
        if len(self._roots) >= KEPT:
            self._say("kept-graph", how="in a list")
        self._roots.append(weakref.ref(root))
        self._holds[id(root)] = weakref.ref(root), frozenset([sum(self._steps.values())])
        stale = [leaf for leaf in leaves if _has_old_gradient(leaf)]
        result = original(root, *args, **kwargs)
        for leaf in leaves:
            leaf.backwards += 1
        for leaf in stale:
            grad = leaf.ref()._grad  # type: ignore[union-attr]  # the graph holds the leaf
            leaf.dirty = weakref.ref(grad)
        return result

    def _optimizer_step(self, original: Any, optimizer: Optimizer, *args: Any, **kwargs: Any) -> Any:
        params = [p for group in optimizer.param_groups for p in group["params"]]
        leaves = [self._know(p) for p in params]
        self._line = find_user_line()
        closure = bool(args or kwargs)  # the gradients are computed in there
        if not closure and all(p._grad is None for p in params):
            self._say("no-gradient")
        result = original(optimizer, *args, **kwargs) if closure else None
        if any(leaf.dirty is not None and leaf.dirty() is p._grad is not None for leaf, p in zip(leaves, params, strict=True)):
            self._say("zero_grad")
        if not closure:
            result = original(optimizer)
        now = last_change()
        for leaf, p in zip(leaves, params, strict=True):
            leaf.owned, leaf.dirty = True, None
            if p._grad is not None:
                leaf.used, leaf.stepped = weakref.ref(p._grad), now
        self._steps[id(optimizer)] = count = self._steps.get(id(optimizer), 0) + 1
        if count == PATIENCE:
            self._left_out()
        return result

    def _zero_grad(self, original: Any, owner: Any, *args: Any, **kwargs: Any) -> Any:
        for leaf in self._leaves.values():
            leaf.dirty = None
        return original(owner, *args, **kwargs)

    def _scheduler_step(self, original: Any, scheduler: LRScheduler, *args: Any, **kwargs: Any) -> Any:
        # a schedule that follows a metric has no first rate to skip, and no such count
        if getattr(scheduler, "_step_count", 0) == 1 and scheduler.optimizer.steps == scheduler._steps_before:
            self._say("scheduler-order")
        return original(scheduler, *args, **kwargs)

    # --- what happens inside the forward pass ---

    def _called(self, module: Module, args: tuple[Any, ...]) -> None:
        if not self.watches_here:
            return
        if id(module) not in self._modules:
            for path, inner in module.named_modules():
                self._modules.add(id(inner))
                for name, p in inner._own(Tensor):
                    self._names.setdefault(id(p), f"{path}.{name}" if path else name)
        kind = type(module).__name__
        if module.training and not is_grad_enabled() and depends_on_mode(module):
            self._say("train-mode", names=kind)
        if len(args) >= 2 and isinstance(args[0], Tensor) and isinstance(args[1], Tensor):
            self._pass_on(check_dtype(kind, module, args[0], args[1]))

    def _recorded(self, out: Tensor) -> None:
        assert out._op is not None  # only recorded results are observed
        if out._op.name in SUMS:
            self._check_sum(out)
        elif out._op.name in CHECKS:
            self._pass_on(CHECKS[out._op.name](out))

    def _pass_on(self, found: Found) -> None:
        if found is not None:
            self._say(found[0], **found[1])

    def _check_sum(self, out: Tensor) -> None:
        """A sum, or a multiple, of losses that went backward: the losses of which steps does it keep?"""
        held: frozenset[int] = frozenset()
        for x in out._inputs:
            ref, steps = self._holds.get(id(x), (None, held))
            if ref is not None and ref() is x:
                held |= steps
        if len(held) >= SUMMED:
            self._say("kept-graph", how="in a running sum of tensors")
        if held:
            self._holds = {key: kept for key, kept in self._holds.items() if kept[0]() is not None}
            self._holds[id(out)] = weakref.ref(out), held

    # --- parameters ---

    def _know(self, leaf: Any) -> _Known:
        known = self._leaves.get(id(leaf))
        if known is None or known.ref() is not leaf:
            if known is not None and (known.owned or known.backwards > 1):  # it has died, and left its id to this one
                self._gone.append(known)
            name = leaf.name or self._names.get(id(leaf), f"a tensor of shape {leaf.shape}")
            known = self._leaves[id(leaf)] = _Known(weakref.ref(leaf), name)
        known.frozen = not leaf._requires_grad
        return known

    def _stepped(self, x: Tensor) -> int:
        """The engine's clock when an optimizer last moved x; −1 if none did."""
        known = self._leaves.get(id(x))
        return known.stepped if known is not None and known.ref() is x else -1

    def _left_out(self) -> None:
        """Parameters that are trained but not moved, and those that are to be moved but not trained."""
        leaves = [leaf for leaf in (*self._gone, *self._leaves.values()) if not leaf.frozen]
        if not self._steps or not any(leaf.backwards for leaf in leaves):
            return
        # reached twice: a weight; an input that asks for its gradient is usually another tensor every time
        self._name_all("not-in-optimizer", [leaf.name for leaf in leaves if not leaf.owned and leaf.backwards > 1])
        if not any(finding.rule == "no-gradient" for finding in self.findings):  # which has said so
            self._name_all("never-reached", [leaf.name for leaf in leaves if leaf.owned and not leaf.backwards])

    def _name_all(self, rule: str, names: list[str]) -> None:
        if names:
            shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
            self._say(rule, self._line, names=shown)


def lint() -> Lint:
    """Watch the training loop in this block; each mistake is said once, as a LintWarning at your line.

    The rules are in `Lint.rules`: a missing zero_grad, a step without gradients, parameters left out, shapes
    (N,) and (N, 1) in one loss, an old graph, scheduler before optimizer, softmax twice, evaluation in training mode, a target
    of the wrong dtype, losses that are kept alive. Costs nothing outside the block.

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


def _has_old_gradient(leaf: _Known) -> bool:
    """Whether .grad is still what the last step used, and not zeros."""
    grad = None if leaf.used is None else leaf.used()
    p = leaf.ref()
    return grad is not None and p is not None and p._grad is grad and bool(grad._data.any())
