"""Features of different scales make a long narrow valley; StandardScaler makes it round."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train, viz

HERE = Path(__file__).parent


def conditions(X: np.ndarray) -> tuple[float, float]:
    """The largest curvature of the MSE of a linear model, and its ratio to the smallest: the condition number."""
    A = np.hstack([X, np.ones((len(X), 1))])
    curvatures = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return float(curvatures[-1]), float(curvatures[-1] / curvatures[0])


def descend(X: np.ndarray, y: np.ndarray, steps: int) -> tuple[list[float], float]:
    """The MSE above its minimum, step by step, at the rate 1 / largest curvature; and the condition number."""
    A = np.hstack([X, np.ones((len(X), 1))])
    least = float(np.mean((A @ np.linalg.lstsq(A, y, rcond=None)[0] - y) ** 2))
    steepest, condition = conditions(X)
    model = nn.Linear(X.shape[1], 1, dtype=np.float64)
    with tg.no_grad():
        for p in model.parameters():
            p.fill_(0.0)
    optimizer, gaps = tg.optim.SGD(model.parameters(), lr=1 / steepest), []
    inputs, targets, criterion = tg.tensor(X), tg.tensor(y), nn.MSELoss()
    with train.lint():
        for _ in range(steps):
            loss = criterion(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            gaps.append(loss.item() - least)
    return gaps, condition


def main(out: Path = HERE, quick: bool = False) -> dict:
    wine = data.load_wine()
    columns = [wine.feature_names.index(name) for name in ("alcohol", "hue", "proline")]
    X = wine.X[:, columns].astype(np.float64)
    y = wine.y.astype(np.float64).reshape(-1, 1)
    print("standard deviations of alcohol, hue, proline: " + ", ".join(f"{s:.3g}" for s in X.std(0)))
    steps = 200 if quick else 2000
    raw, before = descend(X, y, steps)
    scaled, after = descend(data.StandardScaler().fit_transform(X), y, steps)
    needed = next((k for k, gap in enumerate(scaled) if gap < 0.01 * scaled[0]), None)  # gap k: after k steps
    print(f"condition number {before:,.0f} before, {after:.2f} after StandardScaler")
    print(
        f"after {steps} steps {raw[-1] / raw[0]:.1%} of the gap is left without scaling; with it, 99% is gone in {needed} steps"
    )
    step = np.arange(1, steps + 1)
    lines = {"as measured": (step, raw), "standardized": (step, np.maximum(scaled, 1e-15))}
    viz.plot(lines, title="MSE above its minimum", xlabel="step", ylabel="gap", log_x=True, log_y=True).save(
        out / "scaling.svg"
    )
    return {"before": before, "after": after, "left": raw[-1] / raw[0], "needed": needed}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
