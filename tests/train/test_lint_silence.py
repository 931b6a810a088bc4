"""Correct programs of many kinds, for which the linter, the graph and detect_anomaly report nothing."""

import copy
import warnings

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train, viz
from tinygrad_edu.nn import functional as F


@pytest.fixture(autouse=True)
def seeded():
    tg.manual_seed(0)


def moons(n=60):
    X, y = data.moons(n)
    return tg.tensor(X), tg.tensor(y)


def step(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


# Each function returns a loss, whose graph is examined as well, or None.


def a_gan():
    G, D = nn.MLP([2, 8, 1]), nn.MLP([1, 8, 1])
    of_G, of_D = optim.Adam(G.parameters(), lr=0.01), optim.Adam(D.parameters(), lr=0.01)
    criterion, ones, zeros = nn.BCEWithLogitsLoss(), tg.ones(32, 1), tg.zeros(32, 1)
    for _ in range(30):
        real, fake = 2 + 0.5 * tg.randn(32, 1), G(tg.randn(32, 2))
        step(of_D, criterion(D(real), ones) + criterion(D(fake.detach()), zeros))
        loss = step(of_G, criterion(D(fake), ones))
    return loss


def a_gan_that_clears_both():
    G, D = nn.MLP([2, 16, 2]), nn.MLP([2, 16, 1])
    of_G, of_D = optim.Adam(G.parameters(), lr=0.005), optim.Adam(D.parameters(), lr=0.005)
    for _ in range(30):
        G.zero_grad()
        D.zero_grad()
        real, fake = tg.randn(32, 2), G(tg.randn(32, 2))
        (F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()).backward()
        of_D.step()
        G.zero_grad()
        D.zero_grad()
        loss = F.softplus(-D(fake)).mean()
        loss.backward()
        of_G.step()
    return loss


def a_wasserstein_gan_with_clipped_weights():
    G, D = nn.MLP([2, 8, 2]), nn.MLP([2, 8, 1])
    of_G, of_D = optim.RMSprop(G.parameters(), lr=1e-3), optim.RMSprop(D.parameters(), lr=1e-3)
    for _ in range(12):
        for _ in range(3):
            step(of_D, D(G(tg.randn(16, 2)).detach()).mean() - D(tg.randn(16, 2) + 3).mean())
            with tg.no_grad():
                for p in D.parameters():
                    p.clamp_(-0.1, 0.1)
        loss = step(of_G, -D(G(tg.randn(16, 2))).mean())
    return loss


def a_gradient_penalty():
    D = nn.MLP([2, 16, 1], activation="tanh")
    optimizer = optim.Adam(D.parameters(), lr=0.01)
    for _ in range(12):
        x = tg.randn(16, 2).requires_grad_()
        (slope,) = tg.autograd.grad(D(x).sum(), x, create_graph=True)
        penalty = ((slope.norm(dim=1) - 1) ** 2).mean()
        loss = step(optimizer, D(x + 3).mean() - D(x).mean() + 10 * penalty)
    return loss


def a_policy_gradient():
    policy = nn.MLP([2, 16, 3])
    optimizer = optim.Adam(policy.parameters(), lr=0.01)
    for _ in range(30):
        state = tg.randn(20, 2)
        log_p = F.log_softmax(policy(state), dim=1)
        with tg.no_grad():
            action = tg.multinomial(log_p.exp(), 1)
        reward = (action[:, 0] == 1).float()
        loss = step(optimizer, -(log_p.gather(1, action)[:, 0] * (reward - reward.mean())).mean())
    return loss


def a_q_network_with_a_target_network():
    Q = nn.MLP([3, 16, 2])
    target = copy.deepcopy(Q)
    optimizer = optim.Adam(Q.parameters(), lr=0.01)
    for k in range(24):
        state, following = tg.randn(16, 3), tg.randn(16, 3)
        action, reward = tg.randint(0, 2, (16, 1)), tg.randn(16)
        with tg.no_grad():
            wanted = reward + 0.9 * target(following).max(1).values
        loss = step(optimizer, F.smooth_l1_loss(Q(state).gather(1, action)[:, 0], wanted))
        if k % 8 == 7:
            target.load_state_dict(Q.state_dict())
    return loss


def an_actor_and_a_critic():
    actor, critic = nn.MLP([2, 16, 2]), nn.MLP([2, 16, 1])
    optimizer = optim.Adam([*actor.parameters(), *critic.parameters()], lr=0.01)
    for _ in range(24):
        state = tg.randn(16, 2)
        value, log_p = critic(state)[:, 0], F.log_softmax(actor(state), dim=-1)
        action = tg.randint(0, 2, (16,))
        gain = (action == 1).float()
        advantage = (gain - value).detach()
        loss = step(optimizer, -(log_p[tg.arange(16), action] * advantage).mean() + F.mse_loss(value, gain))
    return loss


def a_first_order_meta_learner():
    model = nn.MLP([1, 16, 1], activation="tanh")
    outer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(6):
        X = tg.randn(10, 1)
        y = tg.rand(1) * X.sin()
        learner = copy.deepcopy(model)
        inner = optim.SGD(learner.parameters(), lr=0.05)
        for _ in range(3):
            step(inner, F.mse_loss(learner(X), y))
        with tg.no_grad():
            for p, q in zip(model.parameters(), learner.parameters(), strict=True):
                p.grad = p - q
        outer.step()
    return


def a_meta_learner_through_its_steps():
    w = tg.tensor([[0.5]], requires_grad=True)
    outer = optim.SGD([w], lr=0.1)
    for _ in range(6):
        X, y = tg.randn(8, 1), 2 * tg.randn(8, 1)
        (g,) = tg.autograd.grad(((X @ w - y) ** 2).mean(), w, create_graph=True)
        loss = step(outer, ((X @ (w - 0.1 * g) - y) ** 2).mean())
    return loss


def gradients_accumulated_over_four_batches():
    X, y = moons(64)
    model = nn.MLP([2, 16, 2])
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(4):
        optimizer.zero_grad()
        for k, (inputs, labels) in enumerate(zip(X.split(8), y.split(8), strict=True)):
            loss = F.cross_entropy(model(inputs), labels) / 4
            loss.backward()
            if k % 4 == 3:
                optimizer.step()
                optimizer.zero_grad()


def a_frozen_body_with_a_new_head():
    X, y = moons()
    body = nn.MLP([2, 16, 16]).requires_grad_(False)
    head = nn.Linear(16, 2)
    model = nn.Sequential(body, nn.ReLU(), head)
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.01)
    for _ in range(24):
        loss = step(optimizer, F.cross_entropy(model(X), y))
    return loss


