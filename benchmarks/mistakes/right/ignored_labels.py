"""Padded positions have the label −100, which CrossEntropyLoss ignores.

resembles: labels
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
words = tg.randint(0, 10, (16, 6))
labels = words % 3
labels[:, 4:] = -100
model = nn.Sequential(nn.Embedding(10, 8), nn.Linear(8, 3))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.05)
for step in range(20):
    loss = loss_fn(model(words).reshape(-1, 3), labels.reshape(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
