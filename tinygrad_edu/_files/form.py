"""The file format: safetensors, which other frameworks can read, with a checksum and the structure of the values.

    8 bytes   n, the length of the header, little-endian
    n bytes   JSON: {"__metadata__": {…strings…}, name: {"dtype": "F32", "shape": […], "data_offsets": [begin, end]}, …}
    the rest  the values of the arrays, little-endian, without gaps

In the metadata, "tinygrad_edu.crc32" is the checksum of everything after the first 8 bytes, with zeros in place of its digits;
"tinygrad_edu.structure" describes where the arrays belong (see nested_values.py); it is omitted for a dict of names and Tensors
that do not require grad. Files of other programs have neither. Source: https://github.com/huggingface/safetensors (Format).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

VERSION = 1
OURS = "tinygrad_edu."
CRC, FORM, STRUCTURE = f"{OURS}crc32", f"{OURS}version", f"{OURS}structure"
START = b'{"__metadata__":{"' + CRC.encode() + b'":"'  # followed by the 8 digits of the checksum
ZEROS = "0" * 8

LONGEST_HEADER = 2 << 20
"""The maximum length of a header in bytes: for hostile JSON, Python objects take up to 40 times as much memory as the text."""

KINDS = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}  # fmt: skip
NAMES = {np.dtype(kind): name for name, kind in KINDS.items()}


def memory_of(array: Array) -> memoryview:
    """The bytes of an array."""
    return memoryview(array.reshape(-1).view(np.uint8))  # type: ignore[arg-type]  # arrays are buffers, which their stub omits
