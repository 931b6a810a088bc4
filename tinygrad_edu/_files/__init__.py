"""Files of this package: nested dicts, lists, tuples, arrays, numbers and strings, written whole and read with care.

`write` and `read` are what `save` and `load`, checkpoints and the data sets have in common; every check of a file is in here.
Nothing in a file is ever executed.
"""

from .nested_values import NotWritableError
from .reading import Contents, read
from .source import damaged
from .writing import write

__all__ = ["Contents", "NotWritableError", "damaged", "read", "write"]
