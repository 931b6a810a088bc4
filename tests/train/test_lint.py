"""The linter: loops with a mistake, which warn once with its line, and loops without one, which do not warn."""

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
    """The correct loop."""
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
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
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
    loss = w.sum()  # its gradient reads no weight, so the engine does not raise
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
        model(X).argmax(1)  # here


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
    for _ in range(3):
        optimizer.zero_grad()
        loss = classify(model)
        loss.backward()
        optimizer.step()
        total = total + loss  # here


# the same mistakes, written differently


def zeroes_once_before_the_loop():
    model, optimizer = linear()
    optimizer.zero_grad()
    for batch in (slice(3), slice(3, 6)):
        F.cross_entropy(model(X[batch]), CLASSES[batch]).backward()
        optimizer.step()  # here


def forgets_zero_grad_in_a_closure():
    model, optimizer = linear()

    def again():
        loss = classify(model)
        loss.backward()
        return loss

    for _ in range(2):
        optimizer.step(again)  # here


def zeroes_between_backward_and_step():
    model, optimizer = linear()
    for _ in range(12):
        classify(model).backward()
        optimizer.zero_grad()
        optimizer.step()  # here


def zeroes_between_backward_and_step_of_adam_in_batches():
    model = nn.Linear(3, 2)
    optimizer = optim.Adam(model.parameters())
    for _ in range(3):
        for half in (slice(3), slice(3, 6)):
            loss = F.cross_entropy(model(X[half]), CLASSES[half])
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()  # here


def gives_the_optimizer_another_model():
    model, (_, optimizer) = nn.Linear(3, 2), linear()
    classify(model).backward()
    optimizer.step()  # here


class HiddenLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers, self.last = [nn.Linear(3, 3)], nn.Linear(3, 2)  # a list is not a ModuleList

    def forward(self, x):
        return self.last(self.layers[0](x))


def hides_layers_in_a_list():
    model = HiddenLayers()
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    for _ in range(12):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def detaches_what_it_wants_to_train():
    first, (second, _) = nn.Linear(3, 3), linear()
    optimizer = optim.SGD([*first.parameters(), *second.parameters()], lr=0.01)
    for _ in range(12):
        optimizer.zero_grad()
        F.cross_entropy(second(first(X).detach()), CLASSES).backward()
        optimizer.step()  # here


def compares_a_column_with_a_row_in_a_loss():
    model, _ = linear(1)
    nn.SmoothL1Loss()(model(X), NUMBERS)  # here


def subtracts_an_array():
    model, _ = linear(1)
    (model(X) - NUMBERS.numpy()).abs().mean()  # here


def goes_back_into_the_sequence_before():
    net = nn.RNN(3, 4, batch_first=True)
    optimizer, state = optim.SGD(net.parameters(), lr=0.1), None
    with contextlib.suppress(RuntimeError):  # the engine's error is about an operation; the linter's finding is about the loop
        for _ in range(2):
            out, state = net(X.reshape(2, 3, 3), state)
            optimizer.zero_grad()
            out.square().mean().backward()  # here
            optimizer.step()


def predicts_before_the_loop():
    model, optimizer = linear(1)
    output = model(X)
    with contextlib.suppress(RuntimeError):
        for _ in range(2):
            optimizer.zero_grad()
            output.square().mean().backward()  # here
            optimizer.step()


@pytest.mark.filterwarnings("ignore:Detected call of")
def moves_the_schedule_between_backward_and_step():
    model, optimizer = linear()
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    for _ in range(3):
        optimizer.zero_grad()
        classify(model).backward()
        schedule.step()  # here
        optimizer.step()


def squashes_in_the_last_layer():
    model = nn.Sequential(nn.Linear(3, 2), nn.Softmax(dim=1))
    nn.CrossEntropyLoss()(model(X), CLASSES)  # here


def squashes_a_single_column():
    model, optimizer = linear(1)
    optimizer.zero_grad()
    ((model(X).softmax(1) - NUMBERS[:, None]) ** 2).mean().backward()  # here


def squashes_a_single_channel():
    model, optimizer = linear(1)
    optimizer.zero_grad()
    (F.log_softmax(model(X).reshape(2, 1, 3), dim=1) - 1).abs().mean().backward()  # here


