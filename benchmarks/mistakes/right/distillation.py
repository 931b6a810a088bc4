"""KLDivLoss with log-probabilities of the student and probabilities of a frozen teacher.

resembles: activation before the loss
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X = tg.randn(64, 5)
teacher, student = nn.MLP([5, 16, 3]), nn.MLP([5, 8, 3])
teacher.requires_grad_(False).eval()
loss_fn = nn.KLDivLoss(reduction="batchmean")
opt = optim.Adam(student.parameters(), lr=0.02)
for step in range(30):
    loss = loss_fn(student(X).log_softmax(dim=1), teacher(X).softmax(dim=1))
    opt.zero_grad()
    loss.backward()
    opt.step()
