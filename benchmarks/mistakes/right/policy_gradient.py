"""REINFORCE: the loss, −log p · (reward − mean reward), may be negative, and sampled actions carry no gradient.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
state = tg.randn(64, 2)
best = (state[:, 0] > 0).long()
model = nn.MLP([2, 16, 2])
opt = optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    log_p = model(state).log_softmax(dim=1)
    action = tg.multinomial(log_p.exp().detach(), 1).squeeze(1)
    reward = (action == best).float()
    loss = -(log_p[tg.arange(64), action] * (reward - reward.mean())).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
