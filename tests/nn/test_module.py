"""Module: what it finds, how it is trained, saved and printed, and its errors for the classic mistakes."""

from __future__ import annotations

import copy
import gc
import inspect
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, train, viz
from tinygrad_edu.nn.diagnostics.keras_names import LAYERS, METHODS, OPTIONS


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.second = nn.Linear(3, 2)
        self.scale = nn.Parameter(tg.ones(2))
        self.register_buffer("mean", tg.zeros(2))
        self.register_buffer("seen", tg.tensor(0), persistent=False)
        self.first = nn.Sequential(nn.Linear(3, 3), nn.ReLU())

    def forward(self, x: Any) -> Any:
        return self.scale * self.second(self.first(x)) + self.mean


PATHS = ["scale", "second.weight", "second.bias", "first.0.weight", "first.0.bias"]


# --- its parts ---


def test_parameters_are_in_declaration_order_the_modules_own_first() -> None:
    assert [path for path, _ in Net().named_parameters()] == PATHS


def test_buffers_modules_and_children_are_found_by_path() -> None:
    net = Net()
    assert [path for path, _ in net.named_buffers()] == ["mean", "seen"]
    assert [path for path, _ in net.named_modules()] == ["", "second", "first", "first.0", "first.1"]
    assert [name for name, _ in net.named_children()] == ["second", "first"]
    assert net.get_submodule("first.0") is net.first[0]
    assert net.get_parameter("first.0.bias") is net.first[0].bias
    assert net.get_buffer("mean") is net.mean
    for find, path in ((net.get_submodule, "first.7"), (net.get_parameter, "first.0"), (net.get_buffer, "scale")):
        with pytest.raises(AttributeError):
            find(path)


