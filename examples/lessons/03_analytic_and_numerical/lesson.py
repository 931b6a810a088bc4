"""There is a formula for the best parameters of a linear model. Gradient descent finds the same ones without it."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train, viz

HERE = Path(__file__).parent


def main(out: Path = HERE, quick: bool = False) -> dict:
    tg.manual_seed(0)
    diabetes = data.load_diabetes()
    X = data.StandardScaler().fit_transform(diabetes.X.astype(np.float64))
    y = diabetes.y.astype(np.float64).reshape(-1, 1)

    # Analytic: where the gradient of the MSE is zero, AᵀA w = Aᵀy.
    A = np.hstack([X, np.ones((len(X), 1))])
    exact = np.linalg.solve(A.T @ A, A.T @ y)
    least = float(np.mean((A @ exact - y) ** 2))

    # Numerical: no formula, only the slope at the current point.
    steps = 300 if quick else 4000
    model = nn.Linear(X.shape[1], 1, dtype=np.float64)
    optimizer = tg.optim.SGD(model.parameters(), lr=0.2)
    inputs, targets, criterion, gaps = tg.tensor(X), tg.tensor(y), nn.MSELoss(), []
    with train.lint():
        for _ in range(steps):
            loss = criterion(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            gaps.append(loss.item() - least)
    apart = float(np.abs(model.weight.detach().numpy().ravel() - exact[:-1].ravel()).max())
    print(f"minimum MSE by the formula: {least:.3f}; {steps} steps: {gaps[-1]:.2e} above it, weights within {apart:.2e}")

    # A network is nonlinear, and there is no such formula for its parameters. Descent trains it nevertheless.
    network = nn.MLP([X.shape[1], 32, 1], dtype=np.float64)
    bent = train.fit(
        network, X, y / 100, optimizer=lambda p: tg.optim.Adam(p, lr=0.01), epochs=10 if quick else 150, progress=False
    )
    print(f"the linear model's MSE: {least:.0f}; a network's, on the data it was trained on: {bent['loss'][-1] * 1e4:.0f}")

    step = np.arange(1, steps + 1)
    viz.plot({"gradient descent": (step, gaps)}, title="MSE above its minimum", xlabel="step", ylabel="gap", log_y=True,
             log_x=True).save(out / "gap.svg")  # fmt: skip
    return {"least": least, "gap": gaps[-1], "apart": apart, "network": bent["loss"][-1] * 1e4}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
