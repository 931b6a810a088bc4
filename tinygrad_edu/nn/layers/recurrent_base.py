"""The common base of RNN, LSTM and GRU: stacked layers, directions, sequences of unequal length, initial and final states."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import numpy as np

from ..._tensor import Tensor
from ...ops.axis_order import flip
from ...ops.creation import empty, zeros
from ...ops.joining import cat, stack
from .. import init
from ..errors import ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..utils.rnn import PackedSequence, pad_packed_sequence
from .dropout import check_probability, dropout

State = TypeVar("State")  # h, or the pair (h, c) of an LSTM

NONLINEARITIES = ("tanh", "relu")
WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def check_nonlinearity(name: str, nonlinearity: str) -> None:
    """Raise ValueError unless `nonlinearity` is "tanh" or "relu"."""
    if nonlinearity not in NONLINEARITIES:
        raise ValueError(f"{name}: Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")


def draw_weights(module: Module, hidden_size: int) -> None:
    """Fill the parameters uniformly in ±1/√hidden_size, in the order of declaration."""
    bound = 1 / math.sqrt(hidden_size) if hidden_size > 0 else 0
    for p in module.parameters():
        init.uniform_(p, -bound, bound)


class Recurrent(Module, Generic[State]):
    """A stack of layers along a sequence; a subclass implements one layer in one direction, in `_run`."""

    gates: int  # number of rows that each unit has in the weights
    pair = False  # whether the state is (h, c)
    proj_size = 0  # the size that h is projected to; 0: no projection

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, input_size=input_size, hidden_size=hidden_size, num_layers=num_layers, proj_size=self.proj_size)
        check_probability(dropout)
        if hidden_size <= 0 or num_layers <= 0:
            raise ValueError(f"{self._get_name()}: hidden_size and num_layers must be greater than zero")
        self.input_size, self.hidden_size, self.num_layers, self.bias = input_size, hidden_size, num_layers, bias
        self.batch_first, self.dropout, self.bidirectional = batch_first, float(dropout), bidirectional
        for layer in range(num_layers):
            width = input_size if layer == 0 else self._out_size * (1 + bidirectional)
            for end in self._ends(layer):
                rows = self.gates * hidden_size
                setattr(self, f"weight_ih{end}", Parameter(empty(rows, width, dtype=dtype, device=device)))
                setattr(self, f"weight_hh{end}", Parameter(empty(rows, self._out_size, dtype=dtype)))
                if bias:
                    setattr(self, f"bias_ih{end}", Parameter(empty(rows, dtype=dtype)))
                    setattr(self, f"bias_hh{end}", Parameter(empty(rows, dtype=dtype)))
                if self.proj_size:
                    setattr(self, f"weight_hr{end}", Parameter(empty(self.proj_size, hidden_size, dtype=dtype)))
        self.reset_parameters()

    @property
    def _out_size(self) -> int:
        """The size of h."""
        return self.proj_size or self.hidden_size

    def _ends(self, layer: int) -> Iterator[str]:
        """The suffixes of the names of a layer's weights: forward, then backward in time."""
        yield f"_l{layer}"
        if self.bidirectional:
            yield f"_l{layer}_reverse"

    def reset_parameters(self) -> None:
        """Draw new weights, uniform in ±1/√hidden_size, in the order of declaration."""
        draw_weights(self, self.hidden_size)

    def _run(self, x: Any, state: Any, *weights: Any) -> Any:
        raise NotImplementedError

    if TYPE_CHECKING:

        @overload
        def __call__(self, input: Tensor, hx: State | None = None) -> tuple[Tensor, State]: ...
        @overload
        def __call__(self, input: PackedSequence, hx: State | None = None) -> tuple[PackedSequence, State]: ...
        def __call__(self, input: Any, hx: Any = None) -> Any: ...

    def forward(self, input: Any, hx: State | None = None) -> tuple[Any, State]:
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            fault = (
                f"Expected input to be 2D or 3D, got {input.ndim}D instead"
                if input.ndim not in (2, 3)
                else f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )
            raise ShapeError(
                f"{self._get_name()}({self.input_size}, {self.hidden_size}): {fault}; the input must have shape "
                f"{'[N, L, in]' if self.batch_first else '[L, N, in]'} or [L, in] with in = {self.input_size}, "
                f"got {input.shape}",
                (input.shape, {-1}),
            )
        check_dtype(self, input, self.weight_ih_l0)
        batched = input.ndim == 3
        if not input.shape[1 if batched and self.batch_first else 0]:
            raise ShapeError(f"{self._get_name()}: Expected sequence length to be larger than 0, got shape {input.shape}")
        x = input.transpose(0, 1) if batched and self.batch_first else input if batched else input.unsqueeze(1)
        x, last = self._layers(x, self._first_states(x, hx, batched), None)
        if not batched:
            x = x.squeeze(1)
        elif self.batch_first:
            x = x.transpose(0, 1)
        return x, self._last_states(last, batched)

    def _forward_packed(self, input: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        """Like forward, for sequences of unequal length: each stops at its end."""
        if input.data.ndim != 2 or input.data.shape[-1] != self.input_size:
            raise ShapeError(f"{self._get_name()}: packed data must have shape [*, {self.input_size}], got {input.data.shape}")
        check_dtype(self, input.data, self.weight_ih_l0)
        x, _ = pad_packed_sequence(PackedSequence(input.data, input.batch_sizes))  # the longest first
        if hx is not None and input.sorted_indices is not None:
            order = input.sorted_indices
            hx = tuple(part[:, order] for part in hx) if self.pair else hx[:, order]
        y, last = self._layers(x, self._first_states(x, hx, True), input)
        states = self._last_states(last, True)
        if input.unsorted_indices is not None:
            back = input.unsorted_indices
            states = tuple(part[:, back] for part in states) if self.pair else states[:, back]
        return input._replace(data=y[input.places()]), states

    def _layers(self, x: Tensor, first: list[Any], packed: PackedSequence | None) -> tuple[Tensor, list[Any]]:
        """x [L, N, in] through all layers -> (y [L, N, D·H], the last state of each layer and direction).

        packed  the packed input: in x, each of its sequences is padded after its last step
        """
        last: list[Any] = []
        lengths = None if packed is None else packed.lengths()
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = self._drop(x, packed)
            directions = []
            for d, end in enumerate(self._ends(layer)):
                weights = [self.__dict__.get(name + end) for name in WEIGHTS]
                if self.proj_size:
                    weights.append(self.__dict__[f"weight_hr{end}"])
                states = self._run(_reversed(x, lengths) if d else x, first[len(last)], *weights)
                y = states[0] if self.pair else states
                directions.append(_reversed(y, lengths) if d else y)
                last.append(tuple(_final(part, lengths) for part in states) if self.pair else _final(states, lengths))
            x = cat(directions, -1) if len(directions) > 1 else directions[0]
        return x, last

    def _drop(self, x: Tensor, packed: PackedSequence | None) -> Tensor:
        if packed is None:
            y: Tensor = dropout(x, self.dropout, self.training)
            return y
        data = dropout(x[packed.places()], self.dropout, self.training)  # the order in which PyTorch draws
        return pad_packed_sequence(PackedSequence(data, packed.batch_sizes))[0]

    def _first_states(self, x: Tensor, hx: Any, batched: bool) -> list[Any]:
        count, n = self.num_layers * (1 + self.bidirectional), x.shape[1]
        sizes = (self._out_size, self.hidden_size)[: 1 + self.pair]
        shapes = [(count, n, size) if batched else (count, size) for size in sizes]
        if hx is None:
            parts = [zeros(shape, dtype=x.dtype) for shape in shapes]
        else:
            if self.pair and not (isinstance(hx, (tuple, list)) and len(hx) == 2):
                raise TypeError(f"{self._get_name()}: the state must be the pair (h_0, c_0)")
            parts = list(hx) if self.pair else [hx]
        for name, part, shape in zip(("hidden", "cell"), parts, shapes, strict=False):
            if part.shape != shape:
                raise ShapeError(f"{self._get_name()}: Expected {name} size {shape}, got {part.shape}")
        parts = [part.reshape(count, n, size) for part, size in zip(parts, sizes, strict=True)]
        return [tuple(part[i] for part in parts) if self.pair else parts[0][i] for i in range(count)]

    def _last_states(self, states: list[Any], batched: bool) -> Any:
        kinds = list(zip(*states, strict=True)) if self.pair else [states]
        parts = [stack(kind) if batched else stack(kind).squeeze(1) for kind in kinds]
        return tuple(parts) if self.pair else parts[0]

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        for name, default in (
            ("proj_size", 0),
            ("num_layers", 1),
            ("bias", True),
            ("batch_first", False),
            ("dropout", 0.0),
            ("bidirectional", False),
        ):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text


def _reversed(x: Any, lengths: Any) -> Any:
    """x [L, N, …] with each sequence reversed; the padding after its end stays in place."""
    if lengths is None:
        return flip(x, 0)
    step = np.arange(len(x))[:, None]
    return x[np.where(step < lengths, lengths - 1 - step, step), np.arange(len(lengths))]


def _final(states: Any, lengths: Any) -> Any:
    """The state after the last step of each sequence: [L, N, H] -> [N, H]."""
    return states[-1] if lengths is None else states[lengths - 1, np.arange(len(lengths))]
