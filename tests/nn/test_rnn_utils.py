"""nn.utils.rnn: sequences of unequal length are padded and packed, and layers read each to its end, as in PyTorch."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.nn.utils import rnn

from .cases import flat, normal, number

LENGTHS = {"sorted": np.array([5, 3, 3, 1]), "mixed": np.array([3, 1, 5, 3])}
OPTIONS = [
    {"num_layers": layers, "bidirectional": both, "batch_first": first}
    for layers, both, first in itertools.product((1, 2), (False, True), (False, True))
]
LAYERS: list[tuple[str, dict[str, Any]]] = [
    *((kind, options) for kind in ("RNN", "GRU", "LSTM") for options in OPTIONS),
    ("LSTM", {"proj_size": 2, "num_layers": 2, "bidirectional": True}),
    ("GRU", {"num_layers": 2, "dropout": 0.4}),
]


def made(t: Any, kind: str, options: dict[str, Any], weights: Any = None) -> Any:
    layer = getattr(t.nn, kind)(3, 4, **options).double()
    if weights is not None:
        layer.load_state_dict({key: t.tensor(value) for key, value in weights.items()})
    return layer


def run(t: Any, layer: Any, lengths: np.ndarray, given: bool) -> list[np.ndarray]:
    """Outputs, last states, packed data, and all gradients."""
    shape = (4, 5, 3) if layer.batch_first else (5, 4, 3)
    x = t.tensor(normal(*shape), requires_grad=True)
    count = layer.num_layers * (1 + layer.bidirectional)
    states = [t.tensor(normal(count, 4, size), requires_grad=True) for size in (layer.proj_size or 4, 4)]
    hx = None if not given else tuple(states) if isinstance(layer, t.nn.LSTM) else states[0]
    u = t.nn.utils.rnn
    is_sorted = bool((np.diff(lengths) <= 0).all())
    packed = u.pack_padded_sequence(x, t.tensor(lengths), batch_first=layer.batch_first, enforce_sorted=is_sorted)
    t.manual_seed(0)
    y, last = layer(packed, hx)
    padded, found = u.pad_packed_sequence(y, batch_first=layer.batch_first)
    outputs = [padded, *flat(last)]
    sum((o * o.sin()).sum() for o in outputs).backward()
    leaves = [x, *states, *layer.parameters()]
    return [number(o) for o in (*outputs, found, packed.data, packed.batch_sizes)] + [
        number(leaf.grad) for leaf in leaves if leaf.grad is not None
    ]


@pytest.mark.live
@pytest.mark.parametrize("given", [False, True], ids=["", "states"])
@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize(("kind", "options"), LAYERS, ids=str)
def test_packed_sequences_agree_with_pytorch(kind: str, options: dict[str, Any], lengths: str, given: bool) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    theirs = made(torch, kind, options)
    ours = made(tg, kind, options, {key: number(value) for key, value in theirs.state_dict().items()})
    for a, b in zip(run(tg, ours, LENGTHS[lengths], given), run(torch, theirs, LENGTHS[lengths], given), strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, atol=1e-9)


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize(("kind", "options"), LAYERS[:-1], ids=str)
def test_a_packed_batch_gives_the_results_of_its_sequences_alone(kind: str, options: dict[str, Any], lengths: str) -> None:
    layer = made(tg, kind, options)
    x = tg.tensor(normal(4, 5, 3))
    pieces = [x[i, :n] for i, n in enumerate(LENGTHS[lengths])]
    y, last = layer(rnn.pack_sequence(pieces, enforce_sorted=False))
    for i, (piece, together) in enumerate(zip(pieces, rnn.unpack_sequence(y), strict=True)):
        alone, end = layer(piece)
        np.testing.assert_allclose(together.detach(), alone.detach(), atol=1e-12)
        for a, b in zip(flat(last), flat(end), strict=True):
            np.testing.assert_allclose(a[:, i].detach(), b.detach(), atol=1e-12)


def padding(t: Any) -> list[Any]:
    u = t.nn.utils.rnn
    xs = [t.arange(n).reshape(n, 1) + 10 * n for n in (2, 4, 1)]
    answers = [
        u.pad_sequence(xs),
        u.pad_sequence(xs, batch_first=True, padding_value=-1),
        u.pad_sequence(xs, True, 7, "left"),
        *u.unpad_sequence(u.pad_sequence(xs), t.tensor([2, 4, 1])),
        *u.pack_sequence(xs, enforce_sorted=False),
        *u.pad_packed_sequence(u.pack_sequence(xs, enforce_sorted=False), padding_value=9, total_length=6),
        *u.unpack_sequence(u.pack_sequence(xs[1:])),
        u.invert_permutation(t.tensor([2, 0, 1])),
    ]
    return [a.tolist() for a in answers]


def test_padding_and_packing_show_every_element_in_its_place() -> None:
    answers = padding(tg)
    assert answers[2] == [[[7], [7], [20], [21]], [[40], [41], [42], [43]], [[7], [7], [7], [10]]]
    assert answers[6] == [[40], [20], [10], [41], [21], [42], [43]]
    assert answers[7:10] == [[3, 2, 1, 1], [1, 0, 2], [1, 0, 2]]
    assert answers[11] == [2, 4, 1]


@pytest.mark.live
def test_padding_and_packing_agree_with_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    assert padding(tg) == padding(torch)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: rnn.pad_sequence([]), TypeError, "at least one"),
    (lambda: rnn.pad_sequence([tg.zeros(2, 1), tg.zeros(2, 2)]), RuntimeError, r"\(2, 1\), \(2, 2\)"),
    (lambda: rnn.pad_sequence([tg.zeros(2)], padding_side="top"), ValueError, "'left' or 'right'"),
    (lambda: rnn.pack_padded_sequence(tg.zeros(3, 2, 1), [1, 3]), RuntimeError, "enforce_sorted=False"),
    (lambda: rnn.pack_padded_sequence(tg.zeros(3, 2, 1), [3]), RuntimeError, r"lengths must have shape \(2,\)"),
    (lambda: rnn.pack_padded_sequence(tg.zeros(3, 2, 1), [4, 1]), ValueError, "ints from 1 to 3"),
    (lambda: rnn.pad_packed_sequence(rnn.pack_sequence([tg.zeros(3)]), total_length=2), ValueError, "total_length"),
    (lambda: nn.GRU(3, 4)(rnn.pack_sequence([tg.zeros(3, 2)])), RuntimeError, r"packed data must have shape \[\*, 3\]"),
])  # fmt: skip
def test_errors_say_what_is_wrong(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
