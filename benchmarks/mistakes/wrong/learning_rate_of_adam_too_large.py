"""Adam with a learning rate of 10 throws the weights around: the loss jumps and never settles.

family: learning rate
source: https://github.com/EmbarkStudios/emote/issues/20
outcome: runs
answer: learning rate | lr
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.spirals(120)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 32, 32, 2], activation="tanh")
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=10.0)
for step in range(50):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
