"""Mistakes whose PyTorch messages people search for: the program, and words that the message must contain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _twice(t: Any) -> None:
    x = t.ones(2, requires_grad=True)
    w = x.exp()
    w.add_(1)
    w.sum().backward()


MISTAKES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "matmul": (lambda t: t.ones(2, 3) @ t.ones(2, 3), "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"),
    "Linear": (lambda t: t.nn.Linear(3, 2)(t.ones(2, 4)), "mat1 and mat2 shapes cannot be multiplied (2x4 and 3x2)"),
    "dtype": (lambda t: t.nn.Linear(2, 2)(t.ones(2, 2, dtype=t.float64)), "mat1 and mat2 must have the same dtype"),
    "add": (
        lambda t: t.ones(2, 3) + t.ones(4),
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
    ),
    "mse": (
        lambda t: t.nn.MSELoss()(t.ones(2, 3), t.ones(4)),
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
    ),
    "view": (lambda t: t.ones(6).view(4, 2), "shape '[4, 2]' is invalid for input of size 6"),
    "cat": (
        lambda t: t.cat([t.ones(2, 3), t.ones(3, 2)]),
        "Sizes of tensors must match except in dimension 0. Expected size 3 but got size 2 for tensor number 1 in the list.",
    ),
    "stack": (
        lambda t: t.stack([t.ones(2), t.ones(3)]),
        "stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
    ),
    "collate": (
        lambda t: list(t.utils.data.DataLoader([t.ones(2), t.ones(3)], batch_size=2)),
        "stack expects each tensor to be equal size, but",
    ),
    "expand": (
        lambda t: t.ones(2).expand(3),
        "The expanded size of the tensor (3) must match the existing size (2) at non-singleton dimension 0",
    ),
    "permute": (lambda t: t.ones(2, 2).permute(0, 0), "permute(): duplicate dims are not allowed"),
    "axis": (lambda t: t.ones(2).sum(3), "Dimension out of range (expected to be in range of [-1, 0], but got 3)"),
    "softmax": (
        lambda t: t.nn.Softmax(dim=1)(t.ones(3)),
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    "ragged": (lambda t: t.tensor([[1, 2], [3]]), "expected sequence of length 2 at dim 1 (got 1)"),
    "None": (lambda t: t.tensor([None]), "Could not infer dtype of NoneType"),
    "mean of integers": (
        lambda t: t.tensor([1, 2]).mean(),
        "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype.",
    ),
    "gradient of integers": (lambda t: t.tensor([1], requires_grad=True), "Only Tensors of floating point"),
    "clamp": (lambda t: t.clamp(t.ones(2)), "At least one of 'min' or 'max' must not be None"),
    "arange": (lambda t: t.arange(3, 0), "upper bound and lower bound inconsistent with step sign"),
    "one_hot": (lambda t: t.nn.functional.one_hot(t.tensor([3]), 2), "Class values must be smaller than num_classes."),
    "gather": (lambda t: t.ones(2, 2).gather(1, t.tensor([[5]])), "index 5 is out of bounds for dimension 1 with size 2"),
    "channels": (
        lambda t: t.nn.Conv2d(3, 2, 3)(t.ones(1, 1, 8, 8)),
        "Given groups=1, weight of size [2, 3, 3, 3], expected input[1, 1, 8, 8] to have 3 channels, but got 1 channels",
    ),
    "image": (lambda t: t.nn.Conv2d(3, 2, 3)(t.ones(8, 8)), "Expected 3D (unbatched) or 4D (batched) input"),
    "kernel": (
        lambda t: t.nn.Conv2d(1, 2, 9)(t.ones(1, 1, 8, 8)),
        "Calculated padded input size per channel: (8 x 8). Kernel size: (9 x 9). Kernel size can't be greater than actual",
    ),
    "pool": (lambda t: t.nn.MaxPool2d(9)(t.ones(1, 1, 3, 3)), "Output size is too small"),
    "batch norm": (lambda t: t.nn.BatchNorm1d(3)(t.ones(3)), "expected 2D or 3D input (got 1D input)"),
    "batch of one": (lambda t: t.nn.BatchNorm1d(3)(t.ones(1, 3)), "Expected more than 1 value per channel when training"),
    "embedding": (lambda t: t.nn.Embedding(3, 2)(t.tensor([3])), "index out of range in self"),
    "embedding of floats": (
        lambda t: t.nn.Embedding(3, 2)(t.tensor([1.0])),
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got",
    ),
    "lstm": (lambda t: t.nn.LSTM(3, 2)(t.ones(2, 4)), "input.size(-1) must be equal to input_size. Expected 3, got 4"),
    "lstm axes": (lambda t: t.nn.LSTM(3, 2)(t.ones(1, 2, 3, 4)), "Expected input to be 2D or 3D, got 4D instead"),
    "attention": (lambda t: t.nn.MultiheadAttention(5, 2), "embed_dim must be divisible by num_heads"),
    "dropout": (lambda t: t.nn.Dropout(2), "dropout probability has to be between 0 and 1, but got 2"),
    "class": (lambda t: t.nn.CrossEntropyLoss()(t.ones(2, 3), t.tensor([0, 3])), "Target 3 is out of bounds."),
    "class of floats": (
        lambda t: t.nn.CrossEntropyLoss()(t.ones(2, 3), t.tensor([0.0, 1.0])),
        "expected target dtype to be Long or Byte, but got",
    ),
    "batches": (
        lambda t: t.nn.CrossEntropyLoss()(t.ones(2, 3), t.tensor([0, 1, 2])),
        "Expected input batch_size (2) to match target batch_size (3).",
    ),
    "probabilities": (lambda t: t.nn.BCELoss()(t.ones(2) * 2, t.ones(2)), "all elements of input should be between 0 and 1"),
    "leaf in place": (
        lambda t: t.ones(2, requires_grad=True).add_(1),
        "a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "in place": (_twice, "one of the variables needed for gradient computation has been modified by an inplace operation"),
    "not a scalar": (
        lambda t: (t.ones(2, requires_grad=True) * 2).backward(),
        "grad can be implicitly created only for scalar",
    ),
    "no grad": (lambda t: t.ones(2).sum().backward(), "element 0 of tensors does not require grad and does not have a grad_fn"),
    "unused": (
        lambda t: t.autograd.grad(t.ones(1, requires_grad=True).sum(), t.ones(1, requires_grad=True)),
        "appears to not have been used in the graph",
    ),
    "numpy": (
        lambda t: t.ones(2, requires_grad=True).numpy(),
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
    ),
    "item": (lambda t: t.ones(2).item(), "a Tensor with 2 elements cannot be converted to Scalar"),
    "truth": (lambda t: bool(t.ones(2)), "Boolean value of Tensor with more than one value is ambiguous"),
    "no parameters": (lambda t: t.optim.SGD([], lr=0.1), "optimizer got an empty parameter list"),
    "a result": (lambda t: t.optim.SGD([t.ones(1, requires_grad=True) * 2], lr=0.1), "can't optimize a non-leaf Tensor"),
    "rate": (lambda t: t.optim.SGD([t.ones(1, requires_grad=True)], lr=-0.1), "Invalid learning rate: -0.1"),
    "no optimizer": (lambda t: t.optim.lr_scheduler.StepLR("sgd", 1), "str is not an Optimizer"),
    "other sizes": (lambda t: t.utils.data.TensorDataset(t.ones(2), t.ones(3)), "Size mismatch between tensors"),
    "batch size": (
        lambda t: t.utils.data.DataLoader([1, 2], batch_size=0),
        "batch_size should be a positive integer value, but got batch_size=0",
    ),
    "a class": (lambda t: t.nn.Sequential(t.nn.Linear(1, 1), t.nn.ReLU), "ReLU is not a Module subclass"),
    "list of modules": (
        lambda t: t.nn.ModuleList([t.nn.Linear(1, 1)])(t.ones(1, 1)),
        'Module [ModuleList] is missing the required "forward" function',
    ),
    "state": (
        lambda t: t.nn.Linear(2, 1).load_state_dict({"a": t.ones(1)}),
        'Missing key(s) in state_dict: "weight", "bias".',
    ),
}


def message(mistake: Callable[[Any], Any], library: Any) -> str:
    """The error's message; "" if there is none."""
    try:
        mistake(library)
    except Exception as error:
        return str(error)
    return ""


def schedule_warnings(t: Any) -> None:
    """Cause two warnings: the schedule is stepped before the optimizer, and an epoch is passed to step()."""
    optimizer = t.optim.SGD([t.ones(1, requires_grad=True)], lr=0.1)
    schedule = t.optim.lr_scheduler.StepLR(optimizer, 1)
    schedule.step()
    schedule.step(3)


WARNINGS = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`",
    "The epoch parameter in `scheduler.step()` was not necessary",
)
