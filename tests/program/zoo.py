"""Training steps of many kinds, by name: each function returns (step, model, optimizer or None, arguments of the step)."""

from __future__ import annotations

from typing import Any

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F

Case = tuple[Any, nn.Module, Any, tuple[Any, ...]]


def clf(net, x, y, lf=None, opt=None, mode=True):
    lf = lf or nn.CrossEntropyLoss()
    o = (opt or (lambda p: optim.Adam(p, lr=1e-2)))(net.parameters())
    net.train(mode)

    def step(x, y):
        out = net(x)
        loss = lf(out, y)
        o.zero_grad()
        loss.backward()
        o.step()
        return loss, out

    return step, net, o, (x, y)


def mlp(*mid, act=nn.ReLU):
    return nn.Sequential(nn.Linear(5, 8), act(), *mid, nn.Linear(8, 3))


X = lambda *s: tg.randn(*s)
Y = lambda n, c=3: tg.randint(0, c, (n,))


class Res(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(5, 8)
        self.b = nn.Linear(8, 8)
        self.c = nn.Linear(8, 3)
        self.scale = 0.7

    def forward(self, x):
        h = F.relu(self.a(x))
        for _k in range(3):
            h = h + self.scale * tg.tanh(self.b(h))
        return self.c(h)


class RNNc(nn.Module):
    def __init__(self, kind, **k):
        super().__init__()
        self.r = getattr(nn, kind)(4, 6, batch_first=True, **k)
        self.o = nn.Linear(6 * (2 if k.get("bidirectional") else 1), 3)

    def forward(self, x):
        return self.o(self.r(x)[0][:, -1])


class Cell(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.c = getattr(nn, kind)(4, 6)
        self.o = nn.Linear(6, 3)
        self.pair = kind == "LSTMCell"

    def forward(self, x):
        h = None
        for t in range(x.shape[1]):
            h = self.c(x[:, t], h)
        return self.o(h[0] if self.pair else h)


class GPT(nn.Module):
    def __init__(self, V=7, D=8, H=2, T=5, L=2, p=0.0):
        super().__init__()
        self.e = nn.Embedding(V, D)
        self.pe = nn.Embedding(T, D)
        self.H = H
        self.qkv = nn.ModuleList([nn.Linear(D, 3 * D) for _ in range(L)])
        self.l1 = nn.ModuleList([nn.LayerNorm(D) for _ in range(L)])
        self.p = nn.ModuleList([nn.Linear(D, D) for _ in range(L)])
        self.m = nn.ModuleList(
            [
                nn.Sequential(nn.LayerNorm(D), nn.Linear(D, 2 * D), nn.GELU(), nn.Linear(2 * D, D), nn.Dropout(p))
                for _ in range(L)
            ]
        )
        self.h = nn.Linear(D, V)

    def forward(self, x):
        b, t = x.shape
        h = self.e(x) + self.pe(tg.arange(t))
        for a, l, p, m in zip(self.qkv, self.l1, self.p, self.m, strict=False):
            q, k, v = [z.reshape(b, t, self.H, -1).transpose(1, 2) for z in a(l(h)).chunk(3, -1)]
            h = h + p(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, -1))
            h = h + m(h)
        return self.h(h)


def vae():
    enc = nn.Linear(6, 8)
    dec = nn.Linear(4, 6)
    net = nn.ModuleList([enc, dec])
    o = optim.Adam(net.parameters(), lr=1e-2)

    def step(x):
        mu, lv = enc(x).chunk(2, -1)
        z = mu + tg.randn_like(mu) * tg.exp(0.5 * lv)
        r = dec(z)
        loss = F.mse_loss(r, x, reduction="sum") - 0.5 * (1 + lv - mu**2 - lv.exp()).sum()
        o.zero_grad()
        loss.backward()
        o.step()
        return loss

    return step, net, o, (X(9, 6),)


def gan():
    g, d = nn.Linear(3, 4), nn.Sequential(nn.Linear(4, 6), nn.LeakyReLU(0.2), nn.Linear(6, 1))
    net = nn.ModuleList([g, d])
    og, od = optim.Adam(g.parameters(), lr=1e-2), optim.RMSprop(d.parameters(), lr=1e-2)

    def step(x):
        z = tg.randn(x.shape[0], 3)
        fake = g(z)
        ld = F.binary_cross_entropy_with_logits(d(x), tg.ones(x.shape[0], 1)) + F.binary_cross_entropy_with_logits(
            d(fake.detach()), tg.zeros(x.shape[0], 1)
        )
        od.zero_grad()
        ld.backward()
        od.step()
        lg = F.binary_cross_entropy_with_logits(d(fake), tg.ones(x.shape[0], 1))
        og.zero_grad()
        lg.backward()
        og.step()
        return {"d": ld, "g": lg}

    return step, net, og, (X(7, 4),)


def accum():
    net = mlp()
    o = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

    def step(x, y):
        o.zero_grad()
        total = 0
        for k in range(3):
            loss = F.cross_entropy(net(x[k * 3 : k * 3 + 3]), y[k * 3 : k * 3 + 3]) / 3
            loss.backward()
            total = total + loss.detach()
        nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        o.step()
        return total

    return step, net, o, (X(9, 5), Y(9))


def accum2():
    net = mlp()
    o = optim.SGD(net.parameters(), lr=0.1)

    def step(x, y):
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        nn.utils.clip_grad_value_(net.parameters(), 0.1)
        return loss

    return step, net, o, (X(9, 5), Y(9))


def manual():
    net = mlp()
    ps = list(net.parameters())

    def step(x, y):
        loss = F.cross_entropy(net(x), y)
        net.zero_grad()
        loss.backward()
        with tg.no_grad():
            for p in ps:
                p -= 0.1 * p.grad
        return loss

    return step, net, None, (X(9, 5), Y(9))


def penalty():
    net = mlp(act=nn.Tanh)
    o = optim.Adam(net.parameters(), lr=1e-2)

    def step(x, y):
        x = x.clone().requires_grad_()
        out = net(x)
        (g,) = tg.autograd.grad(out.sum(), [x], create_graph=True)
        loss = F.cross_entropy(out, y) + (g**2).sum()
        o.zero_grad()
        loss.backward()
        o.step()
        return loss

    return step, net, o, (X(9, 5), Y(9))


def groups():
    net = mlp(nn.Linear(8, 8), nn.ReLU())
    o = optim.AdamW(
        [
            {"params": net[0].parameters(), "lr": 1e-3},
            {"params": list(net[2].parameters()) + list(net[4].parameters()), "weight_decay": 0.1},
        ],
        lr=1e-2,
    )
    optim.lr_scheduler.StepLR(o, 2, 0.5)
    lf = nn.CrossEntropyLoss(label_smoothing=0.1)

    def step(x, y):
        loss = lf(net(x), y) + 1e-3 * sum((p * p).sum() for p in net.parameters())
        o.zero_grad()
        loss.backward()
        o.step()
        return loss

    return step, net, o, (X(9, 5), Y(9))


def with_rule(name: str, options: dict[str, Any]) -> Case:
    return clf(mlp(), X(9, 5), Y(9), opt=lambda p: getattr(optim, name)(p, **options))


def falling(t: int) -> float:
    return 0.1 / (1 + t)


ALL = {}


def add(name, f):
    ALL[name] = f


for a in (
    "ReLU",
    "Sigmoid",
    "Tanh",
    "LeakyReLU",
    "ELU",
    "SELU",
    "CELU",
    "GELU",
    "SiLU",
    "Mish",
    "Softplus",
    "Softsign",
    "Hardswish",
    "Hardsigmoid",
    "Hardtanh",
    "ReLU6",
    "LogSigmoid",
    "Tanhshrink",
    "Hardshrink",
    "Softshrink",
    "PReLU",
):
    add("act " + a, lambda a=a: clf(mlp(act=getattr(nn, a)), X(9, 5), Y(9)))
add("softmax", lambda: clf(nn.Sequential(nn.Linear(5, 3), nn.LogSoftmax(-1)), X(9, 5), Y(9), nn.NLLLoss()))
add("dropout", lambda: clf(mlp(nn.Dropout(0.3)), X(9, 5), Y(9)))
add("alphadropout", lambda: clf(mlp(nn.AlphaDropout(0.3)), X(9, 5), Y(9)))
add("bn1", lambda: clf(mlp(nn.BatchNorm1d(8)), X(9, 5), Y(9)))
add("bn1 eval", lambda: clf(mlp(nn.BatchNorm1d(8)), X(9, 5), Y(9), mode=False))
add("ln", lambda: clf(mlp(nn.LayerNorm(8)), X(9, 5), Y(9)))
add("rms", lambda: clf(mlp(nn.RMSNorm(8)), X(9, 5), Y(9)))
add("gn", lambda: clf(mlp(nn.GroupNorm(2, 8)), X(9, 5), Y(9)))
add("res", lambda: clf(Res(), X(9, 5), Y(9)))
add(
    "cnn",
    lambda: clf(
        nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3),
            nn.ReLU(),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(6, 3),
        ),
        X(5, 1, 8, 8),
        Y(5),
    ),
)
add(
    "cnn1",
    lambda: clf(
        nn.Sequential(
            nn.Conv1d(2, 4, 3, stride=2), nn.Tanh(), nn.MaxPool1d(2), nn.Dropout1d(0.2), nn.Flatten(), nn.Linear(8, 3)
        ),
        X(5, 2, 11),
        Y(5),
    ),
)
add(
    "convT",
    lambda: clf(
        nn.Sequential(
            nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        ),
        X(5, 2, 4, 4),
        Y(5),
    ),
)
add(
    "adaptmax",
    lambda: clf(nn.Sequential(nn.Conv2d(2, 3, 2, groups=1), nn.AdaptiveMaxPool2d(1), nn.Flatten()), X(5, 2, 4, 4), Y(5)),
)
add(
    "upsample",
    lambda: clf(
        nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(2, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        X(5, 2, 4, 4),
        Y(5),
    ),
)
add(
    "instnorm",
    lambda: clf(
        nn.Sequential(
            nn.Conv2d(2, 3, 2),
            nn.InstanceNorm2d(3, affine=True, track_running_stats=True),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        ),
        X(5, 2, 4, 4),
        Y(5),
    ),
)
for k in ("RNN", "LSTM", "GRU"):
    add(k, lambda k=k: clf(RNNc(k), X(4, 5, 4), Y(4)))
    add(k + " deep", lambda k=k: clf(RNNc(k, num_layers=2, bidirectional=True, dropout=0.2), X(4, 5, 4), Y(4)))
    add(k + "Cell", lambda k=k: clf(Cell(k + "Cell"), X(4, 3, 4), Y(4)))
add(
    "gpt",
    lambda: clf(
        GPT(),
        tg.randint(0, 7, (3, 5)),
        tg.randint(0, 7, (3, 5)),
        lambda o, y: F.cross_entropy(o.reshape(-1, 7), y.reshape(-1)),
        lambda p: optim.AdamW(p, lr=1e-2),
    ),
)
add(
    "gpt dropout",
    lambda: clf(
        GPT(p=0.2), tg.randint(0, 7, (3, 5)), tg.randint(0, 7, (3, 5)), lambda o, y: F.cross_entropy(o.transpose(1, 2), y)
    ),
)
add(
    "mha",
    lambda: clf(
        nn.Sequential(nn.TransformerEncoderLayer(4, 2, 8, dropout=0.1, batch_first=True), nn.Flatten(), nn.Linear(12, 3)),
        X(3, 3, 4),
        Y(3),
    ),
)
add(
    "emb",
    lambda: clf(
        nn.Sequential(nn.Embedding(7, 4, padding_idx=0), nn.Flatten(), nn.Linear(12, 3)), tg.randint(0, 7, (5, 3)), Y(5)
    ),
)
for n in ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCEWithLogitsLoss", "SoftMarginLoss"):
    add(
        n,
        lambda n=n: clf(
            mlp(),
            X(9, 5),
            (tg.rand(9, 3) > 0.5).float() if n != "SoftMarginLoss" else (tg.rand(9, 3) > 0.5).float() * 2 - 1,
            getattr(nn, n)(),
        ),
    )
add("BCE", lambda: clf(nn.Sequential(mlp(), nn.Sigmoid()), X(9, 5), (tg.rand(9, 3) > 0.5).float(), nn.BCELoss()))
add(
    "KL",
    lambda: clf(nn.Sequential(mlp(), nn.LogSoftmax(-1)), X(9, 5), tg.softmax(X(9, 3), -1), nn.KLDivLoss(reduction="batchmean")),
)
add("PoissonNLL", lambda: clf(mlp(), X(9, 5), tg.rand(9, 3), nn.PoissonNLLLoss()))
add("MultiMargin", lambda: clf(mlp(), X(9, 5), Y(9), nn.MultiMarginLoss()))
add("CE weight", lambda: clf(mlp(), X(9, 5), Y(9), nn.CrossEntropyLoss(weight=tg.tensor([1.0, 2.0, 0.5]), label_smoothing=0.1)))
add("CE ignore", lambda: clf(mlp(), X(9, 5), Y(9), nn.CrossEntropyLoss(ignore_index=1)))
add("CE probs", lambda: clf(mlp(), X(9, 5), tg.softmax(X(9, 3), -1)))
for n, k in [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Momentum", {}),
    ("NAG", {}),
    ("Adagrad", {}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adadelta", {}),
    ("Adam", {"amsgrad": True}),
    ("Adam", {"maximize": True, "weight_decay": 0.01}),
    ("AdamW", {}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Nadam", {"momentum_decay": None}),
    ("Adam", {"eps_hat": True}),
    ("SGD", {"lr": falling}),
]:
    add(
        f"opt {n} {', '.join(k)}",
        lambda n=n, k=k: with_rule(n, {"lr": 0.01, **k}),
    )
for f in (vae, gan, accum, accum2, manual, penalty, groups):
    add(f.__name__, f)


def state(net: nn.Module) -> list[Any]:
    """Copies of what a step changes: parameters, buffers, gradients, the random state."""
    tensors = [*net.parameters(), *net.buffers()]
    found = [x._data.copy() for x in tensors]
    found += [None if p._grad is None else p._grad._data.copy() for p in net.parameters()]
    return [*found, tg.get_rng_state()._data.copy()]


def leaves(result: Any) -> list[Any]:
    """Copies of the arrays in the result of a step."""
    if isinstance(result, tg.Tensor):
        return [result._data.copy()]
    values = result.values() if isinstance(result, dict) else result
    return [a for v in values for a in leaves(v)]


def same(a: list[Any], b: list[Any]) -> bool:
    """Whether two results are equal bit for bit."""

    def equal(x: Any, y: Any) -> bool:
        if x is None or y is None:
            return x is y
        return bool(x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes())

    return len(a) == len(b) and all(map(equal, a, b))
