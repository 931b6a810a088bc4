"""The shapes of an op's operands, aligned, with the mismatched axes marked, for the graph of a failed call."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..._shapes import Shape, aligned


def shape_mismatch(shapes: Sequence[Shape], error: BaseException) -> str:
    """The shapes of the operands with ^ below mismatched axes; "" if the error has no such axes, or marks them itself.

    A ShapeError has the mismatched axes of its arguments. These are matched to the operands by their shapes: a layer is called
    with its input alone, and the function inside it also with the weights.

    >>> from tinygrad_edu.autograd.errors import ShapeError
    >>> print(shape_mismatch([(3, 2)], ShapeError("linear()", ((3, 2), {-1}), ((4, 5), {-1}))))
      (3, 2)
          ^
    """
    marks: list[Collection[int]] = []
    for shape, (given, axes) in zip(shapes, getattr(error, "mismatch", ()), strict=False):
        if shape != given:
            break
        marks.append(axes)
    if not any(marks) or "^" in str(error):
        return ""
    return aligned(shapes, [*marks, *[()] * (len(shapes) - len(marks))])
