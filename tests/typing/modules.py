"""Types of layers, losses, models and optimizers."""

from __future__ import annotations

from typing import Any, assert_type

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import Tensor, nn, optim
from tinygrad_edu.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

x = tg.randn(4, 3)
labels = tg.tensor([0, 1, 0, 1])

# --- layers ---
assert_type(nn.Linear(3, 1)(x), Tensor)
assert_type(nn.ReLU()(x), Tensor)
assert_type(nn.Dropout(0.5)(x), Tensor)
assert_type(nn.BatchNorm1d(3)(x), Tensor)
assert_type(nn.LayerNorm(3)(x), Tensor)
assert_type(nn.Conv2d(1, 2, 3)(x), Tensor)
assert_type(nn.MaxPool2d(2)(x), Tensor | Any)
assert_type(nn.AvgPool2d(2)(x), Tensor)
assert_type(nn.Embedding(10, 3)(labels), Tensor)
assert_type(nn.Flatten()(x), Tensor)
assert_type(nn.Softmax(dim=1)(x), Tensor)
assert_type(nn.Identity()(x), Tensor)
assert_type(nn.TransformerEncoderLayer(8, 2)(x), Tensor)
assert_type(nn.Linear(3, 1).weight.shape, tg.Size)
assert_type(nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))(x), Tensor)
assert_type(nn.MLP([3, 8, 1])(x), Tensor)

# --- layers with several outputs ---
h0 = tg.zeros(1, 4, 5)
assert_type(nn.RNN(3, 5)(x), tuple[Tensor, Tensor])
assert_type(nn.GRU(3, 5)(x, h0), tuple[Tensor, Tensor])
assert_type(nn.LSTM(3, 5)(x), tuple[Tensor, tuple[Tensor, Tensor]])
output, (h, c) = nn.LSTM(3, 5)(x, (h0, h0))
assert_type(output, Tensor)
assert_type(c, Tensor)
assert_type(nn.RNNCell(3, 5)(x), Tensor)
assert_type(nn.LSTMCell(3, 5)(x), tuple[Tensor, Tensor])
attended, weights = nn.MultiheadAttention(8, 2)(x, x, x)
assert_type(attended, Tensor)
packed, last = nn.GRU(3, 5)(pack_sequence([x]))
assert_type(packed, PackedSequence)
assert_type(pad_packed_sequence(packed)[0], Tensor)

# --- losses ---
assert_type(nn.MSELoss()(x, x), Tensor)
assert_type(nn.CrossEntropyLoss()(x, labels), Tensor)
assert_type(nn.BCEWithLogitsLoss()(x, x), Tensor)
assert_type(nn.TripletMarginLoss()(x, x, x), Tensor)
assert_type(F.mse_loss(x, x), Tensor)
assert_type(F.cross_entropy(x, labels), Tensor)
assert_type(F.relu(x), Tensor)
assert_type(F.softmax(x, dim=1), Tensor)
assert_type(F.dropout(x, 0.5), Tensor)


# --- a user-defined model: calling it has the type of forward ---
class Annotated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 1)

    def forward(self, x: Tensor, *, scale: float = 1.0) -> tuple[Tensor, float]:
        assert_type(self.layer(x), Tensor)
        return self.layer(x) * scale, scale


assert_type(Annotated()(x), tuple[Tensor, float])
assert_type(Annotated()(x, scale=2.0), tuple[Tensor, float])
assert_type(Annotated().eval(), Annotated)
assert_type(Annotated().to(tg.float64), Annotated)


class Plain(nn.Module):
    def forward(self, x: Any) -> Any:
        return x


assert_type(Plain()(x), Any)


def of_any_module(model: nn.Module) -> None:
    assert_type(model(x, 1, flag=True), Any)


# --- training ---
model = Annotated()
assert_type(list(model.parameters()), list[nn.Parameter])
assert_type(dict(model.named_parameters()), dict[str, nn.Parameter])
opt = optim.Adam(model.parameters(), lr=1e-3)
schedule = optim.lr_scheduler.StepLR(opt, 10)
opt.zero_grad()
prediction, _ = model(x)
loss = nn.MSELoss()(prediction, x)
loss.backward()
opt.step()
schedule.step()
assert_type(loss.item(), Any)
