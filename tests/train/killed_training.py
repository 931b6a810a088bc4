"""Kill training runs with SIGKILL at random moments, and resume them from their checkpoints until they are done.

`python killed_training.py folder kills seed` prints the numbers of kills and runs, the mean number of steps before a kill, and
the runs that failed, or ended differently from one that was not killed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train
from tinygrad_edu.ops.stream_states import streams

EPOCHS, ROWS, BATCH = 5, 90, 8
PER_EPOCH = -(-ROWS // BATCH)
PER_RUN = 10  # kills per run; then it may finish, and another one begins
Note = Callable[[], None]  # called after every step


class Augmented(data.Dataset):
    """Rows with noise from every random stream that a user may use."""

    def __len__(self) -> int:
        return ROWS

    def __getitem__(self, i: int) -> Any:
        angle = 6.28 * i / ROWS + 0.1 * random.random()
        noise = np.random.normal(0, 0.05, 2) + 0.05 * tg.randn(2).numpy()  # noqa: NPY002 - as a user's script does
        return np.array([np.cos(angle), np.sin(2 * angle)], np.float32) + noise.astype(np.float32), np.int64(i % 2)


def model_of() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 2))


class Noted(train.Callback):
    """Call `note` after every step."""

    def __init__(self, note: Note) -> None:
        self.note = note

    def after_step(self, run: train.Run) -> None:
        self.note()


def with_fit(folder: Path, note: Note) -> dict[str, Any]:
    """Train with fit, resuming from the newest checkpoint."""
    model = model_of()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    X = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    y = (X[:, 0] > X[:, 1]).astype(np.int64)
    history = train.fit(
        model, data.DataLoader(Augmented(), batch_size=BATCH, shuffle=True), loss=nn.CrossEntropyLoss(), optimizer=optimizer,
        epochs=EPOCHS, metrics=["acc"], validation=(X, y), progress=False, resume=True,
        schedule=lambda o: optim.lr_scheduler.OneCycleLR(o, 0.02, total_steps=EPOCHS * PER_EPOCH),
        callbacks=[
            train.BestWeights("val_acc"), train.ClipGradNorm(1.0),
            train.Checkpoint(folder / "run-{step:04}.safetensors", every=1, every_steps=2, keep_last=2),
            train.EarlyStopping("loss", patience=50), Noted(note),
        ],
    )  # fmt: skip
    return {"model": model, "optimizer": optimizer, "history": history}


def with_a_loop(folder: Path, note: Note) -> dict[str, Any]:
    """Train in a hand-written loop, with Nesterov momentum, resuming from the checkpoint."""
    model, path = model_of(), folder / "run.safetensors"
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    loader, history = data.DataLoader(Augmented(), batch_size=BATCH, shuffle=True, drop_last=True), train.History()
    epoch = 0
    if path.exists():
        epoch = train.load_checkpoint(path, model, optimizer, schedule, loader=loader, history=history)["epoch"]
    while epoch < EPOCHS:
        for x, y in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            history.step(loss.item(), optimizer, model.named_parameters())
            if len(history.steps["loss"]) % 2 == 0:
                train.save_checkpoint(path, model, optimizer, schedule, loader=loader, history=history, epoch=epoch)
            note()
        schedule.step()
        epoch += 1
        train.save_checkpoint(path, model, optimizer, schedule, loader=loader, history=history, epoch=epoch)
    return {"model": model, "optimizer": optimizer, "schedule": schedule, "history": history}


WAYS = {"fit": with_fit, "a loop": with_a_loop}


def run(way: str, folder: Path, seed: int, note: Note) -> str:
    """Train to the end; return a hash of everything but the seconds."""
    for part in (tg.manual_seed, random.seed, np.random.seed):
        part(seed)
    parts = WAYS[way](folder, note)
    history = parts.pop("history").state_dict()
    for kept in history.values():
        kept.pop("seconds", None)
    file = io.BytesIO()
    tg.save([history, *(part.state_dict() for part in parts.values()), streams()], file)
    return hashlib.sha256(file.getvalue()).hexdigest()


def child(way: str, folder: Path, seed: int) -> tuple[int, int]:
    """Fork a process that trains; return its process id, and a pipe into which it writes a byte per step."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reading)
            done = run(way, folder, seed, lambda: (os.write(writing, b"."), None)[1])
            (folder / "done").write_text(done)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    return pid, reading


def main() -> None:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng, killed, counts, wrong, runs = random.Random(seed), 0, [], [], 0
    while killed < kills:
        runs += 1
        way, place = list(WAYS)[runs % 2], folder / f"{runs}"
        alone = folder / f"{runs} alone"
        for path in (place, alone):
            path.mkdir()
        expected = run(way, alone, seed + runs, lambda: None)
        before = killed
        while not (place / "done").exists():
            pid, pipe = child(way, place, seed + runs)
            first = os.read(pipe, 1)  # it is training now
            if first and killed < min(kills, before + PER_RUN):
                time.sleep(rng.random() * 0.05)
                os.kill(pid, signal.SIGKILL)
            steps = len(first)
            while piece := os.read(pipe, 1000):
                steps += len(piece)
            _, status = os.waitpid(pid, 0)
            os.close(pipe)
            if os.WIFSIGNALED(status):
                killed += 1
                counts.append(steps)
            elif os.WEXITSTATUS(status):
                wrong.append(f"{way} {runs} ended with an error")
                break
        else:
            if (place / "done").read_text() != expected:
                wrong.append(f"{way} {runs} ended differently")
        for path in (place, alone):
            shutil.rmtree(path)
    print(json.dumps({"kills": killed, "runs": runs, "steps before a kill": sum(counts) / len(counts), "wrong": wrong}))


if __name__ == "__main__":
    main()
