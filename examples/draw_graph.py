"""Draw the computation graph of a small network's loss after backward(): the picture in the README.

python examples/draw_graph.py [FILE.svg]
"""

from __future__ import annotations

import sys

import tinygrad_edu as tg
from tinygrad_edu import nn, viz


def main(path: str = "graph.svg") -> None:
    tg.manual_seed(0)
    X = tg.randn(100, 2)
    y = (X[:, :1] * X[:, 1:] > 0).float()
    model = nn.MLP([2, 4, 1])
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    loss.backward()
    viz.graph(loss, model=model, names={"X": X, "y": y}).save(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
