"""One number decides everything: too small makes no progress, too large oscillates, still larger explodes."""

import sys
from pathlib import Path

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train, viz

HERE = Path(__file__).parent


def descend(lr: float, steps: int = 25) -> list[float]:
    """x from 3 down x²: each step multiplies x by 1 − 2 lr."""
    x = tg.tensor([3.0], requires_grad=True)
    optimizer, path = tg.optim.SGD([x], lr=lr), [3.0]
    for _ in range(steps):
        optimizer.zero_grad()
        (x * x).sum().backward()
        optimizer.step()
        path.append(x.item())
    return path


def main(out: Path = HERE, quick: bool = False) -> dict:
    rates = {"0.01: too small": 0.01, "0.3: good": 0.3, "0.95: swings": 0.95, "1.05: explodes": 1.05}
    with train.lint():
        paths = {name: descend(lr) for name, lr in rates.items()}
    for name, path in paths.items():
        print(f"{name:16} x = " + ", ".join(f"{x:.3g}" for x in path[:5]) + f", …, {path[-1]:.3g}")
    step = range(26)
    viz.plot(
        {name: (step, path) for name, path in paths.items()}, title="x on the way down x²", xlabel="step", ylabel="x"
    ).save(out / "paths.svg")

    # With a real loss: the gradient grows with the error, and the error with the gradient, until the numbers overflow.
    tg.manual_seed(0)
    diabetes = data.load_diabetes()
    model = nn.Linear(diabetes.X.shape[1], 1)
    try:
        with train.lint():
            train.fit(
                model,
                diabetes.X,
                diabetes.y.reshape(-1, 1),
                optimizer=lambda p: tg.optim.SGD(p, lr=0.0001),
                epochs=20,
                progress=False,
            )
    except train.DivergedError as stop:
        message, history = str(stop), stop.history
        print(f"\n{message}")
    exploding = {"gradient norm": history.steps["grad_norm"], "loss": history.steps["loss"]}
    viz.loss_curves(exploding, title="A loss explodes", xlabel="step", ylabel="", log=True).save(out / "explosion.svg")
    return {"ends": {name: path[-1] for name, path in paths.items()}, "message": message}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
