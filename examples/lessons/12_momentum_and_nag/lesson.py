"""Momentum carries a run down a long valley and out of a shallow minimum. NAG looks ahead and brakes."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, train, viz
from tinygrad_edu.optim import NAG, SGD, Momentum

HERE = Path(__file__).parent


def two_minima(x):
    """A shallow minimum near −1.12, a deep one near 1.35."""
    return x**4 / 4 - 0.1 * x**3 / 3 - 1.55 * x**2 / 2 - 0.2 * x


def roll(rule, start: float, steps: int) -> list[float]:
    x = tg.tensor([start], requires_grad=True)
    optimizer, path = rule([x]), [start]
    for _ in range(steps):
        optimizer.zero_grad()
        two_minima(x).sum().backward()
        optimizer.step()
        path.append(x.item())
    return path


def main(out: Path = HERE, quick: bool = False) -> dict:
    # The classic picture of a long valley, a hundred times as steep across as along.
    valley = viz.race(surface=viz.quadratic(100), steps=40 if quick else 150)
    print(valley)
    valley.save(out / "valley.svg")
    three = viz.race(["SGD", "Momentum", "NAG"], viz.quadratic(100), steps=40 if quick else 150, lr=0.005)
    three.save(out / "three.svg")

    rules = {
        "SGD": lambda p: SGD(p, lr=0.02),
        "Momentum": lambda p: Momentum(p, lr=0.02, momentum=0.95),
        "NAG": lambda p: NAG(p, lr=0.02, momentum=0.95),
    }
    with train.lint():
        paths = {name: roll(rule, -2.2, 300) for name, rule in rules.items()}
        back = roll(rules["Momentum"], 2.2, 300)[-1]
    for name, path in paths.items():
        print(f"{name:9} from −2.2 to {path[-1]:+.3f}, farthest right {max(path):+.3f}")
    print(f"Momentum  from +2.2 to {back:+.3f}")
    step = range(301)
    curves, title = {name: (step, path) for name, path in paths.items()}, "Into the first minimum, or through it"
    viz.plot(curves, title=title, xlabel="step", ylabel="x").save(out / "roll.svg")

    # The cost: one additional number per parameter.
    sizes = {}
    for name, rule in rules.items():
        model = nn.MLP([10, 10, 1])
        optimizer = rule(model.parameters())
        model(tg.ones(1, 10)).sum().backward()
        optimizer.step()
        kept = sum(v.numel() for s in optimizer.state.values() for v in s.values() if isinstance(v, tg.Tensor))
        sizes[name] = kept / sum(p.numel() for p in model.parameters())
        print(f"{name:9} numbers kept per parameter: {sizes[name]:.0f}")
    grid = np.linspace(-2.3, 2.3, 161)
    ends = {f"end of {name}": ([path[-1]], [two_minima(path[-1])]) for name, path in paths.items()}
    viz.plot({"f": (grid, two_minima(grid))}, ends, title="Two minima", ylabel="f").save(out / "two_minima.svg")
    return {
        "valley": {lane.name: lane.final for lane in valley.lanes},
        "ends": {k: v[-1] for k, v in paths.items()},
        "back": back,
        "sizes": sizes,
    }


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
