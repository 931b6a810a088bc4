"""Recording update rules so that their options stay run-time numbers: one form for each path through a rule's branches."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autograd.node import from_array
from ...optim.optimizer import Optimizer
from ...optim.running_product import RunningProduct
from ..cleaning import common_subexpressions, needed
from ..instructions import MEMORY, Untraceable
from ..scalars import Context, Scalar
from ..tape import Tape
from .listing import Listing, listing
from .size_symbols import SizeSymbols, literal

N = 5  # elements of the recorded parameter; the rule is elementwise


@dataclass(frozen=True)
class RuleBuffer:
    """A rule's buffer: `when` is the option that enables it, if any; `start` the option with its initial value (None: 0)."""

    name: str
    when: str | None
    start: str | None


@dataclass
class RecordedRule:
    """forms: (conditions in JavaScript, instructions). options: name -> default; helpers: name -> running product."""

    name: str
    options: dict[str, float | bool]
    buffers: tuple[RuleBuffer, ...]
    forms: list[tuple[tuple[str, ...], Listing]]
    helpers: dict[str, str]


def rule_listing(rule: type[Optimizer], switches: Sequence[str] = (), **fixed: Any) -> RecordedRule:
    """Record an update rule.

    switches: options that can be turned on and off later (bool, or 0 and a number), besides those that the rule's buffers
    depend on; fixed: constructor options of the rule.
    """
    return _Rule(rule, switches, fixed).recorded


class _Rule:
    def __init__(self, rule: type[Optimizer], switches: Sequence[str], fixed: dict[str, Any]) -> None:
        self.rule, self.fixed = rule, fixed
        self.optimizer = rule([from_array(np.zeros(N)).requires_grad_()], **fixed)
        self.group = self.optimizer.param_groups[0]
        self.switches = list(dict.fromkeys([*(b.when for b in rule.buffers if b.when), *switches]))
        self.context = Context()
        self.helpers: dict[str, str] = {}
        self.used: set[str] = set()
        defaults = dict(self._options())
        forms: dict[tuple[str, ...], Listing] = {}
        for setting in self._settings():
            for t, zero in itertools.product((2, 1), (None, *defaults)):
                if zero in setting or zero == "lr":
                    continue
                conditions, found = self._record(setting, t, zero)
                forms.setdefault(conditions, found)
        buffers = tuple(RuleBuffer(b.name, b.when, b.start) for b in rule.buffers)
        needs = {"lr": defaults["lr"]} | {k: v for k, v in defaults.items() if k in self.used or k in self.switches}
        needs |= {b.start: float(self.group[b.start]) for b in buffers if b.start}
        self.recorded = RecordedRule(rule.__name__, needs, buffers, _merged(forms), self.helpers)

    def _options(self) -> Iterator[tuple[str, float | bool]]:
        """Every option of the update, with its default; betas counts as two."""
        yield "lr", float(self.group["lr"])
        for key in dict.fromkeys([*self.optimizer._options, "weight_decay", *self.switches]):
            value = self.group.get(key)
            if isinstance(value, tuple):
                yield from ((f"{key.removesuffix('s')}{n}", v) for n, v in enumerate(value, 1))
            elif isinstance(value, (bool, int, float)):
                yield key, value

    def _settings(self) -> Iterator[dict[str, bool]]:
        """The combinations of switches that the rule accepts."""
        for combination in itertools.product((False, True), repeat=len(self.switches)):
            setting = dict(zip(self.switches, combination, strict=True))
            given = {k: on if isinstance(self.group[k], bool) else 0.5 * on for k, on in setting.items()}
            try:
                self.rule([from_array(np.zeros(N)).requires_grad_()], **{**self.fixed, **given})
            except ValueError:
                continue
            yield setting

    def _record(self, setting: dict[str, bool], t: int, zero: str | None) -> tuple[tuple[str, ...], Listing]:
        tape, context = Tape(), Context()

        def scalar(key: str, value: Any) -> Any:
            if isinstance(value, bool) or value is None:
                return setting.get(key, value)
            if key in setting and not setting[key]:
                return 0.0
            at = 0.0 if key == zero else float(value) or 0.5
            return Scalar(key, at, context)

        group = dict(self.group)
        for key in dict.fromkeys([*self.optimizer._options, "weight_decay", *self.switches]):
            value = group.get(key)
            if isinstance(value, tuple):
                group[key] = tuple(scalar(f"{key.removesuffix('s')}{n}", v) for n, v in enumerate(value, 1))
            elif key != "weight_decay" or key in setting:
                group[key] = scalar(key, value)
        w, g = (tape.symbol(k, MEMORY, np.full(N, 0.25)) for k in ("w", "g"))
        on = [b.when is None or setting.get(b.when, False) for b in self.rule.buffers]
        state = [
            tape.symbol(b.name, MEMORY, np.full(N, 0.25)) if there else None
            for b, there in zip(self.rule.buffers, on, strict=True)
        ]
        options = {key: group[key] for key in self.optimizer._options}
        with np.errstate(all="ignore"):
            update: Any = self.optimizer._update_block  # accepts symbols too
            update(w, g, state, Scalar("t", t, context), Scalar("lr", float(self.group["lr"]), context), group, options)
        if tape.why:
            raise Untraceable(f"the rule of {self.rule.__name__}: {tape.why}")
        written = [x.store for x in (w, *state) if x is not None]
        instrs = needed(common_subexpressions(tape.instrs)[0], written)
        given = {x.store: x.store.name for x in (w, g, *state) if x is not None}
        found = listing([(instrs, set(), {}, given)], SizeSymbols([{"n": N}]))
        self._note(context, found)
        own = [f"{'' if on_ else '!'}{k}" for k, on_ in setting.items()]
        return (*own, *(javascript(c, context.functions) for c in context.conditions)), found

    def _note(self, context: Context, found: Listing) -> None:
        """Collect the options that the instructions read, and the JavaScript of their functions."""
        texts = [x.text for i in found.instructions for x in i.operands if x.kind == "scalar"] + list(context.conditions)
        words = {w for text in texts for w in _words(text)}
        self.used |= words
        for name, f in context.functions.items():
            if isinstance(f, RunningProduct) and name not in self.helpers:
                self.helpers[name] = _product(f)
        for text in texts:
            javascript(text, context.functions)  # raises if a function is not supported