def layers_that_thaw_one_by_one():
    X, y = moons()
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
    model[0].requires_grad_(False)
    model[2].requires_grad_(False)
    optimizer = optim.Adam(model[4].parameters(), lr=0.01)
    for layer in (None, model[2], model[0]):
        if layer is not None:
            layer.requires_grad_(True)
            optimizer.add_param_group({"params": list(layer.parameters()), "lr": 0.001})
        for _ in range(8):
            loss = step(optimizer, F.cross_entropy(model(X), y))
    return loss


def a_low_rank_adapter():
    class Adapted(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer.requires_grad_(False)
            self.down, self.up = nn.Linear(8, 2, bias=False), nn.Linear(2, 8, bias=False)
            nn.init.zeros_(self.up.weight)

        def forward(self, x):
            return self.layer(x) + self.up(self.down(x))

    model = Adapted(nn.Linear(8, 8))
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.01)
    X = tg.randn(32, 8)
    for _ in range(24):
        loss = step(optimizer, F.mse_loss(model(X), X.flip(1)))
    return loss


def a_moving_average_of_the_weights():
    X, y = moons()
    model = nn.MLP([2, 16, 2])
    average = copy.deepcopy(model).requires_grad_(False)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(24):
        loss = step(optimizer, F.cross_entropy(model(X), y))
        with tg.no_grad():
            for p, q in zip(average.parameters(), model.parameters(), strict=True):
                p.mul_(0.9).add_(0.1 * q)
    average.eval()
    with tg.no_grad():
        (average(X).argmax(1) == y).float().mean()
    return loss


def lbfgs_with_a_closure():
    X, y = moons()
    model = nn.MLP([2, 8, 2], activation="tanh")
    optimizer = optim.LBFGS(model.parameters(), max_iter=5)

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        return loss

    for _ in range(6):
        optimizer.step(closure)


def two_towers_with_a_contrastive_loss():
    left, right = nn.MLP([4, 16, 8]), nn.MLP([4, 16, 8])
    optimizer = optim.Adam([*left.parameters(), *right.parameters()], lr=0.01)
    for _ in range(12):
        x = tg.randn(16, 4)
        a, b = F.normalize(left(x), dim=1), F.normalize(right(x + 0.1 * tg.randn(16, 4)), dim=1)
        scores, same = a @ b.T / 0.1, tg.arange(16)
        loss = step(optimizer, (F.cross_entropy(scores, same) + F.cross_entropy(scores.T, same)) / 2)
    return loss