def squashes_and_squeezes():
    model = nn.Sequential(nn.Linear(3, 1), nn.Sigmoid())
    F.binary_cross_entropy_with_logits(model(X).squeeze(1), NUMBERS)  # here


def evaluates_in_training_mode_under_a_decorator():
    model = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))

    @tg.no_grad()
    def evaluate():
        return model(X)  # here

    evaluate()


def regresses_on_float64_by_function():
    model, _ = linear(1)
    F.mse_loss(model(X), tg.tensor(np.zeros((6, 1))))  # here


def regresses_on_classes_with_huber():
    model, _ = linear(1)
    nn.HuberLoss()(model(X), CLASSES.reshape(6, 1))  # here


def keeps_losses_in_a_dict():
    model, optimizer = linear()
    log = {}
    for k in range(12):
        optimizer.zero_grad()
        log[k] = classify(model)
        log[k].backward()  # here
        optimizer.step()


def keeps_a_weighted_running_sum_in_place():
    model, optimizer = linear()
    total = tg.tensor(0.0)
    for _ in range(3):
        optimizer.zero_grad()
        loss = classify(model)
        loss.backward()
        total += loss * len(X)  # here
        optimizer.step()


def updates_by_hand_and_never_clears():
    w = tg.zeros(1, requires_grad=True)
    for _ in range(4):
        ((w - 1) ** 2).sum().backward()  # here
        with tg.no_grad():
            w -= 0.1 * w.grad


def updates_data_by_hand_and_never_clears():
    w = tg.zeros(1, requires_grad=True)
    for _ in range(4):
        ((w - 1) ** 2).sum().backward()  # here
        w.data -= 0.1 * w.grad


def multiplies_signs_and_scores_in_a_hinge_loss():
    model, optimizer = linear(1)
    signs = 2 * CLASSES.float() - 1
    for _ in range(3):
        loss = (1 - signs * model(X)).clamp(min=0).mean()  # here
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def multiplies_scores_and_signs_in_a_logistic_loss():
    model, optimizer = linear(1)
    signs = 2 * CLASSES.float() - 1
    loss = (1 + (-model(X) * signs).exp()).log().sum() / len(X)  # here
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def with_dropout():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))
    return model, optim.SGD(model.parameters(), lr=0.01)


def trains_in_evaluation_mode():
    model, optimizer = with_dropout()
    model.eval()
    for _ in range(3):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here


def never_goes_back_to_training():
    model, optimizer = with_dropout()
    for _ in range(2):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()  # here
        model.eval()
        with tg.no_grad():
            model(X)


def zeroes_in_place_between_backward_and_step():
    model, optimizer = linear()
    for _ in range(3):
        classify(model).backward()
        optimizer.zero_grad(set_to_none=False)
        optimizer.step()  # here


def zeroes_each_gradient_between_backward_and_step():
    model, optimizer = linear()
    for _ in range(3):
        classify(model).backward()
        for p in model.parameters():
            p.grad.zero_()
        optimizer.step()  # here


def records_its_evaluations():
    model, optimizer = linear()
    outputs = []
    for _ in range(12):
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()
        outputs.append(model(X))  # here


def shuffles_the_inputs_without_the_targets():
    model, optimizer = linear()
    x = X
    for _ in range(3):
        x = x[tg.tensor([1, 2, 3, 4, 5, 0])]
        loss = F.cross_entropy(model(x), CLASSES)  # here
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def shuffles_the_inputs_of_a_regression():
    model, optimizer = linear(1)
    for k in range(2):
        optimizer.zero_grad()
        F.mse_loss(model(X if k else X.flip(0)), NUMBERS.reshape(6, 1)).backward()  # here
        optimizer.step()


def leaves_the_inputs_in_thousands():
    tg.manual_seed(0)
    points, classes = tg.data.moons(100)
    x, y = 5000 * tg.tensor(points) + 20000, tg.tensor(classes)
    model = nn.MLP([2, 16, 2])
    loop(model, lambda m: F.cross_entropy(m(x), y), optim.SGD(model.parameters(), lr=0.1), steps=60)  # here


def takes_the_likelihood_of_probabilities():
    model, _ = linear()
    nn.NLLLoss()(F.softmax(model(X), dim=1), CLASSES)  # here


def takes_the_divergence_of_probabilities():
    model, _ = linear()
    nn.KLDivLoss(reduction="batchmean")(model(X).softmax(dim=1), tg.full((6, 2), 0.5))  # here