def javascript(text: str, functions: dict[str, Callable[..., Any]]) -> str:
    """A Python scalar expression or condition in JavaScript.

    >>> javascript("(math_sqrt((1 - (beta2 ** t))) == 1) is False", {"math_sqrt": math.sqrt})
    '(Math.sqrt((1 - (beta2 ** t))) !== 1)'
    """
    for name, f in functions.items():
        if f is getattr(math, f.__name__, None):
            text = text.replace(f"{name}(", f"Math.{f.__name__}(")
        elif not isinstance(f, RunningProduct):
            raise Untraceable(f"the scalar function {f.__name__} is not supported in JavaScript")
    head, separator, truth = text.partition(" is ")
    for sign, opposite in (("==", "!="), ("!=", "=="), ("<=", ">"), (">=", "<"), ("<", ">="), (">", "<=")):
        if separator and f" {sign} " in head:
            shown = sign if truth == "True" else opposite
            return head.replace(f" {sign} ", f" {shown}{'=' if shown in ('==', '!=') else ''} ")
    return text


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() or c == "_" else " " for c in text).split()


def _product(f: RunningProduct) -> str:
    """runningProduct(factor) of runtime.js, with the recorded factor."""
    context = Context()
    names = list(inspect.signature(f.factor).parameters)
    names = ["k", *names[1:]]
    factor: Any = f.factor(*(Scalar(n, 0.5, context) for n in names))
    if context.functions or context.conditions:
        raise Untraceable(f"{f.__name__}: a factor that branches or calls functions is not supported in JavaScript")
    return f"runningProduct(({', '.join(names)}) => {factor.text if isinstance(factor, Scalar) else literal(factor)})"


def _merged(forms: dict[tuple[str, ...], Listing]) -> list[tuple[tuple[str, ...], Listing]]:
    """Drop conditions that make no difference: merge forms that do the same and differ in one condition."""
    found = list(forms.items())
    merged = True
    while merged:
        merged = False
        for (n, (a, one)), (m, (b, other)) in itertools.combinations(enumerate(found), 2):
            only = set(a) ^ set(b)
            if len(a) == len(b) and len(only) == 2 and _opposite(*only) and one.instructions == other.instructions:
                found[n] = tuple(c for c in a if c in b), one
                del found[m]
                merged = True
                break
    return found


def _opposite(a: str, b: str) -> bool:
    pairs = (("===", "!=="), ("<", ">="), (">", "<="))
    return (
        f"!{a}" == b
        or f"!{b}" == a
        or any(a.replace(f" {p} ", f" {q} ") == b or b.replace(f" {p} ", f" {q} ") == a for p, q in pairs)
    )
