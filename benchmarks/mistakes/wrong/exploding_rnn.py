"""The recurrent weights of a ReLU RNN are too large: over sixty steps, without clipping, the gradient explodes.

family: dead or stuck networks
source: https://github.com/Marcovaldong/lstmp.pytorch/issues/2
outcome: runs
answer: explod* | clip* | nan | inf | large gradient
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
x = tg.rand(60, 8, 1)
y = x.mean(dim=0)
rnn, out = nn.RNN(1, 16, nonlinearity="relu"), nn.Linear(16, 1)
nn.init.normal_(rnn.weight_hh_l0, std=0.6)
model = nn.ModuleList([rnn, out])
opt = optim.SGD(model.parameters(), lr=0.01)
for step in range(8):
    loss = (out(rnn(x)[0][-1]) - y).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
