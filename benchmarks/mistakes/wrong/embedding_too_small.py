"""The vocabulary has 12 words, the embedding table 10 rows.

family: labels
source: https://github.com/yanwii/seq2seq/issues/19
outcome: raises IndexError
answer: out of range | out of bounds | num_embeddings
answer: 10 | num_embeddings
"""

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
words = tg.arange(12).repeat(2, 1)
labels = tg.tensor([0, 1])
model = nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(48, 2))
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for step in range(5):
    loss = loss_fn(model(words), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