def swaps_output_and_target():
    model, _ = linear(1)
    nn.BCELoss()((NUMBERS + 1).reshape(6, 1) / 3, F.sigmoid(model(X)))  # here


def table(n=60):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 3)).astype(np.float32), np.repeat([0, 1, 2], n // 3)


def validates_on_training_rows():
    points, classes = table()
    order = np.random.default_rng(1).permutation(60)
    held_out = points[20:50].copy(), classes[20:50]
    train.fit(nn.Linear(3, 3), points[order], classes[order], loss=F.cross_entropy, validation=held_out, progress=False)  # here


def holds_the_last_class_out():
    train.fit(nn.Linear(3, 3), *table(), loss="categorical_crossentropy", validation=0.3, progress=False)  # here


def trains_on_sorted_batches():
    train.fit(nn.Linear(3, 3), *table(), loss=nn.CrossEntropyLoss(), batch_size=10, shuffle=False, progress=False)  # here


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
    zeroes_once_before_the_loop: "zero_grad",
    forgets_zero_grad_in_a_closure: "zero_grad",
    zeroes_between_backward_and_step: "zeroed-gradient",
    zeroes_between_backward_and_step_of_adam_in_batches: "zeroed-gradient",
    gives_the_optimizer_another_model: "no-gradient",
    hides_layers_in_a_list: "not-in-optimizer",
    detaches_what_it_wants_to_train: "never-reached",
    compares_a_column_with_a_row_in_a_loss: "shapes",
    subtracts_an_array: "shapes",
    goes_back_into_the_sequence_before: "carried-graph",
    predicts_before_the_loop: "carried-graph",
    moves_the_schedule_between_backward_and_step: "scheduler-order",
    squashes_in_the_last_layer: "double-softmax",
    squashes_and_squeezes: "double-softmax",
    squashes_a_single_column: "single-class",
    squashes_a_single_channel: "single-class",
    evaluates_in_training_mode_under_a_decorator: "train-mode",
    regresses_on_float64_by_function: "target-dtype",
    regresses_on_classes_with_huber: "target-dtype",
    keeps_losses_in_a_dict: "kept-graph",
    keeps_a_weighted_running_sum_in_place: "kept-graph",
    updates_by_hand_and_never_clears: "grad-not-cleared",
    updates_data_by_hand_and_never_clears: "grad-not-cleared",
    multiplies_signs_and_scores_in_a_hinge_loss: "shapes-product",
    multiplies_scores_and_signs_in_a_logistic_loss: "shapes-product",
    trains_in_evaluation_mode: "eval-mode",
    never_goes_back_to_training: "eval-mode",
    zeroes_in_place_between_backward_and_step: "zeroed-gradient",
    zeroes_each_gradient_between_backward_and_step: "zeroed-gradient",
    records_its_evaluations: "recorded-evaluation",
    shuffles_the_inputs_without_the_targets: "shuffled-inputs",
    shuffles_the_inputs_of_a_regression: "shuffled-inputs",
    leaves_the_inputs_in_thousands: "unscaled-inputs",
    takes_the_likelihood_of_probabilities: "probabilities",
    takes_the_divergence_of_probabilities: "probabilities",
    swaps_output_and_target: "swapped-arguments",
    validates_on_training_rows: "validation-is-training",
    holds_the_last_class_out: "sorted-validation",
    trains_on_sorted_batches: "sorted-batches",
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda f: f.__name__)
@pytest.mark.filterwarnings("ignore:Detected call of", "ignore:Using a target size", "ignore:HiddenLayers")
def test_a_mistake_warns_once_with_its_line(mistake):
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


@pytest.mark.parametrize("mistake", [holds_the_last_class_out, trains_on_sorted_batches])
def test_fit_checks_its_rows_without_a_linter_once(mistake):
    with pytest.warns(train.LintWarning) as said:
        mistake()
    source, start = inspect.getsourcelines(mistake)
    here = next(i for i, line in enumerate(source) if line.rstrip().endswith("# here"))
    assert [(w.filename, w.lineno) for w in said] == [(inspect.getsourcefile(mistake), start + here)]
    assert str(said[0].message).startswith(MISTAKES[mistake])


