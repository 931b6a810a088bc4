"""Distances of N points to K centers by broadcasting (N, 1, 2) − (1, K, 2): soft k-means.

resembles: shapes
"""

import tinygrad_edu as tg
from tinygrad_edu import data, optim

tg.manual_seed(0)
X, _ = data.blobs(90)
X = tg.tensor(X)
centers = X[:3].clone().requires_grad_()
opt = optim.Adam([centers], lr=0.1)
for step in range(30):
    distance = (X.unsqueeze(1) - centers.unsqueeze(0)).square().sum(dim=2)
    loss = ((-distance).softmax(dim=1) * distance).sum(dim=1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
