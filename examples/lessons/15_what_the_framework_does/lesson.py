"""One training step in three ways: by hand in NumPy, as the framework runs it, and as the program compiled from it."""

import sys
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

HERE = Path(__file__).parent


def by_hand(X, y, w1, b1, w2, b2, lr, steps):
    """Gradient descent on the mean squared error of relu(X W₁ᵀ + b₁) W₂ᵀ + b₂, without a framework; returns the losses."""
    losses, n = [], len(X)
    for _ in range(steps):
        z = X @ w1.T + b1
        h = np.maximum(z, 0)
        error = h @ w2.T + b2 - y
        losses.append(float((error**2).mean()))
        d = 2 / n * error  # dL/d output
        dw2, db2 = d.T @ h, d.sum(0)
        dz = d @ w2 * (z > 0)
        dw1, db1 = dz.T @ X, dz.sum(0)
        for p, g in ((w1, dw1), (b1, db1), (w2, dw2), (b2, db2)):
            p -= lr * g
    return losses


def main(out: Path = HERE, quick: bool = False) -> dict:
    steps = 5 if quick else 50
    X, y = data.moons(64)
    X, y = X.astype(np.float32), y.reshape(-1, 1).astype(np.float32)

    def make():
        tg.manual_seed(0)
        net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
        return net, optim.SGD(net.parameters(), lr=0.1)

    net, _ = make()
    w1, b1, w2, b2 = (p.detach().numpy().copy() for p in net.parameters())
    hand = by_hand(X, y, w1, b1, w2, b2, 0.1, steps)
    losses, sources, answers = {"by hand": hand}, {}, {}
    for name in ("eager", "compiled"):
        net, opt = make()

        def step(x, y, net=net, opt=opt):
            loss = ((net(x) - y) ** 2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            return loss

        run: Any = tg.compile(step) if name == "compiled" else step
        losses[name] = [run(tg.tensor(X), tg.tensor(y)).item() for _ in range(steps)]
        answers[name] = [p.detach().numpy().copy() for p in net.parameters()]
        sources[name] = run.source if name == "compiled" else ""
    (program,) = run.programs.values()
    print(sources["compiled"])
    print(run)
    same = all(np.array_equal(a, b) for a, b in zip(answers["eager"], answers["compiled"], strict=True))
    print(f"eager and compiled: the same parameters to the last bit: {same}")
    print(f"by hand and eager: the losses differ by at most {np.abs(np.subtract(hand, losses['eager'])).max():.1e}")
    return {
        "losses": losses, "same": same, "source": sources["compiled"], "recorded": program.recorded,
        "kept": sum(i.kind != "step" for i in program.instrs), "memory": (program.bytes, program.bytes_before),
    }  # fmt: skip


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
