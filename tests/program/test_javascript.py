"""Recorded programs printed as JavaScript: every instruction has a form, and the numbers agree with the package."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.data import DataLoader, TensorDataset
from tinygrad_edu.program import Untraceable, javascript
from tinygrad_edu.program.javascript.element_forms import FORMS, REDUCTIONS, has_form
from tinygrad_edu.program.javascript.layer_printer import _two_parts
from tinygrad_edu.program.javascript.recorded_layers import layer_listing, loss_listing
from tinygrad_edu.program.javascript.recorded_rules import rule_listing
from tinygrad_edu.program.javascript.standard_parts import LOSSES, _linear
from tinygrad_edu.viz import SURFACES

from .javascript_engine import run

LR = {"SGD": 0.1, "Momentum": 0.05, "NAG": 0.05, "Adagrad": 0.1, "RMSprop": 0.01, "Adadelta": 1.0, "Adam": 0.01, "Nadam": 0.01}


@cache
def library() -> str:
    return javascript.library()


def named(name: str) -> Any:
    """A function that makes the module of this name, for an input [B, O]."""
    return lambda B, I, O: (getattr(nn, name)(), (B, O))


# --- in Python alone ---


def test_every_instruction_of_every_part_that_pages_offer_has_a_form() -> None:
    listings = [layer_listing(_linear, first=first) for first in (True, False)]
    listings += [layer_listing(named(name)) for name in javascript.ACTIVATIONS]
    listings += [loss_listing(named(name), target) for name, target in LOSSES.items()]
    for name in javascript.RULES:
        listings += [found for _, found in rule_listing(getattr(optim, name)).forms]
    ops = {i.op for found in listings for i in found.instructions}
    assert {"dot", "tanh", "take", "add.reduce", "gate", "sqrt"} <= ops
    assert [op for op in ops if not has_form(op)] == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.GELU(), r"GELU: gelu: erfc is not supported"),
        (lambda: nn.Dropout(0.5), r"Dropout: .*draws random numbers"),
        (lambda: nn.Softmax(dim=0), None),
        (lambda: nn.LogSoftmax(dim=-1), None),
    ],
)
def test_what_has_no_form_is_refused_by_name_and_the_rest_is_printed(make: Any, message: str | None) -> None:
    def print_it() -> str:
        return javascript.layer("layer", lambda B, I, O: (make(), (B, O)))

    if message is None:
        assert print_it().startswith("function layer(size)")
    else:
        with pytest.raises(Untraceable, match=message):
            print_it()


def test_the_error_names_a_rule_that_depends_on_values() -> None:
    class Clipped(optim.SGD):
        def update(self, w: Any, g: Any, v: Any, *, t: int, lr: float, **options: Any) -> None:
            w -= lr * (g if float(abs(g).max()) < 1 else g / 2)

    with pytest.raises(Untraceable, match="the rule of Clipped: float"):
        javascript.rule(Clipped)


def test_a_size_that_does_not_follow_from_the_layers_sizes_is_refused() -> None:
    with pytest.raises(Untraceable, match="not a product of the sizes"):
        javascript.layer("odd", lambda B, I, O: (nn.Linear(I, O + 1).to(tg.float64), (B, I)))


def test_forms_of_a_rule_carry_the_conditions_under_which_they_fit() -> None:
    conditions = {name: [set(c) for c, _ in rule_listing(getattr(optim, name)).forms] for name in ("SGD", "Adam", "Adagrad")}
    assert {"momentum", "(t === 1)"} in conditions["SGD"]
    assert {"!momentum"} in conditions["SGD"]
    assert {"amsgrad", "((1 - (beta2 ** t)) === 1)"} in conditions["Adam"]
    assert conditions["Adagrad"] == [set()]  # an initial value is not a decision
    assert '"start": "initial_accumulator_value"' in javascript.rule(optim.Adagrad)


# --- element by element ---


def test_every_elementwise_form_equals_numpys_function() -> None:
    values = [-2.5, -1.0, -0.5, 0.0, 0.25, 0.75, 1.0, 3.0, float("nan"), float("inf")]
    ours: dict[str, Any] = {"gate": lambda a, b: np.where(b, a, 0), "copyto": lambda a: a, "where": np.where, "clip": np.clip}
    bits = {"bitwise_and", "bitwise_or", "bitwise_xor", "logical_and", "logical_or", "logical_xor", "invert", "logical_not"}
    numbers = [v if np.isfinite(v) else str(v).replace("nan", "NaN").replace("inf", "Infinity") for v in values]
    bodies, expected = [], []
    for name, form in FORMS.items():
        count = 1 + ("{1}" in form) + ("{2}" in form)
        for i, a in enumerate(values):
            for j, b in enumerate(values if count > 1 else values[:1]):
                given: list[Any] = [a, b, 0.75][:count]
                text: list[Any] = [numbers[i], numbers[j], "0.75"][:count]
                if name in bits:
                    given = [bool(x > 0) for x in given]
                    text = [str(int(x)) for x in given]
                elif name == "where":
                    given, text = [bool(a > 0), b, 0.75], [str(int(a > 0)), numbers[j], "0.75"]
                elif name == "gate":
                    given, text = [a, bool(b > 0)], [numbers[i], str(int(b > 0))]
                elif name == "clip" and not b <= 0.75:
                    continue
                elif name == "power" and abs(a) == 1 and not np.isfinite(b):
                    continue  # NaN in JavaScript, 1 in C
                with np.errstate(all="ignore"):
                    expected.append(float((ours.get(name) or getattr(np, name))(*given)))
                bodies.append(f"String({form.format(*(f'({x})' for x in text))})")
    found = [float(x.replace("Infinity", "inf")) for x in run(f"return [{', '.join(bodies)}];", None)]
    wrong = [
        (body, a, b)
        for body, a, b in zip(bodies, found, expected, strict=True)
        if not (a == b or (a != a and b != b) or abs(a - b) <= 1e-15 * abs(b))
    ]
    assert wrong == []
    assert len(REDUCTIONS) == 6


def test_the_random_numbers_agree_with_the_package() -> None:
    seeds = [0, 1, 4294967295, 67280421310721, (1 << 63) - 25]
    script = (
        javascript.runtime()
        + """
    return data.map(seed => {
      const g = new Generator(BigInt(seed));
      return { uniform: [...Array(700)].map(() => g.uniform(-0.3, 0.7)), order: [...g.permutation(50)],
        seed: String(g.seed()) };
    });"""
    )
    for seed, found in zip(seeds, run(script, [str(s) for s in seeds]), strict=True):
        g = tg.Generator().manual_seed(seed)
        assert found["uniform"] == g.uniform(700, low=-0.3, high=0.7).tolist()
        assert found["order"] == g.permutation(50).tolist()
        assert int(found["seed"]) == int(g.bits64(1)[0]) % (1 << 63)


# --- training, step by step ---

POINTS = 100
TRAIN = """
  const sizes = run.sizes, n = data.X.length, most = 32;
  const network = new Network(sizes, run.activation, run.loss, most);
  const generator = new Generator(run.seed), learner = new Learner(sizes, run.rule, run.options).draw(generator);
  const batches = new Batches(generator, n, most), out = sizes[sizes.length - 1];
  const x = new Float64Array(2 * most), y = run.loss === "CrossEntropyLoss" ? new Int32Array(most) : new Float64Array(most);
  const losses = [];
  for (let t = 0; t < run.steps; t++) {
    const rows = batches.rows(t);
    rows.forEach((r, i) => { x[2 * i] = data.X[r][0]; x[2 * i + 1] = data.X[r][1]; y[i] = data.y[run.loss][r]; });
    losses.push(network.step(x, y, learner.W, learner.G, rows.length));
    learner.update();
  }
  return { losses, w: [...learner.w] };
