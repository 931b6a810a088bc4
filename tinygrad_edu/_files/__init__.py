"""Files of this package: nested dicts, lists, tuples, arrays, numbers and strings, written atomically and read defensively.

`write` and `read` are shared by `save` and `load`, checkpoints and the data sets; all checks of files are in this folder.
Nothing in a file is ever executed.
"""

from .nested_values import NotWritableError
from .reading import Contents, read
from .source import damaged
from .writing import write

__all__ = ["Contents", "NotWritableError", "damaged", "read", "write"]
