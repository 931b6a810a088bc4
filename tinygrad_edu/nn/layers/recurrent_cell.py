"""The cells of recurrent layers: a single step of a sequence."""

from __future__ import annotations

from typing import Any, Generic

from ..._tensor import Tensor
from ...ops import recurrent as ops
from ...ops.creation import empty, zeros
from ..errors import ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter
from .recurrent_base import WEIGHTS, State, check_nonlinearity, draw_weights

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class _Cell(Module, Generic[State]):
    gates: int
    pair = False

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
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
        """Draw new weights, uniform in ±1/√hidden_size."""
        draw_weights(self, self.hidden_size)

    def _run(self, *inputs: Any) -> Any:
        raise NotImplementedError

    def forward(self, input: Tensor, hx: Any = None) -> State:
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
        one: Any = self._run(input.unsqueeze(0), *(part.unsqueeze(0) for part in given), *weights)
        state: Any = tuple(part.squeeze(0) for part in one) if self.pair else one.squeeze(0)
        return state

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")


class RNNCell(_Cell[Tensor]):
    """One step of RNN: h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or with relu; x [N, in], h [N, H] -> [N, H].

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
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        check_nonlinearity("RNNCell", nonlinearity)
        super().__init__(input_size, hidden_size, bias, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity

    def _run(self, *inputs: Any) -> Any:
        return ops.rnn_cell(*inputs, nonlinearity=self.nonlinearity)

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTMCell(_Cell[tuple[Tensor, Tensor]]):
    """One step of LSTM: x [N, in], (h, c) [N, H] -> (h', c').

    >>> import tinygrad_edu as tg
    >>> h, c = tg.nn.LSTMCell(4, 6)(tg.zeros(2, 4))
    >>> h.shape, c.shape
    ((2, 6), (2, 6))
    """

    gates, pair = 4, True

    def _run(self, *inputs: Any) -> Any:
        y = ops.lstm_cell(*inputs)
        return y[0], y[1]


class GRUCell(_Cell[Tensor]):
    """One step of GRU: x [N, in], h [N, H] -> [N, H].

    >>> import tinygrad_edu as tg
    >>> tg.nn.GRUCell(4, 6)(tg.zeros(2, 4)).shape
    (2, 6)
    """

    gates = 3

    def _run(self, *inputs: Any) -> Any:
        return ops.gru_cell(*inputs)
