"""Layers with random options and shapes agree with PyTorch: the table in cases.py cannot hold every combination."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn

from .cases import Case, Constant, compare, run

Draw = np.random.Generator
Made = tuple[str, dict[str, Any], list[Any]]  # name of the layer, its options, the arguments of its call


def some(draw: Draw, low: int, high: int, n: int) -> tuple[int, ...]:
    return tuple(draw.integers(low, high, n).tolist())


def one_of(draw: Draw, *values: Any) -> Any:
    return values[draw.integers(len(values))]


def batch(draw: Draw) -> tuple[int, ...]:
    """A batch axis, or none."""
    return one_of(draw, (), (1,), (2,), (3,))


def linear(draw: Draw) -> Made:
    n_in, n_out = some(draw, 0, 5, 2)
    options = {"in_features": n_in, "out_features": n_out, "bias": one_of(draw, True, False)}
    return "Linear", options, [draw.normal(size=(*some(draw, 1, 4, draw.integers(3)), n_in))]


def bilinear(draw: Draw) -> Made:
    a, b, out = some(draw, 1, 5, 3)
    lead = some(draw, 1, 4, draw.integers(3))
    options = {"in1_features": a, "in2_features": b, "out_features": out, "bias": one_of(draw, True, False)}
    return "Bilinear", options, [draw.normal(size=(*lead, a)), draw.normal(size=(*lead, b))]


def convolution(draw: Draw) -> Made:
    n = int(draw.integers(1, 3))
    groups = one_of(draw, 1, 1, 2, 3)
    n_in, n_out = (groups * k for k in some(draw, 1, 3, 2))
    options = {
        "in_channels": n_in, "out_channels": n_out, "groups": groups, "bias": one_of(draw, True, False),
        "kernel_size": some(draw, 1, 4, n), "stride": some(draw, 1, 4, n), "dilation": some(draw, 1, 3, n),
        "padding": one_of(draw, some(draw, 0, 3, n), some(draw, 0, 3, n), "same", "valid"),
        "padding_mode": one_of(draw, "zeros", "zeros", "reflect", "replicate", "circular"),
    }  # fmt: skip
    if options["padding"] == "same":
        options["stride"] = 1
    return f"Conv{n}d", options, [draw.normal(size=(*batch(draw), n_in, *some(draw, 7, 10, n)))]


def transposed(draw: Draw) -> Made:
    n = int(draw.integers(1, 3))
    groups = one_of(draw, 1, 1, 2)
    n_in, n_out = (groups * k for k in some(draw, 1, 3, 2))
    stride = some(draw, 1, 4, n)
    options = {
        "in_channels": n_in, "out_channels": n_out, "groups": groups, "bias": one_of(draw, True, False),
        "kernel_size": some(draw, 2, 4, n), "stride": stride, "dilation": some(draw, 1, 3, n), "padding": some(draw, 0, 2, n),
        "output_padding": tuple(int(draw.integers(s)) for s in stride),
    }  # fmt: skip
    return f"ConvTranspose{n}d", options, [draw.normal(size=(*batch(draw), n_in, *some(draw, 3, 6, n)))]


def pooling(draw: Draw) -> Made:
    n = int(draw.integers(1, 3))
    options = {
        "kernel_size": some(draw, 2, 4, n), "stride": one_of(draw, None, some(draw, 1, 4, n)), "padding": some(draw, 0, 2, n),
        "ceil_mode": one_of(draw, True, False),
    }  # fmt: skip
    kind = one_of(draw, "Max", "Avg")
    if kind == "Max":
        options |= {"dilation": one_of(draw, 1, 2), "return_indices": one_of(draw, True, False)}
    else:
        options |= {"count_include_pad": one_of(draw, True, False)}
        if n == 2:
            options |= {"divisor_override": one_of(draw, None, 3)}
    return f"{kind}Pool{n}d", options, [draw.normal(size=(*batch(draw), 2, *some(draw, 5, 9, n)))]


def adaptive(draw: Draw) -> Made:
    n, kind = int(draw.integers(1, 3)), one_of(draw, "Avg", "Max")
    size = int(draw.integers(1, 6)) if n == 1 else (one_of(draw, None, 2, 3), int(draw.integers(1, 5)))
    return f"Adaptive{kind}Pool{n}d", {"output_size": size}, [draw.normal(size=(*batch(draw), 2, *some(draw, 1, 9, n)))]


def normalization(draw: Draw) -> Made:
    n, kind = int(draw.integers(1, 3)), one_of(draw, "Batch", "Instance")
    options = {
        "num_features": 3, "eps": one_of(draw, 1e-5, 0.1), "momentum": one_of(draw, 0.1, 0.3, None),
        "affine": one_of(draw, True, False), "track_running_stats": one_of(draw, True, False),
    }  # fmt: skip
    spatial = some(draw, 2, 5, n) if n == 2 or kind == "Instance" else some(draw, 2, 5, draw.integers(2))
    return f"{kind}Norm{n}d", options, [draw.normal(size=(*some(draw, 2, 5, 1), 3, *spatial))]


def over_last_axes(draw: Draw) -> Made:
    kind, shape = one_of(draw, "LayerNorm", "RMSNorm"), some(draw, 1, 4, draw.integers(1, 3))
    options = {"normalized_shape": shape, "eps": one_of(draw, 1e-5, 0.1), "elementwise_affine": one_of(draw, True, False)}
    if kind == "LayerNorm":
        options |= {"bias": one_of(draw, True, False)}
    return kind, options, [draw.normal(size=(*some(draw, 1, 3, draw.integers(3)), *shape))]


def over_groups(draw: Draw) -> Made:
    groups = int(draw.integers(1, 4))
    channels = groups * int(draw.integers(1, 3))
    options = {"num_groups": groups, "num_channels": channels, "affine": one_of(draw, True, False)}
    return "GroupNorm", options, [draw.normal(size=(2, channels, *some(draw, 2, 4, draw.integers(1, 3))))]


def embedding(draw: Draw) -> Made:
    options = {
        "num_embeddings": 6, "embedding_dim": 3, "padding_idx": one_of(draw, None, 2, -1), "max_norm": one_of(draw, None, 1.0),
        "norm_type": one_of(draw, 1.0, 2.0, 3.0), "scale_grad_by_freq": one_of(draw, True, False),
    }  # fmt: skip
    return "Embedding", options, [draw.integers(0, 6, some(draw, 1, 5, draw.integers(3)))]


def recurrent(draw: Draw) -> Made:
    kind, layers, hidden = one_of(draw, "RNN", "LSTM", "GRU"), int(draw.integers(1, 4)), int(draw.integers(1, 5))
    steps, samples, both, batched = *some(draw, 1, 5, 2), one_of(draw, True, False), one_of(draw, True, True, False)
    options = {
        "input_size": 3, "hidden_size": hidden, "num_layers": layers, "bias": one_of(draw, True, False),
        "batch_first": one_of(draw, True, False), "dropout": one_of(draw, 0.0, 0.3) if layers > 1 else 0.0,
        "bidirectional": both,
    }  # fmt: skip
    size = hidden
    if kind == "RNN":
        options |= {"nonlinearity": one_of(draw, "tanh", "relu")}
    if kind == "LSTM":
        options |= {"proj_size": int(draw.integers(hidden))}
        size = options["proj_size"] or hidden
    axes = (samples, steps) if options["batch_first"] else (steps, samples)
    inputs: list[Any] = [draw.normal(size=(*(axes if batched else axes[:1]), 3))]
    if draw.integers(2):
        lead = (layers * (1 + both), *((samples,) if batched else ()))
        h = draw.normal(size=(*lead, size))
        inputs.append((h, draw.normal(size=(*lead, hidden))) if kind == "LSTM" else h)
    return kind, options, inputs


def cell(draw: Draw) -> Made:
    kind, lead = one_of(draw, "RNN", "LSTM", "GRU"), batch(draw)
    inputs: list[Any] = [draw.normal(size=(*lead, 3))]
    if draw.integers(2):
        h = draw.normal(size=(*lead, 4))
        inputs.append((h, draw.normal(size=(*lead, 4))) if kind == "LSTM" else h)
    return f"{kind}Cell", {"input_size": 3, "hidden_size": 4, "bias": one_of(draw, True, False)}, inputs


def attention(draw: Draw) -> Made:
    heads = int(draw.integers(1, 4))
    size, (length, source, samples) = heads * int(draw.integers(1, 4)), some(draw, 1, 5, 3)
    first, batched = one_of(draw, True, False), one_of(draw, True, True, False)
    kdim, vdim = one_of(draw, (None, None), (3, 5))
    options = {
        "embed_dim": size, "num_heads": heads, "dropout": one_of(draw, 0.0, 0.2), "bias": one_of(draw, True, False),
        "add_bias_kv": one_of(draw, True, False), "add_zero_attn": one_of(draw, True, False), "kdim": kdim, "vdim": vdim,
        "batch_first": first,
    }  # fmt: skip

    def sequence(steps: int, width: int) -> Any:
        return draw.normal(
            size=(steps, width) if not batched else (samples, steps, width) if first else (steps, samples, width)
        )

    padding = draw.random(((samples,) if batched else ()) + (source,)) < 0.3
    padding[..., 0] = False
    mask = one_of(draw, np.tri(length, source) == 0, Constant(draw.normal(size=(length, source))),
                  Constant(draw.normal(size=((samples if batched else 1) * heads, length, source))))  # fmt: skip
    if isinstance(mask, Constant):  # PyTorch deprecates masks of different dtypes
        padding = Constant(np.where(padding, -1e9, 0.0))
    masks = (one_of(draw, None, padding), one_of(draw, True, False), one_of(draw, None, mask), one_of(draw, True, False))
    inputs = [sequence(length, size), sequence(source, kdim or size), sequence(source, vdim or size)]
    return "MultiheadAttention", options, [*inputs, *masks]


def transformer(draw: Draw) -> Made:
    kind, first = one_of(draw, "TransformerEncoderLayer", "TransformerDecoderLayer", "Transformer"), one_of(draw, True, False)
    options = {
        "d_model": 4, "nhead": 2, "dim_feedforward": 8, "dropout": one_of(draw, 0.0, 0.2),
        "activation": one_of(draw, "relu", "gelu"), "layer_norm_eps": one_of(draw, 1e-5, 0.1), "batch_first": first,
        "norm_first": one_of(draw, True, False), "bias": one_of(draw, True, False),
    }  # fmt: skip
    samples, length, source = some(draw, 1, 4, 3)
    if kind == "Transformer":
        options |= {"num_encoder_layers": int(draw.integers(1, 3)), "num_decoder_layers": 1}
    x, y = (draw.normal(size=(samples, n, 4) if first else (n, samples, 4)) for n in (length, source))
    own = one_of(draw, None, Constant(np.triu(np.full((length, length), -np.inf), 1)))
    return kind, options, [x, own] if kind == "TransformerEncoderLayer" else [x, y, own]


def padding(draw: Draw) -> Made:
    n, kind = int(draw.integers(1, 3)), one_of(draw, "Zero", "Constant", "Reflection", "Replication", "Circular")
    options = {"padding": one_of(draw, int(draw.integers(3)), some(draw, 0, 3, 2 * n))}
    if kind == "Constant":
        options |= {"value": 1.5}
    return f"{kind}Pad{n}d", options, [draw.normal(size=(*batch(draw), 2, *some(draw, 3, 6, n)))]


def resizing(draw: Draw) -> Made:
    n = int(draw.integers(1, 3))
    mode = one_of(draw, "nearest", "nearest-exact", "linear" if n == 1 else "bilinear")
    options = {"mode": mode} | one_of(draw, {"size": int(draw.integers(1, 9))}, {"scale_factor": one_of(draw, 2, 1.6, 0.7)})
    if "linear" in mode:
        options |= {"align_corners": one_of(draw, None, True, False)}
    return "Upsample", options, [draw.normal(size=(2, 2, *some(draw, 2, 6, n)))]


KINDS: tuple[Callable[[Draw], Made], ...] = (
    linear, bilinear, convolution, transposed, pooling, adaptive, normalization, over_last_axes, over_groups, embedding,
    recurrent, cell, attention, transformer, padding, resizing,
)  # fmt: skip


@pytest.mark.live
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_any_options_agree_with_pytorch(kind: Callable[[Draw], Made]) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    draw, compared = np.random.default_rng(0), 0
    for _ in range(20):
        name, options, inputs = kind(draw)
        case = Case(lambda nn, name=name, options=options: getattr(nn, name)(**options), tuple(inputs), 1e-8)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch's own
            try:
                theirs = run(torch, case)
            except (RuntimeError, ValueError):  # options that do not fit the input
                continue
        start = {part.removeprefix("initial "): value for part, value in theirs.items() if part.startswith("initial ")}
        compare(f"{name}({options}) of {inputs[0].shape}", run(tg, case, start), theirs, case.tolerance)
        compared += 1
    assert compared >= 14


@pytest.mark.parametrize(
    "make",
    [
        lambda p: nn.Dropout(p),
        lambda p: nn.AlphaDropout(p),
        lambda p: nn.LSTM(3, 4, 2, dropout=p),
        lambda p: nn.MultiheadAttention(4, 2, dropout=p),
        lambda p: nn.functional.dropout(tg.ones(3), p),
    ],
)
def test_a_dropout_probability_is_a_number(make):
    with pytest.raises(TypeError, match=r": (p|dropout) must be a number, got '0.5' \(str\)"):
        make("0.5")
    make(np.float32(0.5))
    make(tg.tensor(0.5))
