"""The hidden state is carried from one segment to the next and detached in between.

resembles: graph used twice
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
signal = tg.sin(tg.linspace(0, 20, 121)).reshape(121, 1, 1)
rnn, out = nn.RNN(1, 8), nn.Linear(8, 1)
model = nn.ModuleList([rnn, out])
opt = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(6):
    hidden = tg.zeros(1, 1, 8)
    for start in range(0, 120, 20):
        output, hidden = rnn(signal[start : start + 20], hidden.detach())
        loss = ((out(output) - signal[start + 1 : start + 21]) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
