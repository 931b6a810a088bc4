"""Small programs in PyTorch's API: each runs under PyTorch and under tinygrad_edu, and must return the same values.

A program is a function of the library; its results are compared: tensors and arrays by value, shape and dtype, floats by
value, anything else by equality. For machines without PyTorch, tests/oracles/make_compat.py has stored PyTorch's values.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

Program = Callable[[Any], Any]
PROGRAMS: dict[str, Program] = {}


def program(function: Program) -> Program:
    """Decorator that registers the function as a program under its name, with spaces for underscores."""
    PROGRAMS[function.__name__.strip("_").replace("_", " ")] = function
    return function


def module(lib: Any, name: str) -> Any:
    """The module that `import lib.name` imports."""
    return importlib.import_module(f"{lib.__name__}.{name}")


def ramp(lib: Any, *shape: int, **options: Any) -> Any:
    """Irregular numbers, the same in both libraries."""
    values = np.sin(np.arange(np.prod(shape)) * 1.7 + 0.3).reshape(shape)
    return lib.tensor(values.astype("float32"), **options)


# --- Variable and the typed constructors ---


@program
def variable(torch: Any) -> Any:
    Variable = module(torch, "autograd").Variable
    x = Variable(torch.ones(2, 2), requires_grad=True)
    y = (x * x * 3).mean()
    y.backward()
    plain = Variable(torch.zeros(3))
    return [x.grad, x.data, plain.requires_grad, isinstance(x, torch.Tensor), isinstance(x, Variable)]


@program
def variable_of_a_result_is_cut_off(torch: Any) -> Any:
    Variable = torch.autograd.Variable
    w = torch.ones(2, requires_grad=True)
    v = Variable(w * 2)
    return [v, v.requires_grad, v.is_leaf]


@program
def variable_module(torch: Any) -> Any:
    return module(torch, "autograd.variable").Variable is torch.autograd.Variable


@program
def typed_constructors_from_data(torch: Any) -> Any:
    kinds = [
        "FloatTensor",
        "DoubleTensor",
        "LongTensor",
        "IntTensor",
        "ByteTensor",
        "ShortTensor",
        "CharTensor",
        "BoolTensor",
        "HalfTensor",
    ]
    return [getattr(torch, kind)([0, 1, 1]) for kind in kinds]


@program
def typed_constructors_from_sizes(torch: Any) -> Any:
    kinds = ["FloatTensor", "DoubleTensor", "LongTensor", "IntTensor", "ByteTensor"]
    one = [getattr(torch, kind)(3).zero_() for kind in kinds]
    more = [getattr(torch, kind)(2, 3).fill_(1) for kind in kinds]
    return [*one, *more, torch.Tensor(2, 3).zero_(), torch.Tensor(4).fill_(2), torch.Tensor(torch.Size([2])).zero_()]


@program
def typed_constructors_of_nothing(torch: Any) -> Any:
    return [torch.Tensor(), torch.LongTensor(), torch.FloatTensor([])]


@program
def typed_constructor_of_an_array(torch: Any) -> Any:
    return [torch.Tensor(np.arange(3)), torch.Tensor([[1, 2], [3, 4]]), torch.FloatTensor(np.arange(3.0, dtype="float32"))]


@program
def type_of_a_tensor(torch: Any) -> Any:
    x = torch.tensor([1.7, -2.2])
    return [
        x.type(torch.LongTensor),
        x.type(torch.FloatTensor),
        x.type(torch.float64),
        x.type("torch.LongTensor"),
        x.abs().type(torch.ByteTensor),
        *[
            t.type().replace(torch.__name__, "torch")
            for t in (x, torch.tensor([1]), torch.tensor([True]), x.double(), x.abs().byte())
        ],
    ]


@program
def isinstance_of_typed_tensors(torch: Any) -> Any:
    x, i = torch.zeros(2), torch.tensor([1])
    return [
        isinstance(x, torch.FloatTensor),
        isinstance(i, torch.FloatTensor),
        isinstance(i, torch.LongTensor),
        isinstance(x, torch.DoubleTensor),
        isinstance(3, torch.LongTensor),
    ]


# --- losses with size_average and reduce ---

PAIR = ("MSELoss", "L1Loss", "SmoothL1Loss", "BCEWithLogitsLoss", "SoftMarginLoss", "KLDivLoss", "MultiLabelSoftMarginLoss")


@program
def losses_with_size_average(torch: Any) -> Any:
    x, y = ramp(torch, 3, 4), (ramp(torch, 3, 4) > 0).float()
    found = []
    for name in PAIR:
        target = 2 * y - 1 if name == "SoftMarginLoss" else y
        options = ({"size_average": False}, {"size_average": True}, {"reduce": False}, {"reduce": True})
        found += [getattr(torch.nn, name)(**o)(x, target) for o in options]
    return found


@program
def losses_with_positional_size_average(torch: Any) -> Any:
    x, y = ramp(torch, 3, 4), ramp(torch, 3, 4) * 0.5
    return [
        torch.nn.MSELoss(False)(x, y),
        torch.nn.MSELoss(True)(x, y),
        torch.nn.L1Loss(False)(x, y),
        torch.nn.MSELoss(None, None, "sum")(x, y),
    ]


@program
def loss_functions_with_size_average(torch: Any) -> Any:
    F = torch.nn.functional
    x, y, c = ramp(torch, 3, 4), ramp(torch, 3, 4) * 0.5, torch.tensor([1, 0, 3])
    p = torch.sigmoid(x)
    return [
        F.mse_loss(x, y, size_average=False),
        F.mse_loss(x, y, reduce=False),
        F.l1_loss(x, y, size_average=False),
        F.cross_entropy(x, c, size_average=False),
        F.cross_entropy(x, c, reduce=False),
        F.nll_loss(F.log_softmax(x, 1), c, size_average=False),
        F.binary_cross_entropy(p, (y > 0).float(), size_average=False),
        F.binary_cross_entropy_with_logits(x, (y > 0).float(), size_average=False),
        F.smooth_l1_loss(x, y, size_average=False),
        F.kl_div(F.log_softmax(x, 1), torch.softmax(y, 1), size_average=False),
        F.nll_loss(F.log_softmax(x, 1), c, None, False),
        F.mse_loss(x, y, False),
        F.cross_entropy(x, c, None, False),
        F.binary_cross_entropy(p, (y > 0).float(), None, False),
    ]


@program
def classification_losses_with_size_average(torch: Any) -> Any:
    x, c, w = ramp(torch, 3, 4), torch.tensor([1, 0, 3]), torch.tensor([1.0, 2.0, 0.5, 1.0])
    nn = torch.nn
    return [
        nn.CrossEntropyLoss(w, size_average=False)(x, c),
        nn.CrossEntropyLoss(None, False)(x, c),
        nn.NLLLoss(size_average=False)(x, c),
        nn.CrossEntropyLoss(reduce=False)(x, c),
        nn.NLLLoss(w, True)(x, c),
        nn.BCELoss(size_average=False)(x.sigmoid(), (x > 0).float()),
        nn.BCELoss(None, False)(x.sigmoid(), (x > 0).float()),
        nn.MultiMarginLoss(size_average=False)(x, c),
        nn.CosineEmbeddingLoss(size_average=False)(x, x * 0.3 + 1, torch.tensor([1.0, -1.0, 1.0])),
        nn.TripletMarginLoss(size_average=False)(x, x * 0.3, x + 1),
        nn.HingeEmbeddingLoss(size_average=False)(x, 2 * (x > 0).float() - 1),
        nn.PoissonNLLLoss(size_average=False)(x, x.abs()),
        nn.MarginRankingLoss(size_average=False)(x, x * 0.3, 2 * (x > 0).float() - 1),
        nn.MultiLabelMarginLoss(size_average=False)(x, torch.tensor([[1, 2, -1, 0], [0, -1, 1, 2], [3, 1, 0, -1]])),
    ]


# --- devices ---


@program
def devices_of_a_machine_without_gpu(torch: Any) -> Any:
    torch.cuda.manual_seed(0)
    torch.cuda.manual_seed_all(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.deterministic = True
    torch.cuda.empty_cache()
    return [
        str(device),
        device.type,
        torch.cuda.is_available(),
        torch.cuda.device_count(),
        torch.backends.cudnn.is_available() in (True, False),
    ]


@program
def accelerator(torch: Any) -> Any:
    device = torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu"
    return [device, torch.accelerator.is_available(), torch.accelerator.device_count()]


@program
def cudnn_by_import(torch: Any) -> Any:
    cudnn = module(torch, "backends.cudnn")
    cudnn.benchmark = False
    return [cudnn is torch.backends.cudnn, module(torch, "cuda").is_available(), module(torch, "backends.mps").is_available()]


@program
def device_objects(torch: Any) -> Any:
    cpu = torch.device("cpu")
    x = torch.zeros(2, device=cpu)
    return [
        x.device == cpu,
        str(x.device),
        x.device.type,
        repr(cpu),
        x.is_cuda,
        x.get_device(),
        x.to(cpu),
        x.to(device="cpu", dtype=torch.float64),
        x.to(torch.device("cpu"), non_blocking=True),
    ]


@program
def device_index(torch: Any) -> Any:
    return [
        torch.device("cpu").index,
        torch.device("cpu", 0).index,
        str(torch.device("cpu:0")),
        torch.device("cpu") == torch.device("cpu"),
    ]


@program
def device_as_a_context(torch: Any) -> Any:
    with torch.device("cpu"):
        return torch.zeros(2)


@program
def device_of_modules_and_factories(torch: Any) -> Any:
    torch.manual_seed(0)
    nn = torch.nn
    layers = [
        nn.Linear(2, 3, True, "cpu", torch.float64),
        nn.Linear(2, 3, device="cpu", dtype=torch.float64),
        nn.Conv2d(1, 2, 3, device="cpu", dtype=torch.float64),
        nn.BatchNorm1d(3, device="cpu"),
        nn.Embedding(3, 2, device="cpu"),
        nn.LSTM(2, 3, device="cpu"),
        nn.LayerNorm(3, device="cpu"),
    ]
    return [p for layer in layers for p in layer.parameters()]


@program
def positional_arguments_of_layers(torch: Any) -> Any:
    torch.manual_seed(0)
    nn = torch.nn
    layers = [
        nn.Linear(2, 3, False, None, torch.float64),
        nn.Conv2d(2, 2, 3, 1, 1, 1, 2, True, "zeros", "cpu", torch.float64),
        nn.Conv1d(2, 2, 3, 1, 0, 1, 1, True, "zeros", None, None),
        nn.BatchNorm2d(3, 1e-5, 0.1, True, True, None, torch.float64),
        nn.LayerNorm(4, 1e-5, True, True, None, torch.float64),
        nn.GroupNorm(2, 4, 1e-5, True, None, torch.float64),
        nn.RNNCell(2, 3, True, "tanh", None, torch.float64),
        nn.GRUCell(2, 3, True, None, torch.float64),
        nn.LSTMCell(2, 3, True, None, torch.float64),
        nn.Bilinear(2, 3, 4, True, None, torch.float64),
        nn.Embedding(4, 2, None, None, 2.0, False, False, None, False, None, torch.float64),
        nn.LazyLinear(3, True, None, torch.float64),
        nn.PReLU(1, 0.25, None, torch.float64),
        nn.MultiheadAttention(4, 2, 0.0, True, False, False, None, None, False, None, torch.float64),
        nn.ConvTranspose2d(2, 2, 3, 1, 0, 0, 1, True, 1, "zeros", None, torch.float64),
        nn.TransformerEncoderLayer(4, 2, 8, 0.0, "relu", 1e-5, False, False, True, None, torch.float64),
        nn.InstanceNorm2d(3, 1e-5, 0.1, True, False, None, torch.float64),
        nn.RMSNorm(4, None, True, None, torch.float64),
    ]
    return [p for layer in layers if not isinstance(layer, nn.LazyLinear) for p in layer.parameters()]


@program
def generators(torch: Any) -> Any:
    g = torch.Generator(device="cpu")
    g.manual_seed(3)
    return [
        torch.rand(3, generator=g),
        torch.randn(3, generator=g, device="cpu"),
        torch.random.manual_seed(1) is not None,
        torch.random.initial_seed(),
    ]


@program
def fork_of_the_random_stream(torch: Any) -> Any:
    torch.manual_seed(0)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        inside = torch.rand(2)
    return [inside, torch.rand(2)]


# --- dtypes ---


@program
def dtypes_as_arguments(torch: Any) -> Any:
    x = torch.tensor([1.5, 2.5])
    return [
        torch.tensor([1, 2], dtype=torch.float),
        x.to(torch.long),
        x.type(torch.double),
        torch.zeros(2, dtype=torch.uint8),
        x.sum(dtype=torch.float64),
        torch.softmax(x, 0, torch.float64),
        torch.nn.functional.softmax(x, dim=0, dtype=torch.float64),
        torch.cumsum(x, 0, dtype=torch.float64),
        x.mean(dtype=torch.float64),
        torch.nn.functional.log_softmax(x, -1, dtype=torch.float64),
        torch.prod(x, dtype=torch.float64),
        x.to(dtype=torch.float64),
        torch.arange(3, dtype=torch.float32),
        torch.arange(3).to(torch.int32),
        torch.sum(x, 0, True, dtype=torch.float64),
        torch.cumprod(x, 0, dtype=torch.float64),
        torch.finfo(torch.float32).eps,
        torch.iinfo(torch.int32).max,
        torch.finfo(x.dtype).max,
    ]


@program
def promotion_by_name(torch: Any) -> Any:
    return [
        torch.promote_types(torch.int64, torch.float32) == torch.float32,
        torch.result_type(torch.ones(1), torch.ones(1).double()) == torch.float64,
        torch.can_cast(torch.float64, torch.float32),
        torch.can_cast(torch.float32, torch.int64),
        torch.is_complex(torch.ones(1)),
    ]


@program
def memory_formats(torch: Any) -> Any:
    x = ramp(torch, 2, 3, 4, 4)
    return [
        torch.ones_like(x, memory_format=torch.preserve_format),
        torch.zeros_like(x, memory_format=torch.contiguous_format),
        x.clone(memory_format=torch.contiguous_format),
        x.contiguous(memory_format=torch.contiguous_format),
        x.to(memory_format=torch.channels_last),
        x.contiguous(memory_format=torch.channels_last),
        torch.empty_like(x, memory_format=torch.preserve_format).fill_(1),
        torch.nn.Conv2d(3, 2, 1).to(memory_format=torch.channels_last)(x).shape,
        torch.rand_like(x, memory_format=torch.preserve_format).shape,
        x.is_contiguous(memory_format=torch.contiguous_format),
        torch.zeros(2, layout=torch.strided),
        torch.ones_like(x, layout=torch.strided, device="cpu", pin_memory=False),
    ]


@program
def factories_with_device_and_out(torch: Any) -> Any:
    x = torch.zeros(2)
    return [
        torch.zeros_like(x, device="cpu"),
        torch.ones_like(x, device=x.device, dtype=torch.float64),
        torch.full_like(x, 2.0, device="cpu"),
        torch.arange(3, device="cpu"),
        torch.tensor([1.0], device="cpu"),
        x.new_zeros(3, device="cpu"),
        x.new_ones((2, 2)),
        x.new_full((2,), 3.0),
        x.new_tensor([1, 2]),
        torch.as_tensor([1.0], device="cpu"),
        list(torch.randint(3, (2,), device="cpu").shape),
        torch.eye(2, device="cpu"),
        torch.zeros(2, out=torch.empty(2)),
        torch.ones(2, pin_memory=False),
        torch.tril_indices(2, 2, device="cpu"),
        torch.empty(2, device="cpu").fill_(1.0),
        torch.tensor([1.0], pin_memory=False),
    ]


OUT_UNARY = [
    "abs",
    "neg",
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "tanh",
    "sigmoid",
    "relu_",
    "square",
    "floor",
    "ceil",
    "round",
    "sign",
    "reciprocal",
    "rsqrt",
    "log1p",
    "expm1",
    "exp2",
    "log2",
    "log10",
    "erf",
    "trunc",
    "frac",
]
OUT_BINARY = [
    "add",
    "sub",
    "mul",
    "div",
    "pow",
    "maximum",
    "minimum",
    "atan2",
    "fmod",
    "remainder",
    "fmax",
    "fmin",
    "floor_divide",
    "hypot",
    "copysign",
    "logaddexp",
]


@program
def out_of_unary_functions(torch: Any) -> Any:
    x = ramp(torch, 2, 3).abs() + 0.1
    found = []
    for name in OUT_UNARY:
        if hasattr(torch, name) and not name.endswith("_"):
            out = torch.empty(2, 3)
            answer = getattr(torch, name)(x, out=out)
            found += [answer is out, out]
    return found


@program
def out_of_binary_functions(torch: Any) -> Any:
    x, y = ramp(torch, 2, 3).abs() + 0.1, ramp(torch, 3).abs() + 0.5
    found = []
    for name in OUT_BINARY:
        out = torch.empty(2, 3)
        answer = getattr(torch, name)(x, y, out=out)
        found += [answer is out, out]
    return found


@program
def out_of_comparisons(torch: Any) -> Any:
    x, y = ramp(torch, 2, 3), torch.zeros(3)
    found = []
    for name in ("eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor"):
        out = torch.empty(2, 3, dtype=torch.bool)
        getattr(torch, name)(x, y, out=out)
        found.append(out)
    return found


@program
def out_of_reductions_and_products(torch: Any) -> Any:
    x, y = ramp(torch, 2, 3), ramp(torch, 3, 4)
    o = lambda *shape, **k: torch.empty(*shape, **k)
    values, indices = o(2), torch.empty(2, dtype=torch.long)
    torch.max(x, 1, out=(values, indices))
    ordered, places = o(2, 3), torch.empty(2, 3, dtype=torch.long)
    torch.sort(x, 1, out=(ordered, places))
    best, where = o(2, 2), torch.empty(2, 2, dtype=torch.long)
    torch.topk(x, 2, 1, out=(best, where))
    return [
        torch.sum(x, 1, out=o(2)),
        torch.mean(x, 0, out=o(3)),
        torch.prod(x, 1, out=o(2)),
        torch.matmul(x, y, out=o(2, 4)),
        torch.mm(x, y, out=o(2, 4)),
        torch.mv(x, y[:, 0], out=o(2)),
        torch.dot(x[0], x[1], out=o(())),
        torch.cat([x, x], 0, out=o(4, 3)),
        torch.stack([x, x], 0, out=o(2, 2, 3)),
        torch.clamp(x, -0.5, 0.5, out=o(2, 3)),
        torch.cumsum(x, 1, out=o(2, 3)),
        torch.norm(x, 2, 1, out=o(2)),
        torch.argmax(x, 1, out=torch.empty(2, dtype=torch.long)),
        torch.where(x > 0, x, x * 0, out=o(2, 3)),
        torch.bmm(x[None], y[None], out=o(1, 2, 4)),
        torch.outer(x[0], x[1], out=o(3, 3)),
        torch.addmm(o(2, 4).zero_(), x, y, out=o(2, 4)),
        torch.arange(3.0, out=o(3)),
        torch.linspace(0, 1, 3, out=o(3)),
        torch.eye(2, out=o(2, 2)),
        torch.gather(x, 1, torch.tensor([[0], [1]]), out=o(2, 1)),
        torch.index_select(x, 0, torch.tensor([1]), out=o(1, 3)),
        torch.std(x, 1, out=o(2)),
        torch.var(x, 1, out=o(2)),
        torch.tril(x, out=o(2, 3)),
        torch.lerp(x, x * 2, 0.5, out=o(2, 3)),
        torch.logsumexp(x, 1, out=o(2)),
        torch.ones(2, 3, out=o(2, 3)),
        values,
        indices,
        ordered,
        places,
        best,
        where,
        torch.amax(x, 1, out=o(2)),
        torch.masked_select(x, x > 0, out=o(0)),
        torch.full((2,), 3.0, out=o(2)),
    ]


@program
def out_changes_its_shape(torch: Any) -> Any:
    out = torch.empty(0)
    torch.add(torch.ones(2), 1, out=out)
    return out


# --- attributes ---


@program
def attributes_of_tensors(torch: Any) -> Any:
    x = torch.zeros(2, 3)
    return [
        x.is_sparse,
        x.is_cuda,
        x.is_quantized,
        x.is_mps,
        str(x.layout).replace(torch.__name__, "torch"),
        x.nelement(),
        x.ndimension(),
        x.is_floating_point(),
        x.is_complex(),
        x.output_nr,
        x.is_pinned(),
        x.is_signed(),
        x.storage_offset(),
        x.element_size(),
        x.is_meta,
        x.requires_grad,
        torch.is_tensor(x),
        torch.numel(x),
        x.dim(),
        x.is_leaf,
        x.is_inference(),
        torch.is_storage(x),
        x.is_contiguous(),
        x.resolve_conj(),
        x.is_conj(),
        x.data_ptr() == x.view(-1).data_ptr(),
    ]


# --- functions ---


@program
def cross(torch: Any) -> Any:
    a, b = ramp(torch, 4, 3), ramp(torch, 4, 3) * 2 + 1
    x = ramp(torch, 4, 3, requires_grad=True)
    torch.linalg.cross(x, b).square().sum().backward()
    return [
        torch.cross(a, b, dim=1),
        torch.cross(a, b, -1),
        torch.linalg.cross(a, b),
        torch.cross(a.t(), b.t(), dim=0),
        x.grad,
        a.cross(b, dim=1),
        torch.linalg.cross(a, b[:1]),
    ]


@program
def cdist(torch: Any) -> Any:
    a, b = ramp(torch, 5, 3), ramp(torch, 2, 3) * 2 + 0.3
    x, y = ramp(torch, 5, 3, requires_grad=True), ramp(torch, 4, 3, requires_grad=True)
    torch.cdist(x, y[1:] * 1.5 + 0.2).sum().backward()
    return [
        torch.cdist(a, b),
        torch.cdist(a, b, p=1),
        torch.cdist(a, b, p=float("inf")),
        torch.cdist(a, b, p=3.0),
        torch.cdist(a, b, p=0.0),
        torch.cdist(a[None], b[None]),
        x.grad,
        y.grad,
        torch.cdist(a[:0], b),
        torch.nn.functional.pdist(a),
        torch.nn.functional.pdist(a, 1.0),
        torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist"),
        torch.dist(a, a * 2),
        torch.dist(a, a * 2, 1),
    ]


@program
def histograms(torch: Any) -> Any:
    x = ramp(torch, 50)
    h = torch.histogram(x, bins=5)
    d = torch.histogram(x, bins=4, range=(-0.5, 0.5), density=True)
    w = torch.histogram(x, torch.tensor([-1.0, 0.0, 0.5, 1.0]), weight=x.abs())
    return [
        h.hist,
        h.bin_edges,
        d.hist,
        d.bin_edges,
        w.hist,
        w.bin_edges,
        *torch.histogram(x, 3),
        torch.histc(x, bins=6),
        torch.histc(x, 4, -0.5, 0.5),
        torch.histc(x, bins=4, min=0, max=0),
        x.histc(5),
        x.histogram(4)[0],
        torch.histc(torch.tensor([1.0, 1.0, 1.0]), 4),
        torch.histc(x),
        *torch.histogram(torch.tensor([2.0, 2.0]), 2),
    ]


@program
def assert_close(torch: Any) -> Any:
    testing = module(torch, "testing")
    testing.assert_close(torch.ones(2), torch.ones(2) + 1e-7)
    testing.assert_close(1.0, 1.0 + 1e-9)
    testing.assert_close([torch.ones(1)], [torch.ones(1)])
    testing.assert_close(torch.tensor(float("nan")), torch.tensor(float("nan")), equal_nan=True)
    testing.assert_close({"a": torch.ones(1)}, {"a": torch.ones(1)}, rtol=0, atol=0)
    found = []
    for a, b, options in (
        (torch.ones(2), torch.tensor([1.0, 2.0]), {}),
        (torch.ones(2), torch.ones(3), {}),
        (torch.ones(2), torch.ones(2).double(), {}),
        (torch.tensor([1, 2]), torch.tensor([1, 3]), {}),
        (torch.tensor(float("nan")), torch.tensor(float("nan")), {}),
        (1.0, 2.0, {}),
        ([torch.ones(1)], [torch.ones(1), torch.ones(1)], {}),
        (torch.ones(2, 2), torch.zeros(2, 2), {"msg": "mine"}),
        (torch.ones(2), torch.ones(2) * 1.01, {"rtol": 0.001, "atol": 0}),
        ({"a": 1.0}, {"b": 1.0}, {}),
        (torch.ones(2), torch.ones(2).double(), {"check_dtype": False}),
    ):
        try:
            testing.assert_close(a, b, **options)
            found.append("passed")
        except AssertionError as error:
            found.append(str(error).replace("torch.", "").replace("tinygrad_edu.", ""))
    return found


# --- lazy layers, EmbeddingBag, the old names of init ---


@program
def lazy_layers(torch: Any) -> Any:
    nn = torch.nn
    torch.manual_seed(0)
    cases = [
        (nn.LazyLinear(2), (3, 4)),
        (nn.LazyConv1d(2, 3), (2, 3, 8)),
        (nn.LazyConv2d(2, 3), (2, 3, 8, 8)),
        (nn.LazyConv3d(2, 3), (1, 2, 4, 4, 4)),
        (nn.LazyConvTranspose1d(2, 3), (1, 3, 5)),
        (nn.LazyConvTranspose2d(2, 3), (1, 3, 5, 5)),
        (nn.LazyConvTranspose3d(2, 3), (1, 2, 3, 3, 3)),
        (nn.LazyBatchNorm1d(), (4, 3)),
        (nn.LazyBatchNorm2d(), (2, 3, 4, 4)),
        (nn.LazyBatchNorm3d(), (2, 3, 2, 2, 2)),
        (nn.LazyInstanceNorm1d(affine=True), (2, 3, 5)),
        (nn.LazyInstanceNorm2d(affine=True), (2, 3, 4, 4)),
        (nn.LazyInstanceNorm3d(affine=True), (2, 3, 2, 2, 2)),
    ]
    found = []
    for layer, shape in cases:
        before = repr(layer)
        y = layer(ramp(torch, *shape))
        found += [y, before, repr(layer), type(layer).__name__, sorted(layer.state_dict()), *layer.parameters()]
    return found


@program
def drawing_on_a_lazy_layer(torch: Any) -> Any:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.LazyLinear(3), torch.nn.ReLU(), torch.nn.LazyLinear(1))
    net(torch.ones(2, 4))
    net[0].weight.data.normal_(0, 0.01)
    net[0].bias.data.fill_(0)
    return [net[0].weight, net[0].bias]


@program
def embedding_bag(torch: Any) -> Any:
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(0)
    found = []
    for mode in ("sum", "mean", "max"):
        bag = nn.EmbeddingBag(7, 3, mode=mode)
        y = bag(torch.tensor([1, 2, 4, 5, 4, 3]), torch.tensor([0, 0, 3]))
        (y * ramp(torch, 3, 3)).sum().backward()
        z = bag(torch.tensor([[1, 2], [3, 3]]))
        found += [y, bag.weight.grad, z, repr(bag), bag.weight]
    w = ramp(torch, 5, 2)
    bag = nn.EmbeddingBag(5, 2, mode="sum", padding_idx=1, include_last_offset=True, _weight=w)
    found += [
        bag(torch.tensor([0, 1, 2]), torch.tensor([0, 2, 3])),
        bag(torch.tensor([0, 1, 2]), torch.tensor([0, 2, 3]), torch.tensor([0.5, 1.0, 2.0])),
    ]
    found += [
        F.embedding_bag(torch.tensor([[1, 2]]), w),
        F.embedding_bag(torch.tensor([1, 2, 0]), w, torch.tensor([0, 2]), mode="max"),
        nn.EmbeddingBag.from_pretrained(w)(torch.tensor([[0, 1]])),
    ]
    shortened = ramp(torch, 5, 2) * 3
    found += [F.embedding_bag(torch.tensor([[1, 2]]), shortened, max_norm=1.0), shortened]
    return found


@program
def embedding_with_weight(torch: Any) -> Any:
    w = ramp(torch, 4, 2)
    return [
        torch.nn.Embedding(4, 2, _weight=w)(torch.tensor([1, 3])),
        torch.nn.Embedding(4, 2, _weight=w).weight.requires_grad,
        torch.nn.Embedding(4, 2, _weight=w, _freeze=True).weight.requires_grad,
    ]


@program
def old_names_of_init(torch: Any) -> Any:
    init = module(torch, "nn.init")
    found = []
    for name, arguments in (
        ("normal", (0, 0.02)),
        ("constant", (0.3,)),
        ("xavier_normal", ()),
        ("xavier_uniform", ()),
        ("kaiming_normal", ()),
        ("kaiming_uniform", ()),
        ("uniform", (-1, 1)),
        ("eye", ()),
        ("orthogonal", ()),
        ("sparse", (0.5,)),
    ):
        torch.manual_seed(0)
        w = torch.empty(4, 3)
        import warnings

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer = getattr(init, name)(w, *arguments)
        found += [
            answer is w,
            w,
            [str(c.message).replace("torch.", "").replace("tinygrad_edu.", "") for c in caught],
            [c.category.__name__ for c in caught],
        ]
    w = torch.empty(3, 3, 2)
    init.dirac(w)
    return [*found, w]


@program
def init_in_old_models(torch: Any) -> Any:
    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(3, 2))
    for m in net.modules():
        if isinstance(m, nn.Conv2d):
            n = m.kernel_size[0] * m.kernel_size[1] * m.out_channels
            m.weight.data.normal_(0, (2.0 / n) ** 0.5)
        elif isinstance(m, nn.BatchNorm2d):
            m.weight.data.fill_(1)
            m.bias.data.zero_()
        elif m.__class__.__name__.find("Linear") != -1:
            m.weight.data.uniform_(-0.1, 0.1)
    return list(net.parameters())


@program
def weight_norm(torch: Any) -> Any:
    nn = torch.nn
    import warnings

    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        old = nn.utils.weight_norm(nn.Linear(3, 2))
    x = ramp(torch, 4, 3)
    y = old(x)
    y.square().sum().backward()
    new = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    z = new(x)
    z.square().sum().backward()
    names = [
        sorted(n for n, _ in old.named_parameters()),
        sorted(n for n, _ in new.named_parameters()),
        sorted(new.state_dict()),
    ]
    grads = [p.grad for _, p in sorted(old.named_parameters())] + [p.grad for _, p in sorted(new.named_parameters())]
    optimizer = torch.optim.SGD(old.parameters(), lr=0.1)
    optimizer.step()
    stepped = old(x)
    nn.utils.remove_weight_norm(old)
    return [y, z, names, grads, stepped, sorted(n for n, _ in old.named_parameters()), old(x)]


@program
def spectral_norm(torch: Any) -> Any:
    nn = torch.nn
    torch.manual_seed(0)
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 4))
    y = layer(ramp(torch, 2, 3))
    torch.manual_seed(0)
    old = nn.utils.spectral_norm(nn.Linear(3, 4))
    z = old(ramp(torch, 2, 3))
    return [y, z, sorted(n for n, _ in layer.named_parameters()), sorted(n for n, _ in old.named_parameters())]


# --- data ---


@program
def iterable_dataset(torch: Any) -> Any:
    data = module(torch, "utils.data")

    class Stream(data.IterableDataset):
        def __iter__(self) -> Any:
            return iter(torch.arange(7).float())

    return [list(data.DataLoader(Stream(), batch_size=3)), len(list(data.DataLoader(Stream(), batch_size=3, drop_last=True)))]


@program
def import_paths_of_data(torch: Any) -> Any:
    data = module(torch, "utils.data")
    places = [
        ("utils.data.dataloader", "DataLoader"),
        ("utils.data.dataset", "Dataset"),
        ("utils.data.sampler", "SubsetRandomSampler"),
        ("utils.data.sampler", "Sampler"),
        ("utils.data.dataset", "random_split"),
        ("utils.data.dataset", "TensorDataset"),
        ("utils.data.distributed", "DistributedSampler"),
    ]
    return [getattr(module(torch, path), name) is getattr(data, name) for path, name in places] + [
        module(torch, "utils.data.dataloader").default_collate is data.default_collate
    ]


@program
def generator_as_data_set(torch: Any) -> Any:
    DataLoader = module(torch, "utils.data").DataLoader
    return [
        list(DataLoader([1.0, 2.0, 3.0], batch_size=2)),
        list(DataLoader(torch.arange(4), batch_size=2)),
        list(DataLoader(range(3))),
    ]


@program
def loader_options(torch: Any) -> Any:
    data = module(torch, "utils.data")
    torch.manual_seed(0)
    loader = data.DataLoader(
        data.TensorDataset(torch.arange(5)),
        batch_size=2,
        shuffle=True,
        num_workers=0,
        pin_memory=False,
        drop_last=False,
        timeout=0,
        collate_fn=None,
        worker_init_fn=None,
        persistent_workers=False,
        prefetch_factor=None,
    )
    return [[b[0] for b in loader], len(loader), loader.batch_size, data.get_worker_info()]


# --- DataParallel, and PyTorch's module paths ---


@program
def data_parallel(torch: Any) -> Any:
    nn = torch.nn
    torch.manual_seed(0)
    model = nn.DataParallel(nn.Linear(2, 1))
    return [
        model(torch.ones(3, 2)),
        sorted(model.state_dict()),
        model.module.weight,
        repr(model),
        [n for n, _ in model.named_parameters()],
    ]


@program
def addresses(torch: Any) -> Any:
    places = [
        "nn.parameter.Parameter",
        "nn.modules.module.Module",
        "nn.modules.loss._Loss",
        "nn.modules.linear.Linear",
        "nn.modules.activation.ReLU",
        "nn.modules.batchnorm.BatchNorm2d",
        "nn.modules.container.Sequential",
        "nn.modules.sparse.Embedding",
        "nn.utils.clip_grad.clip_grad_norm_",
        "nn.utils.rnn.pad_sequence",
        "nn.parallel.DataParallel",
        "nn.modules.utils._pair",
        "nn.modules.conv.Conv2d",
        "nn.modules.rnn.LSTM",
        "nn.modules.normalization.LayerNorm",
        "nn.modules.dropout.Dropout",
        "optim.lr_scheduler.StepLR",
        "optim.optimizer.Optimizer",
        "optim.adam.Adam",
        "optim.sgd.SGD",
        "optim.rmsprop.RMSprop",
        "autograd.functional.jacobian",
        "autograd.function.Function",
        "linalg.norm",
        "utils.data.dataset.Dataset",
        "distributions.normal.Normal",
        "distributions.categorical.Categorical",
        "distributions.multinomial.Multinomial",
        "optim.lr_scheduler._LRScheduler",
        "optim.lr_scheduler.LRScheduler",
        "nn.utils.parametrize.register_parametrization",
        "special.expit",
        "nn.modules.batchnorm._BatchNorm",
        "nn.modules.conv._ConvNd",
        "autograd.grad_mode.no_grad",
        "nn.modules.pooling.MaxPool2d",
        "nn.modules.padding.ZeroPad2d",
        "nn.functional.relu",
        "nn.modules.flatten.Flatten",
        "random.manual_seed",
        "types.Device",
    ]
    found = []
    for place in places:
        path, _, name = place.rpartition(".")
        if name != "F":
            found.append((place, hasattr(module(torch, path), name)))
    return found


@program
def functional_address(torch: Any) -> Any:
    x = ramp(torch, 3)
    f = module(torch, "functional")
    return [
        f.norm(x),
        f.einsum("i,i->", x, x),
        f.cdist(x[:, None], x[:, None]),
        *f.meshgrid(x, x, indexing="ij"),
        f.split(x, 1)[0],
    ]


@program
def func_transforms(torch: Any) -> Any:
    func = module(torch, "func")
    f = lambda x: (x**3).sum()
    g = lambda x, y: x * y.sum()
    x, y = ramp(torch, 3), ramp(torch, 3) + 2
    value, pull = func.vjp(lambda a: a**2, x)
    gradient, number = func.grad_and_value(f)(x)
    aux, extra = func.grad(lambda a: ((a**2).sum(), a + 1), has_aux=True)(x)
    return [
        func.grad(f)(x),
        func.grad(lambda a, b: (a * b).sum(), argnums=1)(x, y),
        func.grad(lambda a, b: (a * b).sum(), argnums=(0, 1))(x, y),
        func.jacrev(lambda a: a**2)(x),
        func.jacrev(g, argnums=1)(x, y),
        func.jacfwd(lambda a: a**2)(x),
        func.hessian(f)(x),
        func.jacrev(func.jacrev(f))(x),
        value,
        pull(y),
        func.jvp(lambda a: a**2, (x,), (y,)),
        gradient,
        number,
        aux,
        extra,
        func.grad(func.grad(lambda a: a**3))(torch.tensor(2.0)),
        func.grad(lambda p: (p["w"] * x).sum())({"w": y}),
        func.jacrev(lambda p: p["w"] * x)({"w": y}),
        func.hessian(lambda a, b: (a * b).sum() ** 2, argnums=(0, 1))(x, y),
        func.jacrev(lambda a: (a**2, a.sum()))(x),
        func.jacrev(lambda a: (a**2, a), has_aux=True)(x),
        func.grad(lambda a: (a.detach() * a).sum())(x),
    ]


@program
def functional_call_under_grad(torch: Any) -> Any:
    func = module(torch, "func")
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 1)
    params = {k: v.detach() for k, v in model.named_parameters()}
    loss = lambda p, x: func.functional_call(model, p, (x,)).square().sum()
    grads = func.grad(loss)(params, ramp(torch, 2, 3))
    jac = func.jacrev(lambda p, x: func.functional_call(model, p, (x,)))(params, ramp(torch, 2, 3))
    hess = func.hessian(loss)(params, ramp(torch, 2, 3))
    return [grads, jac, hess["weight"]["bias"]]


# --- distributions ---


@program
def normal_distribution(torch: Any) -> Any:
    Normal = module(torch, "distributions").Normal
    loc, scale = torch.tensor([0.0, 1.0], requires_grad=True), torch.tensor([1.0, 0.5], requires_grad=True)
    d = Normal(loc, scale)
    torch.manual_seed(0)
    s, r = d.sample(), d.rsample((3,))
    r.square().sum().backward()
    value = torch.tensor([0.3, -0.2])
    return [
        s,
        s.requires_grad,
        r,
        loc.grad,
        scale.grad,
        d.log_prob(value),
        d.entropy(),
        d.mean,
        d.variance,
        d.stddev,
        d.cdf(value),
        d.icdf(torch.tensor([0.2, 0.7])),
        d.sample((2, 2)),
        d.batch_shape,
        d.event_shape,
        Normal(0.0, 1.0).sample(),
        Normal(0.0, 1.0).log_prob(torch.tensor(0.5)),
        d.mode,
        repr(Normal(0.0, 1.0)),
        d.expand((3, 2)).sample(),
        d.perplexity(),
    ]


@program
def categorical_distribution(torch: Any) -> Any:
    Categorical = module(torch, "distributions").Categorical
    p = torch.tensor([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]], requires_grad=True)
    d = Categorical(probs=p)
    e = Categorical(logits=ramp(torch, 2, 3))
    torch.manual_seed(0)
    a = d.sample()
    (-d.log_prob(a) * torch.tensor([1.0, 2.0])).sum().backward()
    return [
        a,
        d.sample((4,)),
        e.sample(),
        e.sample((2, 3)),
        p.grad,
        d.entropy(),
        e.entropy(),
        e.log_prob(torch.tensor([0, 2])),
        e.probs,
        d.logits,
        d.param_shape,
        e.batch_shape,
        d.mode,
        d.mean,
        d.variance,
        Categorical(torch.ones(3)).probs,
        e.enumerate_support(),
        Categorical(torch.tensor([1.0, 2.0])).sample(),
        d.log_prob(torch.tensor([[0, 1], [2, 1]])),
    ]


@program
def bernoulli_distribution(torch: Any) -> Any:
    Bernoulli = module(torch, "distributions").Bernoulli
    p = torch.tensor([0.2, 0.6], requires_grad=True)
    d, e = Bernoulli(p), Bernoulli(logits=ramp(torch, 3))
    torch.manual_seed(0)
    a = d.sample((5,))
    d.log_prob(a).sum().backward()
    return [
        a,
        p.grad,
        e.sample(),
        d.entropy(),
        e.entropy(),
        d.logits,
        e.probs,
        d.mean,
        d.variance,
        d.mode,
        e.log_prob(torch.tensor([1.0, 0.0, 1.0])),
        e.enumerate_support(),
        d.param_shape,
        Bernoulli(0.5).sample((3,)),
        Bernoulli(torch.tensor([0.0, 1.0])).entropy(),
    ]


@program
def uniform_distribution(torch: Any) -> Any:
    Uniform = module(torch, "distributions").Uniform
    low, high = torch.tensor([0.0, -1.0], requires_grad=True), torch.tensor([1.0, 2.0], requires_grad=True)
    d = Uniform(low, high)
    torch.manual_seed(0)
    r = d.rsample((2,))
    r.sum().backward()
    return [
        r,
        low.grad,
        high.grad,
        d.sample(),
        d.log_prob(torch.tensor([0.5, 0.0])),
        d.entropy(),
        d.mean,
        d.variance,
        d.stddev,
        d.cdf(torch.tensor([0.5, 0.0])),
        d.icdf(torch.tensor([0.5, 0.1])),
        Uniform(0.0, 2.0).sample((3,)),
        Uniform(0.0, 1.0, validate_args=False).log_prob(torch.tensor([1.5])),
        repr(Uniform(0.0, 1.0)),
    ]


@program
def multinomial_distribution(torch: Any) -> Any:
    Multinomial = module(torch, "distributions.multinomial").Multinomial
    torch.manual_seed(0)
    d = Multinomial(10, torch.ones(6) / 6)
    s = d.sample()
    return [
        s,
        d.sample((3,)),
        d.log_prob(s),
        d.mean,
        d.variance,
        Multinomial(100, torch.tensor([0.5, 0.5])).sample(),
        d.event_shape,
        d.batch_shape,
        d.probs,
        d.logits,
    ]


@program
def divergences(torch: Any) -> Any:
    D = module(torch, "distributions")
    loc = torch.tensor([0.5, -0.2], requires_grad=True)
    kl = D.kl_divergence(D.Normal(loc, torch.tensor([1.0, 2.0])), D.Normal(torch.zeros(2), torch.ones(2)))
    kl.sum().backward()
    a, b = D.Categorical(torch.tensor([0.2, 0.8])), D.Categorical(torch.tensor([0.5, 0.5]))
    c, d = D.Bernoulli(torch.tensor([0.2, 0.8])), D.Bernoulli(torch.tensor([0.5, 0.5]))
    u, v = D.Uniform(0.0, 1.0), D.Uniform(-1.0, 2.0)
    return [
        kl,
        loc.grad,
        D.kl.kl_divergence(a, b),
        D.kl_divergence(c, d),
        D.kl_divergence(u, v),
        D.kl_divergence(v, u),
        D.kl_divergence(D.Normal(0.0, 1.0), D.Uniform(-1.0, 1.0)),
        D.kl_divergence(u, D.Normal(0.0, 1.0)),
        D.kl_divergence(D.Categorical(torch.tensor([0.0, 1.0])), b),
        D.kl_divergence(b, D.Categorical(torch.tensor([0.0, 1.0]))),
    ]


@program
def independent_distribution(torch: Any) -> Any:
    D = module(torch, "distributions")
    d = D.Independent(D.Normal(torch.zeros(2, 3), torch.ones(2, 3)), 1)
    torch.manual_seed(0)
    x = d.rsample()
    return [
        x,
        d.log_prob(x),
        d.entropy(),
        d.batch_shape,
        d.event_shape,
        d.mean,
        D.kl_divergence(d, D.Independent(D.Normal(torch.ones(2, 3), torch.ones(2, 3)), 1)),
    ]


# --- edge cases of PyTorch's own tests ---


@program
def corners_of_shapes(torch: Any) -> Any:
    F = torch.nn.functional
    x = ramp(torch, 2, 3)
    return [
        F.cosine_similarity(x, x[:1] * 2 + 1),
        F.cosine_similarity(x[None], x[:, None], dim=-1),
        F.cosine_similarity(x, x * 2, dim=0),
        F.cosine_similarity(x[0], x[1], dim=0),
        F.cosine_similarity(torch.ones(()), torch.ones(()), dim=0),
        F.cosine_similarity(x, torch.ones(()), dim=0),
        F.cosine_similarity(torch.zeros(0, 3), torch.zeros(0, 3)),
        F.prelu(x, torch.tensor([0.2])),
        F.prelu(x, torch.tensor([0.1, 0.2, 0.3])),
        F.prelu(x[0], torch.tensor(0.2)),
        F.prelu(torch.tensor(-1.0), torch.tensor(0.2)),
        F.prelu(ramp(torch, 2, 3, 4), torch.tensor([0.1, 0.2, 0.3])),
        F.prelu(x[0], torch.tensor([0.5])),
        F.prelu(torch.zeros(0, 3), torch.ones(3)),
        F.prelu(torch.tensor(-2.0), torch.tensor([0.5])),
        F.avg_pool2d(ramp(torch, 1, 1, 4, 4), 2, stride=()),
        F.avg_pool1d(ramp(torch, 1, 1, 4), 2, stride=()),
        F.max_pool2d(ramp(torch, 1, 1, 4, 4), 2, stride=()),
        F.avg_pool3d(ramp(torch, 1, 1, 4, 4, 4), 2, stride=()),
        F.max_pool1d(ramp(torch, 1, 1, 4), 2, stride=()),
        F.max_pool3d(ramp(torch, 1, 1, 4, 4, 4), 2, stride=()),
        F.batch_norm(torch.zeros(0, 3), torch.zeros(3), torch.ones(3)),
        F.batch_norm(torch.zeros(2, 3, 0), torch.zeros(3), torch.ones(3)),
        F.batch_norm(torch.zeros(0, 3), torch.zeros(3), torch.ones(3), training=True),
        torch.gather(torch.zeros(0, 3), 0, torch.zeros(0, 3, dtype=torch.long)),
        torch.gather(x, 0, torch.zeros(0, 3, dtype=torch.long)),
        torch.gather(torch.tensor(2.0), 0, torch.tensor(0)),
        torch.gather(torch.tensor(2.0), 0, torch.tensor([0, 0])),
        torch.gather(torch.ones(5), 0, torch.tensor(2)),
        torch.gather(x, 1, torch.zeros(1, 2, dtype=torch.long)),
        torch.tensor(3.0).unfold(0, 1, 1),
        x.unfold(0, 0, 1),
        x.unfold(1, 2, 1),
        torch.tensor(3.0).unfold(0, 0, 1),
        torch.zeros(0, 3).unfold(1, 2, 1),
        x.unfold(1, 3, 2),
        x.unfold(-1, 1, 3),
        F.interpolate(torch.arange(16, dtype=torch.uint8).reshape(1, 1, 4, 4), scale_factor=2, mode="bilinear"),
        F.interpolate(
            torch.arange(16, dtype=torch.uint8).reshape(1, 1, 4, 4) * 15, size=(3, 5), mode="bilinear", align_corners=True
        ),
        F.interpolate(torch.arange(16, dtype=torch.uint8).reshape(1, 1, 4, 4), scale_factor=2),
        F.pad(ramp(torch, 1, 1, 3), (2, 2), mode="reflect"),
        F.pad(ramp(torch, 1, 3), (3, 3), mode="circular"),
        F.pad(ramp(torch, 1, 1, 3, 3), (2, 1, 0, 2), mode="reflect"),
        F.pad(ramp(torch, 1, 1, 3), (5, 4), mode="replicate"),
    ]


@program
def sizes(torch: Any) -> Any:
    size = torch.zeros(2, 3).size()
    made = [size.numel(), size == (2, 3), isinstance(size, tuple), isinstance(size, torch.Size), list(size), size[0], len(size)]
    made += [torch.Size([2, 3]) == size, torch.Size((4, 5)).numel(), hash(size) == hash((2, 3)), torch.Size([]).numel()]
    return [*made, torch.zeros(2, 3).size(-1), torch.zeros(2, 3).size(dim=0), torch.zeros(size).size().numel()]


@program
def next_functions(torch: Any) -> Any:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    mean = ((x + 2) * 3).mean().grad_fn
    leaf, index = mean.next_functions[0][0].next_functions[0][0].next_functions[0]
    return [type(leaf).__name__, leaf.name(), leaf.variable is x, index, leaf.next_functions, mean.name()]


@program
def prints(torch: Any) -> Any:
    x = torch.tensor([[1.0, 2.0]], requires_grad=True)
    texts = [x, x.sum(), torch.nn.Linear(2, 1), torch.nn.Parameter(torch.ones(1)), torch.device("cpu"), x.detach() * 1e5]
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2), torch.nn.ReLU(), torch.nn.CrossEntropyLoss())
    return [*map(str, texts), repr(model), f"stored on: {x.device}", f"{torch.tensor(2.5):.2f}", f"{x.sum().item()}"]
