"""A sigmoid gate in the middle of the model, and BCEWithLogitsLoss on the model's logits.

resembles: activation before the loss
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate, self.value, self.out = nn.Linear(2, 16), nn.Linear(2, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.out(self.gate(x).sigmoid() * self.value(x))


tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y).float().unsqueeze(1)
model = Gated()
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
