"""An epoch is one pass over the data. With replacement, some samples are drawn three times and some never."""

import math
import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train, viz

HERE = Path(__file__).parent


def main(out: Path = HERE, quick: bool = False) -> dict:
    tg.manual_seed(0)
    n = 2000
    drawn = np.bincount(list(data.RandomSampler(range(n), replacement=True, num_samples=n)), minlength=n)
    shuffled = np.bincount(list(data.RandomSampler(range(n))), minlength=n)
    times = np.arange(7)
    share = {
        "with replacement": [float((drawn == k).mean()) for k in times],
        "shuffled": [float((shuffled == k).mean()) for k in times],
    }
    expected = [math.exp(-1) / math.factorial(k) for k in times]
    print(f"with replacement: {share['with replacement'][0]:.1%} of the samples never appeared; 1/e is {math.exp(-1):.1%}")
    print(f"shuffled: how often each appeared: at least {shuffled.min()}, at most {shuffled.max()}")
    dots = {name: (times, v) for name, v in share.items()}
    viz.plot({"expected: 1/(e k!)": (times, expected)}, dots, title="How often a sample appears in one epoch",
             xlabel="times k in one epoch", ylabel="fraction of the samples").save(out / "sampling.svg")  # fmt: skip

    # Does it matter? The same model, the same rate, ten seeds each.
    diabetes = data.load_diabetes()
    X = tg.tensor(data.StandardScaler().fit_transform(diabetes.X).astype(np.float32))
    y = tg.tensor(data.StandardScaler().fit_transform(diabetes.y.reshape(-1, 1)).astype(np.float32))
    seeds, epochs, ends = (2, 2, {}) if quick else (10, 5, {})
    for name in ("with replacement", "shuffled"):
        finals = []
        for seed in range(seeds):
            tg.manual_seed(seed)
            model, criterion = nn.Linear(10, 1), nn.MSELoss()
            optimizer = tg.optim.SGD(model.parameters(), lr=0.01)
            sampler = data.RandomSampler(X, replacement=True) if name != "shuffled" else data.RandomSampler(X)
            with train.lint():
                for _ in range(epochs):
                    for X_one, y_one in data.DataLoader(data.TensorDataset(X, y), batch_size=1, sampler=sampler):
                        loss = criterion(model(X_one), y_one)
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
            finals.append(train.evaluate(model, X, y, criterion)["loss"])
        ends[name] = float(np.mean(finals)), float(np.std(finals))
        print(f"{name:17} MSE after {epochs} epochs, {seeds} seeds: {ends[name][0]:.4f} ± {ends[name][1]:.4f}")
    return {"never": share["with replacement"][0], "shuffled": (int(shuffled.min()), int(shuffled.max())), "ends": ends}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