def a_contrastive_loss_with_a_table_of_equal_labels():
    X, y = moons(24)
    model = nn.MLP([2, 16, 8])
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(12):
        z = F.normalize(model(X), dim=1)
        alike = (y[:, None] == y).float()
        alike.mean()  # the fraction of pairs of one class
        loss = step(optimizer, ((z @ z.T - alike) ** 2).mean())
    return loss


def several_tasks_with_one_body():
    X, y = moons()
    body, classes, numbers = nn.MLP([2, 16, 16]), nn.Linear(16, 2), nn.Linear(16, 1)
    optimizer = optim.Adam([*body.parameters(), *classes.parameters(), *numbers.parameters()], lr=0.01)
    for _ in range(24):
        h = body(X).relu()
        loss = step(optimizer, F.cross_entropy(classes(h), y) + 0.5 * F.mse_loss(numbers(h), X[:, :1]))
    return loss


def truncated_backpropagation_through_time():
    rnn, out = nn.RNN(1, 8), nn.Linear(8, 1)
    optimizer = optim.SGD([*rnn.parameters(), *out.parameters()], lr=0.05)
    signal, hidden = tg.sin(tg.linspace(0, 20, 121)).reshape(121, 1, 1), tg.zeros(1, 1, 8)
    for start in range(0, 120, 20):
        output, hidden = rnn(signal[start : start + 20], hidden.detach())
        loss = step(optimizer, F.mse_loss(out(output), signal[start + 1 : start + 21]))
    return loss


def a_tagger_with_time_first():
    rnn, out = nn.LSTM(3, 8), nn.Linear(8, 2)
    optimizer = optim.Adam([*rnn.parameters(), *out.parameters()], lr=0.02)
    x = tg.randn(7, 12, 3)
    for _ in range(12):
        loss = step(optimizer, F.cross_entropy(out(rnn(x)[0]).reshape(-1, 2), (x[..., 0] > 0).long().reshape(-1)))
    return loss


def a_classifier_of_sequences_with_time_first():
    rnn, out = nn.GRU(3, 8), nn.Linear(8, 2)
    optimizer = optim.Adam([*rnn.parameters(), *out.parameters()], lr=0.02)
    x = tg.randn(7, 12, 3)
    for _ in range(12):
        loss = step(optimizer, F.cross_entropy(out(rnn(x)[0][-1]), (x[-1, :, 0] > 0).long()))
    return loss


def an_autoencoder():
    X = tg.rand(40, 8)
    model = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 8), nn.Sigmoid())
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(24):
        loss = step(optimizer, F.mse_loss(model(X), X))
    return loss


def a_linear_autoencoder_and_tied_weights():
    X, W = tg.randn(40, 8), nn.Parameter(0.3 * tg.randn(3, 8))
    optimizer = optim.Adam([W], lr=0.01)
    for _ in range(24):
        loss = step(optimizer, F.mse_loss(F.linear(F.linear(X, W), W.T), X))
    return loss


def a_variational_autoencoder():
    X = tg.rand(40, 6)
    encoder, decoder = nn.MLP([6, 16, 4]), nn.MLP([2, 16, 6])
    optimizer = optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
    for _ in range(24):
        mean, log_var = encoder(X).chunk(2, 1)
        z = mean + (0.5 * log_var).exp() * tg.randn(40, 2)
        kl = -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(1).mean()
        loss = step(optimizer, F.binary_cross_entropy_with_logits(decoder(z), X) + 0.01 * kl)
    return loss


def a_denoiser_with_noise_of_its_own():
    X = tg.randn(40, 4)
    model = nn.MLP([5, 32, 4])
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(24):
        t, noise = tg.rand(40, 1), tg.randn(40, 4)
        loss = step(optimizer, F.mse_loss(model(tg.cat([(1 - t) * X + t * noise, t], 1)), noise))
    return loss


def descent_by_hand():
    X, y = tg.randn(40, 2), tg.randn(40, 1)
    w = tg.zeros(2, 1, requires_grad=True)
    for _ in range(24):
        loss = ((X @ w - y) ** 2).mean()
        loss.backward()
        with tg.no_grad():
            w -= 0.1 * w.grad
            w.grad = None
    return loss