def test_fit_alone_allows_validation_on_the_training_rows():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        validates_on_training_rows()
    assert caught == []


def test_the_report_shows_its_findings_with_their_lines():
    with warnings.catch_warnings(action="ignore"), train.lint() as report:
        assert repr(report) == f"Lint: nothing found, {len(train.Lint.rules)} rules"
        steps_without_gradients()
    found = report.findings[0]
    assert repr(report) == f"{found.file}:{found.line}: {found.message}"


def test_parameters_are_named_by_their_path():
    with pytest.warns(train.LintWarning, match=r"2 more|forgotten.weight, forgotten.bias"), train.lint():
        never_reaches_a_layer()
    with pytest.warns(train.LintWarning, match="gradients are computed for 2.weight, 2.bias, but no"), train.lint():
        leaves_a_layer_out_of_the_optimizer()


# --- loops without a mistake, some of which look like one ---


def attention_to_a_single_key():
    query, value = nn.Linear(3, 4), nn.Linear(3, 4)
    optimizer = optim.SGD([*query.parameters(), *value.parameters()], lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        scores = query(X) @ query(X[:1]).T  # [6, 1]
        (scores.softmax(-1) @ value(X[:1])).square().mean().backward()
        optimizer.step()


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
    generator, discriminator = nn.Linear(3, 3), nn.Linear(3, 1)
    generator_steps, discriminator_steps = optim.Adam(generator.parameters()), optim.Adam(discriminator.parameters())
    for _ in range(4):
        discriminator_steps.zero_grad()
        (discriminator(generator(X).detach()).mean() - discriminator(X).mean()).backward()
        discriminator_steps.step()
        generator_steps.zero_grad()
        # the discriminator's gradients grow here, and are zeroed before its next step
        (-discriminator(generator(X)).mean()).backward()
        generator_steps.step()


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
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 2))
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
    model, optimizer = linear()
    soft = tg.full((6, 2), 0.5)
    loop(model, lambda m: nn.KLDivLoss(reduction="batchmean")(F.log_softmax(m(X), dim=1), soft), optimizer)


def targets_of_the_right_kind():
    model, optimizer = linear(1)
    loop(model, lambda m: nn.MSELoss()(m(X), NUMBERS.reshape(6, 1)), optimizer)
    model, optimizer = linear()
    one_hot = tg.tensor(np.eye(2, dtype=np.float32)[CLASSES.numpy()])
    loop(model, lambda m: nn.CrossEntropyLoss()(m(X), one_hot), optimizer)


def two_parts_of_a_discriminators_loss_in_two_backward_passes():
    generator, discriminator = nn.Linear(3, 3), nn.Linear(3, 1)
    generator_steps, discriminator_steps = optim.Adam(generator.parameters()), optim.Adam(discriminator.parameters())
    criterion = nn.BCEWithLogitsLoss()
    for _ in range(12):
        discriminator.zero_grad()
        real = criterion(discriminator(X), tg.ones(6, 1))
        real.backward()
        made = generator(X)
        fake = criterion(discriminator(made.detach()), tg.zeros(6, 1))
        fake.backward()
        (real + fake).item()  # for printing only
        discriminator_steps.step()
        generator.zero_grad()
        criterion(discriminator(made), tg.ones(6, 1)).backward()
        generator_steps.step()


def a_schedule_that_follows_the_loss():
    model, optimizer = linear()
    schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    for _ in range(3):
        loop(model, classify, optimizer)
        schedule.step(classify(model).item())


def a_state_carried_on_without_its_graph():
    net, last = nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 2)
    parameters = [*net.parameters(), *last.parameters()]
    optimizer, state = optim.Adam(parameters), None
    for _ in range(12):
        out, state = net(X.reshape(2, 3, 3), state)
        state = tuple(part.detach() for part in state)
        optimizer.zero_grad()
        F.cross_entropy(last(out).reshape(6, 2), CLASSES).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()


def groups_of_parameters_and_layers_that_thaw():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    model[0].requires_grad_(False)
    optimizer = optim.SGD([{"params": list(model[2].parameters()), "lr": 0.1}], lr=0.01)
    loop(model, classify, optimizer, steps=12)
    model[0].requires_grad_(True)
    optimizer.add_param_group({"params": list(model[0].parameters())})
    loop(model, classify, optimizer, steps=12)


