"""What programs print besides numbers, compared with PyTorch: the names in grad_fn, and results of several parts."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_edu as tg

Call = Callable[[Any, Any], Any]  # takes the library and x, a 2 × 3 matrix

GRAD_FN: list[tuple[Call, str]] = [  # (call, what PyTorch 2.13 prints)
    (lambda lib, x: x.sum(), "<SumBackward0>"),
    (lambda lib, x: x.sum(1), "<SumBackward1>"),
    (lambda lib, x: x.mean(), "<MeanBackward0>"),
    (lambda lib, x: x.mean((0, 1)), "<MeanBackward1>"),
    (lambda lib, x: x.prod(1), "<ProdBackward1>"),
    (lambda lib, x: x.prod(), "<ProdBackward0>"),
    (lambda lib, x: x.amax(1), "<AmaxBackward0>"),
    (lambda lib, x: x.max(), "<MaxBackward1>"),
    (lambda lib, x: x.min(), "<MinBackward1>"),
    (lambda lib, x: x**2, "<PowBackward0>"),
    (lambda lib, x: 2**x, "<PowBackward2>"),
    (lambda lib, x: x**x, "<PowBackward1>"),
    (lambda lib, x: x[0], "<SelectBackward0>"),
    (lambda lib, x: x[:, 1:], "<SliceBackward0>"),
    (lambda lib, x: x[lib.tensor([0, 1])], "<IndexBackward0>"),
    (lambda lib, x: x[x > 0], "<IndexBackward0>"),
    (lambda lib, x: x[None], "<UnsqueezeBackward0>"),
    (lambda lib, x: x[0, 1], "<SelectBackward0>"),
    (lambda lib, x: x[:], "<SliceBackward0>"),
    (lambda lib, x: x[..., 0], "<SelectBackward0>"),
    (lambda lib, x: x[1:, 0], "<SelectBackward0>"),
    (lambda lib, x: x[0, 1:], "<SliceBackward0>"),
    (lambda lib, x: x.view(6), "<ViewBackward0>"),
    (lambda lib, x: x.T, "<PermuteBackward0>"),
    (lambda lib, x: x.permute(1, 0), "<PermuteBackward0>"),
    (lambda lib, x: lib.rand(2, 3, 4, requires_grad=True).transpose(1, 2), "<TransposeBackward0>"),
    (lambda lib, x: lib.rand(2, 3, 4, requires_grad=True).permute(2, 0, 1), "<PermuteBackward0>"),
    (lambda lib, x: x @ x.T, "<MmBackward0>"),
    (lambda lib, x: x @ lib.rand(3), "<MvBackward0>"),
    (lambda lib, x: lib.rand(2) @ x, "<SqueezeBackward4>"),
    (lambda lib, x: x[0] @ x[1], "<DotBackward0>"),
    (lambda lib, x: lib.rand(4, 2, 3) @ x.T, "<UnsafeViewBackward0>"),
    (lambda lib, x: lib.rand(4, 2, 2) @ lib.rand(4, 2, 3, requires_grad=True), "<UnsafeViewBackward0>"),
    (lambda lib, x: x % 2, "<RemainderBackward0>"),
    (lambda lib, x: x % x, "<RemainderBackward1>"),
    (lambda lib, x: x.clamp(0), "<ClampBackward1>"),
    (lambda lib, x: x.clamp(0, 1), "<ClampBackward1>"),
    (lambda lib, x: x.clamp(max=1), "<ClampBackward1>"),
    (lambda lib, x: lib.nn.Linear(3, 2)(x), "<AddmmBackward0>"),
    (lambda lib, x: lib.nn.Linear(3, 2, bias=False)(x), "<MmBackward0>"),
    (lambda lib, x: lib.nn.Linear(3, 2)(x[None]), "<ViewBackward0>"),
    (lambda lib, x: lib.nn.Linear(3, 2, bias=False)(x[None]), "<UnsafeViewBackward0>"),
    (lambda lib, x: lib.nn.Linear(3, 2)(x[0]), "<ViewBackward0>"),
    (lambda lib, x: lib.nn.Linear(3, 2, bias=False)(x[0]), "<SqueezeBackward4>"),
    (lambda lib, x: lib.nn.functional.cross_entropy(x, lib.tensor([0, 1])), "<NllLossBackward0>"),
    (lambda lib, x: lib.nn.functional.mse_loss(x, x.detach()), "<MseLossBackward0>"),
    (lambda lib, x: lib.nn.functional.l1_loss(x, x.detach()), "<MeanBackward0>"),
    (lambda lib, x: lib.log_softmax(x, 1), "<LogSoftmaxBackward0>"),
    (lambda lib, x: lib.softmax(x, 1), "<SoftmaxBackward0>"),
    (lambda lib, x: lib.logsumexp(x, 1), "<LogsumexpBackward0>"),
    (lambda lib, x: x.norm(), "<LinalgVectorNormBackward0>"),
    (lambda lib, x: x.expand(2, 2, 3), "<ExpandBackward0>"),
    (lambda lib, x: lib.nn.functional.leaky_relu(x), "<LeakyReluBackward0>"),
    (lambda lib, x: x.flatten(), "<ViewBackward0>"),
    (lambda lib, x: x / 2, "<DivBackward0>"),
    (lambda lib, x: 2 / x, "<MulBackward0>"),
    (lambda lib, x: x.double(), "<ToCopyBackward0>"),
    (lambda lib, x: x.median(), "<MedianBackward0>"),
    (lambda lib, x: x.cumsum(0), "<CumsumBackward0>"),
    (lambda lib, x: x.exp(), "<ExpBackward0>"),
    (lambda lib, x: lib.nn.functional.layer_norm(x, (3,)), "<NativeLayerNormBackward0>"),
    (lambda lib, x: lib.nn.functional.embedding(lib.tensor([0]), x), "<EmbeddingBackward0>"),
    (lambda lib, x: lib.cat([x, x]), "<CatBackward0>"),
    (lambda lib, x: x.reshape(3, 2), "<ViewBackward0>"),
    (lambda lib, x: x.abs(), "<AbsBackward0>"),
    (lambda lib, x: -x, "<NegBackward0>"),
    (lambda lib, x: x - 1, "<SubBackward0>"),
    (lambda lib, x: 1 - x, "<RsubBackward1>"),
    (lambda lib, x: x + 1, "<AddBackward0>"),
    (lambda lib, x: x.clone(), "<CloneBackward0>"),
    (lambda lib, x: x.relu(), "<ReluBackward0>"),
    (lambda lib, x: x.tanh(), "<TanhBackward0>"),
    (lambda lib, x: x.sigmoid(), "<SigmoidBackward0>"),
    (lambda lib, x: x.exp().log(), "<LogBackward0>"),
    (lambda lib, x: x.exp().sqrt(), "<SqrtBackward0>"),
    (lambda lib, x: x.sin(), "<SinBackward0>"),
    (lambda lib, x: x.var(), "<VarBackward0>"),
    (lambda lib, x: x.std(), "<StdBackward0>"),
    (lambda lib, x: x.std(0), "<StdBackward0>"),
    (lambda lib, x: lib.nn.ReLU()(x), "<ReluBackward0>"),
    (lambda lib, x: lib.nn.Sigmoid()(x), "<SigmoidBackward0>"),
    (lambda lib, x: lib.nn.Softmax(1)(x), "<SoftmaxBackward0>"),
    (lambda lib, x: lib.nn.BCELoss()(lib.sigmoid(x), lib.ones(2, 3)), "<BinaryCrossEntropyBackward0>"),
    (lambda lib, x: lib.nn.BCEWithLogitsLoss()(x, lib.ones(2, 3)), "<BinaryCrossEntropyWithLogitsBackward0>"),
    (lambda lib, x: lib.nn.Conv2d(1, 1, 1)(x[None, None]), "<ConvolutionBackward0>"),
    (lambda lib, x: lib.nn.functional.max_pool2d(x[None, None], 2), "<MaxPool2DWithIndicesBackward0>"),
    (lambda lib, x: lib.nn.Dropout()(x), "<MulBackward0>"),
    (lambda lib, x: lib.where(x > 0, x, 0), "<WhereBackward0>"),
    (lambda lib, x: lib.maximum(x, x), "<MaximumBackward0>"),
    (lambda lib, x: x.pow(2), "<PowBackward0>"),
    (lambda lib, x: x.square(), "<PowBackward0>"),
    (lambda lib, x: x.sum(dim=1, keepdim=True), "<SumBackward1>"),
    (lambda lib, x: x.softmax(1), "<SoftmaxBackward0>"),
    (lambda lib, x: lib.nn.BatchNorm1d(3)(x), "<NativeBatchNormBackward0>"),
    (lambda lib, x: lib.dot(x[0], x[1]), "<DotBackward0>"),
    (lambda lib, x: lib.mm(x, x.T), "<MmBackward0>"),
    (lambda lib, x: lib.nn.functional.gelu(x), "<GeluBackward0>"),
    (lambda lib, x: lib.nn.functional.elu(x), "<EluBackward0>"),
    (lambda lib, x: lib.nn.functional.softplus(x), "<SoftplusBackward0>"),
    (lambda lib, x: lib.nn.functional.normalize(x), "<DivBackward0>"),
    (lambda lib, x: lib.tril(x), "<TrilBackward0>"),
    (lambda lib, x: lib.nn.Embedding(3, 2)(lib.tensor([1])), "<EmbeddingBackward0>"),
    (lambda lib, x: lib.nn.Tanh()(x), "<TanhBackward0>"),
]

SEVERAL: dict[str, tuple[Call, str]] = {
    "max": (
        lambda lib, x: lib.max(x, 1),
        "torch.return_types.max(\nvalues=tensor([2., 5.]),\nindices=tensor([1, 2]))",
    ),
    "min": (
        lambda lib, x: x.min(dim=0),
        "torch.return_types.min(\nvalues=tensor([ 1.,  2., -3.]),\nindices=tensor([0, 0, 0]))",
    ),
    "topk": (
        lambda lib, x: x.topk(1),
        "torch.return_types.topk(\nvalues=tensor([[2.],\n        [5.]]),\nindices=tensor([[1],\n        [2]]))",
    ),
    "sort": (
        lambda lib, x: lib.sort(x, 1),
        "torch.return_types.sort(\nvalues=tensor([[-3.,  1.,  2.],\n        [ 3.,  4.,  5.]]),\n"
        "indices=tensor([[2, 0, 1],\n        [0, 1, 2]]))",
    ),
    "median": (
        lambda lib, x: x.median(0),
        "torch.return_types.median(\nvalues=tensor([ 1.,  2., -3.]),\nindices=tensor([0, 0, 0]))",
    ),
    "kthvalue": (
        lambda lib, x: x.kthvalue(2),
        "torch.return_types.kthvalue(\nvalues=tensor([1., 4.]),\nindices=tensor([0, 1]))",
    ),
    "cummax": (
        lambda lib, x: x[0].cummax(0),
        "torch.return_types.cummax(\nvalues=tensor([1., 2., 2.]),\nindices=tensor([0, 1, 1]))",
    ),
    "slogdet": (
        lambda lib, x: lib.linalg.slogdet(x[:, :2]),
        "torch.return_types.linalg_slogdet(\nsign=tensor(-1.),\nlogabsdet=tensor(0.6931))",
    ),
    "svd": (
        lambda lib, x: lib.linalg.svd(lib.diag(x[0, :2])),
        "torch.return_types.linalg_svd(\nU=tensor([[0., 1.],\n        [1., 0.]]),\nS=tensor([2., 1.]),\n"
        "Vh=tensor([[0., 1.],\n        [1., 0.]]))",
    ),
    "histogram": (
        lambda lib, x: lib.histogram(x, 2),
        "torch.return_types.histogram(\nhist=tensor([1., 5.]),\nbin_edges=tensor([-3.,  1.,  5.]))",
    ),
}


def matrix(lib: Any) -> Any:
    return lib.tensor([[1.0, 2.0, -3.0], [3.0, 4.0, 5.0]])


@pytest.mark.parametrize("i", range(len(GRAD_FN)))
def test_grad_fn_has_the_name_that_pytorch_prints(i: int) -> None:
    call, expected = GRAD_FN[i]
    assert repr(call(tg, matrix(tg).requires_grad_()).grad_fn) == expected


@pytest.mark.parametrize("name", SEVERAL)
def test_results_of_several_parts_print_as_in_pytorch(name: str) -> None:
    call, expected = SEVERAL[name]
    assert repr(call(tg, matrix(tg))) == expected.replace("torch.", "tinygrad_edu.", 1)


@pytest.mark.live
@pytest.mark.filterwarnings("ignore")
def test_pytorch_prints_what_is_stored_here() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    names = [(i, f"<{call(torch, matrix(torch).requires_grad_()).grad_fn.name()}>") for i, (call, _) in enumerate(GRAD_FN)]
    assert [(i, name) for i, name in names if name != GRAD_FN[i][1]] == []
    texts = {name: repr(call(torch, matrix(torch))) for name, (call, _) in SEVERAL.items()}
    assert texts == {name: expected for name, (_, expected) in SEVERAL.items()}


def test_a_result_of_several_parts_is_a_tuple_of_an_importable_type() -> None:
    result = matrix(tg).max(1)
    values, indices = result
    assert isinstance(result, tg.return_types.max)
    assert (values.tolist(), indices.tolist()) == ([2.0, 5.0], [1, 2])
    assert type(pickle.loads(pickle.dumps(result))) is tg.return_types.max


def test_a_shape_is_a_tuple_with_numel() -> None:
    x = tg.zeros(2, 3)
    assert (x.shape.numel(), x.size().numel(), tg.tensor(1.0).shape.numel(), tg.zeros(2, 0).shape.numel()) == (6, 6, 1, 0)
    assert x.shape == (2, 3)
    assert isinstance(x.shape, tuple)
    assert (repr(x.shape), f"{x.shape}", {x.shape: 1}[2, 3]) == ("(2, 3)", "(2, 3)", 1)
    assert tg.Tensor(x.shape).shape == (2, 3)  # sizes, as in PyTorch
