"""Numbers that change from step to step, such as lr and t: an expression, and its value in the recorded run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Context:
    """What the numbers of one rule share: the conditions under which the recording is valid, and the functions called."""

    def __init__(self) -> None:
        self.conditions: dict[str, None] = {}
        self.functions: dict[str, Callable[..., Any]] = {}


class Scalar:
    """A Python number as a symbol. A comparison becomes a condition under which the program is valid."""

    __hash__ = None  # type: ignore[assignment]  # it must not be used as a cache key

    def __init__(self, text: str, value: float, context: Context) -> None:
        self.text, self.value, self.context = text, value, context

    def __repr__(self) -> str:
        return self.text

    def __neg__(self) -> Scalar:
        return Scalar(f"(-{self.text})", -self.value, self.context)

    def apply(self, function: Callable[..., Any], *args: Any) -> Scalar:
        """function(*args), where some of the arguments are Scalars."""
        shown = ", ".join(a.text if isinstance(a, Scalar) else repr(a) for a in args)
        values = [a.value if isinstance(a, Scalar) else a for a in args]
        name = f"{function.__module__.rpartition('.')[2]}_{function.__name__}"  # math_sqrt, because sqrt is NumPy's
        self.context.functions[name] = function
        return Scalar(f"{name}({shown})", function(*values), self.context)


def _arithmetic(form: str, f: Callable[[Any, Any], Any]) -> Any:
    def call(self: Scalar, other: Any = 0) -> Any:
        if not isinstance(other, (int, float, Scalar)):
            return NotImplemented
        text, value = (other.text, other.value) if isinstance(other, Scalar) else (repr(other), other)
        return Scalar(form.format(self.text, text), f(self.value, value), self.context)

    return call


def _comparison(sign: str, f: Callable[[Any, Any], bool]) -> Any:
    def call(self: Scalar, other: Any) -> bool:
        truth = bool(f(self.value, getattr(other, "value", other)))
        self.context.conditions[f"({self.text} {sign} {getattr(other, 'text', other)}) is {truth}"] = None
        return truth

    return call


def _reflected(f: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: f(b, a)


for _name, _sign, _f in (
    ("add", "+", lambda a, b: a + b), ("sub", "-", lambda a, b: a - b), ("mul", "*", lambda a, b: a * b),
    ("truediv", "/", lambda a, b: a / b), ("pow", "**", lambda a, b: a**b),
):  # fmt: skip
    setattr(Scalar, f"__{_name}__", _arithmetic(f"({{0}} {_sign} {{1}})", _f))
    setattr(Scalar, f"__r{_name}__", _arithmetic(f"({{1}} {_sign} {{0}})", _reflected(_f)))
for _name, _sign, _f in (
    ("eq", "==", lambda a, b: a == b), ("ne", "!=", lambda a, b: a != b), ("lt", "<", lambda a, b: a < b),
    ("le", "<=", lambda a, b: a <= b), ("gt", ">", lambda a, b: a > b), ("ge", ">=", lambda a, b: a >= b),
):  # fmt: skip
    setattr(Scalar, f"__{_name}__", _comparison(_sign, _f))
