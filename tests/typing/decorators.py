"""Types of decorated functions: calls accept and return the same types as before."""

from __future__ import annotations

from typing import assert_type

import tinygrad_edu as tg
from tinygrad_edu import Tensor, nn

x = tg.randn(3)


@tg.no_grad()
def evaluate(x: Tensor, times: int = 1) -> Tensor:
    return x * times


@tg.no_grad  # type: ignore[call-arg]  # mypy does not follow a __new__ that returns something else
def evaluate_too(x: Tensor) -> Tensor:
    return x


@tg.inference_mode()
def predict(x: Tensor) -> Tensor:
    return x


@tg.inference_mode
def predict_too(x: Tensor) -> Tensor:
    return x


@tg.compile
def step(x: Tensor, y: Tensor) -> Tensor:
    return x * y


@tg.compile(strict=True)
def other(x: Tensor) -> tuple[Tensor, int]:
    return x, 1


assert_type(evaluate(x, times=2), Tensor)
assert_type(evaluate_too(x), Tensor)  # type: ignore[type-var]
assert_type(step(x, x), Tensor)
assert_type(step.why, str | None)
assert_type(other(x), tuple[Tensor, int])
assert_type(tg.compile(nn.Linear(3, 1))(x), Tensor)
assert_type(predict(x), Tensor)
assert_type(predict_too(x), Tensor)
with tg.no_grad(), tg.enable_grad(), tg.inference_mode():
    assert_type(x + 1, Tensor)

evaluate(x, tymes=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
step(x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
step(x, x).foo  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