def test_tied_weights_are_one_parameter_under_two_paths() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    assert [path for path, _ in net.named_parameters()] == ["0.weight", "0.bias", "1.bias"]
    assert list(net.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    twin = copy.deepcopy(net)
    assert twin[1].weight is twin[0].weight
    assert twin[0].weight is not net[0].weight
    layer = nn.Linear(2, 2)
    assert len(list(nn.Sequential(layer, nn.ReLU(), layer).parameters())) == 2


def test_a_plain_tensor_is_not_a_parameter_and_none_reserves_a_name() -> None:
    layer = nn.Linear(2, 2)
    layer.note = tg.ones(2, requires_grad=True)
    layer.bias = None
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert layer(tg.ones(1, 2)).shape == (1, 2)


def test_deleting_an_attribute_forgets_it() -> None:
    net = Net()
    del net.first, net.mean
    assert [path for path, _ in net.named_parameters()] == PATHS[:3]
    assert list(net.state_dict()) == PATHS[:3]


def test_layers_in_a_plain_list_warn_unless_they_are_found_elsewhere() -> None:
    class Forgetful(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = [nn.Linear(2, 2)]

    with pytest.warns(UserWarning, match=r"layers is a plain list.*nn\.ModuleList") as seen:
        Forgetful().parameters()
    assert seen[0].filename == __file__

    class Nested(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = {"first": [nn.Linear(2, 2)]}

    with pytest.warns(UserWarning, match=r"blocks is a plain dict.*nn\.ModuleDict"):
        Nested().state_dict()

    class Careful(Forgetful):
        def __init__(self) -> None:
            super().__init__()
            self.found = nn.ModuleList(self.layers)

    assert len(list(Careful().parameters())) == 2


# --- changing all parts ---


def test_train_and_eval_reach_every_module() -> None:
    net = Net()
    assert net.eval() is net
    assert not any(m.training for m in net.modules())
    assert all(m.training for m in net.train().modules())
    with pytest.raises(ValueError, match="boolean"):
        net.train(1)  # type: ignore[arg-type]  # the mistake under test


def test_a_part_that_overrides_train_is_called_by_its_parent() -> None:
    class Frozen(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.linear = nn.BatchNorm1d(2), nn.Linear(2, 2)

        def train(self, mode: bool = True) -> Any:
            super().train(mode)
            self.norm.eval()
            return self

    model = nn.Sequential(nn.Sequential(Frozen())).train()
    assert [type(m).__name__ for m in model.modules() if not m.training] == ["BatchNorm1d"]


def test_apply_visits_children_before_parents() -> None:
    net, seen = Net(), []
    assert net.apply(lambda m: seen.append(type(m).__name__)) is net
    assert seen == ["Linear", "Linear", "ReLU", "Sequential", "Net"]


def test_zero_grad_deletes_gradients_or_fills_them_with_zeros() -> None:
    net = Net()
    net(tg.ones(4, 3)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    held = [p.grad for p in net.parameters()]
    net.zero_grad(set_to_none=False)
    assert all(p.grad is g for p, g in zip(net.parameters(), held, strict=True))  # in place, as in PyTorch
    assert all(not p.grad.any() for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_frozen_parameters_get_no_gradient() -> None:
    net = Net()
    net.first.requires_grad_(False)
    net(tg.ones(4, 3)).sum().backward()
    assert [path for path, p in net.named_parameters() if p.grad is None] == PATHS[3:]


def test_conversion_keeps_the_identity_of_parameters_and_converts_gradients() -> None:
    net = Net()
    net(tg.ones(4, 3)).sum().backward()
    before = list(net.parameters())
    assert net.double() is net
    assert all(a is b for a, b in zip(before, net.parameters(), strict=True))
    assert {t.dtype for t in (*net.parameters(), *(p.grad for p in net.parameters()), net.mean)} == {np.dtype(np.float64)}
    assert net.seen.dtype == np.int64
    assert net.to("cpu", tg.float32).scale.dtype == np.float32
    assert net.to(tg.ones(1, dtype=tg.float64)).float().scale.dtype == np.float32
    with pytest.raises(ValueError, match="CPU"):
        net.to("cuda")
    for refuse in (net.half, lambda: net.to(tg.float16), lambda: net.to(tg.int64)):
        with pytest.raises(TypeError, match="float32 or float64"):
            refuse()


def test_a_module_can_be_copied_and_pickled() -> None:
    net = Net()
    x = tg.randn(4, 3)
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        np.testing.assert_array_equal(twin(x).detach(), net(x).detach())
        twin(x).sum().backward()
        assert net.scale.grad is None
        assert isinstance(twin.scale, nn.Parameter)


def test_models_create_no_reference_cycles() -> None:
    def work() -> None:
        net = Net()
        net(tg.ones(4, 3)).sum().backward()
        net.zero_grad()
        net.state_dict()

    work()
    gc.collect()
    gc.disable()
    try:
        work()
        assert gc.collect() == 0
    finally:
        gc.enable()


# --- state ---


def test_state_dict_is_a_snapshot() -> None:
    net = Net()
    state = net.state_dict()
    assert list(state) == [PATHS[0], "mean", *PATHS[1:]]
    with tg.no_grad():
        net.scale *= 3
    assert state["scale"].tolist() == [1, 1]
    assert str(net.load_state_dict(state)) == "<All keys matched successfully>"
    assert net.scale.tolist() == [1, 1]
    assert net.state_dict(keep_vars=True)["scale"] is net.scale
    assert list(nn.Linear(1, 1).state_dict(prefix="head.")) == ["head.weight", "head.bias"]


def test_loading_accepts_arrays_and_keeps_the_dtype_and_identity_of_the_parameters() -> None:
    layer = nn.Linear(2, 1)
    weight = layer.weight
    layer.load_state_dict({"weight": np.array([[1.0, 2.0]]), "bias": np.array([3])})
    assert layer.weight is weight
    assert weight.dtype == np.float32
    assert layer(tg.ones(1, 2)).item() == 6


def test_a_graph_recorded_before_loading_refuses_to_use_the_new_weights() -> None:
    layer = nn.Linear(2, 1)
    x = tg.ones(1, 2, requires_grad=True)
    loss = layer(x).sum()
    layer.load_state_dict(layer.state_dict())
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_loading_lists_everything_that_does_not_fit_and_then_changes_nothing() -> None:
    layer = nn.Linear(3, 4)
    before = layer.state_dict()
    with pytest.raises(RuntimeError) as error:
        layer.load_state_dict({"weight": tg.zeros(3, 3), "zzz": tg.zeros(1)})
    assert str(error.value) == (
        "Error(s) in loading state_dict for Linear:\n"
        '\tMissing key(s) in state_dict: "bias". \n'
        '\tUnexpected key(s) in state_dict: "zzz". \n'
        "\tsize mismatch for weight: copying a param with shape (3, 3) from checkpoint, the shape in current model is (4, 3)."
    )
    with pytest.raises(RuntimeError, match="size mismatch"):
        layer.load_state_dict({"bias": tg.zeros(4), "weight": tg.zeros(3, 3)}, strict=False)
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    answer = layer.load_state_dict({"bias": tg.zeros(4), "zzz": tg.zeros(1)}, strict=False)
    assert answer.missing_keys == ["weight"]
    assert answer.unexpected_keys == ["zzz"]
    assert layer.bias.tolist() == [0, 0, 0, 0]


def test_load_state_dict_of_a_path_says_how_to_read_the_file():
    for path in ("m.pt", Path("m.pt")):
        with pytest.raises(TypeError, match=r"read the file first: load_state_dict\(tg.load\('m.pt'\)\)"):
            nn.Linear(2, 1).load_state_dict(path)
    with pytest.raises(TypeError, match=r"Expected state_dict to be dict-like, got int$"):
        nn.Linear(2, 1).load_state_dict(3)


@pytest.mark.live
def test_state_dicts_go_to_pytorch_and_back() -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    ours = nn.MLP([3, 4, 2])
    ours.load_state_dict(theirs.state_dict())
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(ours(tg.tensor(x)).detach(), theirs(torch.tensor(x)).detach().numpy(), atol=1e-6)
    ours[0].load_state_dict(nn.Linear(3, 4).state_dict())
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    np.testing.assert_allclose(ours(tg.tensor(x)).detach(), theirs(torch.tensor(x)).detach().numpy(), atol=1e-6)


# --- hooks ---


def watch(t: Any) -> list[Any]:
    """The events that hooks observe; uses only names that both frameworks have."""
    events: list[Any] = []
    t.manual_seed(0)
    model = t.nn.Sequential(t.nn.Linear(2, 3), t.nn.Tanh(), t.nn.Linear(3, 1))

    def note(kind: str) -> Any:
        def hook(module: Any, *details: Any) -> None:
            flat = [d for detail in details for d in (detail if isinstance(detail, tuple) else (detail,))]
            values = [None if d is None else np.round(d.detach().numpy(), 5).tolist() for d in flat]
            events.append((kind, type(module).__name__, values))

        return hook

    for module in model:
        module.register_forward_pre_hook(note("before"))
        module.register_forward_hook(note("after"))
        module.register_full_backward_pre_hook(note("gradient before"))
        module.register_full_backward_hook(note("gradient after"))
    model(t.tensor([[1.0, 2.0], [3.0, -1.0]])).sum().backward()
    return events


def test_hooks_see_arguments_outputs_and_gradients_in_order() -> None:
    events = watch(tg)
    assert [kind for kind, *_ in events] == ["before", "after"] * 3 + ["gradient before", "gradient after"] * 3
    assert [name for _, name, _ in events[6:]] == ["Linear", "Linear", "Tanh", "Tanh", "Linear", "Linear"]
    assert events[6][2] == [[[1], [1]]]
    assert events[-1][2][0] is None  # the input of the model requires no gradient


@pytest.mark.live
@pytest.mark.filterwarnings("ignore:Full backward hook is firing")  # PyTorch warns where no input requires a gradient
def test_hooks_see_what_they_see_in_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    ours, theirs = watch(tg), watch(torch)
    assert [event[:2] for event in ours] == [event[:2] for event in theirs]
    for a, b in zip(ours, theirs, strict=True):
        for x, y in zip(a[2], b[2], strict=True):
            assert (x is None) == (y is None)
            if x is not None:
                np.testing.assert_allclose(x, y, atol=2e-5)


def test_hooks_can_replace_what_they_are_given_and_can_be_removed() -> None:
    layer = nn.Identity()
    x = tg.ones(2, requires_grad=True)
    handles = [
        layer.register_forward_pre_hook(lambda m, args: (args[0] * 2,)),
        layer.register_forward_hook(lambda m, args, y: y + 1),
        layer.register_full_backward_pre_hook(lambda m, g: (g[0] * 3,)),
        layer.register_full_backward_hook(lambda m, g_in, g_out: (g_in[0] * 5,)),
    ]
    y = layer(x)
    assert y.tolist() == [3, 3]
    y.sum().backward()
    assert x.grad.tolist() == [30, 30]
    for handle in handles:
        handle.remove()
    assert layer(x) is x


def test_a_hook_ends_with_its_with_block_and_a_hook_may_remove_itself() -> None:
    layer = nn.Identity()
    with layer.register_forward_hook(lambda m, args, y: y * 10):
        assert layer(tg.ones(1)).item() == 10
    assert layer(tg.ones(1)).item() == 1
    handle = layer.register_forward_hook(lambda m, args, y: (handle.remove(), y + 1)[1])
    assert [layer(tg.ones(1)).item() for _ in range(2)] == [2, 1]


def test_a_forward_hook_gets_keyword_arguments_if_it_requests_them() -> None:
    class Add(nn.Module):
        def forward(self, x: Any, *, other: Any) -> Any:
            return x + other

    layer = Add()
    layer.register_forward_pre_hook(lambda m, args, kwargs: (args, {"other": kwargs["other"] * 10}), with_kwargs=True)
    layer.register_forward_hook(lambda m, args, kwargs, y: y + kwargs["other"], with_kwargs=True)
    assert layer(tg.ones(1), other=2.0).tolist() == [41]


def ordered(t: Any) -> list[Any]:
    """The order of calls with prepend= and always_call=."""
    events: list[Any] = []

    class Half(t.nn.Module):  # type: ignore[misc]  # the base comes from either framework
        def forward(self, x: Any, fail: bool = False) -> Any:
            if fail:
                raise ValueError("as asked")
            return x / 2

    layer = Half()
    layer.register_forward_pre_hook(lambda m, args: events.append("before 1"))
    layer.register_forward_pre_hook(lambda m, args: events.append("before 2"), prepend=True)
    layer.register_forward_pre_hook(lambda m, args, kw: events.append(dict(kw)), prepend=True, with_kwargs=True)
    layer.register_forward_hook(lambda m, args, y: events.append("after 1"))
    layer.register_forward_hook(lambda m, args, y: events.append("after 2"), prepend=True)
    layer.register_forward_hook(lambda m, args, y: events.append(("always", y is None)), always_call=True)
    layer.register_forward_hook(lambda m, args, kw, y: events.append(dict(kw)), with_kwargs=True, always_call=True)
    layer.register_full_backward_pre_hook(lambda m, g: events.append("gradient before 1"))
    layer.register_full_backward_pre_hook(lambda m, g: events.append("gradient before 2"), prepend=True)
    layer.register_full_backward_hook(lambda m, a, b: events.append("gradient after 1"))
    layer.register_full_backward_hook(lambda m, a, b: events.append("gradient after 2"), prepend=True)
    layer(t.ones(2, requires_grad=True)).sum().backward()
    with pytest.raises(ValueError, match="as asked"):
        layer(t.ones(2), fail=True)
    layer.register_forward_hook(lambda m, args, y: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        layer(t.ones(2))
    return events


def test_hooks_can_go_first_and_be_called_after_an_error_too() -> None:
    assert ordered(tg) == [
        {}, "before 2", "before 1", "after 2", "after 1", ("always", False), {},
        "gradient before 2", "gradient before 1", "gradient after 2", "gradient after 1",
        {"fail": True}, "before 2", "before 1", ("always", True), {"fail": True},
        {}, "before 2", "before 1", "after 2", "after 1", ("always", False), {},
    ]  # fmt: skip


@pytest.mark.live
def test_hooks_are_called_in_pytorchs_order() -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    assert ordered(tg) == ordered(torch)


def test_a_pre_hook_with_keywords_must_return_both() -> None:
    layer = nn.Identity()
    layer.register_forward_pre_hook(lambda m, args, kwargs: args, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"tuple of \(new_args, new_kwargs\)"):
        layer(tg.ones(1))


def test_a_backward_hook_sees_only_the_gradient_through_its_own_call() -> None:
    layer, seen = nn.Identity(), []
    layer.register_full_backward_hook(lambda m, g_in, g_out: seen.append(g_in[0].item()))
    x = tg.tensor(2.0, requires_grad=True)
    (layer(x) * 3 + x * 100).backward()
    assert seen == [3]
    assert x.grad.item() == 103


def test_a_backward_hook_sees_no_gradient_of_an_earlier_backward() -> None:
    class Two(nn.Module):
        def forward(self, x: tg.Tensor) -> tuple[tg.Tensor, tg.Tensor]:
            return 2 * x, 3 * x

    model, seen = Two(), []
    model.register_full_backward_hook(lambda m, g_in, g_out: seen.append([g if g is None else g.item() for g in g_out]))
    first, second = model(tg.tensor(1.0, requires_grad=True))
    first.backward(gradient=tg.tensor(5.0))
    second.backward(gradient=tg.tensor(7.0))
    assert seen == [[5.0, None], [None, 7.0]]


def test_a_backward_hook_cannot_replace_the_gradients_of_several_inputs() -> None:
    layer = nn.Bilinear(2, 2, 1)
    layer.register_full_backward_hook(lambda m, g_in, g_out: tuple(10 * g for g in g_in))
    with pytest.raises(RuntimeError, match="full backward hook of Bilinear: the gradients of 2 inputs cannot be replaced"):
        layer(tg.ones(1, 2, requires_grad=True), tg.ones(1, 2, requires_grad=True)).sum().backward()


def test_a_hook_after_a_failed_forward_gets_the_arguments_that_forward_got() -> None:
    layer, seen = nn.Linear(2, 2), []
    layer.register_forward_pre_hook(lambda m, args: (args[0][:, :1],))
    layer.register_forward_hook(lambda m, args, y: seen.append((args[0].shape, y)), always_call=True)
    with pytest.raises(RuntimeError, match="the last axis of the input must have size 2"):
        layer(tg.ones(3, 2))
    assert seen == [((3, 1), None)]


# --- the classic mistakes ---


def test_assigning_a_layer_before_super_init_is_refused() -> None:
    class Early(nn.Module):
        def __init__(self) -> None:
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"cannot assign module before Module.__init__\(\) call.*super\(\).__init__"):
        Early()


def test_the_error_names_a_missing_forward() -> None:
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match=r'Module \[Empty\] is missing the required "forward" function'):
        Empty()(1)

    class Misspelled(nn.Module):
        def foward(self, x: Any) -> Any:
            return x

    with pytest.raises(NotImplementedError, match=r"\"forward\" function: rename 'foward' to 'forward'"):
        Misspelled()(1)
    with pytest.raises(NotImplementedError, match="only holds modules; call each"):
        nn.ModuleList([nn.ReLU()])(tg.ones(1))


def test_the_error_for_a_misspelled_attribute_suggests_the_right_one() -> None:
    with pytest.raises(AttributeError, match=r"'Linear' object has no attribute 'wieght'. Did you mean: 'weight'\?"):
        nn.Linear(1, 1).wieght
    with pytest.raises(AttributeError, match=r"'Linear' object has no attribute 'foo'$"):
        nn.Linear(1, 1).foo


@pytest.mark.parametrize("name", METHODS)
def test_the_error_for_a_method_of_keras_says_what_to_use(name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(nn.Sequential(nn.Linear(1, 1)), name)
    assert str(caught.value) == f"'Sequential' object has no attribute {name!r}: {METHODS[name]}"


def test_an_attribute_of_the_users_is_suggested_before_keras_names() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"no attribute 'layers'. Did you mean: 'layer'\?"):
        Net().layers


OF_LINEAR = "the options are in_features, out_features, bias, device, dtype"


@pytest.mark.parametrize(
    ("layer", "given", "answer"),
    [
        (
            nn.Linear,
            {"activation": "relu"},
            "an activation is a separate layer: nn.Sequential(nn.Linear(3, 4), nn.ReLU()); the",
        ),
        (
            nn.Linear,
            {"input_shape": (3,)},
            "leave it out: the first layer specifies the number of inputs, as in nn.Linear(4, 8); the",
        ),
        (
            nn.Linear,
            {"use_bias": False},
            f"did you mean bias=False? T{OF_LINEAR[1:]}",
        ),
        (
            nn.Linear,
            {"in_feature": 3},
            f"did you mean in_features? T{OF_LINEAR[1:]}",
        ),
        (nn.Linear, {"x": 3}, OF_LINEAR),
        (nn.Conv2d, {"strides": 2}, "did you mean stride? The options are in_channels, out_channels, kernel_size, stride, "),
        (nn.MaxPool2d, {"pool_size": 2}, "did you mean kernel_size? The"),
        (nn.Dropout, {"rate": 0.5}, "did you mean p? The options are p, inplace"),
        (nn.LSTM, {"return_sequences": True}, "leave it out: all steps are returned"),
        (nn.BatchNorm2d, {"center": False}, "did you mean bias=False? The"),
        (nn.RNN, {"activation": "relu"}, "did you mean nonlinearity? The"),
        (
            nn.LSTM,
            {"kernel_initializer": "zeros"},
            "call nn.init.xavier_uniform_(layer.weight) after creating the layer (in a recurr",
        ),
        (nn.Tanh, {"alpha": 1.0}, "Tanh takes no options"),
        (nn.MSELoss, {"weight": 1}, "the options are reduction"),
        (nn.BCELoss, {"from_logits": True}, "nn.CrossEntropyLoss() and nn.BCEWithLogitsLoss() take logits"),
    ],
)
def test_an_unknown_option_of_a_layer_is_answered_with_the_options_and_keras_names(layer: Any, given: Any, answer: str) -> None:
    with pytest.raises(TypeError) as caught:
        layer(**given)
    assert str(caught.value).startswith(f"{layer.__name__}: there is no option {next(iter(given))}; {answer}")


def test_the_options_that_keras_names_lead_to_exist() -> None:
    known = {name for c in vars(nn).values() if isinstance(c, type) for name in inspect.signature(c).parameters}
    meant = {answer.partition("=")[0] for answer in OPTIONS.values()}
    assert {name for name in meant if name.isidentifier()} <= known


def test_the_constructors_of_users_modules_are_not_checked_and_signatures_are_kept() -> None:
    class Mine(nn.Linear):
        def __init__(self, size: int, rate: float = 0.1) -> None:
            super().__init__(3, 4)
            self.size, self.rate = size, rate

    assert Mine(size="small").size == "small"  # type: ignore[arg-type]  # another kind, on purpose
    with pytest.raises(TypeError, match="unexpected keyword argument 'activation'"):
        Mine(3, activation="relu")  # type: ignore[call-arg]  # the mistake under test
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'out_features'"):
        nn.Linear(3)  # type: ignore[call-arg]  # the mistake under test
    assert list(inspect.signature(nn.Linear).parameters) == ["in_features", "out_features", "bias", "device", "dtype"]


@pytest.mark.parametrize("name", LAYERS)
def test_the_error_for_a_layer_of_keras_says_what_to_use(name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(nn, name)
    assert str(caught.value) == f"module 'tinygrad_edu.nn' has no attribute {name!r}: {LAYERS[name]}"


def test_what_the_answers_to_keras_suggest_exists() -> None:
    found = re.findall(r"\b(nn|train|tg|model)\.([A-Za-z_0-9]+)", " ".join([*LAYERS.values(), *METHODS.values()]))
    homes = {"nn": nn, "train": train, "tg": tg, "model": nn.Module()}
    assert len(found) > 50
    assert [f"{home}.{name}" for home, name in found if not hasattr(homes[home], name)] == []


@pytest.mark.parametrize("layers", [[nn.ReLU()], (nn.ReLU(), nn.ReLU()), []], ids=str)
def test_the_error_for_a_list_of_layers_says_how_to_pass_them(layers: Any) -> None:
    with pytest.raises(
        TypeError, match=r"not a Module subclass; the layers are separate arguments: nn\.Sequential\(\*layers\)"
    ):
        nn.Sequential(layers)


def test_an_attribute_error_inside_a_property_is_not_replaced() -> None:
    class Odd(nn.Module):
        @property
        def size(self) -> Any:
            return self.absent

    with pytest.raises(AttributeError, match="'absent'"):
        Odd().size


def test_a_parameter_cannot_become_a_plain_tensor_by_accident() -> None:
    net = Net()
    with pytest.raises(TypeError, match=r"cannot assign 'Tensor' as parameter 'scale' \(nn.Parameter or None expected\)"):
        net.scale = net.scale * 2
    with pytest.raises(TypeError, match=r"cannot assign 'int' as child module 'first'"):
        net.first = 3
    with pytest.raises(TypeError, match=r"cannot assign 'float' as buffer 'mean'"):
        net.mean = 0.5
    net.mean = tg.ones(2)
    assert net.state_dict()["mean"].tolist() == [1, 1]


def test_names_that_would_hide_an_attribute_are_refused() -> None:
    net = nn.Module()
    for name in ("", "a.b", "forward"):
        with pytest.raises(KeyError):
            net.add_module(name, nn.ReLU())
    with pytest.raises(TypeError, match="not a Module subclass"):
        net.add_module("x", 3)
    with pytest.raises(TypeError, match=r"nn\.Parameter or None"):
        net.register_parameter("x", tg.ones(1))  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(TypeError, match="Tensor or None"):
        net.register_buffer("x", 3)  # type: ignore[arg-type]  # the mistake under test
    layer = nn.Linear(2, 2)
    with pytest.raises(KeyError, match="'weight' already exists"):
        layer.register_buffer("weight", tg.ones(1))
    with pytest.raises(KeyError, match="'bias' already exists"):
        layer.add_module("bias", nn.ReLU())
    layer.register_parameter("weight", nn.Parameter(tg.ones(1)))  # of the same kind: replaced


def test_the_error_for_a_wrong_number_of_features_names_the_layer_by_its_path() -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.Sequential(nn.ReLU(), nn.Linear(2, 1)))
    with pytest.raises(
        RuntimeError, match=r"Linear\(2, 1\): the last axis of the input must have size 2 \(in_features\)"
    ) as error:
        model(tg.ones(5, 4))
    assert error.value.__notes__ == ["in layer '1.1' of this Sequential: Linear(in_features=2, out_features=1, bias=True)"]
    with pytest.raises(RuntimeError, match="last axis of query must be 6") as error:
        nn.TransformerEncoderLayer(6, 2, 8)(tg.ones(3, 2, 5))
    assert error.value.__notes__ == ["in layer 'self_attn' of this TransformerEncoderLayer: MultiheadAttention"]
    with pytest.raises(ValueError, match=r"got shape \(\)"):
        model(tg.tensor(1.0))
    with pytest.raises(TypeError, match="must be a Tensor, got str"):
        model("x")


def test_the_error_for_a_float64_input_to_float32_weights_gives_the_conversion() -> None:
    with pytest.raises(
        RuntimeError, match=r"the input is float64, but the weights are float32; use x\.float\(\) or model\.double\(\)"
    ) as error:
        nn.Linear(2, 1)(tg.ones(1, 2, dtype=tg.float64))
    assert isinstance(error.value, TypeError)
    with pytest.raises(TypeError, match=r"the input is int64, but the weights are float32; use x\.float\(\)"):
        nn.Linear(2, 1)(tg.ones(1, 2, dtype=tg.int64))
    with pytest.raises(TypeError, match=r"the input is float16, but the weights are float64; use x\.double\(\)$"):
        nn.LayerNorm(2).double()(tg.tensor(np.ones((1, 2), np.float16)))
    with pytest.raises(TypeError, match=r"use x\.astype\(np\.float32\)$"):
        nn.LayerNorm(2)(np.ones((1, 2)))
    assert nn.Linear(2, 1)(np.ones((1, 2))).dtype == np.float32  # arrays are converted


@pytest.mark.parametrize(("layer", "shape"), [
    (nn.Conv2d(1, 1, 3), (1, 1, 5, 5)), (nn.LSTM(2, 3), (4, 1, 2)), (nn.GRUCell(2, 3), (1, 2)), (nn.LayerNorm(2), (1, 2)),
    (nn.BatchNorm1d(2), (3, 2)), (nn.GroupNorm(1, 2), (3, 2)), (nn.RMSNorm(2), (3, 2)),
], ids=lambda x: type(x).__name__)  # fmt: skip
def test_other_layers_refuse_another_dtype_too(layer: nn.Module, shape: tuple[int, ...]) -> None:
    with pytest.raises(RuntimeError, match=f"{type(layer).__name__}: the input is float64, but the weights are float32"):
        layer(tg.ones(*shape, dtype=tg.float64))


def test_the_error_for_a_layer_class_used_as_a_layer_gives_the_right_spelling() -> None:
    with pytest.raises(TypeError, match=r"ReLU is not a Module subclass; write ReLU\(\), with parentheses"):
        nn.Sequential(nn.Linear(1, 1), nn.ReLU)
    with pytest.raises(TypeError, match=r"to apply it: nn\.ReLU\(\)\(x\)"):
        nn.ReLU(tg.ones(2))
    with pytest.raises(TypeError, match=r"loss = nn\.MSELoss\(\); loss\(output, target\)"):
        nn.MSELoss(tg.ones(2))  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(TypeError, match="floating point"):
        nn.Dropout()(tg.tensor([1, 2]))
    with pytest.raises(
        TypeError, match=r"Softmax: dim must be a number, got Tensor of shape \(2,\); to apply it: nn\.Softmax\(…\)\(x\)"
    ):
        nn.Softmax(tg.ones(2))  # type: ignore[arg-type]  # the mistake under test


# --- printing ---


def test_parameters_print_like_pytorchs() -> None:
    assert repr(nn.Parameter(tg.tensor([1.0]))) == "Parameter containing:\ntensor([1.], requires_grad=True)"
    assert repr(nn.Parameter(tg.tensor([1.0]), requires_grad=False)) == "Parameter containing:\ntensor([1.])"


def test_a_parameter_shares_the_memory_of_its_tensor() -> None:
    t = tg.zeros(2)
    p = nn.Parameter(t)
    with tg.no_grad():
        p += 1
    assert t.tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="floating point"):
        nn.Parameter(tg.tensor([1]))


def test_nested_modules_print_like_pytorchs() -> None:
    assert repr(Net()) == (
        "Net(\n"
        "  (second): Linear(in_features=3, out_features=2, bias=True)\n"
        "  (first): Sequential(\n"
        "    (0): Linear(in_features=3, out_features=3, bias=True)\n"
        "    (1): ReLU()\n"
        "  )\n"
        ")"
    )


def test_pytorchs_import_paths_lead_to_the_same_classes() -> None:
    import tinygrad_edu.nn.modules.rnn as rnn
    from tinygrad_edu.func import functional_call
    from tinygrad_edu.nn.modules import Conv2d
    from tinygrad_edu.nn.modules.batchnorm import BatchNorm1d

    assert (Conv2d, BatchNorm1d, rnn.LSTM) == (nn.Conv2d, nn.BatchNorm1d, nn.LSTM)
    assert tg.func.functional_call is functional_call is nn.functional_call
    assert nn.modules.linear.Linear is nn.Linear
    with pytest.raises(AttributeError, match="NoSuchLayer"):
        nn.modules.NoSuchLayer  # looking the name up is the test


def test_the_graph_of_several_outputs_is_that_of_the_first() -> None:
    ops = {node.op for node in nn.LSTM(2, 3).graph(tg.ones(4, 1, 2)).nodes}
    assert "lstm" in ops


def looks_at_a_model():
    X, y = tg.randn(6, 2), np.array([0, 1, 0, 1, 0, 1])
    return {
        "evaluate": lambda model: train.evaluate(model, X.numpy(), y, "sparse_categorical_crossentropy"),
        "predict": lambda model: train.predict(model, X.numpy()),
        "fit": lambda model: train.fit(model, X.numpy(), y, loss="sparse_categorical_crossentropy", verbose=0),
        "lr_find": lambda model: train.lr_find(
            model, X.numpy(), y, loss="sparse_categorical_crossentropy", steps=10, rates=(1e-4, 1e-3, 1e-2, 0.1, 1)
        ),
        "activations": lambda model: viz.activations(model, X),
        "activation_maps": lambda model: viz.activation_maps(model, X),
        "decision_boundary": lambda model: viz.decision_boundary(model, X.numpy(), y, resolution=5),
        "summary": lambda model: nn.summary(model, X),
    }


@pytest.mark.parametrize("name", looks_at_a_model())
def test_looking_at_a_model_leaves_every_module_in_its_mode(name):
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3).eval(), nn.Dropout(), nn.Linear(3, 2))
    looks_at_a_model()[name](model)
    assert [m.training for m in model.modules()] == [True, True, False, True, True]
