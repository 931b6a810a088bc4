"""Messages keep PyTorch's first sentence, which people search for (tests/live checks it against PyTorch itself)."""

from __future__ import annotations

import warnings

import pytest

import tinygrad_edu as tg

from .first_sentences import MISTAKES, WARNINGS, message, schedule_warnings


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("name", MISTAKES)
def test_the_message_has_pytorchs_sentence(name: str) -> None:
    mistake, sentence = MISTAKES[name]
    assert sentence in message(mistake, tg)


def test_the_schedules_warn_in_pytorchs_words() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        schedule_warnings(tg)
    texts = [str(w.message) for w in caught]
    assert [text.startswith(sentence) for text, sentence in zip(texts, WARNINGS, strict=True)] == [True, True]
