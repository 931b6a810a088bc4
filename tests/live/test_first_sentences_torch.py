"""The first sentences of messages are those of the installed version of PyTorch."""

import warnings

import pytest

from ..compat.first_sentences import MISTAKES, WARNINGS, message, schedule_warnings


@pytest.mark.live
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MISTAKES)
def test_pytorch_raises_this_message(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    mistake, sentence = MISTAKES[name]
    assert sentence in message(mistake, torch)


@pytest.mark.live
def test_pytorch_warns_with_these_words():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        schedule_warnings(torch)
    assert {sentence for sentence in WARNINGS if any(str(w.message).startswith(sentence) for w in caught)} == set(WARNINGS)
