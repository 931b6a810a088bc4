"""Stochastic descent at a fixed rate never comes to rest; a decreasing rate is fast at first and accurate later."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, train, viz
from tinygrad_edu.optim import lr_scheduler

HERE = Path(__file__).parent
SCHEDULES = {
    "fixed, large": (0.05, None),
    "fixed, small": (0.0005, None),
    "1/(1 + t)": (0.05, lambda o: lr_scheduler.InverseTimeDecay(o, 1.0)),
    "halved every 5 epochs": (0.05, lambda o: lr_scheduler.StepLR(o, 5, gamma=0.5)),
    "cosine": (0.05, lambda o: lr_scheduler.CosineAnnealingLR(o, 30)),
}


def main(out: Path = HERE, quick: bool = False) -> dict:
    tg.manual_seed(0)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5))
    y = X @ np.array([[1.0], [-2.0], [0.5], [0.0], [3.0]]) + rng.normal(0, 0.5, (200, 1))
    least = float(np.mean((X @ np.linalg.lstsq(X, y, rcond=None)[0] - y) ** 2))
    epochs, seeds, gaps, rates = (3, 2, {}, {}) if quick else (30, 5, {}, {})
    for name, (lr, schedule) in SCHEDULES.items():  # val_loss is that of all training rows, on purpose
        runs = []
        for seed in range(seeds):
            tg.manual_seed(seed)
            model = nn.Linear(5, 1, bias=False)
            history = train.fit(model, X, y, optimizer=tg.optim.SGD(model.parameters(), lr=lr), schedule=schedule,
                                batch_size=1, epochs=epochs, validation=(X, y), progress=False)  # fmt: skip
            runs.append(np.array(history["val_loss"]) - least)
        gaps[name], rates[name] = np.array(runs), history["lr"]
        low, mean, high = gaps[name][:, -1].min(), gaps[name][:, -1].mean(), gaps[name][:, -1].max()
        print(f"{name:22} rate {rates[name][0]:.4f} → {rates[name][-1]:.5f}   "
              f"MSE above its minimum: {mean:.1e}, from {low:.1e} to {high:.1e} over {seeds} seeds")  # fmt: skip
    last = np.array([runs[:, -1] for runs in gaps.values()])
    best = [list(gaps)[i] for i in last.argmin(axis=0)]
    print("the best schedule of each seed: " + ", ".join(best))
    epoch = range(1, epochs + 1)
    lines = {k: (epoch, np.maximum(v.mean(0), 1e-9)) for k, v in gaps.items()}
    spread = {k: (epoch, np.maximum(v.min(0), 1e-9), v.max(0)) for k, v in gaps.items()}
    title = f"MSE above its minimum, batches of one: mean and spread of {seeds} seeds"
    viz.plot(lines, bands=spread, title=title, xlabel="epoch", ylabel="gap", log_y=True).save(out / "gaps.svg")
    viz.plot({k: (epoch, v) for k, v in rates.items()}, title="Learning rates", xlabel="epoch", ylabel="rate", log_y=True).save(
        out / "rates.svg"
    )
    return {name: float(v[:, -1].mean()) for name, v in gaps.items()}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
