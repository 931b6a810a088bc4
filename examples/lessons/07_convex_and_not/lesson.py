"""On a convex function every start leads to a global minimum; on others, the result depends on the start."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, train, viz

HERE = Path(__file__).parent


def bowl(x):
    return x**2 / 2


def hills(x):
    return x**4 / 4 - 1.5 * x**2 + 0.5 * x + 3


def twins(x):
    """The curve of hills without the term that tilts it."""
    return x**4 / 4 - 1.5 * x**2 + 3


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
        for f in (bowl, hills, twins):
            ends[f.__name__] = np.array([descend(f, float(s)) for s in starts])
            places = sorted(set((np.round(ends[f.__name__], 2) + 0.0).tolist()))  # + 0: no −0.0
            heights = [round(f(x), 2) for x in places]
            print(f"{f.__name__}: {len(starts)} starts arrive at x = {places}, where f = {heights}")

    # A network has many equally good solutions: if two hidden units change places, its outputs stay the same.
    tg.manual_seed(0)
    network, X = nn.MLP([2, 3, 1]), tg.randn(100, 2)
    before, order = network(X), [1, 0, 2]
    W1, b1, W2, _ = network.parameters()
    with tg.no_grad():
        W1.copy_(W1[order])
        b1.copy_(b1[order])
        W2.copy_(W2[:, order])
    swapped = (network(X) - before).abs().max().item()
    print(f"two hidden units swapped: other weights, and outputs that differ by at most {swapped:.1e}")

    grid = np.linspace(-2.6, 2.6, 161)
    viz.plot({"hills": (grid, hills(grid)), "bowl": (grid, bowl(grid))},
             {"ends on hills": (ends["hills"], hills(ends["hills"])), "ends in the bowl": (ends["bowl"], bowl(ends["bowl"]))},
             title="A convex function and one that is not", ylabel="f").save(out / "ends.svg")  # fmt: skip
    dots = {"hills": (starts, ends["hills"]), "bowl": (starts, ends["bowl"])}
    viz.plot({}, dots, title="Where each start leads", xlabel="start", ylabel="end").save(out / "starts.svg")
    return {name: sorted(set(np.round(v, 2).tolist())) for name, v in ends.items()} | {"swapped": swapped}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
