"""Three classes are numbered 1, 2, 3; with three outputs the valid numbers are 0, 1, 2.

family: labels
source: https://github.com/EricFillion/happy-transformer/issues/248
outcome: raises IndexError
answer: out of bounds | out of range | 0 to 2 | 0 … 2 | between 0 and 2 | start
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(60)
X, y = tg.tensor(X), tg.tensor(y) + 1
model = nn.Linear(2, 3)
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
