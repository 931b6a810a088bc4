"""Q-learning: the target uses the network's own estimate of the next state's value, detached.

resembles: cut graph
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
state, following = tg.randn(64, 3), tg.randn(64, 3)
action = tg.randint(0, 2, (64, 1))
reward = state[:, :1]
model = nn.MLP([3, 16, 2])
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(30):
    value = model(state).gather(1, action)
    target = reward + 0.9 * model(following).max(dim=1, keepdim=True).values.detach()
    loss = (value - target).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
