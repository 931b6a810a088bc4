"""What a model learned, and how well, in nine pictures: a CNN on digits, a fit to noisy data, attention that reverses a word.

python examples/chart_gallery.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train, viz
from tinygrad_edu.optim import lr_scheduler as lrs


def digits() -> dict[str, viz.Picture]:
    """A CNN on 8 × 8 images: its kernels, the outputs of its layers for one digit, and how well it finds the eights."""
    loaded = data.load_digits()
    images = (np.asarray(loaded.X, np.float32) / 16).reshape(-1, 1, 8, 8)
    X_train, X_test, y_train, y_test = data.train_test_split(images, loaded.y, test_size=0.3, stratify=loaded.y)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 4 * 4, 10)
    )  # fmt: skip
    rule = optim.Adam(model.parameters(), lr=0.005)
    train.fit(model, X_train, y_train, loss=nn.CrossEntropyLoss(), optimizer=rule, epochs=2, progress=False, seed=0)
    with tg.no_grad():
        eight = nn.functional.softmax(model(tg.tensor(X_test)), dim=1)[:, 8]
    is_eight = (np.asarray(y_test) == 8).astype(int)
    gray = X_test.reshape(len(X_test), -1).mean(1)  # a baseline that only looks at how much ink there is
    scores = {"CNN": eight, "amount of ink": gray}
    first = nn.Sequential(*list(model)[:4])
    return {
        "kernels": viz.weights(first, title="Kernels of a CNN for digits"),
        "activation_maps": viz.activation_maps(first, X_test[:1], title=f"What its layers make of a {y_test[0]}"),
        "roc": viz.roc_curve(is_eight, scores, title="Is it an eight? ROC curve"),
        "precision_recall": viz.precision_recall_curve(is_eight, scores, title="Is it an eight? Precision and recall"),
    }


def straight_fit() -> dict[str, viz.Picture]:
    """A straight line fitted to curved data: the residuals show the misfit."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (400, 1)).astype(np.float32)
    y = (0.5 * x**2 + x + 0.3 * rng.standard_normal(x.shape)).astype(np.float32)
    model = nn.Linear(1, 1)
    train.fit(
        model, x, y, loss=nn.MSELoss(), optimizer=optim.Adam(model.parameters(), lr=0.05), epochs=20, progress=False, seed=0
    )
    predicted = model(tg.tensor(x)).detach()
    return {
        "residuals": viz.residuals(y, predicted, unit="cm", title="A line through a parabola"),
        "calibration": viz.calibration(y, predicted, unit="cm", title="The same line"),
    }


class Reverse(nn.Module):
    """A model that reverses a word: each position must attend to its mirror image."""

    def __init__(self, letters: int, length: int, width: int = 16) -> None:
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, width), nn.Embedding(length, width)
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
        self.head = nn.Linear(width, letters)

    def forward(self, words: tg.Tensor) -> tg.Tensor:
        x = self.letter(words) + self.place(tg.arange(words.shape[1]))
        return self.head(self.attention(x, x, x)[0])


def reversal() -> dict[str, viz.Picture]:
    """Attention after training: the dark cells lie on the antidiagonal."""
    model, word = Reverse(26, 6), "autogr"
    rule = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(300):
        words = tg.randint(0, 26, (32, 6))
        loss = nn.functional.cross_entropy(model(words).reshape(-1, 26), words.flip(1).reshape(-1))
        rule.zero_grad()
        loss.backward()
        rule.step()
    letters = tg.tensor([[ord(c) - ord("a") for c in word]])
    return {"attention": viz.attention_maps(model, letters, tokens=list(word), title="Attention that reverses a word")}


def plain() -> dict[str, viz.Picture]:
    """A decision boundary, and three schedules."""
    X, y = data.moons(200)
    model = nn.MLP([2, 16, 16, 1])
    rule = optim.Adam(model.parameters(), lr=0.02)
    train.fit(model, X, y, loss="binary_crossentropy", optimizer=rule, epochs=30, progress=False, seed=0)
    named = {
        "StepLR(10, 0.5)": lambda o: lrs.StepLR(o, 10, 0.5),
        "CosineAnnealingLR(40)": lambda o: lrs.CosineAnnealingLR(o, 40),
        "OneCycleLR": lambda o: lrs.OneCycleLR(o, 0.1, total_steps=41, cycle_momentum=False),
    }
    return {"boundary": viz.decision_boundary(model, X, y), "schedules": viz.schedules(named, 40, unit="epoch")}


def main(folder: str = "gallery") -> None:
    tg.manual_seed(0)
    Path(folder).mkdir(parents=True, exist_ok=True)
    for part in (digits, straight_fit, reversal, plain):
        for name, picture in part().items():
            print(picture)
            picture.save(Path(folder) / f"{name}.svg")


if __name__ == "__main__":
    main(*sys.argv[1:])
