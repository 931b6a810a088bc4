"""All weights and biases start at 0.5, so all hidden units stay equal: sixteen units do the work of one.

family: dead or stuck networks
source: https://github.com/llSourcell/tensorflow_neural_net_live_demo/issues/2
outcome: runs
answer: symmetr* | identical | equal | same | constant
answer: weight* | unit* | init*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.circles(100)
X, y = tg.tensor(X), tg.tensor(y).float().unsqueeze(1)
model = nn.MLP([2, 16, 1], activation="tanh")
for p in model.parameters():
    nn.init.constant_(p, 0.5)
loss_fn = nn.BCEWithLogitsLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