def folds_with_a_scaler_each():
    X, y = (a.numpy() for a in moons(60))
    order = np.random.default_rng(0).permutation(60)
    for fold in np.split(order, 3):
        rest = np.setdiff1d(order, fold)
        scaler = data.StandardScaler()
        train_X, test_X = tg.tensor(scaler.fit_transform(X[rest])), tg.tensor(scaler.transform(X[fold]))
        model = nn.MLP([2, 16, 2])
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        for _ in range(24):
            loss = step(optimizer, F.cross_entropy(model(train_X), tg.tensor(y[rest])))
        with tg.no_grad():
            (model(test_X).argmax(1) == tg.tensor(y[fold])).float().mean()
    return loss


def one_scaler_for_inputs_and_one_for_targets():
    X, y = np.random.default_rng(0).normal(5, 2, (50, 1)), np.random.default_rng(1).normal(3, 9, (50, 1))
    of_X, of_y = data.StandardScaler(), data.StandardScaler()
    inputs, targets = of_X.fit_transform(X[:40]), of_y.fit_transform(y[:40])
    model = nn.MLP([1, 8, 1])
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(24):
        loss = step(optimizer, F.mse_loss(model(tg.tensor(inputs).float()), tg.tensor(targets).float()))
    with tg.no_grad():
        of_y.inverse_transform(model(tg.tensor(of_X.transform(X[40:])).float()))
    return loss


def early_stopping_with_a_copy_of_the_best():
    X, y = moons(80)
    model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    best, best_state, waited = float("inf"), None, 0
    for _ in range(40):
        model.train()
        loss = step(optimizer, F.cross_entropy(model(X[:60]), y[:60]))
        model.eval()
        with tg.no_grad():
            now = F.cross_entropy(model(X[60:]), y[60:]).item()
        if now < best:
            best, best_state, waited = now, copy.deepcopy(model.state_dict()), 0
        else:
            waited += 1
            if waited == 5:
                break
    model.load_state_dict(best_state)
    return loss


def an_evaluation_in_the_middle_of_an_epoch():
    X, y = moons(64)
    loader = data.DataLoader(data.TensorDataset(X, y), batch_size=8, shuffle=True)
    model = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(3):
        for k, (inputs, labels) in enumerate(loader):
            loss = step(optimizer, F.cross_entropy(model(inputs), labels))
            if k % 4 == 0:
                model.eval()
                with tg.no_grad():
                    (model(X).argmax(1) == y).float().mean()
                model.train()
    return loss


def a_schedule_with_warmup_in_steps():
    X, y = moons(64)
    model = nn.MLP([2, 16, 2])
    optimizer = optim.AdamW(model.parameters(), lr=0.05, weight_decay=0.01)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, total_steps=40)
    for _ in range(40):
        loss = step(optimizer, F.cross_entropy(model(X), y))
        schedule.step()
    return loss


def a_schedule_down_to_zero():
    X, y = moons(64)
    model = nn.MLP([2, 16, 2])
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    for _ in range(41):
        loss = step(optimizer, F.cross_entropy(model(X), y))
        nn.utils.clip_grad_norm_(model.parameters(), float("inf"))  # to look at the norm
        schedule.step()
    return loss


def an_ensemble():
    X, y = moons(60)
    models = [nn.MLP([2, 16, 2]) for _ in range(3)]
    for model in models:
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        for _ in range(12):
            loss = step(optimizer, F.cross_entropy(model(X), y))
    with tg.no_grad():
        mean = tg.stack([F.softmax(model(X), dim=1) for model in models]).mean(0)
        (mean.argmax(1) == y).float().mean()
    return loss


def distillation():
    X, _ = moons(60)
    teacher, student = nn.MLP([2, 32, 3]), nn.MLP([2, 8, 3])
    teacher.eval()
    optimizer = optim.Adam(student.parameters(), lr=0.01)
    for _ in range(24):
        with tg.no_grad():
            wanted = F.softmax(teacher(X) / 2, dim=1)
        loss = step(optimizer, F.kl_div(F.log_softmax(student(X) / 2, dim=1), wanted, reduction="batchmean"))
    return loss


def adversarial_training():
    X, y = moons(60)
    model = nn.MLP([2, 16, 2])
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(12):
        x = X.clone().requires_grad_()
        F.cross_entropy(model(x), y).backward()
        loss = step(optimizer, F.cross_entropy(model(X + 0.1 * x.grad.sign()), y))
    return loss


