"""Recurrent layers: one cell, applied along a sequence. x is [L, N, in], or [N, L, in] with batch_first, or [L, in]."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...ops import recurrent as ops
from ...ops.creation import empty, zeros
from ...ops.fused import linear
from ...ops.shape import cat, flip, stack
from .. import init
from ..errors import ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter
from ..utils.rnn import PackedSequence, pad_packed_sequence
from .dropout import check_probability, dropout

__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNCell"]

State = Any
"""h [N, H], or the pair (h, c) of an LSTM."""

NONLINEARITIES = ("tanh", "relu")
WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


# --- a layer, in one direction: x [L, N, in], state, weights -> all hₜ [L, N, H], or (all hₜ, all cₜ) of an LSTM ---


def _rnn(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, *, nonlinearity: str) -> State:
    bias = None if b_ih is None else b_ih + b_hh
    return ops.rnn(linear(x, w_ih, bias), h, w_hh, nonlinearity=nonlinearity)


def _lstm(x: Any, state: State, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any = None) -> State:
    bias = None if b_ih is None else b_ih + b_hh
    gates = linear(x, w_ih, bias)
    if w_hr is None:
        y = ops.lstm(gates, *state, w_hh)
        return y[:, 0], y[:, 1]
    (h, c), all_h, all_c = state, [], []
    for t in range(len(gates)):  # w_hr shortens h between the steps
        y = ops.lstm(gates[t : t + 1], h, c, w_hh)
        h, c = linear(y[0, 0], w_hr), y[0, 1]
        all_h.append(h)
        all_c.append(c)
    return stack(all_h), stack(all_c)


def _gru(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> State:
    bias = () if b_hh is None else (b_hh,)
    return ops.gru(linear(x, w_ih, b_ih), h, w_hh, *bias)


def _check_nonlinearity(name: str, nonlinearity: str) -> None:
    if nonlinearity not in NONLINEARITIES:
        raise ValueError(f"{name}: Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")


def _reset(module: Module, hidden_size: int) -> None:
    bound = 1 / math.sqrt(hidden_size) if hidden_size > 0 else 0
    for p in module.parameters():
        init.uniform_(p, -bound, bound)


def _reversed(x: Any, lengths: Any) -> Any:
    """x [L, N, …] with each sequence turned round; what lies after its end stays where it is."""
    if lengths is None:
        return flip(x, 0)
    step = np.arange(len(x))[:, None]
    return x[np.where(step < lengths, lengths - 1 - step, step), np.arange(len(lengths))]


def _final(states: Any, lengths: Any) -> Any:
    """The state after the last step of each sequence: [L, N, H] -> [N, H]."""
    return states[-1] if lengths is None else states[lengths - 1, np.arange(len(lengths))]


# --- along a sequence ---


class _Recurrent(Module):
    gates: int
    pair = False  # whether the state is (h, c)
    proj_size = 0  # what h is shortened to, 0 for not at all

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
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
        """How the names of a layer's weights end: forward, then backward in time."""
        yield f"_l{layer}"
        if self.bidirectional:
            yield f"_l{layer}_reverse"

    def reset_parameters(self) -> None:
        """Draw all weights anew, uniform in ±1/√hidden_size, in the order of their declaration."""
        _reset(self, self.hidden_size)

    def _run(self, x: Any, state: State, *weights: Any) -> State:
        raise NotImplementedError

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            raise ShapeError(
                f"{self._get_name()}({self.input_size}, {self.hidden_size}): the input must have shape "
                f"{'[N, L, in]' if self.batch_first else '[L, N, in]'} or [L, in] with in = {self.input_size}, "
                f"got {input.shape}"
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
        """The same for sequences of unequal length: each ends where it ends."""
        if input.data.ndim != 2 or input.data.shape[-1] != self.input_size:
            raise ShapeError(f"{self._get_name()}: packed data must have shape [*, {self.input_size}], got {input.data.shape}")
        check_dtype(self, input.data, self.weight_ih_l0)
        x, _ = pad_packed_sequence(PackedSequence(input.data, input.batch_sizes))  # in the order of the lengths
        if hx is not None and input.sorted_indices is not None:
            order = input.sorted_indices
            hx = tuple(part[:, order] for part in hx) if self.pair else hx[:, order]
        y, last = self._layers(x, self._first_states(x, hx, True), input)
        states = self._last_states(last, True)
        if input.unsorted_indices is not None:
            back = input.unsorted_indices
            states = tuple(part[:, back] for part in states) if self.pair else states[:, back]
        return input._replace(data=y[input.places()]), states

    def _layers(self, x: Tensor, first: list[State], packed: PackedSequence | None) -> tuple[Tensor, list[State]]:
        """x [L, N, in] through all layers -> (y [L, N, D·H], the last state of each layer and direction).

        packed  says where the sequences end; what comes after that means nothing.
        """
        last: list[State] = []
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
        data = dropout(x[packed.places()], self.dropout, self.training)  # as PyTorch draws
        return pad_packed_sequence(PackedSequence(data, packed.batch_sizes))[0]

    def _first_states(self, x: Tensor, hx: Any, batched: bool) -> list[State]:
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

    def _last_states(self, states: list[State], batched: bool) -> Any:
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


class RNN(_Recurrent):
    """hₜ = tanh(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh), or relu, along a sequence -> (all hₜ of the last layer, last h).

    x [L, N, in] (batch_first: [N, L, in]; without a batch: [L, in]) -> y [L, N, D·H], h [layers·D, N, H]; D is 2 where
    bidirectional. dropout acts between layers. A nn.utils.rnn.PackedSequence gives one, and h at each sequence's own end.
    Source: Elman, Finding Structure in Time, 1990.

    >>> import tinygrad_edu as tg
    >>> y, h = tg.nn.RNN(3, 5, num_layers=2)(tg.zeros(7, 4, 3))
    >>> y.shape, h.shape
    ((7, 4, 5), (2, 4, 5))
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        _check_nonlinearity("RNN", nonlinearity)
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device=device, dtype=dtype
        )
        self.nonlinearity = nonlinearity

    def _run(self, x: Any, state: State, *weights: Any) -> State:
        return _rnn(x, state, *weights, nonlinearity=self.nonlinearity)


class LSTM(_Recurrent):
    """Long short-term memory: gates i, f, o decide what a cell c takes in, keeps and shows -> (all hₜ, (last h, last c)).

    i, f, o = σ(…)    g = tanh(…)    c ← f c + i g    h = o tanh c;  the rows of the weights are i, f, g, o.
    Shapes as RNN's. proj_size > 0 makes h smaller than c: h ← weight_hr h, of that size.
    Sources: Hochreiter & Schmidhuber, Long Short-Term Memory, 1997; Sak et al., 2014, arXiv:1402.1128 (proj_size).

    >>> import tinygrad_edu as tg
    >>> y, (h, c) = tg.nn.LSTM(3, 5, batch_first=True)(tg.zeros(4, 7, 3))
    >>> y.shape, h.shape, c.shape
    ((4, 7, 5), (1, 4, 5), (1, 4, 5))
    """

    gates, pair = 4, True

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if isinstance(proj_size, int) and not (proj_size == 0 or 0 < proj_size < hidden_size):
            raise ValueError(f"LSTM: proj_size must be in [0, hidden_size) with hidden_size={hidden_size}, got {proj_size}")
        self.proj_size = proj_size
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device=device, dtype=dtype
        )

    def _run(self, x: Any, state: State, *weights: Any) -> State:
        return _lstm(x, state, *weights)


class GRU(_Recurrent):
    """Gated recurrent unit: r, z = σ(…)    n = tanh(xₙ + r hₙ)    h ← (1 − z) n + z h -> (all hₜ, last h).

    The rows of the weights are r, z, n. Shapes as RNN's.
    Source: Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014, arXiv:1406.1078 (r acts after the
    matrix, as in PyTorch and cuDNN; in the paper before it).

    >>> import tinygrad_edu as tg
    >>> output, h = tg.nn.GRU(4, 6, batch_first=True)(tg.zeros(2, 5, 4))
    >>> output.shape, h.shape
    ((2, 5, 6), (1, 2, 6))
    """

    gates = 3

    def _run(self, x: Any, state: State, *weights: Any) -> State:
        return _gru(x, state, *weights)


# --- one step as a layer ---


class _Cell(Module):
    gates: int
    pair = False

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, *, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        check_sizes(self, input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = self.gates * hidden_size
        self.weight_ih = Parameter(empty(rows, input_size, dtype=dtype, device=device))
        self.weight_hh = Parameter(empty(rows, hidden_size, dtype=dtype))
        self.bias_ih = Parameter(empty(rows, dtype=dtype)) if bias else None
        self.bias_hh = Parameter(empty(rows, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights anew, uniform in ±1/√hidden_size."""
        _reset(self, self.hidden_size)

    def _run(self, *inputs: Any) -> State:
        raise NotImplementedError

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        if input.ndim not in (1, 2) or input.shape[-1] != self.input_size:
            raise ShapeError(
                f"{self._get_name()}: the input must have shape [N, {self.input_size}] or [{self.input_size}], "
                f"got {input.shape}"
            )
        check_dtype(self, input, self.weight_ih)
        shape = (*input.shape[:-1], self.hidden_size)
        if self.pair and hx is not None and not (isinstance(hx, (tuple, list)) and len(hx) == 2):
            raise TypeError(f"{self._get_name()}: the state must be the pair (h, c)")
        given = (hx if self.pair else (hx,)) if hx is not None else [zeros(shape, dtype=input.dtype)] * (1 + self.pair)
        for part in given:
            if part.shape != shape:
                raise ShapeError(f"{self._get_name()}: the state must have shape {shape}, got {part.shape}")
        weights = [w for w in (getattr(self, name) for name in WEIGHTS) if w is not None]
        if input.ndim == 2:
            return self._run(input, *given, *weights)
        one = self._run(input.unsqueeze(0), *(part.unsqueeze(0) for part in given), *weights)
        return tuple(part.squeeze(0) for part in one) if self.pair else one.squeeze(0)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")


class RNNCell(_Cell):
    """One step of RNN: h' = tanh(W_ih x + b_ih + W_hh h + b_hh), x [N, in], h [N, H] -> [N, H].

    >>> import tinygrad_edu as tg
    >>> tg.nn.RNNCell(4, 6)(tg.zeros(2, 4)).shape
    (2, 6)
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        _check_nonlinearity("RNNCell", nonlinearity)
        super().__init__(input_size, hidden_size, bias, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity

    def _run(self, *inputs: Any) -> State:
        return ops.rnn_cell(*inputs, nonlinearity=self.nonlinearity)

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTMCell(_Cell):
    """One step of LSTM: x [N, in], (h, c) [N, H] -> (h', c').

    >>> import tinygrad_edu as tg
    >>> h, c = tg.nn.LSTMCell(4, 6)(tg.zeros(2, 4))
    >>> h.shape, c.shape
    ((2, 6), (2, 6))
    """

    gates, pair = 4, True

    def _run(self, *inputs: Any) -> State:
        y = ops.lstm_cell(*inputs)
        return y[0], y[1]


class GRUCell(_Cell):
    """One step of GRU: x [N, in], h [N, H] -> [N, H].

    >>> import tinygrad_edu as tg
    >>> tg.nn.GRUCell(4, 6)(tg.zeros(2, 4)).shape
    (2, 6)
    """

    gates = 3

    def _run(self, *inputs: Any) -> State:
        return ops.gru_cell(*inputs)
