"""Mistakes that type checkers must report: if they miss one, they report its ignore comment as unused."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

x = tg.randn(3)
model = nn.Linear(3, 1)
opt = optim.SGD(model.parameters(), lr=0.1)

# --- names that do not exist ---
x.summ()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
tg.randn(3).backwards()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
(x + x).foo  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
x.sum().exp().lgo()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
model(x).foo  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
nn.MSELoss()(x, x).foo  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
nn.Sequential(model)(x).foo  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
nn.LSTM(3, 3)(x)[0].foo  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
tg.nn.functional.relu(x).foo  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
x.max(0).value  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
tg.rand_n(3)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
nn.Liner(3, 1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
optim.Addam(model.parameters())  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
opt.stepp()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]

# --- operands of a wrong type ---
x + "a"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
x + None  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
x + [1.0]  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
x @ "a"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
x["a"]  # type: ignore[index]  # pyright: ignore[reportArgumentType]
_ = x < "a"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
tg.exp("a")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
tg.maximum(x, "a")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]

# --- arguments that do not fit ---
tg.exp()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
tg.exp(x, x)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
tg.sum(x, axis="rows")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
x.sum(dimension=0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
x.reshape("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
x.transpose(0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
x.cumsum()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
tg.zeros("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
tg.randn(3, requires_grad="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
tg.cat(x, x)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
tg.einsum(x, x)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
nn.Linear("3", 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
nn.Linear(3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
nn.Linear(3, 1, biass=False)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
model()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
model(x, x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
model("a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
model(input=x, target=x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
nn.MSELoss()(x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
nn.MSELoss(x, x)  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]
nn.LSTM(3, 3)("a")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
optim.Adam(model.parameters(), learning_rate=0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
opt.step(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# --- results of another type ---
text: str = x.sum()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
number: float = x  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
output: tg.Tensor = nn.LSTM(3, 3)(x)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
x.shape = (3,)  # type: ignore[assignment, misc]  # pyright: ignore[reportAttributeAccessIssue]
