"""backends, for programs that set options of PyTorch's libraries: the options are stored and have no effect."""

from . import cpu_libraries as mkl
from . import cudnn as cudnn
from . import metal as mps

mkldnn = openmp = mkl
__all__ = ["cudnn", "mkl", "mkldnn", "mps", "openmp"]
