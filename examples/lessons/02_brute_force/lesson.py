"""The cost of trying every input grows exponentially with the number of axes; that of descent hardly grows."""

import itertools
import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import train, viz

HERE = Path(__file__).parent
POINTS = 21  # on each axis, from −1 to 1: a spacing of 0.1
LOW = 0.37  # the minimum is at (0.37, 0.37, …), which is not on the grid


def brute_force(axes: int) -> tuple[int, float]:
    """The number of evaluations for the whole grid, and the distance of its best point from the minimum on the worst axis."""
    best, where, evaluations = np.inf, (), 0
    for point in itertools.product(np.linspace(-1, 1, POINTS), repeat=axes):
        evaluations += 1
        value = sum((x - LOW) ** 2 for x in point)
        if value < best:
            best, where = value, point
    return evaluations, max(abs(x - LOW) for x in where)


def descent(axes: int, close: float) -> int:
    """The number of evaluations (of the function and its gradient) until x is within `close` of the minimum on every axis."""
    x = tg.tensor(np.full(axes, -1.0), requires_grad=True)
    optimizer = tg.optim.SGD([x], lr=0.1)
    evaluations, far = 0, True
    while far:
        evaluations += 1
        optimizer.zero_grad()
        ((x - LOW) ** 2).sum().backward()
        optimizer.step()
        far = np.abs(x.detach().numpy() - LOW).max() > close
    return evaluations


def top(maximize: bool) -> float:
    """Where 1 − (x − 0.37)² is largest, found by walking uphill on it, or downhill on its negative."""
    x = tg.tensor([-1.0], requires_grad=True)
    optimizer = tg.optim.SGD([x], lr=0.1, maximize=maximize)
    for _ in range(60):
        optimizer.zero_grad()
        height = (1 - (x - LOW) ** 2).sum()
        (height if maximize else -height).backward()
        optimizer.step()
    return x.item()


def main(out: Path = HERE, quick: bool = False) -> dict:
    dimensions = [1, 2, 3] if quick else [1, 2, 3, 4]
    tried, walked = [], []
    with train.lint():
        for axes in dimensions:
            evaluations, close = brute_force(axes)
            tried.append(evaluations)
            walked.append(descent(axes, close))
            name = f"{axes} {'axis' if axes == 1 else 'axes'}:"
            print(f"{name:7} {evaluations:>7,} evaluations by brute force, {walked[-1]} downhill, both within {close:.2f}")
        many = descent(1000, close)
        tops = [top(maximize=True), top(maximize=False)]
    print(f"1000 axes: {many} downhill; brute force: a number with {int(1000 * np.log10(POINTS)) + 1:,} digits")
    print(
        f"the largest value of 1 − (x − {LOW})²: uphill at x = {tops[0]:.3f}, downhill on minus the function at {tops[1]:.3f}"
    )
    lines = {"brute force": (dimensions, tried), "gradient descent": (dimensions, walked)}
    viz.plot(lines, title="Evaluations until within 0.03 of the minimum", xlabel="axes", ylabel="evaluations", log_y=True).save(
        out / "evaluations.svg"
    )
    return {"tried": tried, "walked": walked, "many": many, "tops": tops}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
