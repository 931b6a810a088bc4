"""PyTorch's path to special functions: `torch.special.expit`."""

from ..ops.activation import logsigmoid as log_expit  # noqa: F401
from ..ops.activation import sigmoid as expit  # noqa: F401
from ..ops.elementwise import exp2, expm1, log1p  # noqa: F401
from ..ops.reduction import logsumexp  # noqa: F401
from ..ops.special import *  # noqa: F403