"""


def data() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((POINTS, 2))
    wave = np.sin(2 * X[:, 0]) + X[:, 1]
    return {
        "X": X.tolist(),
        "y": {
            "BCEWithLogitsLoss": (wave > 0).astype(float).tolist(),
            "CrossEntropyLoss": np.digitize(wave, [-0.7, 0.7]).tolist(),
            **dict.fromkeys(("MSELoss", "L1Loss", "SmoothL1Loss"), wave.tolist()),
        },
    }


def one(
    rule: str, loss: str = "BCEWithLogitsLoss", activation: str = "Tanh", steps: int = 200, seed: int = 3, **options: Any
) -> dict[str, Any]:
    out = 3 if loss == "CrossEntropyLoss" else 1
    return {
        "rule": rule, "loss": loss, "activation": activation, "sizes": [2, 8, 8, out], "seed": seed, "steps": steps,
        "options": {"lr": LR[rule], **options},
    }  # fmt: skip


def eager(run: dict[str, Any]) -> tuple[list[float], Any]:
    """The same training with the package."""
    given = data()
    X = tg.tensor(given["X"], dtype=tg.float64)
    classes = run["loss"] == "CrossEntropyLoss"
    y = tg.tensor(given["y"][run["loss"]]) if classes else tg.tensor(given["y"][run["loss"]], dtype=tg.float64)[:, None]
    tg.manual_seed(run["seed"])
    activation = getattr(nn, run["activation"])
    a, b, c, d = run["sizes"]
    net = nn.Sequential(nn.Linear(a, b), activation(), nn.Linear(b, c), activation(), nn.Linear(c, d)).to(tg.float64)
    options = dict(run["options"])
    if "beta1" in options or "beta2" in options:
        options["betas"] = (options.pop("beta1", 0.9), options.pop("beta2", 0.999))
    opt = getattr(optim, run["rule"])(net.parameters(), **options)
    loss_function, loader = getattr(nn, run["loss"])(), DataLoader(TensorDataset(X, y), batch_size=32, shuffle=True)
    losses: list[float] = []
    while len(losses) < run["steps"]:
        for bx, by in loader:
            if len(losses) == run["steps"]:
                break
            loss = loss_function(net(bx), by)
            opt.zero_grad()
            loss.backward()
            opt.step()
            losses.append(loss.item())
    return losses, np.concatenate([p.detach().numpy().ravel() for p in net.parameters()])


def assert_javascript_agrees(runs: list[dict[str, Any]], tolerance: float = 1e-12) -> None:
    script = library() + f"return data.runs.map(run => {{ {TRAIN} }});"
    for r, found in zip(runs, run(script, {**data(), "runs": runs}), strict=True):
        losses, w = eager(r)
        assert np.isfinite(losses).all(), r
        np.testing.assert_allclose(found["losses"], losses, rtol=0, atol=tolerance, err_msg=str(r))
        np.testing.assert_allclose(found["w"], w, rtol=0, atol=tolerance, err_msg=str(r))


def test_each_rule_trains_to_the_packages_numbers() -> None:
    assert set(javascript.RULES) == set(LR)
    assert_javascript_agrees([one(rule) for rule in javascript.RULES])


def test_each_activation_and_each_loss_trains_to_the_packages_numbers() -> None:
    assert_javascript_agrees([one("SGD", activation=name, steps=60) for name in javascript.ACTIVATIONS])
    assert_javascript_agrees([one("Momentum", loss, steps=60) for loss in javascript.LOSSES])


@pytest.mark.slow
def test_all_rules_losses_and_activations_together_train_to_the_packages_numbers() -> None:
    three = ("BCEWithLogitsLoss", "CrossEntropyLoss", "MSELoss")
    assert_javascript_agrees([one(r, loss, a) for r in javascript.RULES for loss in three for a in ("Tanh", "ReLU", "Sigmoid")])


def test_options_select_the_matching_form_of_a_rule() -> None:
    runs = [
        one("SGD", momentum=0.9, steps=40),
        one("SGD", momentum=0.9, dampening=0.5, steps=40),
        one("SGD", momentum=0.9, nesterov=True, steps=40),
        one("RMSprop", momentum=0.5, steps=40),
        one("RMSprop", centered=True, eps=1e-3, steps=40),
        one("Adam", amsgrad=True, steps=40),
        one("Adam", beta2=0.0, eps=1e-2, steps=40),
        one("Adam", beta1=0.0, steps=40),
        one("Adagrad", initial_accumulator_value=0.1, lr_decay=0.01, steps=40),
        one("Nadam", momentum_decay=1.0, steps=40),
        one("Nadam", beta2=0.0, eps=1e-2, steps=40),
    ]
    for r in runs:
        defaults = one(r["rule"], steps=r["steps"])
        assert np.abs(eager(r)[1] - eager(defaults)[1]).max() > 1e-5, r
    assert_javascript_agrees(runs)


def test_options_that_fit_no_form_raise_instead_of_computing_something_else() -> None:
    script = (
        library()
        + """
    const a = () => new Float64Array(2);
    try { SGD.update(a(), a(), [a()], { lr: 1, momentum: 0, nesterov: true, t: 1 }); }
    catch (error) { return String(error); }"""
    )
    assert run(script, None).startswith("RangeError: SGD: no recorded form fits")


def test_labels_out_of_range_raise() -> None:
    script = (
        library()
        + """
    const end = CrossEntropyLoss({ B: 2, O: 3 });
    return data.map(target => {
      try { return end.forward({ x: new Float64Array(6), target }); } catch (e) { return String(e); }
    });"""
    )
    fine, above, below = run(script, [[0, 2], [0, 3], [-1, 0]])
    assert fine == pytest.approx(np.log(3))
    assert above == below == "RangeError: CrossEntropyLoss: cross_entropy"


@pytest.mark.parametrize("name", sorted(SURFACES))
def test_a_function_of_numbers_has_the_value_and_the_derivatives_of_the_engine(name: str) -> None:
    f = SURFACES[name].f
    points = np.random.default_rng(0).uniform(-2, 2, (20, 2))
    script = javascript.function("f", f, {"x": 0.3, "y": 0.2}, ("x", "y")) + "return data.map(([x, y]) => f(x, y));"
    for (a, b), found in zip(points, run(script, points.tolist()), strict=True):
        x, y = (tg.tensor(v, dtype=tg.float64, requires_grad=True) for v in (a, b))
        value = f(x, y)
        value.backward()
        np.testing.assert_allclose(found, [value.item(), x.grad.item(), y.grad.item()], rtol=1e-13, atol=1e-13)


CHAOTIC = {("Adagrad", "rastrigin"), ("Adadelta", "beale")}  # there, a difference in the last digit grows into a different path


@pytest.mark.parametrize("rule", javascript.RULES)
def test_each_rule_takes_the_packages_steps_on_each_surface(rule: str) -> None:
    lr = {"SGD": 1e-3, "Momentum": 1e-4, "NAG": 1e-4}.get(rule, LR[rule])
    surfaces = {k: javascript.function(k, s.f, {"x": s.start[0], "y": s.start[1]}, ("x", "y")) for k, s in SURFACES.items()}
    script = (
        javascript.runtime()
        + "\n".join(surfaces.values())
        + javascript.rule(getattr(optim, rule))
        + f"""
    const rule = {rule}, surfaces = {{ {", ".join(surfaces)} }}, found = {{}};
    for (const [name, runs] of Object.entries(data)) found[name] = runs.map(({{ w, state, t, steps }}) => {{
      const at = Float64Array.from(w), buffers = rule.buffers.map((b, i) => Float64Array.from(state[i] ?? [0, 0])), path = [];
      for (let s = 0; s < steps; s++) {{
        const [, ...g] = surfaces[name](...at);
        rule.update(at, Float64Array.from(g), buffers, {{ ...rule.options, lr: {lr}, t: t + s }});
        path.push([...at]);
      }}
      return path;
    }});
    return found;"""
    )
    asked, paths = {}, {}
    for name, s in SURFACES.items():
        path, states = descend(rule, s, lr, 60)
        paths[name] = path
        one_run = [{"w": path[0], "state": [], "t": 1, "steps": 60}]
        single = [{"w": path[t], "state": states[t], "t": t + 1, "steps": 1} for t in range(1, 60)]
        asked[name] = single if (rule, name) in CHAOTIC else one_run
    for name, runs in run(script, asked).items():
        steps = [p for path in runs for p in path]
        start = 2 if (rule, name) in CHAOTIC else 1
        np.testing.assert_allclose(steps, paths[name][start:], rtol=1e-9, atol=1e-9, err_msg=name)


def descend(rule: str, surface: Any, lr: float, steps: int) -> tuple[list[list[float]], list[list[list[float]]]]:
    """The path, and the rule's state after each step, [buffer][x, y]."""
    x, y = (tg.tensor(float(v), dtype=tg.float64, requires_grad=True) for v in surface.start)
    opt = getattr(optim, rule)([x, y], lr=lr)
    path, states = [[x.item(), y.item()]], [[]]  # type: ignore[var-annotated]
    names = [b.key for b in opt.buffers if b.when is None]
    for _ in range(steps):
        opt.zero_grad()
        surface.f(x, y).backward()
        opt.step()
        path.append([x.item(), y.item()])
        states.append([[float(opt.state[p][k]) for p in (x, y)] for k in names])
    return path, states


