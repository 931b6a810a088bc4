"""KLDivLoss expects log-probabilities as its input, but it gets probabilities.

family: activation before the loss
source: https://github.com/sebastian-hofstaetter/matchmaker/issues/18
outcome: runs
answer: log_softmax | logsoftmax | log-prob* | log prob* | logarithm
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 5)
teacher = nn.Linear(5, 3)
student = model = nn.Linear(5, 3)
with tg.no_grad():
    target = teacher(X).softmax(dim=1)
loss_fn = nn.KLDivLoss(reduction="batchmean")
opt = optim.SGD(student.parameters(), lr=0.5)
for step in range(40):
    loss = loss_fn(student(X).softmax(dim=1), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