def sharpness_aware_minimization():
    X, y = moons(60)
    model = nn.MLP([2, 16, 2])
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(12):
        F.cross_entropy(model(X), y).backward()
        moves = [0.05 * p.grad / p.grad.norm() for p in model.parameters()]
        with tg.no_grad():
            for p, e in zip(model.parameters(), moves, strict=True):
                p.add_(e)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        with tg.no_grad():
            for p, e in zip(model.parameters(), moves, strict=True):
                p.sub_(e)
        optimizer.step()
        optimizer.zero_grad()


def the_fisher_information():
    X, y = moons(20)
    model = nn.MLP([2, 16, 2])
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(12):
        loss = step(optimizer, F.cross_entropy(model(X), y))
    total = [tg.zeros_like(p) for p in model.parameters()]
    for x, label in zip(X, y, strict=True):
        model.zero_grad()
        F.cross_entropy(model(x[None]), label[None]).backward()
        total = [t + p.grad**2 for t, p in zip(total, model.parameters(), strict=True)]
    return loss


def attention_over_time_first_and_a_pool():
    class Pooled(nn.Module):
        def __init__(self):
            super().__init__()
            self.score, self.out = nn.Linear(3, 1), nn.Linear(3, 2)

        def forward(self, x):  # [time, N, 3]
            return self.out((F.softmax(self.score(x), dim=0) * x).sum(0))

    model = Pooled()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    x = tg.randn(7, 12, 3)
    for _ in range(12):
        loss = step(optimizer, F.cross_entropy(model(x), (x[0, :, 0] > 0).long()))
    return loss


def images_for_convolutions():
    images = tg.rand(12, 8, 8, 3)
    model = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(54, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    labels = (images[:, 0, 0, 0] > 0.5).long()
    for _ in range(12):
        loss = step(optimizer, F.cross_entropy(model(images.permute(0, 3, 1, 2)), labels))
    return loss


def embeddings_and_negative_samples():
    words, context = nn.Embedding(20, 8), nn.Embedding(20, 8)
    optimizer = optim.SGD([*words.parameters(), *context.parameters()], lr=0.1)
    for _ in range(24):
        a, b, c = tg.randint(0, 20, (16,)), tg.randint(0, 20, (16,)), tg.randint(0, 20, (16,))
        good, bad = (words(a) * context(b)).sum(1), (words(a) * context(c)).sum(1)
        loss = step(optimizer, -(F.logsigmoid(good) + F.logsigmoid(-bad)).mean())
    return loss


def matrix_factorization():
    table = tg.randn(12, 9)
    U, V = nn.Parameter(0.1 * tg.randn(12, 3)), nn.Parameter(0.1 * tg.randn(9, 3))
    optimizer = optim.Adam([U, V], lr=0.05)
    for _ in range(24):
        loss = step(optimizer, F.mse_loss(U @ V.T, table))
    return loss


def a_linear_regression_from_zero():
    X = tg.randn(40, 3)
    model = nn.Linear(3, 2)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(24):
        loss = step(optimizer, F.mse_loss(model(X), X[:, :2]))
    return loss


def a_residual_network_whose_branches_begin_at_zero():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(8, 8), nn.Linear(8, 8)
            nn.init.zeros_(self.b.weight)
            nn.init.zeros_(self.b.bias)

        def forward(self, x):
            return x + self.b(self.a(x).relu())

    X, y = tg.randn(40, 8), tg.randint(0, 3, (40,))
    model = nn.Sequential(Block(), Block(), nn.Linear(8, 3))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(24):
        loss = step(optimizer, F.cross_entropy(model(X), y))
    return loss


def a_style_transfer_of_an_input():
    model = nn.Sequential(nn.Conv1d(1, 4, 3), nn.ReLU(), nn.Conv1d(4, 4, 3)).requires_grad_(False).eval()
    wanted = model(tg.rand(1, 1, 12))
    image = tg.rand(1, 1, 12).requires_grad_()
    optimizer = optim.Adam([image], lr=0.05)
    for _ in range(24):
        loss = step(optimizer, F.mse_loss(model(image), wanted))
    return loss


def several_learning_rates():
    X, y = moons(60)
    for lr in (0.001, 0.01, 0.1):
        model = nn.MLP([2, 16, 2])
        optimizer = optim.SGD(model.parameters(), lr=lr)
        for _ in range(24):
            loss = step(optimizer, F.cross_entropy(model(X), y))
    return loss


def rates_of_which_one_is_too_large():
    for lr in (0.01, 0.3, 1.05):
        x = tg.tensor([3.0], requires_grad=True)
        optimizer = optim.SGD([x], lr=lr)
        for _ in range(24):
            loss = step(optimizer, (x**2).sum())
    return loss


def a_hinge_loss_for_signs():
    X, y = moons(60)
    model = nn.MLP([2, 16, 1])
    signs = 2 * y.float() - 1
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    for _ in range(24):
        loss = step(optimizer, (1 - signs * model(X)[:, 0]).clamp(min=0).mean())
    return loss


def a_position_wise_network_for_shuffled_tokens():
    model = nn.Sequential(nn.Embedding(10, 8), nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), nn.Linear(8, 10))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(6):
        tokens = tg.randint(0, 10, (6, 5))
        loss = step(optimizer, F.cross_entropy(model(tokens).transpose(1, 2), tokens))
    return loss


