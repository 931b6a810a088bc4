"""One rule, three batch sizes: what an epoch costs, how noisy a batch's gradient is, and how much memory a step takes."""

import sys
import tracemalloc
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train, viz

HERE = Path(__file__).parent


def gradient(model: nn.Module, X: tg.Tensor, y: tg.Tensor) -> np.ndarray:
    model.zero_grad()
    nn.functional.cross_entropy(model(X), y).backward()
    return np.concatenate([p.grad.numpy().ravel() for p in model.parameters()])


def ends(size: int, lr: float, x: np.ndarray, y: np.ndarray, steps: int) -> np.ndarray:
    """Fit y = sin(w x), whose loss has many minima, from 81 starts in parallel, each with its own batches."""
    w, draw = tg.tensor(np.linspace(0, 8, 81)[:, None], requires_grad=True), np.random.default_rng(1)
    optimizer = tg.optim.SGD([w], lr=lr)
    for _ in range(steps):
        rows = draw.integers(0, len(x), (81, size)) if size < len(x) else np.arange(len(x))[None]
        optimizer.zero_grad()
        ((tg.sin(w * tg.tensor(x[rows])) - tg.tensor(y[rows])) ** 2).mean(1).sum().backward()
        optimizer.step()
    return w.detach().numpy()[:, 0]


def main(out: Path = HERE, quick: bool = False) -> dict:
    digits = data.load_digits()
    X, y = tg.tensor(data.StandardScaler().fit_transform(digits.X)), tg.tensor(digits.y)
    if quick:
        X, y = X[:200], y[:200]
    epochs = 2 if quick else 10
    rows, curves = {}, {}
    for name, size, lr in (("batch", len(X), 0.5), ("mini-batch", 32, 0.1), ("stochastic", 1, 0.01)):
        tg.manual_seed(0)
        model = nn.MLP([64, 32, 10])
        true = gradient(model, X, y)
        picks = [np.random.default_rng(k).permutation(len(X))[:size] for k in range(30)]
        noise = np.mean([np.linalg.norm(gradient(model, X[p], y[p]) - true) for p in picks]) / np.linalg.norm(true)
        tracemalloc.start()
        gradient(model, X[:size], y[:size])
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        model.zero_grad()
        history = train.fit(model, X, y, loss=nn.CrossEntropyLoss(), optimizer=tg.optim.SGD(model.parameters(), lr=lr),
                            batch_size=size, epochs=epochs, metrics=["acc"], seed=0, progress=False)  # fmt: skip
        seconds = float(np.median(history["seconds"]))  # per epoch; without the linter, which would be measured too
        rows[name] = {"size": size, "updates": len(history.steps["loss"]) // epochs, "seconds": seconds, "noise": float(noise),
                      "memory": memory / 1024, "loss": history["loss"][-1]}  # fmt: skip
        curves[f"{name}, {size}"] = (np.linspace(0, epochs, len(history.steps["loss"])), history.steps["loss"])
    print(f"{'':12}{'size':>6}{'updates':>9}{'s/epoch':>9}{'noise':>8}{'memory':>11}{'last loss':>11}")
    for name, r in rows.items():
        print(f"{name:12}{r['size']:6}{r['updates']:9}{r['seconds']:9.3f}{r['noise']:8.2f}"
              f"{r['memory']:7.0f} KiB{r['loss']:11.4f}")  # fmt: skip
    shown = {k: (x[:: max(1, len(x) // 300)], v[:: max(1, len(x) // 300)]) for k, (x, v) in reversed(curves.items())}
    viz.plot(shown, title="Loss of each update", xlabel="epoch", ylabel="loss", log_y=True).save(out / "batch_sizes.svg")

    # The noise also decides which minimum is found.
    x = np.random.default_rng(0).uniform(-3, 3, 256)
    y = np.sin(2 * x) + np.random.default_rng(1).normal(0, 0.2, 256)
    height = lambda w: np.mean((np.sin(np.multiply.outer(w, x)) - y) ** 2, axis=-1)
    w = {run: ends(*run, x, y, 200 if quick else 1000) for run in ((256, 0.1), (32, 0.1), (4, 0.1), (1, 0.1), (1, 0.5))}
    reached = {run: int((height(ended) < 0.1).sum()) for run, ended in w.items()}
    print("".join(f"\nbatch size {b}, rate {lr}: {n} of 81 end in the global minimum" for (b, lr), n in reached.items()))
    dots = {f"ends, batch size {b}": (w[b, 0.1], height(w[b, 0.1])) for b in (256, 1)}
    line = np.linspace(-1, 23, 601)
    viz.plot({"loss": (line, height(line))}, dots, title="y = sin(w x)", xlabel="w", ylabel="loss").save(out / "minima.svg")
    return {"rows": rows, "reached": reached}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
