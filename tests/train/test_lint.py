"""The linter: for each rule a loop with the mistake and one without."""

import contextlib
import gc
import inspect
import warnings
import weakref

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train
from tinygrad_edu.nn import functional as F
from tinygrad_edu.nn import hooks

X = tg.tensor(np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32))
CLASSES = tg.tensor([0, 1, 0, 1, 1, 0])
NUMBERS = tg.tensor(np.linspace(0, 1, 6, dtype=np.float32))


def loop(model, loss, optimizer, steps=3):
    """The loop as it should be."""
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model).backward()
        optimizer.step()


def linear(outputs=2):
    model = nn.Linear(3, outputs)
    return model, optim.SGD(model.parameters(), lr=0.01)


def classify(model):
    return F.cross_entropy(model(X), CLASSES)


# --- the mistakes ---


def forgets_zero_grad():
    model, optimizer = linear()
    for _ in range(2):
        classify(model).backward()
        optimizer.step()  # here


def steps_without_gradients():
    _, optimizer = linear()
    optimizer.step()  # here


def leaves_a_layer_out_of_the_optimizer():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    optimizer = optim.SGD(model[0].parameters(), lr=0.01)
    for _ in range(3):
        model.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.forgotten = nn.Linear(3, 2), nn.Linear(3, 2)

    def forward(self, x):
        return self.used(x)


def never_reaches_a_layer():
    model = Unused()
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    for _ in range(12):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def subtracts_a_column_from_a_row():
    model, _ = linear(1)
    ((model(X) - NUMBERS) ** 2).mean()  # here


def goes_back_through_an_old_graph():
    w = tg.tensor([1.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=0.01)
    loss = w.sum()  # its gradient reads no weight, so the engine has nothing to refuse
    for _ in range(2):
        optimizer.zero_grad()
        loss.backward()  # here
        optimizer.step()


@pytest.mark.filterwarnings("ignore:Detected call of")
def moves_the_schedule_first():
    _, optimizer = linear()
    optim.lr_scheduler.StepLR(optimizer, 1).step()  # here


def squashes_twice():
    model, _ = linear()
    F.cross_entropy(F.softmax(model(X), dim=1), CLASSES)  # here


def squashes_twice_in_two_classes():
    model, _ = linear(1)
    nn.BCEWithLogitsLoss()(F.sigmoid(model(X)), NUMBERS.reshape(6, 1))  # here


def evaluates_in_training_mode():
    model = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))
    with tg.no_grad():
        model(X)  # here


def evaluates_batch_norm_in_training_mode():
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    with tg.no_grad():
        model(X)  # here


def regresses_on_classes():
    model, _ = linear(1)
    nn.MSELoss()(model(X), CLASSES.reshape(6, 1))  # here


def regresses_on_float64():
    model, _ = linear(1)
    nn.MSELoss()(model(X), tg.tensor(np.zeros((6, 1))))  # here


def classifies_floats():
    model, _ = linear()
    with contextlib.suppress(TypeError):
        nn.CrossEntropyLoss()(model(X), CLASSES.float())  # here


def keeps_a_list_of_losses():
    model, optimizer = linear()
    losses = []
    for _ in range(12):
        optimizer.zero_grad()
        loss = classify(model)
        loss.backward()  # here
        optimizer.step()
        losses.append(loss)


def keeps_a_running_sum():
    model, optimizer = linear()
    total = 0
    for _ in range(2):
        optimizer.zero_grad()
        loss = classify(model)
        loss.backward()
        optimizer.step()
        total = total + loss  # here