def sampling_from_dropout():
    X, y = moons(40)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(12):
        loss = step(optimizer, F.cross_entropy(model(X), y))
    with tg.no_grad():
        tg.stack([F.softmax(model(X), dim=1) for _ in range(10)]).std(0)
    model.eval()
    model[2].train()
    with tg.no_grad():
        model(X).argmax(1)
    return loss


def renewing_the_statistics_of_batch_normalization():
    X, y = moons(40)
    model = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(12):
        loss = step(optimizer, F.cross_entropy(model(X), y))
    with tg.no_grad():
        for rows in X.split(10):
            model(rows)
    return loss


def a_bandit_from_zero():
    logits = tg.zeros(3, requires_grad=True)
    optimizer = optim.SGD([logits], lr=0.5)
    for _ in range(40):
        p = F.softmax(logits, dim=0)
        action = tg.multinomial(p.detach(), 8, replacement=True)
        reward = (action == 2).float() + 0.1 * tg.randn(8)
        loss = step(optimizer, -((reward - reward.mean()) * p.log()[action]).mean())
    return loss


def two_losses_through_a_retained_graph():
    X, y = moons(40)
    model = nn.MLP([2, 16, 2])
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(12):
        output = model(X)
        optimizer.zero_grad()
        F.cross_entropy(output, y).backward(retain_graph=True)
        loss = (output**2).mean()
        loss.backward()
        optimizer.step()


def a_table_of_two_parameters():
    u, v = nn.Parameter(tg.randn(20)), nn.Parameter(tg.randn(20))
    optimizer = optim.Adam([u, v], lr=0.01)
    for _ in range(24):
        loss = step(optimizer, (u[:, None] * v - tg.ones(20, 20)).pow(2).mean())
    return loss


def two_tasks_that_take_turns():
    X, y = moons(40)
    model = nn.MLP([2, 16, 2])
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for k in range(24):
        loss = step(optimizer, F.cross_entropy(model(X), y if k % 2 else 1 - y))
    return loss


def attention_with_a_mask():
    X = tg.randn(4, 5, 8)
    q, v = nn.Linear(8, 8), nn.Linear(8, 8)
    optimizer = optim.Adam([*q.parameters(), *v.parameters()], lr=0.01)
    later = tg.triu(tg.ones(5, 5), 1).bool()
    for _ in range(12):
        scores = (q(X) @ X.transpose(1, 2)).masked_fill(later, float("-inf"))
        loss = step(optimizer, F.mse_loss(F.softmax(scores, dim=-1) @ v(X), X))
    return loss


def a_learning_rate_that_is_a_function():
    x = tg.tensor([2.0], requires_grad=True)
    given = iter(range(1, 31))  # called once for each step, and by nothing else
    optimizer = optim.SGD([x], lr=lambda step: 0.2 / next(given) ** 0.5)
    for _ in range(30):
        loss = step(optimizer, (x**2).sum())
    return loss


def a_log_softmax_before_a_cross_entropy():  # which applies it again, without effect
    X, y = moons(40)
    model = nn.Sequential(nn.MLP([2, 16, 2]), nn.LogSoftmax(dim=1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(24):
        loss = step(optimizer, F.cross_entropy(model(X), y))
    return loss


RIGHT = [f for f in list(globals().values()) if callable(f) and getattr(f, "__module__", "") == __name__]
RIGHT = [f for f in RIGHT if f.__name__ not in ("seeded", "moons", "step")]


@pytest.mark.parametrize("program", RIGHT, ids=lambda f: f.__name__)
def test_no_false_alarm_from(program):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with train.lint() as report:
            loss = program()
        tg.manual_seed(0)
        with tg.autograd.detect_anomaly():
            program()
    assert report.findings == []
    if loss is not None:
        assert viz.graph(loss).findings == ()
