"""Parameters are what training changes; the loss is a single number that measures how good they are."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train, viz

HERE = Path(__file__).parent


def main(out: Path = HERE, quick: bool = False) -> dict:
    tg.manual_seed(0)

    # A line y = a x + b has two parameters. The mean squared error says how far it is from the points.
    x = np.linspace(-1, 1, 50)
    y = 2 * x + 0.5 + np.random.default_rng(0).normal(0, 0.2, 50)
    a = np.linspace(-1, 5, 121)
    errors = {f"b = {b}": (a, [np.mean((k * x + b - y) ** 2) for k in a]) for b in (-0.5, 0.5, 1.5)}
    viz.plot(errors, title="Mean squared error of y = a x + b", xlabel="a", ylabel="MSE").save(out / "mse.svg")
    model = nn.Linear(1, 1)
    train.fit(model, x[:, None], y[:, None], loss="mse", optimizer=lambda p: tg.optim.SGD(p, lr=0.3), epochs=60, progress=False)
    found = model.weight.item(), model.bias.item()
    print(f"true parameters: a = 2, b = 0.5;  found: a = {found[0]:.3f}, b = {found[1]:.3f}")

    # Cross-entropy depends on the probability given to the true class: −log p. Being certain and wrong costs most.
    p = np.linspace(0.01, 0.99, 99)
    costs = {
        "truth 1: −log p": (p, -np.log(p)),
        "truth 0: −log(1 − p)": (p, -np.log(1 - p)),
        "(1 − p)², for comparison": (p, (1 - p) ** 2),
    }
    viz.plot(costs, title="Binary cross-entropy", xlabel="p, the probability of class 1", ylabel="loss").save(
        out / "cross_entropy.svg"
    )

    # The two losses of most Keras tutorials, each on a real data set.
    epochs = 3 if quick else 60
    cancer, iris = data.load_breast_cancer(), data.load_iris()
    scores = {}
    for table, loss, outputs in ((cancer, "binary_crossentropy", 1), (iris, "categorical_crossentropy", 3)):
        X = data.StandardScaler().fit_transform(table.X)
        model = nn.MLP([X.shape[1], 16, outputs])
        with train.lint():
            history = train.fit(model, X, table.y, loss=loss, optimizer="adam", metrics=["acc"], epochs=epochs, progress=False)
        scores[loss] = history["loss"][0], history["loss"][-1], history["acc"][-1]
        print(f"{loss}: {scores[loss][0]:.3f} → {scores[loss][1]:.3f}, accuracy on the training data {scores[loss][2]:.3f}")
    return {"a": found[0], "b": found[1], "scores": scores}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