MISTAKES = {
    forgets_zero_grad: "zero_grad",
    steps_without_gradients: "no-gradient",
    leaves_a_layer_out_of_the_optimizer: "not-in-optimizer",
    never_reaches_a_layer: "never-reached",
    subtracts_a_column_from_a_row: "shapes",
    goes_back_through_an_old_graph: "old-graph",
    moves_the_schedule_first: "scheduler-order",
    squashes_twice: "double-softmax",
    squashes_twice_in_two_classes: "double-softmax",
    evaluates_in_training_mode: "train-mode",
    evaluates_batch_norm_in_training_mode: "train-mode",
    regresses_on_classes: "target-dtype",
    regresses_on_float64: "target-dtype",
    classifies_floats: "target-dtype",
    keeps_a_list_of_losses: "kept-graph",
    keeps_a_running_sum: "kept-graph",
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda f: f.__name__)
@pytest.mark.filterwarnings("ignore:Detected call of")
def test_the_mistake_is_said_once_with_its_line(mistake):
    with pytest.warns(train.LintWarning) as said, train.lint() as report:
        mistake()
    rule = MISTAKES[mistake]
    assert [finding.rule for finding in report.findings] == [rule]
    found = report.findings[0]
    source, start = inspect.getsourcelines(mistake)
    here = next(i for i, line in enumerate(source) if line.rstrip().endswith("# here"))
    assert (found.file, found.line) == (inspect.getsourcefile(mistake), start + here)
    warned = [w for w in said if issubclass(w.category, train.LintWarning)]
    assert [(w.filename, w.lineno, str(w.message)) for w in warned] == [(found.file, found.line, found.message)]


def test_every_rule_has_a_mistake_here():
    assert set(MISTAKES.values()) == set(train.Lint.rules)


def test_parameters_are_called_by_their_path():
    with pytest.warns(train.LintWarning, match=r"2 more|forgotten.weight, forgotten.bias"), train.lint():
        never_reaches_a_layer()
    with pytest.warns(train.LintWarning, match="1.weight, 1.bias got gradients"), train.lint():
        leaves_a_layer_out_of_the_optimizer()


# --- loops without a mistake, some of which look like one ---


def the_loop_as_it_should_be():
    model, optimizer = linear()
    loop(model, classify, optimizer, steps=12)


def gradients_zeroed_in_place():
    model, optimizer = linear()
    for _ in range(3):
        optimizer.zero_grad(set_to_none=False)
        classify(model).backward()
        optimizer.step()


def gradients_zeroed_by_the_model_after_the_step():
    model, optimizer = linear()
    for _ in range(3):
        classify(model).backward()
        optimizer.step()
        model.zero_grad()


def gradients_accumulated_over_two_batches():
    model, optimizer = linear()
    for _ in range(3):
        optimizer.zero_grad()
        for half in (slice(3), slice(3, 6)):
            F.cross_entropy(model(X[half]), CLASSES[half]).backward()
        optimizer.step()


def two_models_that_play_against_each_other():
    maker, judge = nn.Linear(3, 3), nn.Linear(3, 1)
    maker_steps, judge_steps = optim.Adam(maker.parameters()), optim.Adam(judge.parameters())
    for _ in range(4):
        judge_steps.zero_grad()
        (judge(maker(X).detach()).mean() - judge(X).mean()).backward()
        judge_steps.step()
        maker_steps.zero_grad()
        (-judge(maker(X)).mean()).backward()  # the judge's gradients grow here, and are zeroed before its next step
        maker_steps.step()


def a_closure():
    model, _ = linear()
    optimizer = optim.LBFGS(model.parameters(), max_iter=3)

    def again():
        optimizer.zero_grad()
        loss = classify(model)
        loss.backward()
        return loss

    for _ in range(2):
        optimizer.step(again)


def a_frozen_layer():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    model[0].requires_grad_(False)
    loop(model, classify, optim.SGD(model[1].parameters(), lr=0.1), steps=12)


def a_gradient_with_respect_to_the_input():
    model, optimizer = linear()
    for _ in range(3):
        x = X.detach().requires_grad_()
        optimizer.zero_grad()
        F.cross_entropy(model(x), CLASSES).backward()
        optimizer.step()


