"""The sentences that messages keep are PyTorch's, in the version that is installed."""

import warnings

import pytest

from ..compat.first_sentences import MISTAKES, WARNINGS, message, schedule_warnings


@pytest.mark.live
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MISTAKES)
def test_pytorch_says_this_sentence(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    mistake, sentence = MISTAKES[name]
    assert sentence in message(mistake, torch)


@pytest.mark.live
def test_pytorch_warns_in_these_words():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        schedule_warnings(torch)
    assert {sentence for sentence in WARNINGS if any(str(w.message).startswith(sentence) for w in caught)} == set(WARNINGS)
