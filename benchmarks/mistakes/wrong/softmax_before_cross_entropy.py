"""The model ends in Softmax and the loss is CrossEntropyLoss, which applies a softmax itself: the scores are squashed twice.

family: activation before the loss
source: https://github.com/bkitano/llama-from-scratch/issues/5
outcome: runs
answer: softmax
answer: *logits* | crossentropy* | cross_entropy
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.blobs(120)
X, y = tg.tensor(X), tg.tensor(y)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=1))
loss_fn = nn.CrossEntropyLoss()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(40):
    loss = loss_fn(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
