"""The derivative as a limit, the gradient as a vector of derivatives, and one step against it."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import train, viz

HERE = Path(__file__).parent


def f(x):
    return np.sin(x) * x**2


def main(out: Path = HERE, quick: bool = False) -> dict:
    # The derivative is the limit of (f(x + Δx) − f(x)) / Δx. With 16 digits, a computer cannot get all the way there.
    x = tg.tensor(np.float64(1.5), dtype=np.float64, requires_grad=True)
    f(x).backward()
    slope = x.grad.item()
    exact = 1.5**2 * np.cos(1.5) + 2 * 1.5 * np.sin(1.5)
    widths = 10.0 ** np.arange(-15, 1)
    wrong = [abs((f(1.5 + h) - f(1.5)) / h - exact) for h in widths]
    best = widths[int(np.argmin(wrong))]
    print(
        f"df/dx at 1.5: {exact:.12f} on paper, {slope:.12f} by backward(); "
        f"the quotient is best at Δx = {best:g}, off by {min(wrong):.1e}"
    )
    lines = {"|quotient − derivative|": (widths, wrong)}
    title = "How wrong the difference quotient is"
    viz.plot(lines, title=title, xlabel="Δx", ylabel="error", log_x=True, log_y=True).save(out / "quotient.svg")

    # The gradient: one derivative for each variable, all from one backward().
    w = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (w[0] ** 2 * w[1] + w[2]).backward()
    print(f"∇(w₀² w₁ + w₂) at (1, 2, 3): {w.grad.tolist()}, on paper (2 w₀ w₁, w₀², 1) = [4, 1, 1]")

    # Step by step: x ← x − α df/dx. Left of the minimum the slope is negative, so the minus makes x grow.
    paths = {}
    with train.lint():
        for start in (-2.0, 3.0):
            x = tg.tensor([start], requires_grad=True)
            optimizer, path = tg.optim.SGD([x], lr=0.15), [start]
            for _ in range(12):
                optimizer.zero_grad()
                ((x - 1) ** 2).sum().backward()
                optimizer.step()
                path.append(x.item())
            paths[start] = path
            print(f"from {start}: " + ", ".join(f"{v:.2f}" for v in path[:6]) + ", …")
    grid = np.linspace(-2.5, 3.5, 121)
    dots = {f"steps from {start}": (path, (np.array(path) - 1) ** 2) for start, path in paths.items()}
    viz.plot({"f(x) = (x − 1)²": (grid, (grid - 1) ** 2)}, dots, title="Steps down a parabola", ylabel="f").save(
        out / "steps.svg"
    )
    return {"slope": slope, "exact": exact, "best": best, "gradient": w.grad.tolist(), "paths": paths}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
