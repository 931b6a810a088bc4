"""Adam is Momentum and RMSprop together; Nadam is Adam with NAG's look-ahead. Which rule should you use? Measure."""

import contextlib
import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train, viz

HERE = Path(__file__).parent
RULES = ("SGD", "Momentum", "NAG", "Adagrad", "RMSprop", "Adadelta", "Adam", "Nadam")
RATES = (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0)


def main(out: Path = HERE, quick: bool = False) -> dict:
    print(optim.family(), "\n")
    digits = data.load_digits()
    tg.manual_seed(0)
    X_train, X_test, y_train, y_test = data.train_test_split(digits.X, digits.y, test_size=0.25, stratify=digits.y)
    scaler = data.StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    rates, epochs, seeds = (RATES[1:4:2], 1, 1) if quick else (RATES, 8, 3)
    ends, curves, scores = {}, {}, {}
    for name in RULES:
        losses, hits = {}, {}  # rate -> [seeds, epochs], [seeds]
        for lr in rates:
            runs = []
            for seed in range(seeds):
                tg.manual_seed(seed)
                model = nn.MLP([64, 32, 10])
                rule = lambda p, name=name, lr=lr: getattr(optim, name)(p, lr=lr)
                with contextlib.suppress(train.DivergedError):  # without the linter: some rates are too large on purpose
                    runs.append(train.fit(
                        model, X_train, y_train, loss=nn.CrossEntropyLoss(), optimizer=rule, epochs=epochs, seed=seed,
                        metrics=["acc"], validation=(X_test, y_test), progress=False,
                    ))  # fmt: skip
            losses[lr] = np.array([run["val_loss"] for run in runs]) if len(runs) == seeds else np.full((1, epochs), np.inf)
            hits[lr] = np.array([run["val_acc"][-1] for run in runs])
        ends[name] = rates, [losses[r][:, -1].mean() for r in rates]
        lr = rates[int(np.argmin(ends[name][1]))]
        curves[f"{name} (rate {lr:g})"] = losses[lr].mean(0)
        good = sum(end < 2 * min(ends[name][1]) for end in ends[name][1])
        scores[name] = {"lr": lr, "loss": losses[lr][:, -1].mean(), "acc": hits[lr], "good": good}
    print(f"means over {seeds} seed{'s' * (seeds > 1)}")
    print(f"{'rule':9} {'best rate':>10} {'test loss':>10} {'accuracy: mean, min, max':>25} {'good rates':>12}")
    for name, s in scores.items():
        acc = f"{s['acc'].mean():.3f}, {s['acc'].min():.3f}, {s['acc'].max():.3f}"
        print(f"{name:9} {s['lr']:10g} {s['loss']:10.3f} {acc:>25} {s['good']:7} of {len(rates)}")
    title = f"Digits: each rule at its best rate, test loss (mean of {seeds} seeds)"
    viz.loss_curves(curves, title=title, log=True).save(out / "digits.svg")
    title = f"Digits: test loss after {epochs} epochs (mean of {seeds} seeds; a line ends where a run diverged)"
    viz.plot(ends, title=title, xlabel="learning rate", ylabel="loss", log_x=True, log_y=True).save(out / "rates.svg")

    # A race that can be drawn: on a slice through a small network's loss.
    X, y = map(tg.tensor, data.moons(60))
    tg.manual_seed(4)
    network = nn.MLP([2, 8, 2])
    slice_ = viz.loss_slice(
        "a slice through a network's loss",
        lambda: nn.functional.cross_entropy(network(X), y),
        network.parameters(),
        reach=3.0,
        start=(-2.5, 2.0),
    )
    viz.race(surface=slice_, steps=20 if quick else 60, rates=rates).save(out / "slice.svg")
    return scores


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
