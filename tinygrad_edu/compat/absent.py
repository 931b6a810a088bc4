"""What is deliberately missing, and what to use instead. docs/differences.md lists the same names, which a test checks."""

from __future__ import annotations

_CPU = "tinygrad_edu runs on the CPU only"
_SPARSE = "tensors are dense; index, scatter_add and EmbeddingBag cover what small sparse problems need"
_COMPLEX = "tensors hold real numbers; use two tensors, for the real and imaginary parts"
_QUANTIZED = "there are no quantized tensors; float16 in files halves the size of the weights"
_JIT = "programs are Python, without a JIT compiler; nn.onnx.export writes a model for other runtimes"
_GRAPHS = "viz.graph(loss, model) shows the graph that was recorded; there is no symbolic trace to transform"
_VMAP = "write out the batch axis: operations broadcast, and autograd.functional.jacobian takes whole batches"
_AMP = "there is no mixed precision, which gains nothing in NumPy; leave it out, float32 is the default"

ABSENT: dict[str, str] = {  # PyTorch's name, without `torch.` -> why it is missing, and what to do
    "bfloat16": "NumPy has no such dtype; use float32",
    **dict.fromkeys(("complex64", "complex128", "cfloat", "cdouble", "complex", "polar"), _COMPLEX),
    **dict.fromkeys(("view_as_complex", "view_as_real"), _COMPLEX),
    **dict.fromkeys(("fft", "stft", "istft"), f"{_COMPLEX}; np.fft works on x.numpy()"),
    **dict.fromkeys(("sparse", "sparse_coo_tensor", "sparse_csr_tensor", "sparse_coo", "sparse_csr"), _SPARSE),
    **dict.fromkeys(("jit", "export", "package"), _JIT),
    "fx": _GRAPHS,
    "_dynamo": "tinygrad_edu.compile runs a recorded training step; there is nothing to configure",
    **dict.fromkeys(("vmap", "func.vmap", "func.functionalize", "func.linearize"), _VMAP),
    **dict.fromkeys(("quantization", "ao", "quantize_per_tensor", "qint8", "quint8", "nn.quantized", "quantized"), _QUANTIZED),
    **dict.fromkeys(("amp", "autocast", "cuda.amp"), _AMP),
    "keras": "nn.Sequential(*layers) builds a model, and train.fit(model, X, y, loss=…, epochs=…) trains it",
    "hub": "nothing is downloaded; build the model here and load its weights with nn.load",
    "multiprocessing": "Python's own multiprocessing works; tinygrad_edu.distributed runs one model on several processes",
    "nested": "pad sequences with nn.utils.rnn.pad_sequence, or pack them with pack_padded_sequence",
    "as_strided": "arrays are NumPy's; x.unfold(dim, size, step) gives windows, and reshape and permute cover most other uses",
    "profiler": "a block `with viz.trace(model) as t:` times every op; Python's cProfile times the rest",
    "utils.tensorboard": "fit(..., callbacks=[train.TensorBoard('logs')]) writes TensorBoard's files; for loops of your own, "
    "the package tensorboardX has SummaryWriter",
    "utils.cpp_extension": "an op is a NumPy function with its rules: tinygrad_edu.autograd.primitive",
    "xpu": f"{_CPU}; leave it out",
    "utils.benchmark": "use Python's timeit; benchmarks/ compares tinygrad_edu with other frameworks",
    "autograd.profiler": "a block `with viz.trace(model) as t:` times every op",
    "autograd.forward_ad": "autograd.functional.jvp gives directional derivatives, by two reverse passes",
    "nn.DistributedDataParallel": "it is nn.parallel.DistributedDataParallel",
}  # fmt: skip

ABSENT_MODULES = (
    "sparse", "jit", "export", "package", "fx", "_dynamo", "quantization", "ao", "amp", "cuda.amp", "hub", "keras",
    "multiprocessing", "nested", "profiler", "utils.tensorboard", "utils.cpp_extension", "utils.benchmark", "autograd.profiler",
    "autograd.forward_ad", "nn.quantized", "fft", "xpu",
)  # fmt: skip

ABSENT_OF_TENSORS: dict[str, str] = {  # the same for attributes of a Tensor
    **dict.fromkeys(("to_sparse", "to_sparse_csr", "coalesce", "indices", "to_dense"), _SPARSE),
    **dict.fromkeys(("bfloat16",), ABSENT["bfloat16"]),
    **dict.fromkeys(("real", "imag", "cfloat", "cdouble", "angle", "view_as_complex"), _COMPLEX),
    **dict.fromkeys(("as_strided", "as_strided_", "set_", "storage", "untyped_storage"), ABSENT["as_strided"]),
    **dict.fromkeys(("quantize_per_tensor", "dequantize", "int_repr", "q_scale"), _QUANTIZED),
    **dict.fromkeys(("names", "rename", "align_to", "refine_names"), "axes have no names: use numbers, as in x.sum(dim=1)"),
    **dict.fromkeys(("xpu", "mps", "hpu", "ipu", "vulkan"), f"{_CPU}; leave the call out"),
    **dict.fromkeys(("put", "put_"), "x.view(-1)[index] = source writes at positions in row-major order"),
    **dict.fromkeys(("renorm", "renorm_"), "x * (maxnorm / x.norm(dim=1, keepdim=True)).clamp(max=1) limits each row"),
    "register_post_accumulate_grad_hook": "register_hook sees each gradient; "
    "a hook registered with Optimizer.register_step_pre_hook sees all of them",
}  # fmt: skip


def absent_module(path: str) -> str | None:
    """Why there is no module `path`, or None if it is unknown."""
    parts = path.split(".")
    for n in range(len(parts), 0, -1):
        name = ".".join(parts[:n])
        if name in ABSENT_MODULES:
            return ABSENT[name]
    return None
