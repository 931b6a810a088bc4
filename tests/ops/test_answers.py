"""Results at kinks, infinities and odd shapes, and the errors of bad calls.

The results are those of PyTorch 2.13, except in cases marked "better", where PyTorch needlessly returns nan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

F = tg.nn.functional
inf, nan = math.inf, math.nan

Call = Callable[..., Any]

# case, function, inputs, value, gradients
KINKS: list[tuple[str, Call, list[Any], Any, list[Any]]] = [
    ("relu at 0", tg.relu, [[-1.0, 0, 1]], [0, 0, 1], [[0, 0, 1]]),
    ("abs at 0", tg.abs, [[-1.0, 0, 1]], [1, 0, 1], [[-1, 0, 1]]),
    ("sign", tg.sign, [[-1.0, 0, 1]], [-1, 0, 1], [[0, 0, 0]]),
    ("leaky_relu at 0", lambda x: F.leaky_relu(x, 0.01), [[0.0]], [0], [[0.01]]),
    ("elu at 0", F.elu, [[0.0]], [0], [[1]]),
    ("softplus at ±1e4", F.softplus, [[-1e4, 0, 1e4]], [0, math.log(2), 1e4], [[0, 0.5, 1]]),
    ("silu at 0", F.silu, [[0.0]], [0], [[0.5]]),
    ("gelu at 0", F.gelu, [[0.0]], [0], [[0.5]]),
    ("hardtanh at ±1", F.hardtanh, [[-1.0, 1]], [-1, 1], [[0, 0]]),
    ("relu6 at 0 and 6", F.relu6, [[0.0, 6]], [0, 6], [[0, 0]]),
    ("hardsigmoid at ±3", F.hardsigmoid, [[-3.0, 3]], [0, 1], [[0, 0]]),
    ("clamp at its bounds", lambda x: tg.clamp(x, -1, 1), [[-2.0, -1, 1, 2]], [-1, -1, 1, 1], [[0, 1, 1, 0]]),
    ("max() of ties", tg.max, [[1.0, 2, 2]], 2, [[0, 0.5, 0.5]]),
    ("max(dim) of ties", lambda x: tg.max(x, 0).values, [[1.0, 2, 2]], 2, [[0, 1, 0]]),
    ("amax of ties", lambda x: tg.amax(x, 0), [[1.0, 2, 2]], 2, [[0, 0.5, 0.5]]),
    ("maximum tie", tg.maximum, [[2.0], [2.0]], [2], [[0.5], [0.5]]),
    ("minimum tie", tg.minimum, [[2.0], [2.0]], [2], [[0.5], [0.5]]),
    ("max with nan", tg.max, [[1.0, nan, 2]], nan, [[0, 1, 0]]),
    ("median tie", tg.median, [[1.0, 2, 2]], 2, [[0, 0.5, 0.5]]),
    ("max_pool1d tie", lambda x: F.max_pool1d(x, 2), [[[[3.0, 3]]]], [[[3]]], [[[[1, 0]]]]),
    ("sqrt at 0", tg.sqrt, [[0.0]], [0], [[inf]]),
    ("x**0.5 at 0", lambda x: x**0.5, [[0.0]], [0], [[inf]]),
    ("x**0 at 0", lambda x: x**0, [[0.0]], [1], [[0]]),
    ("x**2 at 0", lambda x: x**2, [[0.0]], [0], [[0]]),
    ("x**1 at 0", lambda x: x**1, [[0.0]], [0], [[1]]),
    ("x**y at (0, 0)", lambda x, y: x**y, [[0.0], [0.0]], [1], [[0], [0]]),
    ("x**y at (0, 2)", lambda x, y: x**y, [[0.0], [2.0]], [0], [[0], [0]]),
    ("x**y at (−2, 2)", lambda x, y: x**y, [[-2.0], [2.0]], [4], [[-4], [nan]]),
    ("x**-1 at 0", lambda x: x**-1, [[0.0]], [inf], [[-inf]]),
    ("norm at 0", tg.norm, [[0.0, 0]], 0, [[0, 0]]),
    ("sqrt(sum(x²)) at 0", lambda x: (x**2).sum().sqrt(), [[0.0, 0]], 0, [[nan, nan]]),
    ("1-norm at 0", lambda x: tg.norm(x, 1), [[0.0, 0]], 0, [[0, 0]]),
    ("3-norm at 0", lambda x: tg.norm(x, 3), [[0.0, 0]], 0, [[0, 0]]),
    ("norm(inf) tie", lambda x: tg.norm(x, inf), [[2.0, -2]], 2, [[0.5, -0.5]]),
    ("log at 0", tg.log, [[0.0]], [-inf], [[inf]]),
    ("log at −1", tg.log, [[-1.0]], [nan], [[-1]]),
    ("1/x at 0", lambda x: 1 / x, [[0.0]], [inf], [[-inf]]),
    ("x/x at 0", lambda x: x / x, [[0.0]], [nan], [[nan]]),
    ("prod with one zero", tg.prod, [[2.0, 0, 3]], 0, [[0, 6, 0]]),
    ("prod with two zeros", tg.prod, [[2.0, 0, 0]], 0, [[0, 0, 0]]),
    ("std of one element", tg.std, [[1.0]], nan, [[nan]]),
    ("std of a constant", tg.std, [[2.0, 2]], 0, [[0, 0]]),
    ("var of a constant", tg.var, [[2.0, 2]], 0, [[0, 0]]),
    ("normalize at 0", lambda x: F.normalize(x, dim=0), [[0.0, 0]], [0, 0], [[1e12, 1e12]]),
    ("where does not stop a nan", lambda x: tg.where(x < 0, x, x.sqrt()), [[-1.0, 4]], [-1, 2], [[nan, 0.25]]),
    ("floor", tg.floor, [[1.5]], [1], [[0]]),
    ("round", tg.round, [[1.5]], [2], [[0]]),
    ("x % 3", lambda x: x % 3, [[1.5, 5]], [1.5, 2], [[1, 1]]),
    ("hypot at 0, better", tg.hypot, [[0.0], [0.0]], [0], [[0], [0]]),
    ("atan2 at 0", tg.atan2, [[0.0], [0.0]], [0], [[0], [0]]),
    ("fmax with nan", tg.fmax, [[nan, 1], [2.0, nan]], [2, 1], [[0, 1], [1, 0]]),
]

bce = F.binary_cross_entropy_with_logits
HARD: list[tuple[str, Call, list[Any], Any, list[Any]]] = [
    ("sigmoid", tg.sigmoid, [[-1e4, 1e4, -inf, inf]], [0, 1, 0, 1], [[0, 0, 0, 0]]),
    ("tanh", tg.tanh, [[-1e4, 1e4, -inf, inf]], [-1, 1, -1, 1], [[0, 0, 0, 0]]),
    ("softmax ±1e4", lambda x: tg.softmax(x, 0)[0], [[1e4, 0, -1e4]], 1, [[0, 0, 0]]),
    ("softmax with −inf", lambda x: tg.softmax(x, 0)[1], [[-inf, 0, 1]], 0.26894142136999516,
     [[0, 0.19661193324148185, -0.19661193324148185]]),
    ("softmax with +inf", lambda x: tg.softmax(x, 0)[1], [[inf, 0]], nan, [[nan, nan]]),
    ("softmax all −inf", lambda x: tg.softmax(x, 0)[1], [[-inf, -inf]], nan, [[nan, nan]]),
    ("log_softmax ±1e4", lambda x: tg.log_softmax(x, 0), [[1e4, 0, -1e4]], [0, -1e4, -2e4], [[-2, 1, 1]]),
    ("log_softmax with −inf", lambda x: tg.log_softmax(x, 0)[1], [[-inf, 0, 1]], -1.3132616875182228,
     [[0, 0.73105857863, -0.73105857863]]),
    ("logsumexp 1e4", lambda x: tg.logsumexp(x, 0), [[1e4, 1e4]], 10000.69314718056, [[0.5, 0.5]]),
    ("logsumexp all −inf, better", lambda x: tg.logsumexp(x, 0), [[-inf, -inf]], -inf, [[0, 0]]),
    ("logsumexp with +inf, better", lambda x: tg.logsumexp(x, 0), [[inf, 0]], inf, [[1, 0]]),
    ("logsumexp [−inf, 0]", lambda x: tg.logsumexp(x, 0), [[-inf, 0]], 0, [[0, 1]]),
    ("logaddexp 1e4", tg.logaddexp, [[1e4], [0.0]], [1e4], [[1], [0]]),
    ("logaddexp ±inf, better", tg.logaddexp, [[-inf, inf, inf], [-inf, 0, inf]], [-inf, inf, inf],
     [[0.5, 1, 0.5], [0.5, 0, 0.5]]),
    ("logcumsumexp −inf, better", lambda x: tg.logcumsumexp(x, 0), [[-inf, -inf, 0]], [-inf, -inf, 0], [[0, 0, 1]]),
    *[
        (f"BCE with logits x={x} t={t}{note}", lambda a, t=t: bce(a, tg.tensor(np.array([t]))), [[x]], value, [[g]])
        for x, t, value, g, note in [
            (1e4, 0.0, 1e4, 1, ""), (1e4, 1.0, 0, 0, ""), (-1e4, 0.0, 0, 0, ""), (-1e4, 1.0, 1e4, -1, ""),
            (inf, 0.0, inf, 1, ""), (inf, 1.0, 0, 0, ", better"), (-inf, 0.0, 0, 0, ", better"),
            (-inf, 1.0, inf, -1, ", better"),
        ]
    ],
    ("BCE p=0 t=1", lambda p: F.binary_cross_entropy(p, tg.tensor(np.ones(1))), [[0.0]], 100, [[-1e12]]),
    ("BCE p=1 t=1", lambda p: F.binary_cross_entropy(p, tg.tensor(np.ones(1))), [[1.0]], 0, [[0]]),
    ("CE ±1e4, wrong class", lambda x: F.cross_entropy(x, tg.tensor([1])), [[[1e4, -1e4]]], 2e4, [[[1, -1]]]),
    ("CE −inf at another class", lambda x: F.cross_entropy(x, tg.tensor([1])), [[[-inf, 0]]], 0, [[[0, 0]]]),
    ("CE −inf at the target", lambda x: F.cross_entropy(x, tg.tensor([0])), [[[-inf, 0]]], inf, [[[-1, 1]]]),
    ("CE all ignored", lambda x: F.cross_entropy(x, tg.tensor([-100])), [[[1.0, 0]]], nan, [[[0, 0]]]),
    ("expm1 of a small number", lambda x: tg.expm1(tg.log1p(x)), [[3.9e-44]], [3.9e-44], [[1]]),
    ("gelu ±inf, better", F.gelu, [[-inf, inf, -1e4, 1e4]], [0, inf, 0, 1e4], [[0, 1, 0, 1]]),
    ("gelu tanh ±inf, better", lambda x: F.gelu(x, "tanh"), [[-inf, inf, -1e4, 1e4]], [0, inf, 0, 1e4], [[0, 1, 0, 1]]),
    ("silu ±inf, better", F.silu, [[-inf, inf, -1e4, 1e4]], [0, inf, 0, 1e4], [[0, 1, 0, 1]]),
    ("mish ±inf, better", F.mish, [[-inf, inf, -1e4, 1e4]], [0, inf, 0, 1e4], [[0, 1, 0, 1]]),
    ("elu −inf", F.elu, [[-inf, inf]], [-1, inf], [[0, 1]]),
    ("logsigmoid ±inf", F.logsigmoid, [[-inf, inf]], [-inf, 0], [[1, 0]]),
    ("erf ±inf", tg.erf, [[-inf, inf, 1e4]], [-1, 1, 1], [[0, 0, 0]]),
    ("an infinite gradient through a dead relu", lambda x: tg.sqrt(tg.relu(x)), [[-1.0]], [0], [[0]]),
    ("an infinite gradient through a step", lambda x: tg.sqrt(tg.floor(x)), [[0.5]], [0], [[0]]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "inputs", "value", "grads"), [c[1:] for c in KINKS + HARD], ids=[c[0] for c in KINKS + HARD]
)
def test_the_value_and_the_gradients_are_those_of_the_table(
    function: Call, inputs: list[Any], value: Any, grads: list[Any]
) -> None:
    tensors = [tg.tensor(np.array(x, float), requires_grad=True) for x in inputs]
    with np.errstate(all="ignore"):
        y = function(*tensors)
    y.backward(np.ones(y.shape))
    np.testing.assert_allclose(y, value, rtol=1e-12, atol=1e-12)
    for x, g in zip(tensors, grads, strict=True):
        np.testing.assert_allclose(x.grad, g, rtol=1e-10, atol=1e-12)


f32, f64 = tg.ones(2), tg.tensor(np.ones(2))
i64, b = tg.tensor([-3, 7]), tg.tensor([True, False])

# case, call, answer
DTYPES: list[tuple[str, Call, Any]] = [
    ("float32 + float", lambda: (f32 + 1.5).dtype, np.float32),
    ("float32 * np.float64(2)", lambda: (f32 * np.float64(2)).dtype, np.float32),
    ("np.float64(2) * float32", lambda: (np.float64(2) * f32).dtype, np.float32),
    ("float32 + float64 0-d", lambda: (f32 + tg.tensor(np.array(1.0))).dtype, np.float32),
    ("float32 + float64", lambda: (f32 + f64).dtype, np.float64),
    ("int64 + float", lambda: (i64 + 1.5).dtype, np.float32),
    ("int64 + float32", lambda: (i64 + f32).dtype, np.float32),
    ("int64 * int", lambda: (i64 * 2).dtype, np.int64),
    ("int64 / int64", lambda: (i64 / i64).dtype, np.float32),
    ("int64 // int", lambda: (i64 // 2).tolist(), [-2, 3]),
    ("int64 ** int", lambda: (i64**2).tolist(), [9, 49]),
    ("exp(int64)", lambda: tg.exp(i64).dtype, np.float32),
    ("bool + bool", lambda: (b + b).dtype, np.bool_),
    ("sum(bool)", lambda: b.sum().dtype, np.int64),
    ("sum(int32)", lambda: b.int().sum().dtype, np.int64),
    ("tensor([1, 2])", lambda: tg.tensor([1, 2]).dtype, np.int64),
    ("tensor([1., 2])", lambda: tg.tensor([1.0, 2]).dtype, np.float32),
    ("tensor(float64 array)", lambda: tg.tensor(np.ones(2)).dtype, np.float64),
    ("tensor(np.float64(1))", lambda: tg.tensor(np.float64(1)).dtype, np.float64),
    ("tensor(True)", lambda: tg.tensor(True).dtype, np.bool_),
    ("double()", lambda: f32.double().dtype, np.float64),
    ("sum(dtype=float64)", lambda: f32.sum(dtype=tg.float64).dtype, np.float64),
    ("where(mask, 1.0, 0.0)", lambda: tg.where(b, 1.0, 0.0).dtype, np.float32),
    ("where(mask, 1, 0)", lambda: tg.where(b, 1, 0).dtype, np.int64),
    ("full((2,), 7)", lambda: tg.full((2,), 7).dtype, np.int64),
    ("arange(3.)", lambda: tg.arange(3.0).dtype, np.float32),
    ("argmax", lambda: f32.argmax().dtype, np.int64),
    ("sum of empty", lambda: tg.zeros(0).sum().item(), 0),
    ("prod of empty", lambda: tg.zeros(0).prod().item(), 1),
    ("mean of empty", lambda: tg.zeros(0).mean().item(), nan),
    ("(2, 0) @ (0, 3)", lambda: (tg.zeros(2, 0) @ tg.zeros(0, 3)).tolist(), [[0, 0, 0], [0, 0, 0]]),
    ("(0, 1) + (1, 3)", lambda: (tg.zeros(0, 1) + tg.zeros(1, 3)).shape, (0, 3)),
    ("cat with an empty one", lambda: tg.cat([tg.zeros(0, 2), tg.ones(1, 2)]).shape, (1, 2)),
    ("softmax of empty", lambda: tg.softmax(tg.zeros(0, 3), 1).shape, (0, 3)),
    ("softmax over an empty axis", lambda: tg.softmax(tg.zeros(3, 0), 1).shape, (3, 0)),
    ("mean over an empty batch", lambda: tg.zeros(0, 3).mean(0).tolist(), [nan, nan, nan]),
    ("max(dim) of a 0-d tensor", lambda: tuple(t.item() for t in tg.tensor(3.0).max(0)), (3, 0)),
    ("sort of a 0-d tensor", lambda: tuple(t.item() for t in tg.tensor(3.0).sort()), (3, 0)),
    ("cumsum of a 0-d tensor", lambda: tg.tensor(3.0).cumsum(0).item(), 3),
    ("median of even", lambda: tg.tensor([4.0, 1, 3, 2]).median().item(), 2),
    ("np.median of even", lambda: np.median(tg.tensor([4.0, 1, 3, 2])).item(), 2.5),
    ("std, NumPy's", lambda: np.std(tg.tensor([1.0, 3])).item(), 1),
    ("std, PyTorch's", lambda: round(tg.std(tg.tensor([1.0, 3])).item(), 6), round(math.sqrt(2), 6)),
]


@pytest.mark.parametrize(("call", "answer"), [c[1:] for c in DTYPES], ids=[c[0] for c in DTYPES])
def test_the_dtype_shape_or_value_is_that_of_the_table(call: Call, answer: Any) -> None:
    got = call()
    if isinstance(answer, float) or (isinstance(answer, list) and answer and isinstance(answer[0], float)):
        np.testing.assert_array_equal(got, answer)
    else:
        assert got == answer


w = tg.tensor([1.0, 2.0], requires_grad=True)
m23 = tg.ones(2, 3)

# case, call, exception, words
ERRORS: list[tuple[str, Call, type[Exception], str]] = [
    ("bool − bool", lambda: b - b, TypeError, "subtract"),
    ("−bool", lambda: -b, TypeError, "negative"),
    ("mean(int)", lambda: i64.mean(), TypeError, r"mean\(\).*int64.*float\(\)"),
    ("ragged", lambda: tg.tensor([[1, 2], [3]]), ValueError, "nested lists must have equal lengths"),
    ("words in a dtype", lambda: f32.new_tensor(["a"]), TypeError, "expected numbers, got 'a'; use np.unique"),
    ("None in a dtype", lambda: tg.tensor([1, None], dtype="int64"), TypeError, "expected numbers, got None"),
    ("a dict in a dtype", lambda: tg.tensor([{}], dtype="float32"), TypeError, "expected numbers, got {}"),
    ("words", lambda: tg.tensor("abc"), TypeError, "expected numbers or booleans"),
    ("int requires_grad", lambda: tg.tensor([1], requires_grad=True), RuntimeError, "Only Tensors of floating point dtype"),
    ("max of empty", lambda: tg.zeros(0).max(), RuntimeError, r"max\(\): Expected reduction dim to be specified"),
    ("max over an empty axis", lambda: tg.zeros(0, 3).max(0), IndexError, "Expected reduction dim 0 to have non-zero size"),
    ("cat of nothing", lambda: tg.cat([]), ValueError, "expected a non-empty list of Tensors"),
    ("item of 2", lambda: f32.item(), RuntimeError, "a Tensor with 2 elements cannot be converted to Scalar"),
    ("bool of none", lambda: bool(tg.zeros(0)), RuntimeError, "Boolean value of Tensor with no values is ambiguous"),
    ("bool of 2", lambda: bool(f32), RuntimeError, "Boolean value of Tensor with more than one value is ambiguous"),
    ("len of 0-d", lambda: len(tg.tensor(1.0)), TypeError, r"len\(\) of a 0-d tensor"),
    ("iterate 0-d", lambda: list(tg.tensor(1.0)), TypeError, "iteration over a 0-d tensor"),
    ("backward of a vector", lambda: (w * 2).backward(), RuntimeError, "can be implicitly created only for scalar outputs"),
    ("backward without grad", lambda: f32.sum().backward(), RuntimeError, "does not require grad and does not have a grad_fn"),
    ("in-place on a leaf", lambda: w.add_(1), RuntimeError, "a leaf Variable that requires grad is being used in an in-place"),
    ("in-place on a view of a leaf", lambda: w[:1].mul_(2), RuntimeError, "a view of a leaf Variable that requires grad"),
    ("numpy() of grad", lambda: w.numpy(), RuntimeError, r"Use tensor.detach\(\).numpy\(\)"),
    ("matmul", lambda: m23 @ m23, RuntimeError, r"shapes cannot be multiplied \(2x3 and 2x3\): the last axis"),
    ("add", lambda: tg.ones(2, 3) + tg.ones(4), RuntimeError, r"(?s)\(2, 3\) and \(4,\) cannot be broadcast.*\^"),
    ("add as NumPy's", lambda: tg.ones(2, 3) + tg.ones(4), ValueError, "cannot be broadcast"),
    ("view", lambda: m23.view(4), RuntimeError, r"shape '\[4\]' is invalid for input of size 6"),
    ("cat", lambda: tg.cat([m23, tg.ones(2, 4)]), RuntimeError, "Expected size 3 but got size 4 for tensor number 1"),
    ("stack", lambda: tg.stack([m23, tg.ones(2)]), RuntimeError, r"but got \[2, 3\] at entry 0 and \[2\] at entry 1"),
    ("sum(dim=5)", lambda: f32.sum(dim=5), IndexError, r"expected to be in range of \[-1, 0\], but got 5"),
    ("axis twice", lambda: m23.sum(dim=(0, 0)), ValueError, "appears twice"),
    ("axis and dim", lambda: m23.sum(axis=0, dim=0), TypeError, "dim and axis are the same"),
    ("axis of a wrong kind", lambda: m23.sum(dim="x"), TypeError, "axis must be an int, got str"),
    ("index", lambda: f32[5], IndexError, "index 5 is out of bounds"),
    ("expand", lambda: m23.expand(4, 3), RuntimeError, r"(?s)\(2, 3\).*\(4, 3\)"),
    ("expand to fewer axes", lambda: m23.expand(3), RuntimeError, r"\(2, 3\).*\(3,\)"),
    ("permute", lambda: m23.permute(0, 0), RuntimeError, r"shape \(2, 3\), dims must contain each axis once"),
    ("split", lambda: tg.split(m23, [1, 1], 1), RuntimeError, "sum to 3"),
    ("topk", lambda: tg.topk(f32, 3), ValueError, r"k must be in \[0, 2\], got 3"),
    ("clamp without bounds", lambda: tg.clamp(f32), ValueError, "At least one of 'min' or 'max'"),
    ("one operand is a list", lambda: f32 + [1, 2], TypeError, "must be Tensors, arrays or numbers, got list"),
    ("int **−1", lambda: i64**-1, RuntimeError, "Integers to negative integer powers"),
    ("int += float", lambda: i64.clone().add_(1.5), RuntimeError, "can't be cast to the desired output type int64"),
    ("write a wrong shape", lambda: f32.clone().copy_(tg.ones(3)), RuntimeError, r"\(2,\) and \(3,\)|\(3,\).*\(2,\)"),
    ("out= with grad", lambda: tg.add(w, w, out=tg.zeros(2)), RuntimeError, "out= does not support automatic differentiation"),
    ("einsum letters", lambda: tg.einsum("ij,jk->ik", m23, m23), RuntimeError, "letter 'j' has sizes 3 and 2"),
    ("einsum operands", lambda: tg.einsum("ij,jk->ik", m23), ValueError, "the number of operands of 'ij,jk->ik' is 2, got 1"),
    ("inv of a rectangle", lambda: tg.linalg.inv(m23), RuntimeError, r"inv\(\): expects square matrices"),
    ("inv of a singular one", lambda: tg.linalg.inv(tg.ones(2, 2)), np.linalg.LinAlgError, "singular"),
    ("cholesky of an indefinite one", lambda: tg.linalg.cholesky(-tg.eye(2)), np.linalg.LinAlgError, "not positive definite"),
    ("conv2d channels", lambda: F.conv2d(tg.ones(1, 2, 5, 5), tg.ones(3, 4, 3, 3)), RuntimeError, "must have 4 channels"),
    ("conv2d axes", lambda: F.conv2d(tg.ones(5, 5), tg.ones(3, 4, 3, 3)), RuntimeError, r"\[N, C, H, W\] or \[C, H, W\]"),
    ("conv2d kernel", lambda: F.conv2d(tg.ones(1, 4, 2, 2), tg.ones(3, 4, 3, 3)), RuntimeError, "Kernel size can't be"),
    ("stride", lambda: F.conv2d(tg.ones(1, 4, 5, 5), tg.ones(3, 4, 3, 3), stride=0), ValueError, "stride must be an int"),
    ("max_pool2d padding", lambda: F.max_pool2d(tg.ones(1, 1, 4, 4), 2, padding=2), ValueError, "at most half of the kernel"),
    ("pad", lambda: F.pad(f32, (1, 1), mode="mirror"), ValueError, "mode must be"),
    ("interpolate axes", lambda: F.interpolate(f32, 3), RuntimeError, "an input with 3, 4 or 5 axes, got shape"),
    ("interpolate", lambda: F.interpolate(f32.reshape(1, 1, 2)), ValueError, "either size or scale_factor"),
    ("embedding", lambda: F.embedding(tg.tensor([7]), m23), IndexError, "7 is not among the rows 0 … 1"),
    ("cuda", lambda: f32.to("cuda"), ValueError, "CPU only"),
    ("deepcopy of a result", lambda: __import__("copy").deepcopy(w * 2), RuntimeError, "graph leaves"),
    ("grad of a wrong shape", lambda: setattr(w, "grad", tg.ones(3)), RuntimeError, "attempting to assign a gradient of size"),
    ("full of grad", lambda: tg.full((2,), w[0]), RuntimeError, r"full\(\) has no gradient.*detach"),
    ("bincount of grad", lambda: tg.bincount(tg.tensor([0, 1]), w), RuntimeError, r"bincount\(\) has no gradient"),
    ("histogram of grad", lambda: tg.histogram(w, 2), RuntimeError, r"histogram\(\) has no gradient"),
    ("a copy of grad", lambda: tg.tensor(w), UserWarning, r"no gradient flows back.*clone"),
    ("a list of grad", lambda: tg.tensor([[w[0]], [w[1]]]), UserWarning, r"no gradient flows back.*stack"),
    ("unique of grad", lambda: tg.unique(w), RuntimeError, r"unique\(\) has no gradient.*detach"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "words"), [c[1:] for c in ERRORS], ids=[c[0] for c in ERRORS])
def test_the_error_of_a_bad_call_says_what_is_wrong(call: Call, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


MILLION = np.random.default_rng(0).uniform(0.05, 0.15, 1_000_000).astype(np.float32)


@pytest.mark.parametrize("shape", [(1_000_000,), (1_000_000, 1), (1000, 1000), (100, 100, 100), (250_000, 4)])
@pytest.mark.parametrize(
    "name", ["sum", "mean", "var", "std", "norm", "logsumexp", "cumsum", "logcumsumexp", "prod", "standardize"]
)
def test_a_million_float32_keep_five_digits_on_every_axis(name: str, shape: tuple[int, ...]) -> None:
    x = MILLION.reshape(shape)
    if name == "prod":
        x = 1 + (x - 0.1) / 1000
    for array in (x, x.T):
        t, exact = tg.from_numpy(array), tg.from_numpy(array.astype(np.float64))
        every = [*range(x.ndim)] if name in ("cumsum", "logcumsumexp", "prod") else [*range(x.ndim), tuple(range(x.ndim))]
        for axis in every:
            got, expected = getattr(tg, name)(t, axis=axis), getattr(tg, name)(exact, axis=axis)
            assert got.dtype == np.float32
            good = np.isfinite(expected.numpy())
            atol = 1e-5 if name == "standardize" else 0  # its numbers are around 0
            np.testing.assert_allclose(got.numpy()[good], expected.numpy()[good], rtol=1e-5, atol=atol)


@pytest.mark.parametrize("shape", [(100_000, 3), (3, 100_000), (100, 10, 100)])
def test_gradients_that_are_summed_over_a_broadcast_axis_keep_five_digits(shape: tuple[int, ...]) -> None:
    g = np.full(shape, 0.1, np.float32)
    bias = tg.zeros((1,) * len(shape[:-1]) + shape[-1:], requires_grad=True)
    (tg.from_numpy(np.zeros(shape, np.float32)) + bias).backward(g)
    np.testing.assert_allclose(bias.grad, g.astype(np.float64).sum(tuple(range(len(shape) - 1)), keepdims=True), rtol=1e-5)
    weight = tg.zeros(2, shape[-1], requires_grad=True)
    offset = tg.zeros(2, requires_grad=True)
    y = F.linear(tg.ones(shape), weight, offset)
    y.backward(np.full(y.shape, 0.1, np.float32))
    rows = np.float64(np.float32(0.1)) * int(np.prod(shape[:-1]))
    np.testing.assert_allclose(offset.grad, [rows, rows], rtol=1e-5)


def test_the_only_device_is_the_cpu_with_or_without_index_0() -> None:
    assert str(tg.device("cpu", 0)) == "cpu:0"
    for arguments in (("cpu", 1), ("cpu:0", 0), ("cpu:1",), ("cuda", 0)):
        with pytest.raises(ValueError, match="CPU only"):
            tg.device(*arguments)
