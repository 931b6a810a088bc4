"""Character-level language models, 1 of 3: a bigram model. The next character depends only on the current one.

The model is one table: row c holds the logits of what follows character c. The table can also be computed by counting, which
shows what gradient descent should find: 1,000 steps (2 seconds) reach a test loss of 2.32 nats per character, as counting does.

python examples/char_lm_bigram.py
"""

from __future__ import annotations

from char_text import TEST, TRAIN, VOCABULARY, batch, decode

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.nn import functional as F
from tinygrad_edu.optim import Adam
from tinygrad_edu.train import lint


def train(steps: int) -> nn.Module:
    model = nn.Embedding(len(VOCABULARY), len(VOCABULARY))
    optimizer = Adam(model.parameters(), lr=0.1)
    for step in range(steps):
        x, y = batch(TRAIN, size=256, length=8)
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 200 == 0:
            print(f"step {step:4d}  loss {loss.item():.3f}")
    return model


def by_counting() -> tg.Tensor:
    """log p(next | current) from how often each pair occurs, with one added to each count."""
    n = len(VOCABULARY)
    counts = tg.ones(n * n).index_add(0, TRAIN[:-1] * n + TRAIN[1:], tg.ones(len(TRAIN) - 1)).reshape(n, n)
    return (counts / counts.sum(1, keepdim=True)).log()


def sample(model: nn.Module, length: int) -> str:
    tokens = [0]
    for _ in range(length):
        p = model(tg.tensor(tokens[-1:])).softmax(-1)
        tokens.append(tg.multinomial(p[0].detach(), 1).item())
    return decode(tokens[1:])


def main(steps: int = 1000) -> tuple[float, float]:
    """The test losses of the trained table and of the counted one."""
    tg.manual_seed(0)
    model = train(steps)
    with tg.no_grad():
        trained = F.cross_entropy(model(TEST[:-1]), TEST[1:]).item()
        counted = F.nll_loss(by_counting()[TEST[:-1]], TEST[1:]).item()
    print(f"test loss {trained:.3f} trained, {counted:.3f} counted\n\n{sample(model, 300)}")
    return trained, counted


if __name__ == "__main__":
    with lint():  # it would report mistakes in the loop
        main()
