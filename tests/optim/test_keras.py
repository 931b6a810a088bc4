"""from_keras: names, spellings, defaults and refusals; the numbers are in test_oracles.py."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim


def w():
    return tg.tensor(np.zeros(2), requires_grad=True)


def options(name, /, **given):
    optimizer = optim.from_keras(name, [w()], **given)
    return type(optimizer), {key: value for key, value in optimizer.param_groups[0].items() if key != "params"}


def test_lines_of_keras_code_give_the_right_rules_and_options():
    rule, adam = options("adam", lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=None, decay=0.0, amsgrad=False)
    assert rule is optim.Adam
    assert (adam["lr"], adam["betas"], adam["eps"], adam["amsgrad"]) == (0.001, (0.9, 0.999), 1e-7, False)
    assert options("sgd", lr=0.01, momentum=0.9)[0] is optim.Momentum
    assert options("sgd", lr=0.01, momentum=0.9, nesterov=True)[0] is optim.NAG
    rule, rmsprop = options("RMSprop", lr=0.001, rho=0.9, epsilon=1e-06)
    assert (rule, rmsprop["alpha"], rmsprop["eps"], rmsprop["eps_in_sqrt"]) == (optim.RMSprop, 0.9, 1e-6, True)
    rule, adagrad = options("Adagrad", lr=0.01, epsilon=1e-6)
    assert (rule, adagrad["eps_in_sqrt"], adagrad["initial_accumulator_value"]) == (optim.Adagrad, True, 0.1)


def test_old_and_new_spellings_are_equivalent():
    assert options("adam", lr=0.5, epsilon=1e-3) == options("Adam", learning_rate=0.5, epsilon=1e-3)
    assert options("nadam", schedule_decay=0.004)[1]["momentum_decay"] == 0.004
    assert options("adagrad", decay=0.1)[1]["decay"] == 0.1
    assert options("adam", weight_decay=None, clipnorm=None, name="mine") == options("adam")
    with pytest.raises(TypeError, match="learning_rate was given in both spellings"):
        options("adam", lr=0.1, learning_rate=0.1)


def test_a_schedule_may_be_the_rate():
    parameter = w()
    optimizer = optim.from_keras("sgd", [parameter], learning_rate=lambda step: [1.0, 10.0][step])
    for _ in range(2):
        parameter.grad = tg.tensor(np.ones(2))
        optimizer.step()
    assert parameter.tolist() == [-11.0, -11.0]


def test_errors_of_from_keras():
    with pytest.raises(ValueError, match="no optimizer is called 'lion'; the names are sgd, adagrad"):
        options("lion")
    with pytest.raises(TypeError, match=r"name must be a str such as 'adam', got 3 \(int\)"):
        optim.from_keras(3, [tg.ones(1)])
    with pytest.raises(ValueError, match=r"clipnorm=1.0 is not part of the rule here: call nn.utils.clip_grad_norm_"):
        options("adam", clipnorm=1.0)
    with pytest.raises(TypeError, match="from_keras: adam has no option 'rho'"):
        options("adam", rho=0.9)
    with pytest.raises(TypeError, match="from_keras: sgd has no option 'beta_1'"):
        options("sgd", beta_1=0.9)
    with pytest.raises(TypeError, match="from_keras: adam has no option 'betas'; pass beta_1 and beta_2"):
        options("adam", betas=(0.8, 0.9))
    with pytest.raises(ValueError, match="Invalid learning rate: -1"):
        options("adam", lr=-1)
