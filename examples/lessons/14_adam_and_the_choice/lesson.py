"""Adam is Momentum and RMSprop together, Nadam is Adam with NAG's look-ahead. Which rule for what? Measure."""

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
    rates, epochs = (RATES[1:4:2], 1) if quick else (RATES, 8)
    ends, curves, scores = {}, {}, {}
    for name in RULES:
        tried = {}
        for lr in rates:
            tg.manual_seed(1)
            model = nn.MLP([64, 32, 10])
            rule = lambda p, name=name, lr=lr: getattr(optim, name)(p, lr=lr)
            try:
                tried[lr] = train.fit(
                    model, X_train, y_train, loss=nn.CrossEntropyLoss(), optimizer=rule, epochs=epochs, seed=1,
                    metrics=["acc"], validation=(X_test, y_test), progress=False,
                )  # fmt: skip
            except train.DivergedError:
                tried[lr] = None
        lr = min((r for r in tried if tried[r]), key=lambda r: tried[r]["val_loss"][-1])
        ends[name] = (rates, [tried[r]["val_loss"][-1] if tried[r] else np.nan for r in rates])
        curves[f"{name} (rate {lr:g})"] = tried[lr]["val_loss"]
        best = tried[lr]["val_loss"][-1]
        good = sum(1 for t in tried.values() if t and t["val_loss"][-1] < 2 * best)
        scores[name] = {"lr": lr, "loss": best, "acc": tried[lr]["val_acc"][-1], "good": good}
    print(f"{'rule':9} {'best rate':>10} {'test loss':>10} {'accuracy':>9} {'rates within twice the best loss':>34}")
    for name, s in scores.items():
        print(f"{name:9} {s['lr']:10g} {s['loss']:10.4f} {s['acc']:9.3f} {s['good']:25} of {len(rates)}")
    viz.loss_curves(curves, title="Digits: each rule at its best rate, test loss", log=True).save(out / "digits.svg")
    viz.plot(
        ends, title=f"Digits: test loss after {epochs} epochs", xlabel="learning rate", ylabel="loss", log_x=True, log_y=True
    ).save(out / "rates.svg")

    # The same race where it can be seen: a slice through a small network's loss.
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
    main(quick="--quick" in sys.argv)
