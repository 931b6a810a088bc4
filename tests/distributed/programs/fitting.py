"""`train.fit` and checkpoints on ranks: `mpiexec -n 2 python fitting.py folder`; facts(False) trains in one process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, distributed, nn, optim, train
from tinygrad_edu.optim import lr_scheduler

ROWS = 94
rng = np.random.default_rng(3)
X = rng.normal(size=(ROWS, 5))
Y = (X[:, 0] * X[:, 1] > 0).astype(np.int64)


def model_of(wrap: bool, *extra: nn.Module) -> nn.Module:
    tg.manual_seed(1)
    model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), *extra, nn.Linear(8, 2)).to("float64")
    return nn.parallel.DistributedDataParallel(model) if wrap else model


def whole_batches() -> data.DataLoader:
    """The batches of DistributedBatchSampler, undivided, for a loop in one process."""
    whole = data.DistributedBatchSampler(ROWS, 16, num_replicas=1, rank=0)
    return data.DataLoader(data.TensorDataset(X, Y), batch_sampler=whole)


def fitted(wrap: bool, **options: Any) -> tuple[nn.Module, train.History]:
    model = model_of(wrap)
    given = {"loss": nn.CrossEntropyLoss(), "metrics": ["acc"], "progress": False, **options}
    opt = optim.SGD(model.parameters(), lr=1.0)
    rows = (X, Y) if wrap else (whole_batches(),)
    history = train.fit(model, *rows, optimizer=opt, batch_size=16, **given)
    return model, history


def numbers(model: nn.Module) -> np.ndarray:
    return np.concatenate([np.asarray(p.detach()).ravel() for p in model.parameters()])


def stopping(wrap: bool) -> tuple[nn.Module, train.History]:
    """EarlyStopping, BestWeights and ReduceLROnPlateau follow the loss of all ranks."""
    return fitted(
        wrap,
        epochs=60,
        validation=(X[:31], Y[:31]),
        schedule=lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=1, factor=0.3),
        callbacks=[train.EarlyStopping(patience=4), train.BestWeights(), train.ClipGradNorm(0.5)],
    )


def facts(wrap: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (model, history) in {"fitted": fitted(wrap, epochs=3), "stopping": stopping(wrap)}.items():
        found[f"{name} weights"] = numbers(model)
        for key, values in history.epochs.items():
            if key != "seconds":
                found[f"{name} {key}"] = np.array(values)
    return found


def go_on(model: nn.Module, opt: Any, epochs: range) -> None:
    batches = distributed.DistributedBatchSampler(ROWS, 16)
    loader = data.DataLoader(data.TensorDataset(X, Y), batch_sampler=batches)
    for epoch in epochs:
        batches.set_epoch(epoch)
        for x, y in loader:
            opt.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            opt.step()


def resume(folder: Path, found: dict[str, Any]) -> None:
    """Train four epochs in one go, and two and two with a checkpoint in between; dropout draws from each rank's stream."""
    rank = distributed.get_rank()

    def start() -> tuple[nn.Module, Any]:
        model = model_of(True, nn.Dropout(0.3))
        tg.manual_seed(50 + rank)
        return model, optim.Adam(model.parameters(), lr=0.01)

    model, opt = start()
    go_on(model, opt, range(4))
    found["in one go"] = numbers(model)
    model, opt = start()
    go_on(model, opt, range(2))
    train.save_checkpoint(folder / "run.safetensors", model, opt, epoch=2)
    found["saved"] = numbers(model)
    model, opt = start()
    tg.manual_seed(999)
    assert train.load_checkpoint(folder / "run.safetensors", model, opt) == {"epoch": 2}
    go_on(model, opt, range(2, 4))
    found["resumed"] = numbers(model)


class Fails(train.Callback):
    def __init__(self, step: int) -> None:
        self.step = step

    def after_step(self, run: train.Run) -> None:
        if len(run.history.steps["loss"]) == self.step:
            raise ConnectionError("a failure on all ranks")


def resume_inside(folder: Path, found: dict[str, Any]) -> None:
    """An uninterrupted fit with dropout, and one that fails in the middle of its second epoch and is resumed there."""

    def run(name: str, *fails: train.Callback, resume: bool = False) -> None:
        model = model_of(True, nn.Dropout(0.3))
        tg.manual_seed(999 if resume else 70 + distributed.get_rank())
        history = train.fit(
            model, X, Y, loss=nn.CrossEntropyLoss(), optimizer=lambda p: optim.Adam(p, lr=0.01), metrics=["acc"], batch_size=16,
            epochs=3, progress=False, resume=resume,
            callbacks=[train.Checkpoint(folder / f"{name}{{step:03}}", every=0, every_steps=1, keep_last=1), *fails],
        )  # fmt: skip
        kept = [values for key, values in {**history.epochs, **history.steps}.items() if key != "seconds"]
        found[f"inside {name}"] = np.concatenate([numbers(model), *map(np.array, kept)])

    run("whole", Fails(999))
    try:
        run("parts", Fails(9))
    except ConnectionError:
        run("parts", Fails(999), resume=True)
    distributed.barrier()
    if distributed.get_rank() == 0:
        for path in [*folder.glob("whole*"), *folder.glob("parts*")]:
            path.unlink()


def main() -> None:
    folder = Path(sys.argv[1])
    distributed.init_process_group(timeout=60)
    found = facts(wrap=True)
    every = [None] * distributed.get_world_size()
    distributed.all_gather_object(every, {k: v.tobytes() for k, v in found.items()})
    assert all(one == every[0] for one in every), "the ranks noted different numbers"
    resume(folder, found)
    resume_inside(folder, found)
    callback = train.Checkpoint(folder / "epoch{epoch}.safetensors", every=2)
    fitted(True, epochs=4, callbacks=[callback])
    if "other" in sys.argv:  # a checkpoint of another number of ranks
        model = model_of(True, nn.Dropout(0.3))
        opt = optim.Adam(model.parameters(), lr=0.01)
        before = tg.get_rng_state()
        train.load_checkpoint(sys.argv[sys.argv.index("other") + 1], model, opt)
        assert np.array_equal(before, tg.get_rng_state())
        with pytest.raises(ValueError, match="was saved by 2 processes and is loaded by 3: only weights"):
            train.fit(model, X, Y, resume=Path(sys.argv[sys.argv.index("other") + 1]).with_name("epoch2.safetensors"))
        found["from another number"] = numbers(model)
        go_on(model, opt, range(2, 3))
        train.save_checkpoint(folder / "again.safetensors", model, opt)
    if distributed.get_rank() == 0:
        np.savez(folder / "found.npz", **found)
    if "differ" in sys.argv:
        model = model_of(True)
        with tg.no_grad():
            model.module[2].bias += distributed.get_rank()
        train.save_checkpoint(folder / "differ.safetensors", model)


if __name__ == "__main__":
    main()
