"""On a convex function every start leads to the same place; on others, the result depends on the start."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import train, viz

HERE = Path(__file__).parent


def bowl(x):
    return x**2 / 2


def hills(x):
    return x**4 / 4 - 1.5 * x**2 + 0.5 * x + 3


def descend(f, start: float, steps: int = 300) -> float:
    x = tg.tensor([start], requires_grad=True)
    optimizer = tg.optim.SGD([x], lr=0.05)
    for _ in range(steps):
        optimizer.zero_grad()
        f(x).sum().backward()
        optimizer.step()
    return x.item()


def main(out: Path = HERE, quick: bool = False) -> dict:
    starts = np.linspace(-2.4, 2.4, 7 if quick else 25)
    ends = {}
    with train.lint():
        for f in (bowl, hills):
            ends[f.__name__] = np.array([descend(f, float(s)) for s in starts])
            places = sorted(set((np.round(ends[f.__name__], 2) + 0.0).tolist()))  # + 0: no −0.0
            print(f"{f.__name__}: {len(starts)} starts arrive at x = {places}")
    grid = np.linspace(-2.6, 2.6, 161)
    viz.plot({"hills": (grid, hills(grid)), "bowl": (grid, bowl(grid))},
             {"ends on hills": (ends["hills"], hills(ends["hills"])), "end in the bowl": (ends["bowl"], bowl(ends["bowl"]))},
             title="A convex function and one that is not", ylabel="f").save(out / "ends.svg")  # fmt: skip
    dots = {"hills": (starts, ends["hills"]), "bowl": (starts, ends["bowl"])}
    viz.plot({}, dots, title="Where each start leads", xlabel="start", ylabel="end").save(out / "starts.svg")
    return {name: sorted(set(np.round(v, 2).tolist())) for name, v in ends.items()}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
