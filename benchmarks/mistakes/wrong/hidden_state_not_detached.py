"""The hidden state of one batch starts the next one without detach(): backward() runs into the previous batch.

family: graph used twice
source: https://github.com/MorvanZhou/PyTorch-Tutorial/issues/57
outcome: raises RuntimeError
answer: detach* | a second time
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
signal = tg.sin(tg.linspace(0, 20, 121)).reshape(121, 1, 1)
rnn, out = nn.RNN(1, 8), nn.Linear(8, 1)
opt = optim.SGD([*rnn.parameters(), *out.parameters()], lr=0.05)
hidden = tg.zeros(1, 1, 8)
for start in range(0, 120, 20):
    output, hidden = rnn(signal[start : start + 20], hidden)
    loss = ((out(output) - signal[start + 1 : start + 21]) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
