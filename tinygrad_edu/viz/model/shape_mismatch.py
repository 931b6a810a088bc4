"""The shapes that an op got, one below the other, with the axes marked that do not fit: for a graph of what failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..._shapes import Shape, aligned


def shape_mismatch(shapes: Sequence[Shape], error: BaseException) -> str:
    """The shapes of the operands with ^ below what does not fit, "" where the error does not know, or shows it itself.

    Which axes do not fit is what a ShapeError says of its arguments. They are the operands as far as their shapes agree: a
    layer is called with its input alone, and the function inside with the weights, too.

    >>> from tinygrad_edu.autograd.errors import ShapeError
    >>> print(shape_mismatch([(3, 2)], ShapeError("linear()", ((3, 2), {-1}), ((4, 5), {-1}))))
      (3, 2)
          ^
    """
    marks: list[Collection[int]] = []
    for shape, (told, axes) in zip(shapes, getattr(error, "mismatch", ()), strict=False):
        if shape != told:
            break
        marks.append(axes)
    if not any(marks) or "^" in str(error):
        return ""
    return aligned(shapes, [*marks, *[()] * (len(shapes) - len(marks))])
