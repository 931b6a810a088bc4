"""Small training loops, each written once for one process and several ranks: `mpiexec -n 3 python training.py out.npz`.

`plain(name)` runs a loop in one process, without tinygrad_edu.distributed. A loop returns the model's parameters and buffers.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.optim import lr_scheduler

ROWS, BATCH, EPOCHS = 93, 13, 9  # 8 steps per epoch, 72 in all; the last batch has 2 rows, so of 3 or 4 ranks some get none
SEED = 5
rng = np.random.default_rng(0)
DATA = rng.normal(size=(ROWS, 6)), rng.integers(0, 3, ROWS)


class OneProcess:
    """The usual loop."""

    rank, size = 0, 1
    sync_batchnorm: Any = nn.BatchNorm1d

    def wrap(self, model: nn.Module) -> Any:
        return model

    def batches(self, epoch: int, size: int = BATCH) -> Iterator[np.ndarray]:
        order = tg.Generator().manual_seed(SEED + epoch).permutation(ROWS)
        for start in range(0, ROWS, size):
            yield order[start : start + size]

    def share(self, rows: np.ndarray) -> np.ndarray:
        return rows

    def mean(self, value: tg.Tensor, n: int) -> float:
        return float(value)


class Ranks(OneProcess):
    """The same loop on ranks."""

    def __init__(self) -> None:
        from tinygrad_edu import distributed

        self.distributed = distributed
        self.rank, self.size = distributed.get_rank(), distributed.get_world_size()
        self.sync_batchnorm = nn.SyncBatchNorm

    def wrap(self, model: nn.Module) -> Any:
        return nn.parallel.DistributedDataParallel(model)

    def batches(self, epoch: int, size: int = BATCH) -> Iterator[np.ndarray]:
        sampler = self.distributed.DistributedBatchSampler(ROWS, size, seed=SEED)
        sampler.set_epoch(epoch)
        assert len(sampler) == -(-ROWS // size)
        yield from sampler

    def share(self, rows: np.ndarray) -> np.ndarray:
        return np.array_split(rows, self.size)[self.rank]

    def mean(self, value: tg.Tensor, n: int) -> float:
        sums = np.array([float(value) * n if n else 0.0, n])
        self.distributed.all_reduce(sums)
        return float(sums[0] / sums[1])


def mlp(seed: int = 1, *extra: nn.Module, dtype: str = "float64") -> nn.Module:
    tg.manual_seed(seed)
    return nn.Sequential(nn.Linear(6, 8), *extra, nn.Tanh(), nn.Linear(8, 3)).to(dtype)


def tensors(rows: np.ndarray, dtype: str = "float64") -> tuple[tg.Tensor, tg.Tensor]:
    return tg.tensor(DATA[0][rows].astype(dtype)), tg.tensor(DATA[1][rows])


def numbers(model: nn.Module) -> np.ndarray:
    return np.concatenate([np.asarray(t.detach()).ravel() for t in (*model.parameters(), *model.buffers())])


cross_entropy = nn.functional.cross_entropy
SCENARIOS: dict[str, Any] = {}


def scenario(function: Any) -> Any:
    SCENARIOS[function.__name__] = function
    return function


def loop(how: OneProcess, model: nn.Module, opt: Any, dtype: str = "float64", clip: float | None = None) -> np.ndarray:
    model = how.wrap(model)
    for epoch in range(EPOCHS):
        for rows in how.batches(epoch):
            X, y = tensors(rows, dtype)
            opt.zero_grad()
            cross_entropy(model(X), y).backward()
            if clip is not None:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            opt.step()
    return numbers(model)


@scenario
def float64(how: OneProcess) -> np.ndarray:
    model = mlp(seed=1 + how.rank)  # rank 0's weights are used
    return loop(how, model, optim.SGD(model.parameters(), lr=0.1))


@scenario
def float32(how: OneProcess) -> np.ndarray:
    model = mlp(dtype="float32")
    return loop(how, model, optim.SGD(model.parameters(), lr=0.1), "float32")


@scenario
def clipped_adam(how: OneProcess) -> np.ndarray:
    model = mlp()
    return loop(how, model, optim.Adam(model.parameters(), lr=0.01), clip=0.3)


@scenario
def clipped_momentum(how: OneProcess) -> np.ndarray:
    model = mlp()
    return loop(how, model, optim.Momentum(model.parameters(), lr=0.05), clip=0.3)


@scenario
def sync_batchnorm(how: OneProcess) -> np.ndarray:
    model = mlp(1, how.sync_batchnorm(8))
    return loop(how, model, optim.SGD(model.parameters(), lr=0.1))


@scenario
def schedule(how: OneProcess) -> np.ndarray:
    model = mlp()
    opt = optim.SGD(model.parameters(), lr=0.1)
    model, cycle = how.wrap(model), lr_scheduler.OneCycleLR(opt, max_lr=0.3, total_steps=8 * EPOCHS)
    for epoch in range(EPOCHS):
        for rows in how.batches(epoch):
            X, y = tensors(rows)
            opt.zero_grad()
            cross_entropy(model(X), y).backward()
            opt.step()
            cycle.step()
    return numbers(model)


@scenario
def plateau_and_early_stop(how: OneProcess) -> np.ndarray:
    """The loss over all ranks decides when the rate falls and when the loop ends."""
    model = mlp()
    opt = optim.SGD(model.parameters(), lr=2.0)
    model, plateau = how.wrap(model), lr_scheduler.ReduceLROnPlateau(opt, patience=0, factor=0.5)
    best, bad, epoch = np.inf, 0, 0
    for epoch in range(200):
        total = 0.0
        for rows in how.batches(epoch):
            X, y = tensors(rows)
            opt.zero_grad()
            loss = cross_entropy(model(X), y)
            loss.backward()
            opt.step()
            total += how.mean(loss.detach(), len(rows))
        plateau.step(total)
        best, bad = (total, 0) if total < best else (best, bad + 1)
        if bad == 4:
            break
    assert 4 < epoch < 199
    return np.array([epoch, opt.param_groups[0]["lr"], *numbers(model)])


@scenario
def lbfgs(how: OneProcess) -> np.ndarray:
    model = mlp()
    opt = optim.LBFGS(model.parameters(), line_search_fn="strong_wolfe", max_iter=8)
    model, rows = how.wrap(model), how.share(np.arange(ROWS))
    X, y = tensors(rows)

    def closure() -> tg.Tensor:
        opt.zero_grad()
        loss = cross_entropy(model(X), y)
        loss.backward()
        return tg.tensor(how.mean(loss.detach(), len(rows)), dtype=tg.float64)

    opt.step(closure)
    return numbers(model)


@scenario
def no_sync(how: OneProcess) -> np.ndarray:
    """Three micro-batches of unequal size make a step; gradients are sent with the last one."""
    model = mlp()
    opt = optim.Adam(model.parameters(), lr=0.01)
    model = how.wrap(model)
    for epoch in range(EPOCHS):
        for rows in how.batches(epoch, 31):
            cuts = sorted({0, len(rows) // 2 + 1, len(rows) - 2, len(rows)})
            micro = [rows[a:b] for a, b in itertools.pairwise(cuts)]
            opt.zero_grad()
            for k, part in enumerate(micro):
                last = k == len(micro) - 1
                X, y = tensors(part)
                with contextlib.nullcontext() if last or how.size == 1 else model.no_sync():
                    (cross_entropy(model(X), y) * (len(part) / len(rows))).backward()
            opt.step()
    return numbers(model)


class TwoHeads(nn.Module):
    """The second head is used for rare rows only, so some ranks do not use it at all; the third head is never used."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(6, 3), nn.Linear(6, 3), nn.Linear(6, 3)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        rare = np.asarray(x.detach())[:, :1] > 1.2
        y = self.a(x)
        return y + tg.tensor(rare.astype(float)) * self.b(x) if rare.any() else y


