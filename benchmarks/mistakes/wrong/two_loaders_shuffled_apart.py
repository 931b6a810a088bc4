"""Inputs and labels come from two loaders that shuffle independently: the pairs are random.

family: data and evaluation
source: https://github.com/atong01/conditional-flow-matching/issues/172
outcome: runs
answer: shuffle* | permut* | order
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
inputs = data.DataLoader(tg.tensor(X), batch_size=30, shuffle=True)
labels = data.DataLoader(tg.tensor(y), batch_size=30, shuffle=True)
model = nn.MLP([2, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.02)
for epoch in range(8):
    for batch, truth in zip(inputs, labels, strict=True):
        loss = loss_fn(model(batch), truth)
        opt.zero_grad()
        loss.backward()
        opt.step()
