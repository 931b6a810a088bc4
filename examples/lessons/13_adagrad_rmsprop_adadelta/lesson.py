"""A learning rate for each variable: Adagrad's only decreases, RMSprop's can grow again, and Adadelta's formula needs none."""

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.optim import SGD, Adadelta, Adagrad, RMSprop

HERE = Path(__file__).parent
RULES = {
    "SGD": lambda p: SGD(p, lr=0.01),
    "Adagrad": lambda p: Adagrad(p, lr=0.01, eps=1e-6),
    "RMSprop": lambda p: RMSprop(p, lr=0.01, alpha=0.9, eps=1e-6),
    "Adadelta": lambda p: Adadelta(p, lr=1.0),
}


def step_lengths(rule, gradients: np.ndarray) -> np.ndarray:
    """How far each variable moves in each step, for gradients [steps, variables] given in advance."""
    w = tg.tensor(np.zeros(gradients.shape[1]), requires_grad=True)
    optimizer, moved = rule([w]), []
    for g in gradients:
        before = w.detach().numpy().copy()
        w.grad = tg.tensor(g)
        optimizer.step()
        moved.append(np.abs(w.detach().numpy() - before))
    return np.array(moved)


def main(out: Path = HERE, quick: bool = False) -> dict:
    # A steady slope of 1 in one variable and of 100 in another: how far does each rule move?
    steps = 100 if quick else 1000
    moved = {name: step_lengths(rule, np.tile([1.0, 100.0], (steps, 1))) for name, rule in RULES.items()}
    print(f"{'rule':9} {'step 1':>18} {f'step {steps}':>22}   (slope 1, slope 100)")
    for name, m in moved.items():
        print(f"{name:9} {m[0, 0]:9.5f} {m[0, 1]:9.5f} {m[-1, 0]:11.6f} {m[-1, 1]:10.6f}")
    step = np.arange(1, steps + 1)
    lines = {name: (step, m[:, 0]) for name, m in moved.items()}
    viz.plot(
        lines, title="Length of each step on a steady slope of 1", xlabel="step", ylabel="length", log_x=True, log_y=True
    ).save(out / "steady.svg")

    # When the landscape changes, memory matters: a slope of 10 for the first half, then of 0.1.
    change = np.where(step <= steps // 2, 10.0, 0.1)[:, None]
    after = {name: step_lengths(rule, change) for name, rule in RULES.items()}
    lines = {name: (step, m[:, 0]) for name, m in after.items()}
    viz.plot(lines, title="The slope falls from 10 to 0.1 halfway", xlabel="step", ylabel="length", log_y=True).save(
        out / "change.svg"
    )
    back = {name: float(m[-1, 0] / m[steps // 2 - 1, 0]) for name, m in after.items()}
    print("last step relative to the last one before the change: " + ", ".join(f"{name} {v:.3f}" for name, v in back.items()))

    valley = viz.race(["SGD", "Adagrad", "RMSprop", "Adadelta"], viz.quadratic(100), steps=40 if quick else 150)
    print(f"\n{valley}")
    valley.save(out / "valley.svg")
    return {
        "first": {k: m[0].tolist() for k, m in moved.items()},
        "last": {k: m[-1].tolist() for k, m in moved.items()},
        "back": back,
    }


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