@scenario
def unused_parameters(how: OneProcess) -> np.ndarray:
    tg.manual_seed(1)
    model = TwoHeads().to("float64")
    found = loop(how, model, optim.SGD(model.parameters(), lr=0.1))
    assert model.c.weight.grad is None
    return found


@scenario
def frozen_and_unfrozen(how: OneProcess) -> np.ndarray:
    model = mlp()
    opt = optim.SGD(model.parameters(), lr=0.1)
    wrapped = how.wrap(model)
    for epoch in range(4):
        model[0].requires_grad_(epoch % 2 == 1)
        for rows in how.batches(epoch):
            X, y = tensors(rows)
            opt.zero_grad()
            cross_entropy(wrapped(X), y).backward()
            opt.step()
    return numbers(model)


@scenario
def several_outputs_and_calls(how: OneProcess) -> np.ndarray:
    """A dict of outputs, and two forward passes before one backward."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = nn.Linear(6, 8), nn.Linear(8, 3)

        def forward(self, *, x: tg.Tensor) -> dict[str, tg.Tensor]:
            hidden = self.body(x).tanh()
            return {"hidden": hidden, "logits": self.head(hidden)}

    tg.manual_seed(1)
    model = Net().to("float64")
    opt = optim.SGD(model.parameters(), lr=0.1)
    wrapped = how.wrap(model)
    for rows in how.batches(0):
        X, y = tensors(rows)
        opt.zero_grad()
        one, two = wrapped(x=X), wrapped(x=-X)
        if len(rows):
            (cross_entropy(one["logits"], y) + (one["hidden"] * two["hidden"]).sum(1).mean()).backward()
        else:  # a rank without rows calls backward() too
            (one["logits"].sum() + two["hidden"].sum()).backward()
        opt.step()
    return numbers(model)


@scenario
def compiled(how: OneProcess) -> np.ndarray:
    """tg.compile cannot record a collective operation, and warns: the step runs eagerly, and the ranks still agree."""
    model = mlp()
    opt = optim.SGD(model.parameters(), lr=0.1)
    wrapped = how.wrap(model)

    def step(X: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        opt.zero_grad()
        loss = cross_entropy(wrapped(X), y)
        loss.backward()
        opt.step()
        return loss

    if how.size > 1:
        step = tg.compile(step)
    for rows in list(how.batches(0))[:-1]:  # the loss of no rows is nan
        step(*tensors(rows))
    assert how.size == 1 or step.why
    return numbers(model)


@scenario
def exact(how: OneProcess) -> np.ndarray:
    """Multiples of small powers of 1/2: on 1, 2 or 4 ranks, float64 holds every number of two steps exactly, in any order."""
    X, y = np.round(4 * DATA[0][:32]) / 4, np.round(2 * DATA[0][:32, :2]) / 2
    model = nn.Linear(6, 2).to("float64")
    with tg.no_grad():
        model.weight.copy_(tg.tensor(np.arange(12).reshape(2, 6) / 4 - 1))
        model.bias.zero_()
    opt = optim.SGD(model.parameters(), lr=1 / 64)
    wrapped = how.wrap(model)
    for step in range(2):
        rows = how.share(np.arange(32)[step::2])
        opt.zero_grad()
        nn.functional.mse_loss(wrapped(tg.tensor(X[rows])), tg.tensor(y[rows])).backward()
        opt.step()
    return numbers(model)


def batchnorm_per_rank(how: OneProcess) -> np.ndarray:
    """Each rank's rows are normalized separately, which no loop in one process does; see emulated()."""
    model = mlp(1, nn.BatchNorm1d(8), dtype="float32")
    model = how.wrap(model)
    opt = optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(EPOCHS):
        for rows in list(how.batches(epoch))[:-1]:  # two rows are too few
            X, y = tensors(rows, "float32")
            opt.zero_grad()
            cross_entropy(model(X), y).backward()
            opt.step()
    return numbers(model)


