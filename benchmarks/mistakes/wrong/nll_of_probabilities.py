"""NLLLoss gets probabilities instead of their logarithms: the loss is negative and means nothing.

family: activation before the loss
source: https://github.com/AnubhavGupta3377/Text-Classification-Models-Pytorch/issues/9
outcome: runs
answer: log_softmax | logsoftmax | log-prob* | log prob* | logarithm
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=1))
loss_fn = nn.NLLLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
