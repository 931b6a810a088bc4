"""The rows are sorted by class and not shuffled: each batch contains a single class, and each step pulls the model towards it.

family: data and evaluation
source: https://github.com/zalandoresearch/fashion-mnist/pull/5
outcome: runs
answer: shuffle*
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.load_iris()
order = y.argsort()
X = data.StandardScaler().fit_transform(X)
loader = data.DataLoader(data.TensorDataset(tg.tensor(X[order]), tg.tensor(y[order])), batch_size=25)
model = nn.MLP([4, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for epoch in range(8):
    for inputs, labels in loader:
        loss = loss_fn(model(inputs), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