def gradients_set_to_none_by_hand():
    model, optimizer = linear()
    for _ in range(3):
        for p in model.parameters():
            p.grad = None
        classify(model).backward()
        optimizer.step()


def a_closure_of_plain_descent():
    model, optimizer = linear()

    def again():
        optimizer.zero_grad()
        loss = classify(model)
        loss.backward()
        return loss

    for _ in range(12):
        optimizer.step(again)


def a_target_network_and_a_mean_over_validation_batches():
    model, optimizer = linear()
    target = nn.Linear(3, 2)
    for _ in range(12):
        with tg.no_grad():
            wanted = target(X)
        optimizer.zero_grad()
        F.mse_loss(model(X), wanted).backward()
        optimizer.step()
        with tg.no_grad():
            total = tg.tensor(0.0)
            for _ in range(3):
                total = total + classify(model)
        target.load_state_dict(model.state_dict())


def a_penalty_on_the_gradient():
    discriminator = nn.Linear(3, 1, bias=False)
    optimizer = optim.Adam(discriminator.parameters())
    for _ in range(12):
        x = X.detach().requires_grad_()
        slope = tg.autograd.grad(discriminator(x).sum(), x, create_graph=True)[0]
        optimizer.zero_grad()
        (slope.square().sum(dim=1) - 1).square().mean().backward()
        optimizer.step()


def attention_and_gates_inside_the_model():
    keys, values = nn.Linear(3, 3), nn.Linear(3, 2)
    optimizer = optim.Adam([*keys.parameters(), *values.parameters()])
    for _ in range(12):
        optimizer.zero_grad()
        F.cross_entropy(values(F.softmax(keys(X), dim=1) * X), CLASSES).backward()
        optimizer.step()


def a_head_that_is_used_every_other_step():
    (model, _), head = linear(), nn.Linear(3, 2)
    optimizer = optim.Adam([*model.parameters(), *head.parameters()])
    for k in range(24):
        optimizer.zero_grad()
        loss = classify(model) + classify(head) if k % 2 else classify(model)
        loss.backward()
        optimizer.step()


def updates_by_hand_that_clear():
    w = tg.zeros(1, requires_grad=True)
    for k in range(6):
        ((w - 1) ** 2).sum().backward()
        with tg.no_grad():
            w -= 0.1 * w.grad
        if k % 2:
            w.grad.zero_()
        else:
            w.grad = None


def an_accumulation_by_hand():
    w = tg.zeros(1, requires_grad=True)
    for _ in range(4):
        for target in (1.0, 2.0, 3.0):
            ((w - target) ** 2).sum().backward()
        with tg.no_grad():
            w -= 0.1 * w.grad
        w.grad = None


def two_models_by_hand_where_the_discriminator_is_reached_twice():
    generator, discriminator = nn.Linear(3, 3), nn.Linear(3, 1)
    for _ in range(5):
        discriminator.zero_grad()
        (discriminator(generator(X).detach()).mean() - discriminator(X).mean()).backward()
        with tg.no_grad():
            for p in discriminator.parameters():
                p -= 0.1 * p.grad
        generator.zero_grad()
        (-discriminator(generator(X)).mean()).backward()
        with tg.no_grad():
            for p in generator.parameters():
                p -= 0.1 * p.grad


def products_that_are_tables_on_purpose():
    model, optimizer = linear(1)
    scale = tg.ones(6, requires_grad=True)
    optimizer.add_param_group({"params": [scale]})
    places = tg.tensor(np.linspace(0, 1, 6, dtype=np.float32))
    for _ in range(3):
        optimizer.zero_grad()
        outer = model(X) * places  # (6, 1) times (6,): features, which a matrix mixes
        (outer @ tg.ones(6, 2)).square().mean().backward()
        (places[:, None] * scale).square().mean().backward()
        (model(X) * places.reshape(6, 1)).mean().backward()
        optimizer.step()


def normalization_frozen_on_purpose():
    model, optimizer = with_dropout()
    for _ in range(3):
        model.train()
        model[1].eval()
        optimizer.zero_grad()
        classify(model).backward()
        optimizer.step()