# --- whole networks, and wrong programs ---


class _Whole(nn.Module):
    """A network with its loss, recorded as a whole."""

    def __init__(self, widths: tuple[int, ...], activation: str, loss: str) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for a, b in pairwise(widths):
            layers += [nn.Linear(a, b), getattr(nn, activation)()]
        self.net = nn.Sequential(*layers[:-1]).to(tg.float64)
        self.loss = getattr(nn, loss)()

    def forward(self, x: Any, target: Any) -> Any:
        return self.loss(self.net(x), target)


@pytest.mark.parametrize("loss", ["BCEWithLogitsLoss", "CrossEntropyLoss", "MSELoss"])
@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "SiLU"])
def test_recorded_layers_together_compute_bit_for_bit_what_a_recording_of_the_whole_network_computes(
    activation: str, loss: str
) -> None:
    whole = loss_listing(lambda B, I, O: (_Whole((I, O, I, O), activation, loss), (B, I)), LOSSES[loss])
    script = (
        library()
        + _two_parts("Whole", whole)
        + """
    const { B, I, O } = data, sizes = [I, O, I, O], whole = Whole({ B, I, O });
    const generator = new Generator(1), learner = new Learner(sizes, "SGD", {}).draw(generator);
    const network = new Network(sizes, data.activation, data.loss, B);
    const x = Float64Array.from({ length: B * I }, () => generator.uniform(-1, 1));
    const labels = data.loss === "CrossEntropyLoss";
    const target = Float64Array.from({ length: labels ? B : B * O },
      () => labels ? generator.bits32() % O : generator.uniform(0, 1));
    const parts = network.step(x, target, learner.W, learner.G, B), given = { x, target }, gradients = [];
    [0, 2, 4].forEach((at, k) => { for (const [n, kind] of ["weight", "bias"].entries()) {
      given[`net_${at}_${kind}`] = learner.W[2 * k + n];
      gradients.push(given[`d_net_${at}_${kind}`] = new Float64Array(learner.W[2 * k + n].length));
    } });
    const value = whole.forward(given);
    whole.backward(given);
    const same = gradients.map((g, k) => g.every((v, i) => v === learner.G[k][i]));
    return { value: value === parts, gradients: same, some: gradients[0][0] };"""
    )
    found = run(script, {"B": 13, "I": 4, "O": 6, "activation": activation, "loss": loss})
    assert found["value"] is True
    assert found["gradients"] == [True] * 6
    assert found["some"] != 0


