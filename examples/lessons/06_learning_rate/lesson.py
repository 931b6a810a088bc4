"""The learning rate: with a small one there is hardly any progress; with a large one descent oscillates, or even explodes."""

import sys
from pathlib import Path

import numpy as np

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


def bumpy(x):
    """A bowl with bumps: many local minima, the global one at 0."""
    return x**2 / 2 - tg.cos(6 * x) / 2


def ends_on_bumps(lr, starts: np.ndarray) -> np.ndarray:
    x = tg.tensor(starts, requires_grad=True)
    optimizer = tg.optim.SGD([x], lr=lr)
    for _ in range(400):
        optimizer.zero_grad()
        bumpy(x).sum().backward()
        optimizer.step()
    return x.detach().numpy()


def main(out: Path = HERE, quick: bool = False) -> dict:
    rates = {"0.01: too small": 0.01, "0.3: good": 0.3, "0.95: swings": 0.95, "1.05: explodes": 1.05}
    with train.lint():
        paths = {name: descend(lr) for name, lr in rates.items()}
    for name, path in paths.items():
        print(f"{name:16} x = " + ", ".join(f"{x:.3g}" for x in path[:5]) + f", …, {path[-1]:.3g}")
    lines = {name: (range(26), path) for name, path in paths.items()}
    viz.plot(lines, title="x on the way down x²", xlabel="step", ylabel="x").save(out / "paths.svg")

    # A rate that is too small is not only slow: on a bumpy function it decides where the run ends.
    starts = np.linspace(-6, 6, 121)
    rates = {"0.01": 0.01, "0.05": 0.05, "0.5": 0.5, "0.5, shrinking to 0": lambda step: 0.5 * (1 - min(step, 399) / 400)}
    with train.lint():
        ends = {name: ends_on_bumps(lr, starts) for name, lr in rates.items()}
    reached = {name: int((np.abs(x) < 0.26).sum()) for name, x in ends.items()}  # 0.26 is a quarter of a bump
    print("\nruns that end in the global minimum: " + ", ".join(f"{k}: {n} of {len(starts)}" for k, n in reached.items()))
    grid = np.linspace(-6, 6, 481)
    dots = {f"ends with {name}": (ends[name], bumpy(ends[name])) for name in ("0.01", "0.5, shrinking to 0")}
    viz.plot({"f": (grid, bumpy(grid))}, dots, title="A bowl with bumps", ylabel="f").save(out / "bumps.svg")

    # With a real loss: the gradient grows with the error, and the error with the gradient, until the numbers overflow.
    tg.manual_seed(0)
    diabetes = data.load_diabetes()
    model = nn.Linear(diabetes.X.shape[1], 1)
    try:
        with train.lint():
            rule = lambda p: tg.optim.SGD(p, lr=0.0001)
            train.fit(model, diabetes.X, diabetes.y.reshape(-1, 1), optimizer=rule, epochs=20, progress=False)
    except train.DivergedError as stop:
        message, history = str(stop), stop.history
        print(f"\n{message}")
    exploding = {"gradient norm": history.steps["grad_norm"], "loss": history.steps["loss"]}
    viz.loss_curves(exploding, title="A loss explodes", xlabel="step", ylabel="", log=True).save(out / "explosion.svg")
    return {"ends": {name: path[-1] for name, path in paths.items()}, "message": message, "reached": reached}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
