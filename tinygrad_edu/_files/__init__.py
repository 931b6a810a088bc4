"""Files of this package: nested dicts, lists, tuples, arrays, numbers and strings, written atomically and read defensively.

`save`, `load` and checkpoints use `write` and `read`; data sets, logs and sweeps use the other modules. Nothing in a file is
ever executed.
"""

from .nested_values import NotWritableError
from .reading import Contents, read
from .source import damaged
from .writing import write

__all__ = ["Contents", "NotWritableError", "damaged", "read", "write"]
