"""The table is sorted by class, and the loader shuffles it.

resembles: data and evaluation
"""

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim

tg.manual_seed(0)
X, y = data.load_iris()
order = y.argsort()
X = data.StandardScaler().fit_transform(X)
loader = data.DataLoader(data.TensorDataset(tg.tensor(X[order]), tg.tensor(y[order])), batch_size=25, shuffle=True)
model = nn.MLP([4, 16, 3])
loss_fn = nn.CrossEntropyLoss()
opt = optim.SGD(model.parameters(), lr=0.1)
for epoch in range(6):
    for inputs, labels in loader:
        loss = loss_fn(model(inputs), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
