"""The linter raises no false alarm on the examples, and finds the fault in the one that is broken on purpose."""

import importlib.util
import warnings
from pathlib import Path

import pytest

from tinygrad_edu import demo, train

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name, monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))  # the character models share a file
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "steps"), [("char_lm_bigram", 12), ("char_lm_mlp", 12), ("char_lm_transformer", 12), ("lenet_digits", 1)]
)
def test_no_false_alarm_from_an_example(name, steps, monkeypatch, capsys):
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 80
    assert "with lint():" in source  # switched on in the code that readers copy
    with warnings.catch_warnings():
        warnings.simplefilter("error", train.LintWarning)
        with train.lint() as report:
            load(name, monkeypatch).main(steps)
    assert report.findings == []


def test_no_false_alarm_from_the_demo(tmp_path, capsys):
    with train.lint() as report:
        demo.main(tmp_path, seeds=1, epochs=1, rule_epochs=1)
    assert report.findings == []


def test_the_broken_network_of_the_gallery_is_found(tmp_path, monkeypatch, capsys):
    with pytest.warns(train.LintWarning, match=r"\(6, 1\) minus \(6,\)"), train.lint() as report:
        load("graph_gallery", monkeypatch).main(str(tmp_path))
    assert [finding.rule for finding in report.findings] == ["shapes"]
