"""Weights in files: they load unchanged, PyTorch reads them, and files that could run code are rejected."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


def model() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3).double())


def test_a_state_dict_loads_with_its_dtypes_and_shapes(tmp_path: Path) -> None:
    before = model()
    nn.save(before.state_dict(), tmp_path / "a.safetensors")
    nn.save(before.state_dict(), tmp_path / "b.safetensors", metadata={"note": "for a test"})
    for name in ("a", "b"):
        state = nn.load(tmp_path / f"{name}.safetensors")
        assert {k: (v.dtype, v.shape) for k, v in state.items()} == {
            k: (v.dtype, v.shape) for k, v in before.state_dict().items()
        }
        after = model()
        assert str(after.load_state_dict(state)) == "<All keys matched successfully>"
        for key, value in before.state_dict().items():
            np.testing.assert_array_equal(after.state_dict()[key], value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.safetensors", "b.safetensors"]


def test_transposed_and_shared_arrays_are_saved_with_their_values(tmp_path: Path) -> None:
    x = tg.arange(6).reshape(2, 3)
    nn.save({"x": x, "t": x.T}, tmp_path / "x.safetensors")
    state = nn.load(tmp_path / "x.safetensors")
    assert state["x"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert state["t"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_pytorchs_spelling_works(tmp_path: Path) -> None:
    layer = nn.Linear(2, 1)
    tg.save(layer.state_dict(), tmp_path / "model.pt")
    assert str(layer.load_state_dict(tg.load(tmp_path / "model.pt", map_location="cpu", weights_only=True))).startswith("<All")
    with pytest.raises(ValueError, match="CPU"):
        tg.load(tmp_path / "model.pt", map_location="cuda")


def test_save_and_load_of_a_module_explain_the_state_dict(tmp_path: Path) -> None:
    before, after = model(), model()
    with pytest.warns(UserWarning, match=r"the Sequential is saved as its state_dict.*model\.load_state_dict\(load\(path\)\)"):
        nn.save(before, tmp_path / "model")
    loaded = nn.load(tmp_path / "model")
    after.load_state_dict(loaded)
    np.testing.assert_array_equal(after[0].weight, before[0].weight)
    advice = "load returned the state_dict of the Sequential; files do not contain the module.*model.load_state_dict"
    for use in (lambda: loaded(tg.ones(1, 1, 4, 4)), lambda: loaded.eval(), lambda: loaded.parameters()):
        with pytest.raises((TypeError, AttributeError), match=advice):
            use()
    assert not hasattr(loaded, "forward")
    assert dict(loaded).keys() == before.state_dict().keys()


def test_pickles_damaged_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(pickle.dumps({"weight": [1.0]}))
    with pytest.raises(ValueError, match=r"p is a pickle, and loading it could run code stored in it"):
        nn.load(tmp_path / "p")
    (tmp_path / "d").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match=r"d is a text file, which begins with 'nothing of the kind'"):
        nn.load(tmp_path / "d")
    with pytest.raises(FileNotFoundError):
        nn.load(tmp_path / "absent")


def test_bfloat16_becomes_float32_with_the_same_values(tmp_path: Path) -> None:
    header = json.dumps(
        {
            "h": {"dtype": "BF16", "shape": [2, 1], "data_offsets": [0, 4]},
            "n": {"dtype": "I64", "shape": [1], "data_offsets": [4, 12]},
        }
    ).encode()
    values = np.array([1.5, -0.0078125], np.float32)
    halves = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    content = len(header).to_bytes(8, "little") + header + halves + np.array([7], "<i8").tobytes()
    (tmp_path / "b.safetensors").write_bytes(content)
    with pytest.warns(UserWarning, match=r"NumPy has no bfloat16.*float32"):
        state = nn.load(tmp_path / "b.safetensors")
    assert state["h"].dtype == np.float32
    assert state["h"].tolist() == values[:, None].tolist()
    assert state["n"].tolist() == [7]


@pytest.mark.live
def test_weights_go_to_pytorch_and_back_through_a_file(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    safetensors = pytest.importorskip("safetensors.torch", reason="PyTorch reads and writes such files with safetensors")

    def both(n: object) -> object:
        return n.Sequential(  # type: ignore[attr-defined]  # either package's nn
            n.Embedding(7, 4),
            n.LayerNorm(4),
            n.Linear(4, 5),
            n.GELU(),
            n.Linear(5, 2),  # type: ignore[attr-defined]
        )

    ours, theirs = both(nn), both(torch.nn)
    x = np.array([[0, 3, 6], [2, 2, 1]])
    nn.save(ours.state_dict(), tmp_path / "ours")
    theirs.load_state_dict(safetensors.load_file(tmp_path / "ours"))
    np.testing.assert_allclose(ours(tg.tensor(x)).detach(), theirs(torch.tensor(x)).detach().numpy(), atol=1e-6)
    theirs = both(torch.nn)
    safetensors.save_file(theirs.state_dict(), tmp_path / "theirs")
    ours.load_state_dict(nn.load(tmp_path / "theirs"))
    np.testing.assert_allclose(ours(tg.tensor(x)).detach(), theirs(torch.tensor(x)).detach().numpy(), atol=1e-6)
    torch.save(theirs.state_dict(), tmp_path / "theirs.pt")
    with pytest.raises(ValueError, match=r"torch\.save"):
        nn.load(tmp_path / "theirs.pt")