def an_input_trained_through_a_model_in_evaluation_mode():
    model, _ = with_dropout()
    model.eval()
    x = X.detach().requires_grad_()
    optimizer = optim.Adam([x], lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(model(x), CLASSES).backward()
        optimizer.step()


def one_evaluation_that_records_and_training_after_it():
    model, optimizer = with_dropout()
    kept = []
    for _ in range(2):
        model.train()
        loop(model, classify, optimizer, steps=12)
        model.eval()
        kept.append(model(X))


def gradients_that_are_zero_because_the_loss_is():
    model, optimizer = linear()
    for _ in range(3):
        optimizer.zero_grad(set_to_none=False)
        (0 * model(X)).sum().backward()
        optimizer.step()


def inputs_and_targets_shuffled_together():
    model, optimizer = linear()
    for _ in range(4):
        order = tg.randperm(6)
        optimizer.zero_grad()
        F.cross_entropy(model(X[order]), CLASSES[order]).backward()
        F.cross_entropy(model(X[order]), CLASSES[order]).backward()
        optimizer.step()


def large_inputs_that_are_learned():
    x = 300 * X
    model = nn.Linear(3, 1)
    target = X @ tg.tensor([[1.0], [2.0], [3.0]])
    loop(model, lambda m: F.mse_loss(m(x), target), optim.Adam(model.parameters(), lr=0.01), steps=60)


def fits_whose_rows_are_in_order():
    points, classes = table()
    loss, quiet = "categorical_crossentropy", {"progress": False}
    train.fit(nn.Linear(3, 3), points, classes, loss=loss, **quiet)  # shuffled by fit
    train.fit(nn.Linear(3, 3), points, classes, loss=loss, shuffle=False, batch_size=60, **quiet)  # one batch
    train.fit(nn.Linear(3, 1), points, np.linspace(0, 1, 60), shuffle=False, validation=0.2, **quiet)  # a regression
    order = np.random.default_rng(1).permutation(60)
    train.fit(nn.Linear(3, 3), points[order], classes[order], loss=loss, shuffle=False, validation=0.2, **quiet)
    few = np.round(np.abs(points)).clip(0, 1)  # the rows of a truth table
    train.fit(nn.Linear(3, 3), few[order], classes[order], loss=loss, validation=(few, classes), **quiet)


def fit_itself():
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.2), nn.Linear(4, 2))
    train.fit(model, X, CLASSES, loss=nn.CrossEntropyLoss(), epochs=12, metrics=["acc"], validation=(X, CLASSES),
              schedule=lambda o: optim.lr_scheduler.StepLR(o, 1), progress=False)  # fmt: skip


RIGHT = [
    attention_to_a_single_key,
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
    two_parts_of_a_discriminators_loss_in_two_backward_passes,
    a_schedule_that_follows_the_loss,
    a_state_carried_on_without_its_graph,
    groups_of_parameters_and_layers_that_thaw,
    gradients_set_to_none_by_hand,
    a_closure_of_plain_descent,
    a_target_network_and_a_mean_over_validation_batches,
    a_penalty_on_the_gradient,
    attention_and_gates_inside_the_model,
    a_head_that_is_used_every_other_step,
    updates_by_hand_that_clear,
    an_accumulation_by_hand,
    two_models_by_hand_where_the_discriminator_is_reached_twice,
    products_that_are_tables_on_purpose,
    normalization_frozen_on_purpose,
    an_input_trained_through_a_model_in_evaluation_mode,
    one_evaluation_that_records_and_training_after_it,
    gradients_that_are_zero_because_the_loss_is,
    inputs_and_targets_shuffled_together,
    large_inputs_that_are_learned,
    fits_whose_rows_are_in_order,
    fit_itself,
]


@pytest.mark.parametrize("right", RIGHT, ids=lambda f: f.__name__)
def test_no_false_alarm_from(right):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with train.lint() as report:
            right()
    assert report.findings == []


def test_nothing_of_the_linter_is_left_after_the_block():
    before = tg.Tensor.backward, optim.Optimizer.step, optim.LBFGS.step, nn.Module.zero_grad, hooks.everywhere
    with warnings.catch_warnings(action="ignore"), train.lint():
        assert tg.Tensor.backward is not before[0]
        steps_without_gradients()
    after = tg.Tensor.backward, optim.Optimizer.step, optim.LBFGS.step, nn.Module.zero_grad, hooks.everywhere
    assert after == before
    forgets_zero_grad()  # does not warn: warnings are errors here


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
