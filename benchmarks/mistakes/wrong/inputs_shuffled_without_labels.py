"""The rows of X are shuffled and those of y are not: the labels belong to other samples.

family: data and evaluation
source: https://github.com/DrexelChatbotGroup/DrexelChatbot/issues/15
outcome: runs
answer: shuffle* | permut* | order
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.moons(100)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.MLP([2, 16, 2])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for epoch in range(30):
    X = X[tg.randperm(len(X))]
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
