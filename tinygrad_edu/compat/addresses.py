"""Tables: which module a PyTorch module path leads to, and where each additional name of a module is defined."""

from __future__ import annotations

ADDRESSES: dict[str, str] = {  # PyTorch's module path -> the module here; "" is the package itself
    "functional": "",
    "random": "compat.random_streams",
    "testing": "compat.closeness",
    "types": "compat.type_names",
    "cuda": "compat.hardware.cuda",
    "mps": "compat.hardware.mps",
    "accelerator": "compat.hardware.accelerator",
    "backends": "compat.hardware.backends",
    "backends.cudnn": "compat.hardware.cudnn",
    "backends.mps": "compat.hardware.metal",
    "backends.mkl": "compat.hardware.cpu_libraries",
    "backends.mkldnn": "compat.hardware.cpu_libraries",
    "backends.openmp": "compat.hardware.cpu_libraries",
    "linalg": "ops.linalg",
    "return_types": "ops.return_types",
    "special": "compat.special_names",
    "autograd.variable": "compat.variable",
    "nn.modules": "compat.nn_modules",
    "nn.modules.utils": "compat.tuples",
    **dict.fromkeys(
        (
            "nn.modules.activation", "nn.modules.adaptive", "nn.modules.batchnorm", "nn.modules.container", "nn.modules.conv",
            "nn.modules.distance", "nn.modules.dropout", "nn.modules.flatten", "nn.modules.instancenorm", "nn.modules.linear",
            "nn.modules.loss", "nn.modules.module", "nn.modules.normalization", "nn.modules.padding",
            "nn.modules.pixelshuffle", "nn.modules.pooling", "nn.modules.rnn", "nn.modules.sparse", "nn.modules.transformer",
            "nn.modules.upsampling",
        ),
        "nn",
    ),
    "nn.utils.clip_grad": "nn.utils",
    "nn.utils.convert_parameters": "nn.utils",
    "nn.utils.stateless": "nn.utils",
    **dict.fromkeys(
        (
            "optim.adam", "optim.adamw", "optim.adamax", "optim.nadam", "optim.sgd", "optim.rmsprop", "optim.adagrad",
            "optim.adadelta",
        ),
        "optim",
    ),
    **{f"utils.data.{name}": "utils.data" for name in ("dataloader", "dataset", "sampler", "distributed")},
    **dict.fromkeys(
        (
            "distributions.bernoulli", "distributions.categorical", "distributions.independent",
            "distributions.kl", "distributions.multinomial", "distributions.normal", "distributions.uniform",
        ),
        "distributions",
    ),
}  # fmt: skip

TYPED_TENSORS = (
    "FloatTensor", "DoubleTensor", "HalfTensor", "LongTensor", "IntTensor", "ShortTensor", "CharTensor", "ByteTensor",
    "BoolTensor",
)  # fmt: skip
OLD_INIT = (
    "uniform", "normal", "constant", "eye", "dirac", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal",
    "orthogonal", "sparse",
)  # fmt: skip

NAMES: dict[str, str] = {  # PyTorch's name -> the module that defines it, and after a colon its name there
    "autograd.Variable": "compat.variable",
    **dict.fromkeys(TYPED_TENSORS, "compat.typed_tensors"),
    "set_default_tensor_type": "compat.typed_tensors",
    **{f"nn.init.{name}": "compat.old_init" for name in OLD_INIT},
    **dict.fromkeys(
        ("memory_format", "preserve_format", "contiguous_format", "channels_last", "channels_last_3d", "layout", "strided"),
        "compat.layouts",
    ),
    **dict.fromkeys(
        ("promote_types", "result_type", "can_cast", "is_complex", "is_storage", "is_nonzero", "typename"),
        "compat.dtype_functions",
    ),
    **dict.fromkeys(
        ("use_deterministic_algorithms", "are_deterministic_algorithms_enabled",
         "set_float32_matmul_precision", "get_float32_matmul_precision", "set_flush_denormal"),
        "compat.settings",
    ),
    "nn.DataParallel": "compat.pass_through",
    "nn.parallel.DataParallel": "compat.pass_through",
    "nn._Loss": "nn.losses.base:Loss",
    "nn._WeightedLoss": "nn.losses.base:WeightedLoss",
    "nn._BatchNorm": "nn.layers.batchnorm:_BatchNorm",
    "nn._InstanceNorm": "nn.layers.batchnorm:_InstanceNorm",
    "nn._ConvNd": "nn.layers.conv:_Conv",
    "nn.UninitializedParameter": "nn.lazy_parameter",
    "nn.Buffer": "compat.type_names",
    "optim.lr_scheduler._LRScheduler": "optim.lr_scheduler:LRScheduler",
    "utils.data.get_worker_info": "compat.type_names",
}  # fmt: skip
