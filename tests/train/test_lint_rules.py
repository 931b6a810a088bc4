"""More rules of the linter: gradients thrown away, learning rates, evaluations, axes, models and schedules."""

import copy
import inspect
import warnings
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train
from tinygrad_edu.nn import functional as F

from . import test_lint
from .test_lint import CLASSES, NUMBERS, X, classify, linear, loop, with_dropout

rng = np.random.default_rng(0)
MANY = tg.tensor(rng.normal(size=(40, 3)).astype(np.float32))
SIDES = (MANY[:, 0] > 0).long()
MIXED = tg.arange(40) % 2  # nothing to learn


def network(*last):
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2), *last)
    return model, optim.SGD(model.parameters(), lr=0.1)


# --- gradients that nothing uses ---


def throws_gradients_away():
    model, optimizer = linear()
    for k in range(8):
        optimizer.zero_grad()
        classify(model).backward()
        if k % 4 == 3:
            optimizer.step()  # here


def clears_between_two_losses():
    model, optimizer = linear()
    for _ in range(2):
        classify(model).backward()
        optimizer.zero_grad()
        F.cross_entropy(model(-X), CLASSES).backward()
        optimizer.step()  # here
        optimizer.zero_grad()


def clips_after_the_step():
    model, optimizer = linear()
    for _ in range(2):
        optimizer.zero_grad()  # here
        classify(model).backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), 0.01)


def clips_values_after_the_step():
    model, optimizer = linear()
    for _ in range(2):
        classify(model).backward()
        optimizer.step()
        for p in model.parameters():
            p.grad.clamp_(-0.01, 0.01)
        model.zero_grad()  # here


def forgets_the_parentheses_of_step():
    model, optimizer = linear()
    for _ in range(6):
        optimizer.zero_grad()
        classify(model).backward()  # here
        optimizer.step  # the mistake


# --- rates and slopes ---


def steps_too_far():
    tg.manual_seed(0)
    model, _ = network()
    optimizer = optim.Adam(model.parameters(), lr=10.0)
    for _ in range(25):
        optimizer.zero_grad()
        F.cross_entropy(model(MANY), MIXED).backward()
        optimizer.step()  # here


def hardly_moves():
    model, _ = linear()
    optimizer = optim.SGD(model.parameters(), lr=1e-8)
    for _ in range(25):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def runs_away():
    model, _ = linear(1)
    optimizer = optim.SGD(model.parameters(), lr=1e15)
    with np.errstate(all="ignore"):
        for _ in range(5):
            optimizer.zero_grad()
            F.mse_loss(model(X), NUMBERS[:, None]).backward()  # here
            optimizer.step()


def has_a_target_that_is_missing():
    model, optimizer = linear(1)
    target = NUMBERS[:, None].clone()
    target[2] = float("nan")
    optimizer.zero_grad()
    F.mse_loss(model(X), target).backward()  # here


def rounds_in_the_loss():
    model, optimizer = linear(1)
    for _ in range(4):
        optimizer.zero_grad()
        F.mse_loss(model(X).round(), NUMBERS[:, None] + 3).backward()  # here
        optimizer.step()


# --- the model ---


