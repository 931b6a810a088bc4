"""The names of the dtypes: they are NumPy's, under PyTorch's names too."""

import numpy as np

__all__ = [
    "float16", "float32", "float64", "half", "float", "double", "uint8", "int8", "int16", "int32", "int64", "short", "int",
    "long", "bool", "bool_", "finfo", "iinfo",
]  # fmt: skip

float16 = half = np.float16
float32 = float = np.float32
float64 = double = np.float64
uint8, int8 = np.uint8, np.int8
int16 = short = np.int16
int32 = int = np.int32
int64 = long = np.int64
bool = bool_ = np.bool_
finfo, iinfo = np.finfo, np.iinfo