@pytest.mark.slow
def test_an_expression_that_is_changed_in_a_rule_or_a_loss_is_noticed() -> None:
    mutants, runs = [], [one(rule, steps=4, seed=1) for rule in javascript.RULES]
    runs += [one("SGD", loss, steps=2, seed=1) for loss in ("CrossEntropyLoss", "MSELoss")]
    for k, r in enumerate(runs):
        for part in [r["rule"]] if k < len(javascript.RULES) else [r["loss"]]:
            start = re.search(rf"^(const {part} = \{{|function {part}\()", library(), re.MULTILINE)
            assert start is not None
            end = re.compile(r"^\}", re.MULTILINE).search(library(), start.end())
            assert end is not None
            text = library()[start.start() : end.end()]
            for found in re.finditer(r"const ([ec]\d+) = (.+);", text):
                changed = text[: found.start()] + f"const {found[1]} = 1.0001 * ({found[2]});" + text[found.end() :]
                if "? 1 : 0" not in found[2]:
                    mutants.append((k, part, found[0], start.start(), end.end(), changed))
    script = """
    return data.mutants.map(([k, , , from, to, changed]) => {
      const mutated = data.library.slice(0, from) + changed + data.library.slice(to);
      return new Function("data", "run", mutated + data.train)(data, data.runs[k]);
    });"""
    found = run(script, {**data(), "runs": runs, "mutants": mutants, "library": library(), "train": TRAIN})
    expected = [eager(r) for r in runs]
    unnoticed = []
    for (k, part, line, *_), got in zip(mutants, found, strict=True):
        losses, w = expected[k]
        if np.allclose(got["losses"], losses, rtol=0, atol=1e-12) and np.allclose(got["w"], w, rtol=0, atol=1e-12):
            unnoticed.append((part, line))
    used = len(mutants) - len(unnoticed)
    assert used > 60
    # the rest belongs to forms for other options, and to Adagrad's ε, which is too small to be noticed
    forms = {name: len(rule_listing(getattr(optim, name)).forms) for name in javascript.RULES}
    assert {part for part, _ in unnoticed if forms.get(part, 1) == 1} <= {"Adagrad"}