def stacks_linear_layers():
    model = nn.Sequential(nn.Linear(3, 8), nn.Linear(8, 8), nn.Linear(8, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        classify(model).backward()  # here
        optimizer.step()


def stacks_convolutions():
    model = nn.Sequential(nn.Conv1d(1, 4, 3), nn.Conv1d(4, 4, 3), nn.Flatten(), nn.Linear(8, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(model(tg.ones(6, 1, 6)), CLASSES).backward()  # here
        optimizer.step()


def starts_with_equal_units():
    model, optimizer = network()
    for p in model.parameters():
        nn.init.constant_(p, 0.5)
    for _ in range(4):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def starts_from_zeros():
    model, optimizer = network()
    for p in model.parameters():
        nn.init.zeros_(p)
    for _ in range(4):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def freezes_the_module_object():
    model, optimizer = network()
    model[0].requires_grad = False
    for _ in range(2):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


# --- the last layer ---


def normalizes_over_the_batch():
    model, optimizer = network(nn.LogSoftmax(dim=0))
    loop(model, lambda m: nn.NLLLoss()(m(X), CLASSES), optimizer)  # not marked: the reported line is in loop()


def normalizes_over_the_batch_by_hand():
    model, optimizer = network()
    one_hot = F.one_hot(CLASSES, 2).float()
    for _ in range(2):
        optimizer.zero_grad()
        loss = -(one_hot * F.softmax(model(X), dim=0).log()).sum(1).mean()  # here
        loss.backward()
        optimizer.step()


def normalizes_over_the_batch_for_squares():
    model, optimizer = network()
    for _ in range(2):
        optimizer.zero_grad()
        nn.MSELoss()(F.softmax(model(X), dim=0), F.one_hot(CLASSES, 2).float()).backward()  # here
        optimizer.step()


def ends_in_relu():
    model, optimizer = network(nn.ReLU())
    for _ in range(2):
        optimizer.zero_grad()
        classify_with(model).backward()
        optimizer.step()


def classify_with(model):
    return nn.CrossEntropyLoss()(model(X), CLASSES)  # here


def ends_in_dropout():
    model, optimizer = network(nn.Dropout(0.5))
    optimizer.zero_grad()
    nn.CrossEntropyLoss()(model(X), CLASSES).backward()  # here
    optimizer.step()


def ends_in_tanh_for_large_targets():
    model = nn.Sequential(nn.Linear(3, 1), nn.Tanh())
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    optimizer.zero_grad()
    F.mse_loss(model(MANY), 5 * MANY[:, :1]).backward()  # here
    optimizer.step()


# --- axes ---


def views_instead_of_transposing():
    model = nn.Sequential(nn.Conv1d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, 2))
    images = tg.randn(6, 10, 3)
    model(images.view(6, 3, 10))  # here


class MergesBatchAndTime(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(3, 4), nn.Linear(4 * 5, 2)

    def forward(self, x):
        hidden, _ = self.rnn(x)  # [5, 6, 4]
        return self.out(hidden.reshape(6, 20))


def merges_batch_and_time():
    MergesBatchAndTime()(tg.randn(5, 6, 3))  # not marked: the reported line is in forward()


class Tagger(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.rnn, self.out = nn.LSTM(3, 4, **options), nn.Linear(4, 2)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])  # here


def forgets_batch_first():
    F.cross_entropy(Tagger()(tg.randn(6, 5, 3)), CLASSES)  # not marked: the reported line is in forward()


# --- evaluations ---


def compares_a_column_with_a_row():
    model, _ = linear(1)
    with tg.no_grad():
        ((model(X) > 0) == CLASSES.bool()).float().mean()  # here


def counts_a_table():
    model, _ = linear(1)
    with tg.no_grad():
        (model(X).round() == CLASSES).sum()  # here


def scales_the_test_rows_by_themselves():
    rows, test = MANY, 3 + 2 * tg.randn(20, 3)
    model, optimizer = network()
    loop(model, lambda m: F.cross_entropy(m(rows), SIDES), optimizer, steps=4)
    with tg.no_grad():
        model((test - test.mean(0)) / test.std(0))  # here


def fits_the_scaler_twice():
    scaler = data.StandardScaler()
    scaler.fit_transform(MANY.numpy())
    scaler.fit_transform(MANY.numpy()[:10])  # here


def tests_on_some_training_rows():
    model, optimizer = network()
    loop(model, lambda m: F.cross_entropy(m(MANY[:30]), SIDES[:30]), optimizer, steps=6)
    with tg.no_grad():
        model(MANY[20:])  # here


def keeps_the_model_itself_as_the_best():
    model, optimizer = network()
    best, best_loss = None, float("inf")
    for _ in range(4):
        loss = classify(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()  # here
        if loss.item() < best_loss:
            best, best_loss = model, loss.item()
    return best


def keeps_the_model_under_a_name_that_did_not_exist_before():
    model, optimizer = network()
    lowest = float("inf")
    for _ in range(4):
        loss = classify(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()  # here
        if loss.item() < lowest:
            best_model, lowest = model, loss.item()
    return best_model


def keeps_another_name_for_the_model():
    model, optimizer = network()
    best_model = model
    for _ in range(4):
        loss = classify(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()  # here
    return best_model


# --- steps that start from the state of an earlier step ---


def carries_a_state_on():
    rnn = nn.RNN(1, 4)
    optimizer = optim.SGD(rnn.parameters(), lr=0.05)
    hidden = tg.zeros(1, 1, 4)
    for _ in range(2):
        output, hidden = rnn(tg.ones(3, 1, 1), hidden)
        optimizer.zero_grad()
        try:
            (output**2).mean().backward()  # here
        except RuntimeError:
            break
        optimizer.step()


# --- schedules, optimizers, loaders ---


def moves_the_schedule_after_each_batch():
    model, optimizer = network()
    schedule = optim.lr_scheduler.StepLR(optimizer, 3, gamma=0.1)
    for _ in range(40):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here
        schedule.step()


def never_moves_the_schedule():
    model, optimizer = network()
    schedule = optim.lr_scheduler.StepLR(optimizer, 3)  # here
    loop(model, classify, optimizer, steps=25)
    return schedule


def makes_the_schedule_for_another_optimizer():
    model, optimizer = network()
    schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            warnings.simplefilter("always", train.LintWarning)
            schedule.step()  # here


def makes_an_optimizer_for_each_step():
    model, _ = network()
    for _ in range(6):
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def trains_on_the_first_batch_only():
    model, optimizer = network()
    loader = data.DataLoader(data.TensorDataset(MANY, SIDES), batch_size=10)
    for _ in range(8):
        inputs, labels = next(iter(loader))  # here
        optimizer.zero_grad()
        F.cross_entropy(model(inputs), labels).backward()
        optimizer.step()


# --- more mistakes of these kinds ---


def takes_the_likelihood_of_logits():
    model, _ = network()
    nn.NLLLoss()(5 + model(X), CLASSES)  # here


def takes_the_divergence_of_probabilities_by_function():
    model, _ = network()
    F.kl_div(F.softmax(model(X), dim=1), F.one_hot(CLASSES, 2).float())  # here


def gives_sigmoids_to_cross_entropy():
    model, _ = network(nn.Sigmoid())
    F.cross_entropy(model(X), CLASSES)  # here


def has_a_hinge_loss_for_zero_and_one():
    model, _ = linear(1)
    labels = tg.cat([CLASSES, CLASSES]).float()
    (1 - labels * model(tg.cat([X, X]))[:, 0]).clamp(min=0).mean()  # here


def has_a_logistic_loss_for_zero_and_one():
    model, _ = linear(1)
    F.softplus(-(SIDES.float() * model(MANY)[:, 0])).mean()  # here


class AlwaysDrops(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return F.dropout(self.layer(x), 0.5)  # here


def drops_in_evaluation():
    model = AlwaysDrops().eval()
    with tg.no_grad():
        model(X)  # not marked: the reported line is in forward()


def predicts_in_training_mode():
    model, optimizer = with_dropout()
    loop(model, classify, optimizer)
    prediction = model(X).argmax(1)  # here
    (prediction == CLASSES).float().mean()


def picks_a_sample_for_each_class():
    model, _ = network()
    with tg.no_grad():
        model(MANY).argmax(0)  # here


def shows_probabilities_over_the_samples():
    model, _ = network()
    with tg.no_grad():
        F.softmax(model(MANY), dim=0)  # here


class CreatesItsLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)

    def forward(self, x):
        return nn.Linear(4, 2)(self.first(x).relu())


def creates_a_layer_in_forward():
    model = CreatesItsLayer()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(10):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def reads_the_gradient_of_a_result():
    w = 0.1 * tg.ones(3, requires_grad=True)
    (X @ w).sum().backward()
    assert w.grad is None  # here


def calls_backward_twice():
    model, _ = linear()
    loss = classify(model)
    loss.backward()
    loss.backward()  # here


def retains_every_graph():
    model, optimizer = linear()
    for _ in range(9):
        optimizer.zero_grad()
        classify(model).backward(retain_graph=True)  # here
        optimizer.step()


def shuffles_the_targets_only():
    model, optimizer = linear()
    for k in range(3):
        optimizer.zero_grad()
        F.mse_loss(model(X), NUMBERS.roll(k)[:, None] * tg.ones(2)).backward()  # here
        optimizer.step()


def trains_on_one_class_after_the_other():
    order = tg.argsort(SIDES)
    loader = data.DataLoader(data.TensorDataset(MANY[order], SIDES[order]), batch_size=4)
    model, optimizer = network()
    for _ in range(2):
        for inputs, labels in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(inputs), labels).backward()
            optimizer.step()


def leaves_the_targets_in_thousands():
    model, _ = linear(1)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(20):
        optimizer.zero_grad()
        F.mse_loss(model(X), 5000 + 1000 * X[:, :1]).backward()
        optimizer.step()


def starts_from_enormous_weights():
    model, _ = network()
    nn.init.normal_(model[2].weight, std=100)
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    for _ in range(20):
        optimizer.zero_grad()
        F.cross_entropy(model(MANY), MIXED).backward()
        optimizer.step()  # here


def stacks_sigmoids():
    parts = [part for _ in range(9) for part in (nn.Linear(4, 4), nn.Sigmoid())]
    model = nn.Sequential(nn.Linear(3, 4), *parts, nn.Linear(4, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def makes_the_cosine_too_short():
    model, optimizer = network()
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=3)
    for _ in range(10):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()
        schedule.step()  # here


def follows_the_loss_upwards():
    model, optimizer = network()
    schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max")
    for _ in range(2):
        loss = classify(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step(loss.item())  # here


def keeps_the_parameters_themselves_as_the_best():
    model, optimizer = network()
    best_weights = {}
    for _ in range(3):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here
        best_weights = dict(model.named_parameters())
    return best_weights


def clips_before_backward():
    model, optimizer = linear()
    optimizer.zero_grad()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # here
    classify(model).backward()
    optimizer.step()


def tests_on_rows_that_it_trains_on():
    model, optimizer = network()
    X_test = MANY[:15]
    loop(model, lambda m: F.cross_entropy(m(MANY), SIDES), optimizer, steps=6)
    with tg.no_grad():
        model(X_test)  # here


def repeats_one_layer():
    model = nn.Sequential(*[nn.Linear(3, 3)] * 3, nn.Tanh(), nn.Linear(3, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def gathers_momentum():
    model, _ = network()
    optimizer = optim.SGD(model.parameters(), lr=0.3, momentum=1.5)
    for _ in range(20):
        optimizer.zero_grad()
        F.cross_entropy(model(MANY), SIDES).backward()
        optimizer.step()  # here


MISTAKES = {
    clips_before_backward: "clip-before-backward",
    tests_on_rows_that_it_trains_on: "tested-on-training-rows",
    repeats_one_layer: "repeated-layer",
    gathers_momentum: "loss-rose",
    takes_the_likelihood_of_logits: "logits",
    takes_the_divergence_of_probabilities_by_function: "probabilities",
    gives_sigmoids_to_cross_entropy: "double-softmax",
    has_a_hinge_loss_for_zero_and_one: "zero-one-labels",
    has_a_logistic_loss_for_zero_and_one: "zero-one-labels",
    drops_in_evaluation: "dropout-always",
    predicts_in_training_mode: "train-mode-recorded",
    picks_a_sample_for_each_class: "argmax-of-samples",
    shows_probabilities_over_the_samples: "softmax-of-samples",
    creates_a_layer_in_forward: "new-parameters",
    reads_the_gradient_of_a_result: "grad-of-a-result",
    calls_backward_twice: "backward-twice",
    retains_every_graph: "retained-graph",
    shuffles_the_targets_only: "shuffled-inputs",
    trains_on_one_class_after_the_other: "class-by-class",
    leaves_the_targets_in_thousands: "unscaled-targets",
    starts_from_enormous_weights: "large-first-loss",
    stacks_sigmoids: "vanishing-gradient",
    makes_the_cosine_too_short: "schedule-past-its-end",
    follows_the_loss_upwards: "plateau-mode",
    keeps_the_parameters_themselves_as_the_best: "best-is-not-a-copy",
    throws_gradients_away: "discarded-gradient",
    clears_between_two_losses: "discarded-gradient",
    clips_after_the_step: "changed-after-step",
    clips_values_after_the_step: "changed-after-step",
    forgets_the_parentheses_of_step: "no-step",
    steps_too_far: "rate-too-large",
    hardly_moves: "rate-too-small",
    runs_away: "loss-not-finite",
    has_a_target_that_is_missing: "first-loss-not-finite",
    rounds_in_the_loss: "zero-slope",
    stacks_linear_layers: "no-activation",
    stacks_convolutions: "no-activation",
    starts_with_equal_units: "equal-units",
    starts_from_zeros: "equal-units",
    freezes_the_module_object: "not-frozen",
    normalizes_over_the_batch: "softmax-axis",
    normalizes_over_the_batch_by_hand: "softmax-axis",
    normalizes_over_the_batch_for_squares: "softmax-axis",
    ends_in_relu: "relu-last",
    ends_in_dropout: "dropout-last",
    ends_in_tanh_for_large_targets: "target-range",
    views_instead_of_transposing: "view-for-transpose",
    merges_batch_and_time: "view-for-transpose",
    forgets_batch_first: "batch-first",
    compares_a_column_with_a_row: "shapes-comparison",
    counts_a_table: "shapes-comparison",
    scales_the_test_rows_by_themselves: "own-statistics",
    fits_the_scaler_twice: "scaler-refit",
    tests_on_some_training_rows: "overlapping-rows",
    keeps_the_model_itself_as_the_best: "best-is-not-a-copy",
    keeps_the_model_under_a_name_that_did_not_exist_before: "best-is-not-a-copy",
    keeps_another_name_for_the_model: "best-is-not-a-copy",
    carries_a_state_on: "carried-graph",
    moves_the_schedule_after_each_batch: "schedule-too-fast",
    never_moves_the_schedule: "schedule-unused",
    makes_the_schedule_for_another_optimizer: "schedule-of-another",
    makes_an_optimizer_for_each_step: "renewed-optimizer",
    trains_on_the_first_batch_only: "first-batch-only",
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda f: f.__name__)
@pytest.mark.filterwarnings("ignore:.*nan or inf:RuntimeWarning", "ignore:.*overflow:RuntimeWarning")
def test_a_mistake_warns_once_with_its_line(mistake):
    with pytest.warns(train.LintWarning) as said, train.lint() as report:
        mistake()
    assert [finding.rule for finding in report.findings] == [MISTAKES[mistake]]
    found = report.findings[0]
    source, start = inspect.getsourcelines(mistake)
    here = [start + i for i, line in enumerate(source) if line.rstrip().endswith("# here")]
    assert found.file == inspect.getsourcefile(mistake)
    assert not here or found.line == here[0]
    warned = [w for w in said if issubclass(w.category, train.LintWarning)]
    assert [(w.lineno, str(w.message)) for w in warned] == [(found.line, found.message)]


def test_a_first_sample_with_a_small_loss_does_not_make_the_loss_rise():
    model = nn.Linear(3, 1)
    inputs = MANY[:, None]
    noise = tg.tensor(np.random.default_rng(1).normal(size=(40, 1, 1)).astype(np.float32))
    with tg.no_grad():
        noise[0] = model(inputs[0]) + 0.01
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    with train.lint() as report:
        for x, y in zip(inputs, noise, strict=True):
            optimizer.zero_grad()
            F.mse_loss(model(x), y).backward()
            optimizer.step()
    assert report.findings == []


def test_every_rule_has_a_mistake():
    assert {*test_lint.MISTAKES.values(), *MISTAKES.values()} == set(train.Lint.rules)


def test_every_rule_is_in_the_documentation():
    page = (Path(__file__).parents[2] / "docs" / "howto" / "debug.md").read_text(encoding="utf-8")
    assert {rule for rule in train.Lint.rules if f"`{rule}`" not in page} == set()


def test_the_best_model_may_begin_as_the_model_and_be_copied_later():
    model, optimizer = network()
    best = model
    with train.lint() as report:
        for _ in range(4):
            loop(model, classify, optimizer, steps=1)
            best = copy.deepcopy(model)
    assert report.findings == []
    assert best is not model


def test_the_best_model_may_begin_as_the_model_in_each_of_several_runs():
    def search(rate):
        model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
        optimizer = optim.SGD(model.parameters(), lr=rate)
        best = model
        for _ in range(3):
            optimizer.zero_grad()
            classify(model).backward()
            optimizer.step()
            best = copy.deepcopy(model)
        return best

    with train.lint() as report:
        for rate in (0.01, 0.02, 0.03):
            search(rate)
    assert report.findings == []


def test_a_variable_that_a_nested_function_replaces_by_a_copy_is_not_reported():
    model, optimizer = network()
    best = model

    def keep():
        nonlocal best
        best = copy.deepcopy(model)

    with train.lint() as report:
        loop(model, classify, optimizer, steps=1)
        for _ in range(3):
            optimizer.zero_grad()
            classify(model).backward()
            optimizer.step()
            keep()
    assert report.findings == []
    assert best is not model


def test_training_the_best_model_of_a_search_is_not_reported():
    best_model, optimizer = network()
    best_again = best_model
    model = best_model
    with train.lint() as report:
        for _ in range(3):
            optimizer.zero_grad()
            classify(model).backward()
            optimizer.step()
    assert report.findings == []
    assert best_again is model


def test_the_remedy_for_a_best_model_that_is_not_a_copy_is_right_in_pytorch_too():
    """PyTorch's state_dict() holds the parameters themselves, so copying it is right in both frameworks."""
    assert "copy.deepcopy(model.state_dict())" in train.Lint.rules["best-is-not-a-copy"]


def test_an_op_without_slope_is_called_by_the_name_that_the_user_wrote():
    with pytest.warns(train.LintWarning, match="round has slope 0 everywhere"), train.lint():
        rounds_in_the_loss()


def test_clipping_still_sees_the_parameters_that_the_linter_looked_at():
    model, _ = linear()
    with train.lint() as report:
        classify(model).backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1e-3)  # a generator, which can be read only once
        assert norm.item() > 1e-3
        assert sum(p.grad.norm().item() ** 2 for p in model.parameters()) == pytest.approx(1e-6, rel=1e-3)
    assert report.findings == []


def test_outside_the_block_functions_getters_and_constructors_are_the_original_ones():
    def shared():
        return F.dropout, F.nll_loss, tg.autograd.grad, tg.Tensor.grad, optim.Adam.__init__, data.DataLoader.__iter__

    before = shared()
    with train.lint():
        assert all(now is not then for now, then in zip(shared(), before, strict=True))
    assert all(now is then for now, then in zip(shared(), before, strict=True))
