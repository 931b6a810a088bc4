"""The text that the character-level models learn: the language reference that is part of every Python installation."""

from __future__ import annotations

from pydoc_data.topics import topics

import tinygrad_edu as tg

TEXT = "\n\n".join(topics[name] for name in sorted(topics)).replace("\t", " ")
TEXT = "".join(c for c in TEXT if c == "\n" or " " <= c <= "~")
VOCABULARY = sorted(set(TEXT))
INDEX = {c: i for i, c in enumerate(VOCABULARY)}
TOKENS = tg.tensor([INDEX[c] for c in TEXT])
TRAIN, TEST = TOKENS[: len(TEXT) * 9 // 10], TOKENS[len(TEXT) * 9 // 10 :]


def batch(tokens: tg.Tensor, size: int, length: int) -> tuple[tg.Tensor, tg.Tensor]:
    """`size` random windows [size, length], and the same windows shifted by one character, as targets."""
    start = tg.randint(len(tokens) - length, (size, 1))
    window = start + tg.arange(length)
    return tokens[window], tokens[window + 1]


def decode(tokens: list[int]) -> str:
    """The text of a list of tokens."""
    return "".join(VOCABULARY[i] for i in tokens)