def a_table_of_distances():
    points = tg.tensor(np.arange(4, dtype=np.float32), requires_grad=True)
    (points[:, None] - points).square().sum().backward()


def losses_kept_as_numbers():
    model, optimizer = linear()
    losses, total = [], 0.0
    for _ in range(12):
        optimizer.zero_grad()
        loss = classify(model)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        total += loss.item()


def several_losses_added_before_one_backward():
    model, optimizer = linear()
    for _ in range(3):
        optimizer.zero_grad()
        total = 0
        for _ in range(3):
            total = total + classify(model)
        total.backward()
        optimizer.step()


def an_evaluation_in_eval_mode():
    model = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))
    loop(model, classify, optim.Adam(model.parameters()))
    model.eval()
    with tg.no_grad():
        model(X)
        nn.Dropout(0.0)(X)  # drops nothing in any mode


def a_schedule_after_the_optimizer():
    model, optimizer = linear()
    schedule = optim.lr_scheduler.StepLR(optimizer, 1)
    for _ in range(3):
        loop(model, classify, optimizer)
        schedule.step()


def probabilities_with_the_losses_for_them():
    model, optimizer = linear()
    loop(model, lambda m: F.nll_loss(F.log_softmax(m(X), dim=1), CLASSES), optimizer)
    model, optimizer = linear(1)
    loop(model, lambda m: nn.BCELoss()(F.sigmoid(m(X)), NUMBERS.reshape(6, 1)), optimizer)


def targets_of_the_right_kind():
    model, optimizer = linear(1)
    loop(model, lambda m: nn.MSELoss()(m(X), NUMBERS.reshape(6, 1)), optimizer)
    model, optimizer = linear()
    one_hot = tg.tensor(np.eye(2, dtype=np.float32)[CLASSES.numpy()])
    loop(model, lambda m: nn.CrossEntropyLoss()(m(X), one_hot), optimizer)


def fit_itself():
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.2), nn.Linear(4, 2))
    train.fit(model, X, CLASSES, loss=nn.CrossEntropyLoss(), epochs=12, metrics=["acc"], validation=(X, CLASSES),
              schedule=lambda o: optim.lr_scheduler.StepLR(o, 1), progress=False)  # fmt: skip


RIGHT = [
    the_loop_as_it_should_be,
    gradients_zeroed_in_place,
    gradients_zeroed_by_the_model_after_the_step,
    gradients_accumulated_over_two_batches,
    two_models_that_play_against_each_other,
    a_closure,
    a_frozen_layer,
    a_gradient_with_respect_to_the_input,
    a_table_of_distances,
    losses_kept_as_numbers,
    several_losses_added_before_one_backward,
    an_evaluation_in_eval_mode,
    a_schedule_after_the_optimizer,
    probabilities_with_the_losses_for_them,
    targets_of_the_right_kind,
    fit_itself,
]


@pytest.mark.parametrize("right", RIGHT, ids=lambda f: f.__name__)
def test_no_false_alarm_from(right):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with train.lint() as report:
            right()
    assert report.findings == []


def test_outside_the_block_nothing_is_left_of_it():
    before = tg.Tensor.backward, optim.Optimizer.step, optim.LBFGS.step, nn.Module.zero_grad, hooks.everywhere
    with warnings.catch_warnings(action="ignore"), train.lint():
        assert tg.Tensor.backward is not before[0]
        steps_without_gradients()
    after = tg.Tensor.backward, optim.Optimizer.step, optim.LBFGS.step, nn.Module.zero_grad, hooks.everywhere
    assert after == before
    forgets_zero_grad()  # says nothing: warnings are errors here


def test_the_linter_keeps_no_graph_alive():
    w = tg.tensor([1.0], requires_grad=True)
    with train.lint():
        loss = (w * w).sum()
        loss.backward()
        gc.disable()
        try:
            ref = weakref.ref(loss)
            del loss
            assert ref() is None
        finally:
            gc.enable()
