"""Exported models give the same results in onnxruntime, for other batch sizes too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.nn import functional as F

onnx = pytest.importorskip("onnx", reason="the export needs the package onnx")
runtime = pytest.importorskip("onnxruntime", reason="the answers are compared with onnxruntime's")


class Functional(nn.Module):
    """A model with computations between its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(6, 4), nn.Linear(6, 4)
        self.scale = nn.Parameter(tg.full((4,), 0.5))
        self.register_buffer("shift", tg.arange(4).float())

    def forward(self, x: Any) -> Any:
        a, b = F.relu(self.a(x * 2 + 1)), tg.tanh(self.b(x))
        both = tg.cat([a * self.scale - self.shift, b / 3], 1).reshape(-1, 2, 4)
        return both.transpose(1, 2).softmax(-1).sum(1) + both.mean() ** 2


class Pooling(nn.Module):
    """A convolution and a Linear layer, with functions between them, as in many tutorials."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(1, 3, 3), nn.Linear(3 * 4 * 4, 5)

    def forward(self, x: Any) -> Any:
        x = F.max_pool2d(F.relu6(self.conv(x)), 2, padding=1)
        return F.log_softmax(self.head(F.dropout(x, training=self.training).flatten(1)), 1)


def images(*layers: nn.Module) -> nn.Module:
    return nn.Sequential(*layers)


MODELS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "mlp": (lambda: nn.MLP([6, 8, 3]), (2, 6)),
    "wide linear": (lambda: nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.LayerNorm(8), nn.Linear(8, 2, bias=False)), (2, 5, 6)),
    "activations": (
        lambda: nn.Sequential(
            nn.ReLU(), nn.LeakyReLU(0.2), nn.ELU(0.7), nn.SELU(), nn.Softsign(), nn.Mish(), nn.Hardswish(), nn.GELU("tanh"),
            nn.SiLU(), nn.Tanh(), nn.Sigmoid(), nn.Softmax(1), nn.LogSoftmax(1), nn.Identity(), nn.Dropout(),
        ),
        (2, 6),
    ),
    "lenet": (
        lambda: images(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, (2, 3), stride=(1, 2), padding="valid", bias=False), nn.AvgPool2d(2, 1, 1),
            nn.Flatten(), nn.Linear(48, 10),
        ),
        (2, 1, 8, 8),
    ),
    "same": (lambda: images(nn.Conv2d(2, 3, (2, 4), padding="same", dilation=(1, 2))), (2, 2, 7, 9)),
    "transposed": (
        lambda: images(nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), nn.AdaptiveAvgPool2d(1)),
        (2, 4, 4, 5),
    ),
    "sequence": (lambda: images(nn.Conv1d(2, 3, 3, dilation=2), nn.MaxPool1d(3, 2, 1), nn.AvgPool1d(2)), (2, 2, 16)),
    "padded": (lambda: images(nn.ZeroPad2d((1, 2, 0, 3)), nn.Conv2d(1, 2, 3), nn.Hardtanh(-0.2, 0.3)), (2, 1, 6, 5)),
    "functional pooling": (Pooling, (2, 1, 9, 8)),
    "functional": (Functional, (2, 6)),
}  # fmt: skip


def answer(proto: Any, x: np.ndarray) -> Any:
    session = runtime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"input": x})[0]


@pytest.mark.parametrize("name", MODELS)
def test_an_exported_model_gives_the_same_results(name: str, tmp_path: Path) -> None:
    make, shape = MODELS[name]
    tg.manual_seed(0)
    model = make()
    for _ in range(2):
        model(tg.randn(*shape))  # running statistics that are not 0 and 1
    x = tg.randn(*shape)
    proto = nn.onnx.export(model, x, tmp_path / "model.onnx")
    assert model.training
    assert all(p.requires_grad for p in model.parameters())
    onnx.checker.check_model(onnx.load(tmp_path / "model.onnx"), full_check=True)
    model.eval()
    sizes = [shape[0], 5]
    for n in sizes:
        x = tg.randn(n, *shape[1:])
        np.testing.assert_allclose(answer(proto, x.numpy()), model(x).detach().numpy(), atol=1e-5)


class OneNumber(nn.Module):
    """A model that returns its only number without axes."""

    def forward(self, x: Any) -> Any:
        return (x * 2).reshape(())


def test_a_result_without_axes_is_exported() -> None:
    assert answer(nn.onnx.export(OneNumber(), tg.ones(1, 1)), np.full((1, 1), 3, np.float32)) == 6


def test_an_embedding_takes_integers() -> None:
    model = nn.Sequential(nn.Embedding(7, 3), nn.Flatten(), nn.Linear(12, 2))
    x = tg.randint(7, (2, 4))
    np.testing.assert_allclose(answer(nn.onnx.export(model, x), x.numpy()), model(x).detach(), atol=1e-5)


def test_max_norm_of_an_embedding_is_applied_in_the_file() -> None:
    model = nn.Embedding(6, 3, max_norm=0.5, norm_type=1)
    proto = nn.onnx.export(model, tg.tensor([0, 1]))
    assert not np.allclose(model.weight[2:].detach().numpy(), answer(proto, np.arange(2, 6)))  # not yet looked up here
    np.testing.assert_allclose(answer(proto, np.arange(6)), model(tg.arange(6)).detach(), atol=1e-5)


def test_weights_keep_their_names_and_unused_ones_are_left_out() -> None:
    model = nn.MLP([2, 3, 1])
    model.unused = nn.Parameter(tg.ones(3))
    names = [c.name for c in nn.onnx.export(model, tg.ones(1, 2)).graph.initializer]
    assert names == ["0.weight", "0.bias", "2.weight", "2.bias"]


@pytest.mark.parametrize(("model", "shape", "message"), [
    (nn.GRU(3, 4), (2, 2, 3), "must return one Tensor"),
    (nn.AdaptiveAvgPool2d(2), (1, 1, 4, 4), "only output_size=1 is supported"),
    (nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"), (1, 1, 4, 4), "padding_mode"),
    (nn.AvgPool2d(2, divisor_override=3), (1, 1, 4, 4), "divisor_override=3"),
    (nn.BatchNorm1d(3, track_running_stats=False), (2, 3), "no running statistics"),
    (nn.Softplus(), (2, 3), "the op 'softplus' is not supported"),
])  # fmt: skip
def test_the_error_names_what_cannot_be_exported(model: Any, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        nn.onnx.export(model, tg.ones(*shape))


class WrittenInPlace(nn.Module):
    """A model that writes to the output of a layer in place, after another layer has used it."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(3, 3), nn.Linear(3, 3)

    def forward(self, x: Any) -> Any:
        h = self.a(x)
        h += self.b(h)
        return nn.ReLU(inplace=True)(h) + x


@pytest.mark.parametrize("model", [WrittenInPlace(), nn.Sequential(nn.Linear(3, 3), nn.ReLU(inplace=True), nn.Linear(3, 2))])
def test_an_in_place_write_to_the_output_of_a_layer_is_exported(model: Any) -> None:
    x = tg.randn(4, 3)
    expected = model(x).detach()
    np.testing.assert_allclose(answer(nn.onnx.export(model, x), x.numpy()), expected, rtol=1e-5, atol=1e-6)
