"""At a saddle the gradient is zero but there is no minimum: which rules escape from it, and how."""

import sys
from pathlib import Path

import numpy as np

from tinygrad_edu import viz

HERE = Path(__file__).parent
SEEDS = 9
LR = {"SGD": 0.05, "Momentum": 0.05, "NAG": 0.05, "Adagrad": 0.3, "RMSprop": 0.05, "Adadelta": 10.0, "Adam": 0.1, "Nadam": 0.1}


def escape(lane: viz.Lane) -> int | None:
    """The step at which a path is halfway from the saddle to one of the two valleys, or None; the median over the seeds."""
    steps = [next((k for k, (_, y) in enumerate(path.tolist()) if abs(y) > 0.7), np.inf) for path in lane.paths]
    return int(np.median(steps)) if np.isfinite(np.median(steps)) else None


def main(out: Path = HERE, quick: bool = False) -> dict:
    # The classic picture: every rule, very close to the ridge, at its best learning rate.
    steps = 40 if quick else 100
    close = viz.race(surface="saddle", steps=steps)
    print(close)
    close.save(out / "saddle.svg")

    # Exactly on the ridge there is no sideways slope: a rule that only follows gradients never leaves it.
    # The noise of small batches is enough to push it off the ridge.
    found = {"beside": {lane.name: escape(lane) for lane in close.lanes}, "ridge": {}, "noise": {}}
    for name, lr in LR.items():
        for kind, noise in (("ridge", 0.0), ("noise", 0.05)):
            alone = viz.race([name], "saddle", start=(-1.5, 0.0), steps=2 * steps, lr=lr, noise=noise, rates=[lr], seeds=SEEDS)
            found[kind][name] = escape(alone.lanes[0])
    print(f"\n{'rule':10} {'0.001 from the ridge':>24} {'exactly on it':>15} {'on it, with noise':>18}   (step of the escape)")
    for name in LR:
        print(
            f"{name:10} "
            + " ".join(f"{found[k][name] or 'never':>{w}}" for k, w in (("beside", 24), ("ridge", 15), ("noise", 18)))
        )
    return found


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
