"""The inputs of each op for the registry test. A primitive without an entry here fails the tests.

    "name": sample(...) or [sample(...), ...]

`sample(*inputs, **params)`: float arrays are checked as inputs that require grad; everything else is passed unchanged.
Values stay away from kinks, where finite differences have no meaning; the kinks have separate tests.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Sample(NamedTuple):
    inputs: tuple[Any, ...]
    params: dict[str, Any]


def sample(*inputs: Any, **params: Any) -> Sample:
    return Sample(inputs, params)


rng = np.random.default_rng(0)


def normal(*shape: int) -> np.ndarray:
    return np.asarray(rng.normal(size=shape))


def away(*shape: int) -> np.ndarray:
    """Numbers with |x| in [0.2, 1.85]: away from a kink at 0, and distinct from each other."""
    n = int(np.prod(shape))
    magnitude = rng.permutation(np.linspace(0.2, 1.8, max(1, n)))[:n] + rng.uniform(0, 0.05, n)
    return np.asarray((magnitude * rng.choice([-1, 1], n)).reshape(shape))


def positive(*shape: int) -> np.ndarray:
    return np.asarray(rng.uniform(0.3, 2.0, shape))


def unit(*shape: int) -> np.ndarray:
    """Numbers inside (−1, 1)."""
    return np.asarray(rng.uniform(-0.8, 0.8, shape))


def definite(n: int) -> np.ndarray:
    """A symmetric positive definite matrix."""
    a = normal(n, n)
    return a @ a.T + np.eye(n)


def unary(make: Any) -> list[Sample]:
    """0-d, empty, 2-D, transposed, and reversed (negative strides) inputs of one kind."""
    return [sample(make()), sample(make(0, 3)), sample(make(2, 3)), sample(make(3, 2).T), sample(make(4)[::-1])]


def binary(make: Any) -> list[Sample]:
    """Equal shapes, shapes that broadcast, an empty one, and a number on either side."""
    return [
        sample(make(2, 3), make(2, 3)),
        sample(make(2, 3), make(3)),
        sample(make(2, 1), make(1, 3)),
        sample(make(), make(2)),
        sample(make(0, 1), make(1, 3)),
        sample(make(3), 1.5),
        sample(1.5, make(3)),
    ]


mask = np.array([[True, False, True], [False, False, True]])
integers = np.array([[[3, 1, 2, 2, 0, 5], [4, 4, 4, 1, 2, 6]]])  # an image; of integers, so that its derivative is not checked
tops = np.array([[[3, 2, 5], [4, 4, 6]]])  # the largest element of each window of 2
tops3 = np.array([[[3, 3, 2, 2, 5, 5], [4, 4, 4, 4, 6, 6]]])  # the largest of the 3 elements around each position

SAMPLES: dict[str, list[Sample]] = {
    # elementwise
    "add": binary(normal),
    "subtract": binary(normal),
    "multiply": binary(normal),
    "divide": binary(away),
    "negative": unary(normal),
    "positive": unary(normal),
    "floor_divide": [sample(np.array([1.3, -2.6]), 1.0)],
    "remainder": [sample(np.array([1.3, -2.6, 4.4]), 3.0), sample(np.array([1.3, 2.6]), np.array([0.9, 0.7]))],
    "fmod": [
        sample(np.array([1.3, -2.6, 4.4]), 3.0),
        sample(np.array([1.3, -2.6]), np.array([0.9, 0.7])),
    ],
    "trunc_divide": [sample(np.array([1.3, -2.6]), 0.7), sample(np.array([7.0, -7.5]), np.array([[2.0], [-2.0]]))],
    "arctan2": binary(away),
    "hypot": binary(away),
    "arcsinh": unary(normal),
    "arccosh": unary(lambda *shape: np.asarray(1.2 + positive(*shape))),
    "arctanh": unary(unit),
    "fmax": binary(away),
    "fmin": binary(away),
    "copysign": binary(away),
    "power": [*binary(positive), sample(away(3), 2), sample(away(3), 0), sample(away(3), -1), sample(away(3), 3.0)],
    "square": unary(normal),
    "sqrt": unary(positive),
    "reciprocal": unary(away),
    "exp": unary(normal),
    "exp2": unary(normal),
    "expm1": unary(normal),
    "log": unary(positive),
    "log2": unary(positive),
    "log10": unary(positive),
    "log1p": unary(positive),
    "logit": unary(lambda *shape: np.asarray(rng.uniform(0.1, 0.9, shape))),
    "logaddexp": binary(normal),
    "sin": unary(normal),
    "cos": unary(normal),
    "tan": unary(unit),
    "arcsin": unary(unit),
    "arccos": unary(unit),
    "arctan": unary(normal),
    "sinh": unary(normal),
    "cosh": unary(normal),
    "tanh": unary(normal),
    "sign": unary(away),
    "floor": [sample(np.array([0.4, -1.7]))],
    "ceil": [sample(np.array([0.4, -1.7]))],
    "trunc": [sample(np.array([0.4, -1.7]))],
    "rint": [sample(np.array([0.4, -1.7]))],
    "absolute": unary(away),
    "maximum": binary(away),
    "minimum": binary(away),
    "where": [sample(mask, normal(2, 3), normal(2, 3)), sample(mask, normal(3), normal(2, 1)), sample(mask, 0.0, normal())],
    "gate": [
        sample(normal(2, 3), mask),
        sample(normal(3, 2).T, mask),
        sample(normal(), np.array(True)),
        sample(normal(0), np.ones(0, bool)),
    ],
    "clip": [sample(normal(5), min=-0.5, max=0.7), sample(normal(2, 3), max=0.1), sample(normal(0), min=0.0)],
    # reduction
    "mean": [
        sample(normal(2, 3), axis=None, keepdims=False, n=6),
        sample(normal(2, 3, 2), axis=(0, 2), keepdims=True, n=4),
        sample(normal(), axis=None, keepdims=False, n=1),
    ],
    "var": [
        sample(normal(2, 3), axis=None, keepdims=False, n=6, free=5),
        sample(normal(2, 3, 2), axis=(0, 2), keepdims=True, n=4, free=4),
        sample(normal(3, 2).T, axis=(1,), keepdims=False, n=3, free=1),
    ],
    "sum": [
        sample(normal(2, 3), axis=None, keepdims=False),
        sample(normal(2, 3, 2), axis=(0, 2), keepdims=True),
        sample(normal(2, 0), axis=(1,), keepdims=False),
        sample(normal(), axis=None, keepdims=False),
    ],
    "prod": [
        sample(away(2, 3), axis=None, keepdims=False),
        sample(away(2, 3), axis=(1,), keepdims=True),
        sample(np.array([2.0, 0.0, 3.0]), axis=None, keepdims=False),
    ],
    "amax": [sample(away(2, 3), axis=None, keepdims=False), sample(away(2, 3), axis=(1,), keepdims=True)],
    "amin": [sample(away(2, 3), axis=None, keepdims=False), sample(away(2, 3), axis=(0,), keepdims=False)],
    "root": [sample(positive(2, 3), p=2), sample(positive(3), p=1.5), sample(positive(0), p=3)],
    "cumsum": [sample(normal(2, 3), axis=1), sample(normal(3), axis=0)],
    "cumprod": [sample(normal(2, 3), axis=1), sample(np.array([2.0, 0.0, 3.0, 0.0]), axis=0), sample(normal(0, 3), axis=0)],
    "logcumsumexp": [sample(normal(2, 3), axis=1), sample(normal(4), axis=0), sample(normal(0, 3), axis=0)],
    "median": [sample(away(5)), sample(away(2, 3)), sample(away(4)[::-1]), sample(away())],
    "logsumexp": [sample(normal(2, 3), axis=None, keepdims=False), sample(normal(2, 3), axis=(1,), keepdims=True)],
    "norm": [sample(normal(2, 3), axis=None, keepdims=False), sample(normal(2, 3), axis=(1,), keepdims=True)],
    # shape
    "reshape": [sample(normal(2, 3), shape=(3, 2)), sample(normal(), shape=(1, 1)), sample(normal(0, 2), shape=(4, 0))],
    "permute": [sample(normal(2, 3, 4), axes=(2, 0, 1))],
    "contiguous": [sample(normal(2, 3).T), sample(normal(4)[::-2])],
    "diagonal": [
        sample(normal(3, 4), offset=1, key=(..., np.arange(3), np.arange(1, 4))),
        sample(normal(2, 3, 3), offset=-1, key=(..., np.arange(1, 3), np.arange(2))),
        sample(normal(0, 2), offset=0, key=(..., np.arange(0), np.arange(0))),
    ],
    "flip": [sample(normal(2, 3), axis=(1,)), sample(normal(2, 3), axis=None)],
    "broadcast_to": [sample(normal(3, 1), shape=(2, 3, 4)), sample(normal(), shape=(2,))],
    "cat": [sample(normal(2, 3), normal(1, 3), axis=0, sizes=(2, 1)), sample(normal(2, 0), normal(2, 2), axis=1, sizes=(0, 2))],
    "pad": [sample(normal(2, 3), widths=((1, 0), (0, 2)), value=0), sample(normal(0, 2), widths=((1, 0), (0, 0)), value=1.5)],
    "roll": [sample(normal(2, 3), shifts=(1,), axis=(1,)), sample(normal(2, 3), shifts=(1, -2), axis=(0, 1))],
    # windows
    "windows": [
        sample(normal(2, 7), kernel=(3,), stride=(2,), dilation=(1,)),
        sample(normal(5, 4)[::-1], kernel=(2, 2), stride=(1, 2), dilation=(2, 1)),
        sample(normal(0, 4), kernel=(2,), stride=(1,), dilation=(1,)),
    ],
    "fold": [
        sample(normal(2, 3, 3), size=(7,), stride=(2,), dilation=(1,)),
        sample(normal(2, 2, 3, 2), size=(6, 5), stride=(1, 2), dilation=(2, 1)),
    ],
    "conv1d": [
        sample(normal(2, 3, 6), normal(4, 3, 2), normal(4), stride=(1,), padding=((0, 0),), dilation=(1,), groups=1),
        sample(normal(1, 4, 7), normal(2, 2, 3), stride=(2,), padding=((2, 1),), dilation=(2,), groups=2),
        sample(normal(0, 2, 4), normal(1, 2, 1), stride=(1,), padding=((0, 0),), dilation=(1,), groups=1),
    ],
    "conv2d": [
        sample(
            normal(2, 2, 4, 3),
            normal(3, 2, 2, 2),
            normal(3),
            stride=(1, 1),
            padding=((1, 1), (0, 0)),
            dilation=(1, 1),
            groups=1,
        ),
        sample(
            normal(1, 2, 5, 4)[..., ::-1],
            normal(2, 1, 2, 3),
            stride=(2, 1),
            padding=((0, 0), (1, 2)),
            dilation=(2, 1),
            groups=2,
        ),
    ],
    "conv3d": [
        sample(
            normal(1, 2, 3, 2, 3),
            normal(1, 2, 2, 1, 2),
            normal(1),
            stride=(1, 1, 2),
            padding=((0, 1),) * 3,
            dilation=(1,) * 3,
            groups=1,
        ),
    ],
    "conv_transpose1d": [
        sample(
            normal(2, 3, 4),
            normal(3, 2, 3),
            normal(2),
            stride=(2,),
            padding=((1, 1),),
            output_padding=(1,),
            dilation=(1,),
            groups=1,
        ),
        sample(normal(1, 2, 3), normal(2, 1, 2), stride=(1,), padding=((0, 0),), output_padding=(1,), dilation=(2,), groups=2),
    ],
    "conv_transpose2d": [
        sample(
            normal(1, 2, 3, 2),
            normal(2, 2, 2, 2),
            normal(2),
            stride=(2, 1),
            padding=((0, 0), (1, 1)),
            output_padding=(1, 0),
            dilation=(1, 2),
            groups=1,
        ),
    ],
    "conv_transpose3d": [
        sample(
            normal(1, 1, 2, 2, 1),
            normal(1, 2, 1, 2, 2),
            stride=(1, 2, 1),
            padding=((0, 0),) * 3,
            output_padding=(0, 1, 0),
            dilation=(1,) * 3,
            groups=1,
        ),
    ],
    "max_pool1d": [
        sample(away(1, 2, 6), kernel=(3,), stride=(2,), padding=((1, 1),), dilation=(1,)),
        sample(away(2, 1, 6), kernel=(2,), stride=(2,), padding=((0, 0),), dilation=(1,)),
    ],
    "max_pool2d": [
        sample(away(1, 1, 5, 4), kernel=(2, 2), stride=(1, 2), padding=((0, 0), (1, 1)), dilation=(2, 1)),
        sample(away(1, 2, 4, 5), kernel=(2, 2), stride=(2, 2), padding=((0, 0), (0, 1)), dilation=(1, 1)),
    ],
    "max_pool3d": [sample(away(1, 1, 4, 2, 3), kernel=(2, 1, 2), stride=(2, 1, 1), padding=((0, 0),) * 3, dilation=(1,) * 3)],
    "to_largest": [
        sample(normal(1, 2, 3), integers, tops, kernel=(2,), stride=(2,), padding=((0, 0),), dilation=(1,)),
        sample(normal(1, 2, 6), integers, tops3, kernel=(3,), stride=(1,), padding=((1, 1),), dilation=(1,)),
    ],
    "of_largest": [
        sample(normal(1, 2, 6), integers, tops, kernel=(2,), stride=(2,), padding=((0, 0),), dilation=(1,)),
        sample(normal(1, 2, 6), integers, tops3, kernel=(3,), stride=(1,), padding=((1, 1),), dilation=(1,)),
    ],
    "avg_pool1d": [sample(normal(1, 2, 5), kernel=(3,), stride=(2,), padding=((1, 1),), count_include_pad=False, divisor=None)],
    "avg_pool2d": [
        sample(
            normal(1, 2, 4, 5), kernel=(2, 2), stride=(2, 1), padding=((0, 0), (1, 1)), count_include_pad=True, divisor=None
        ),
        sample(normal(2, 1, 4, 4), kernel=(2, 2), stride=(2, 2), padding=((0, 0), (0, 0)), count_include_pad=True, divisor=3),
    ],
    "adaptive_avg_pool1d": [sample(normal(2, 1, 7), output_size=(3,)), sample(normal(1, 1, 2), output_size=(4,))],
    "adaptive_avg_pool2d": [sample(normal(1, 2, 5, 4), output_size=(3, 2)), sample(normal(2, 1, 2, 3), output_size=(1, 1))],
    "adaptive_max_pool1d": [sample(away(2, 1, 7), output_size=(3,)), sample(away(1, 1, 2), output_size=(4,))],
    "adaptive_max_pool2d": [sample(away(1, 2, 5, 4), output_size=(3, 2)), sample(away(2, 1, 2, 3), output_size=(1, 1))],
    "to_largest_of_cell": [sample(normal(1, 2, 3, 2), np.asarray(away(1, 2, 5, 4) * 10, int), output_size=(3, 2))],
    "of_largest_of_cell": [sample(normal(1, 2, 5, 4), np.asarray(away(1, 2, 5, 4) * 10, int), output_size=(3, 2))],
    "interpolate": [
        sample(normal(1, 2, 3), size=(5,), mode="linear", align_corners=False, _ratios=(3 / 5,)),
        sample(normal(1, 2, 4, 3), size=(3, 6), mode="bilinear", align_corners=True, _ratios=(4 / 3, 1 / 2)),
        sample(normal(2, 1, 4, 3), size=(6, 2), mode="bilinear", align_corners=False, _ratios=(1 / 1.7, 3 / 2)),
        sample(normal(1, 1, 3, 2), size=(5, 4), mode="nearest", align_corners=False, _ratios=(3 / 5, 1 / 2)),
        sample(normal(1, 1, 3, 2), size=(2, 3), mode="nearest-exact", align_corners=False, _ratios=(3 / 2, 2 / 3)),
    ],
    "avg_pool3d": [
        sample(
            normal(1, 1, 2, 3, 2),
            kernel=(1, 2, 2),
            stride=(1, 1, 2),
            padding=((0, 0),) * 3,
            count_include_pad=True,
            divisor=None,
        ),
    ],
    # special
    "erf": [*unary(normal), sample(np.array([-3.0, -1.5, 1.2, 6.0]))],
    "erfc": [*unary(normal), sample(np.array([-3.0, -1.5, 1.2, 6.0]))],
    # indexing
    "index": [
        sample(normal(4, 3), key=np.array([0, 2, 2])),
        sample(normal(4, 3), key=(slice(None, None, 2), 1)),
        sample(normal(2, 3), key=mask),
        sample(normal(3), key=(None, Ellipsis)),
        sample(normal(4, 3), key=(np.array([0, 0]), np.array([1, 1]))),
        sample(normal(4), key=slice(None, None, -1)),
    ],
    "add_at": [
        sample(normal(3), key=np.array([0, 2, 2]), shape=(4,)),
        sample(normal(2), key=slice(1, 3), shape=(4,)),
        sample(normal(2, 3), key=(np.array([[0], [1]]), np.array([0, 0, 2])), shape=(2, 4)),
        sample(normal(300), key=np.zeros(300, int), shape=(2,)),
    ],
    "put": [
        sample(normal(4), normal(2), key=slice(1, 3)),
        sample(normal(4), normal(3), key=np.array([0, 2, 2])),
        sample(normal(2, 3), normal(), key=mask),
    ],
    "embedding": [
        sample(normal(4, 2), indices=np.array([[0, 3], [3, 1]]), padding_idx=None),
        sample(normal(4, 2), indices=np.array([0, 3, 3]), padding_idx=1),  # its row of zeros has a separate test
        sample(normal(4, 2), indices=np.zeros(0, int), padding_idx=None),
    ],
    # linalg
    "matmul": [
        sample(normal(2, 3), normal(3, 4)),
        sample(normal(3), normal(3)),
        sample(normal(2, 3), normal(3)),
        sample(normal(3), normal(3, 2)),
        sample(normal(2, 2, 3), normal(3, 2)),
        sample(normal(3), normal(2, 3, 2)),
        sample(normal(2, 1, 2, 3), normal(3, 3, 2)),
        sample(normal(2, 2, 3), normal(3)),
        sample(normal(2, 0), normal(0, 3)),
    ],
    "tril": [sample(normal(3, 3), k=0), sample(normal(2, 3), k=1)],
    "triu": [sample(normal(3, 3), k=0), sample(normal(2, 3), k=-1)],
    "einsum": [
        sample(normal(2, 3), normal(3, 4), inputs=("ij", "jk"), output="ik"),
        sample(normal(2, 3), normal(2, 3), normal(3), inputs=("ij", "ij", "j"), output="i"),
        sample(normal(2, 1), normal(3), inputs=("ij", "j"), output="ij"),
    ],
    "inv": [sample(normal(3, 3)), sample(normal(2, 2, 2))],
    "det": [sample(normal(3, 3)), sample(normal(2, 2, 2)), sample(np.ones((2, 2)))],
    "logabsdet": [sample(normal(3, 3)), sample(normal(2, 2, 2))],
    "solve": [sample(normal(3, 3), normal(3)), sample(normal(2, 2, 2), normal(2, 3)), sample(normal(2, 2), normal(2, 2, 1))],
    "cholesky": [sample(definite(3)), sample(np.stack([definite(2), definite(2)]))],
    "svd": [sample(normal(3, 3)), sample(normal(4, 2)), sample(normal(2, 3)), sample(normal(2, 2, 3))],
    "svd_s": [sample(normal(3, 3)), sample(normal(4, 2)), sample(normal(2, 2, 3))],
    # activation
    "relu": unary(away),
    "sigmoid": unary(normal),
    "leaky_relu": [sample(away(2, 3), slope=0.1)],
    "elu": [sample(away(2, 3), alpha=1.3, scale=1.1, slope=0.7)],
    "silu": unary(normal),
    "gelu": unary(normal),
    "gelu_tanh": unary(normal),
    "mish": unary(normal),
    "softplus": [sample(normal(2, 3), beta=1.5, threshold=20.0)],
    "hardtanh": [sample(2 * away(2, 3), low=-1.0, high=1.0)],
    "softmax": [sample(normal(2, 3), axis=1), sample(normal(3), axis=0)],
    "log_softmax": [sample(normal(2, 3), axis=0), sample(normal(3), axis=0)],
    # fused
    "linear": [
        sample(normal(2, 3), normal(4, 3), normal(4)),
        sample(normal(3), normal(4, 3)),
        sample(normal(2, 2, 3), normal(1, 3), normal(1)),
    ],
    "cross_entropy": [
        sample(normal(4, 3), target=np.array([0, 2, 1, 2]), weights=None, scale=None),
        sample(normal(4, 3), target=np.array([0, 2, 1, 2]), weights=None, scale=0.25),
        sample(normal(3, 2), target=np.array([0, 1, 1]), weights=np.array([0.5, 0, 2]), scale=0.4),
    ],
    "standardize": [
        sample(normal(4, 3), axis=(0,), eps=1e-5),
        sample(normal(2, 3, 4), axis=(0, 2), eps=1e-3),
        sample(normal(3, 2).T, axis=(1,), eps=1e-5),
    ],
    "batch_norm": [
        sample(normal(4, 3), normal(3), normal(3), None, None, eps=1e-5, of_batch=True),
        sample(normal(2, 3, 4), normal(3), None, None, None, eps=1e-3, of_batch=True),
        sample(normal(3, 2, 2, 2), None, normal(2), None, None, eps=1e-5, of_batch=True),
    ],
    "layer_norm": [
        sample(normal(4, 3), normal(3), normal(3), axes=1, eps=1e-5),
        sample(normal(2, 3, 2), normal(3, 2), axes=2, eps=1e-3),
        sample(normal(3), axes=1, eps=1e-5),
    ],
    "mse": [sample(normal(2, 3), normal(2, 3), scale=1 / 6), sample(normal(3, 1), normal(3), scale=1.0)],
    "bce": [sample(unit(4) ** 2 + 0.1, unit(4) ** 2), sample(np.array([[0.2], [0.7]]), np.array([0.0, 1.0]))],
    "bce_with_logits": [
        sample(away(4), np.array([0.0, 1.0, 0.3, 1.0]), scale=None),
        sample(away(2, 2), unit(2, 2) ** 2, scale=0.25),
    ],
    # recurrent
    "rnn": [
        sample(normal(3, 2, 4), normal(2, 4), normal(4, 4), nonlinearity="tanh"),
        sample(normal(1, 2, 3), normal(2, 3), normal(3, 3), nonlinearity="relu"),
    ],
    "lstm": [
        sample(normal(3, 2, 8), normal(2, 2), normal(2, 2), normal(8, 2)),
        sample(normal(1, 1, 4), unit(1, 1), unit(1, 1), unit(4, 1)),
    ],
    "lstm_cell": [
        sample(normal(2, 3), normal(2, 2), normal(2, 2), normal(8, 3), normal(8, 2), normal(8), normal(8)),
        sample(normal(1, 2), normal(1, 1), normal(1, 1), normal(4, 2), normal(4, 1)),
    ],
    "gru_cell": [
        sample(normal(2, 3), normal(2, 2), normal(6, 3), normal(6, 2), normal(6), normal(6)),
        sample(normal(1, 2), normal(1, 1), normal(3, 2), normal(3, 1)),
    ],
    "rnn_cell": [
        sample(normal(2, 3), normal(2, 2), normal(2, 3), normal(2, 2), normal(2), normal(2), nonlinearity="tanh"),
        sample(normal(1, 2), normal(1, 2), normal(2, 2), normal(2, 2), nonlinearity="relu"),
    ],
    "scaled_dot_product_attention": [
        sample(normal(2, 3, 2), normal(2, 4, 2), normal(2, 4, 3), None, None, scale=0.7, is_causal=False),
        sample(
            normal(3, 2),
            normal(3, 2),
            normal(3, 1),
            None,
            np.array([[2, 0, 2], [0, 2, 2], [2, 2, 2]]),
            scale=1.0,
            is_causal=True,
        ),
        sample(normal(2, 2), normal(3, 2), normal(3, 2), normal(2, 3), None, scale=0.5, is_causal=False),
        sample(normal(2, 2), normal(3, 2), normal(3, 2), mask, None, scale=0.5, is_causal=False),
    ],
    "gru": [
        sample(normal(3, 2, 6), normal(2, 2), normal(6, 2), normal(6)),
        sample(normal(2, 2, 6), normal(2, 2), normal(6, 2)),
    ],
    # creation
    "clone": unary(normal),
    "cast": [sample(normal(3), np.empty(0, np.float64)), sample(normal(2, 3).T, np.empty(0, np.float64))],
    "erfinv": [*unary(unit), sample(np.array([-0.9, -0.3, 1e-3, 0.8]))],
}
