"""Neural networks: modules, layers and losses."""

from typing import TYPE_CHECKING, Any

from .._shortcuts import load as load_shortcut
from . import functional, init, parallel, utils
from .export import onnx
from .export.safetensors import load, save
from .layers import (
    activation,
    attention,
    batchnorm,
    bilinear,
    container,
    conv,
    dropout,
    embedding,
    embedding_bag,
    identity,
    lazy,
    linear,
    norm,
    pool,
    recurrent,
    recurrent_cell,
    resize,
    sequential,
    shape,
    softmax,
    transformer,
)
from .layers.activation import *
from .layers.attention import *
from .layers.batchnorm import *
from .layers.bilinear import *
from .layers.container import *
from .layers.conv import *
from .layers.dropout import *
from .layers.embedding import *
from .layers.embedding_bag import *
from .layers.identity import *
from .layers.lazy import *
from .layers.linear import *
from .layers.norm import *
from .layers.pool import *
from .layers.recurrent import *
from .layers.recurrent_cell import *
from .layers.resize import *
from .layers.sequential import *
from .layers.shape import *
from .layers.softmax import *
from .layers.transformer import *
from .losses import binary, classification, margin, regression, sequence, similarity
from .losses.binary import *
from .losses.classification import *
from .losses.margin import *
from .losses.regression import *
from .losses.sequence import *
from .losses.similarity import *
from .model_summary import summary
from .module import Module
from .parameter import Parameter
from .utils import functional_call

__all__ = [
    "Module",
    "Parameter",
    "functional",
    "init",
    "onnx",
    "utils",
    "functional_call",
    "summary",
    "save",
    "load",
]
__all__ += linear.__all__
__all__ += identity.__all__
__all__ += bilinear.__all__
__all__ += lazy.__all__
__all__ += shape.__all__
__all__ += sequential.__all__
__all__ += container.__all__
__all__ += activation.__all__
__all__ += softmax.__all__
__all__ += dropout.__all__
__all__ += batchnorm.__all__
__all__ += norm.__all__
__all__ += embedding.__all__
__all__ += embedding_bag.__all__
__all__ += conv.__all__
__all__ += pool.__all__
__all__ += recurrent.__all__
__all__ += recurrent_cell.__all__
__all__ += attention.__all__
__all__ += transformer.__all__
__all__ += resize.__all__
__all__ += regression.__all__
__all__ += classification.__all__
__all__ += binary.__all__
__all__ += similarity.__all__
__all__ += margin.__all__
__all__ += sequence.__all__


if TYPE_CHECKING:
    from ..distributed import SyncBatchNorm as SyncBatchNorm
else:  # hidden from type checkers, which would assume that a module with __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        if name == "SyncBatchNorm":
            return load_shortcut("distributed").SyncBatchNorm
        return load_shortcut("other_names").attribute(__name__, name)