def emulated(size: int) -> np.ndarray:
    """batchnorm_per_rank, with the ranks computed in turn in this process; sums are formed as in MPICH, neighbors first."""
    models = [mlp(1, nn.BatchNorm1d(8), dtype="float32") for _ in range(size)]
    opts = [optim.Adam(m.parameters(), lr=0.01) for m in models]

    def pairwise(parts: list[np.ndarray]) -> np.ndarray:
        while len(parts) > 1:
            parts = [parts[i] + parts[i + 1] if i + 1 < len(parts) else parts[i] for i in range(0, len(parts), 2)]
        return parts[0]

    for epoch in range(EPOCHS):
        for batch in list(OneProcess().batches(epoch))[:-1]:
            shares = np.array_split(batch, size)
            for model, opt, rows in zip(models, opts, shares, strict=True):
                X, y = tensors(rows, "float32")
                opt.zero_grad()
                cross_entropy(model(X), y).backward()
            n = np.float32(len(batch))

            def mean(arrays: list[np.ndarray], shares: list[np.ndarray] = shares, n: np.float32 = n) -> np.ndarray:
                return pairwise([a * len(rows) for a, rows in zip(arrays, shares, strict=True)]) / n

            for same in zip(*(list(m.parameters()) for m in models), strict=True):
                g = mean([np.asarray(p.grad) for p in same])
                for p in same:
                    p.grad = tg.tensor(g)
            for same in zip(*(list(m.buffers()) for m in models), strict=True):
                if same[0].dtype.kind == "f":
                    b = mean([np.asarray(t) for t in same])
                    for t in same:
                        t.copy_(tg.tensor(b))
            for opt in opts:
                opt.step()
    return numbers(models[0])


def plain(name: str) -> np.ndarray:
    return SCENARIOS[name](OneProcess())


def main() -> None:
    from tinygrad_edu import distributed

    distributed.init_process_group(timeout=60)
    how, found = Ranks(), {}
    for name, train in {**SCENARIOS, "batchnorm_per_rank": batchnorm_per_rank}.items():
        found[name] = train(how)
        hashes = [None] * how.size
        distributed.all_gather_object(hashes, hashlib.sha256(found[name].tobytes()).hexdigest())
        assert len(set(hashes)) == 1, f"{name}: the ranks have different numbers"
    seen = [None] * how.size
    distributed.all_gather_object(seen, [np.concatenate([*how.batches(epoch)]) for epoch in range(2)])
    for epoch in range(2):
        found[f"rows of epoch {epoch}"] = np.concatenate([rows[epoch] for rows in seen])
    tg.manual_seed(100 + how.rank)
    masks = [None] * how.size
    distributed.all_gather_object(masks, np.asarray(nn.functional.dropout(tg.ones(64))))
    found["dropout masks"] = np.array(masks)
    if how.rank == 0:
        np.savez(sys.argv[1], **found)


if __name__ == "__main__":
    main()
