"""NetClassifier and NetRegressor pass scikit-learn's checks of estimators, and work in its pipelines and searches."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train

ESTIMATORS = ("NetClassifier", "NetRegressor")
IGNORE_DEPRECATIONS = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside scikit-learn and its dependencies


@pytest.fixture
def sklearn() -> Any:
    return pytest.importorskip("sklearn", reason="scikit-learn is not installed")


@pytest.fixture
def iris() -> Any:
    table = data.load_iris()
    order = np.random.default_rng(0).permutation(len(table.X))
    return table.X[order], table.y[order]


@pytest.mark.slow
@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.filterwarnings("ignore")  # scikit-learn's checks provoke warnings
def test_check_estimator_passes(name: str, sklearn: Any) -> None:
    from sklearn.utils.estimator_checks import check_estimator

    results = check_estimator(getattr(train, name)(), on_fail=None)
    assert len(results) > 50
    assert [r["check_name"] for r in results if r["status"] not in ("passed", "skipped")] == []
    assert {r["check_name"] for r in results if r["status"] == "skipped"} <= {"check_array_api_input"}  # needs SCIPY_ARRAY_API


def quick(**options: Any) -> Any:
    return train.NetClassifier(**{"hidden": [8], "epochs": 60, "random_state": 0, **options})


@IGNORE_DEPRECATIONS
def test_they_work_in_pipelines_searches_and_scores(sklearn: Any, iris: Any) -> None:
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = iris
    pipeline = make_pipeline(StandardScaler(), quick())
    assert cross_val_score(pipeline, X, y, cv=3).min() > 0.8
    search = GridSearchCV(pipeline, {"netclassifier__lr": [1e-6, 0.02], "netclassifier__hidden": [[4], [8]]}, cv=2)
    assert search.fit(X, y).best_params_["netclassifier__lr"] == 0.02
    assert search.score(X, y) > 0.9
    ours = make_pipeline(data.StandardScaler(), quick(epochs=5)).fit(X, y)
    assert ours.predict_proba(X).shape == (len(X), 3)


@IGNORE_DEPRECATIONS
def test_they_accept_tables_and_class_names(sklearn: Any, iris: Any) -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    X, y = pd.DataFrame(iris[0], columns=list("abcd")), pd.Series(np.array(["setosa", "versicolor", "virginica"])[iris[1]])
    net = quick().fit(X, y)
    assert net.score(X, y) > 0.9
    assert list(net.classes_) == ["setosa", "versicolor", "virginica"]
    assert set(net.predict(X)) <= set(net.classes_)
    assert list(net.feature_names_in_) == list("abcd")
    np.testing.assert_allclose(net.predict_proba(X).sum(axis=1), 1, rtol=1e-6)
    assert quick(epochs=2).fit(X, y.astype("category")).predict(X).shape == (150,)
    with pytest.raises(TypeError, match=r"NetClassifier: X: column 'e' contains text, such as 'x', not numbers; use pd\.get_"):
        quick().fit(X.assign(e="x"), y)
    with pytest.raises(ValueError, match="feature names"):
        net.predict(X.rename(columns={"a": "z"}))
    numbers = train.NetRegressor(hidden=[8], epochs=5, random_state=0).fit(X[["a", "b"]], X[["c", "d"]])
    assert numbers.predict(X[["a", "b"]]).shape == (150, 2)


@IGNORE_DEPRECATIONS
@pytest.mark.parametrize(
    "model",
    [
        None,
        lambda inputs, outputs: nn.MLP([inputs, 6, outputs]),
        lambda inputs, outputs: nn.Sequential(nn.Linear(inputs, outputs), nn.Softmax(dim=1)),
        nn.Sequential(nn.Linear(4, 2)),
    ],
)
def test_a_model_is_built_or_copied_and_may_end_in_softmax(model: Any, sklearn: Any, iris: Any) -> None:
    X, y = iris[0], (iris[1] > 0).astype(int)
    before = None if not isinstance(model, nn.Module) else model[0].weight.tolist()
    net = quick(model=model).fit(X, y)
    assert net.score(X, y) > 0.9
    np.testing.assert_allclose(net.predict_proba(X).sum(axis=1), 1, rtol=1e-6)
    if isinstance(model, nn.Module):
        assert model[0].weight.tolist() == before
        assert sklearn.base.clone(net).model is not model


@IGNORE_DEPRECATIONS
@pytest.mark.parametrize("last", [[], [nn.Sigmoid()]])
def test_two_classes_may_have_a_single_output(last: Any, sklearn: Any, iris: Any) -> None:
    X, y = iris[0], np.where(iris[1] > 0, "no", "yes")
    make = lambda inputs, outputs: nn.Sequential(nn.Linear(inputs, 1), *last)
    net = quick(model=make, loss="binary_crossentropy").fit(X, y)
    assert net.score(X, y) > 0.9
    assert net.predict_proba(X).shape == (150, 2)


@IGNORE_DEPRECATIONS
def test_estimators_pass_their_options_on_to_fit(sklearn: Any, iris: Any) -> None:
    stop = train.EarlyStopping(patience=2)
    net = quick(optimizer=lambda p: optim.SGD(p, lr=0.0), validation=0.2, callbacks=[stop], epochs=50).fit(*iris)
    assert net.n_iter_ == len(net.history_["val_loss"]) == 3
    assert quick(optimizer="sgd", lr=None, epochs=1).fit(*iris).history_["lr"] == [0.01]
    with pytest.raises(TypeError, match="NetClassifier: model must be a Module, or a function"):
        quick(model=lambda i, o: 3).fit(*iris)
    with pytest.raises(TypeError, match=r"NetClassifier: model must be a Module, or a function .*, got int"):
        quick(model=3).fit(*iris)
    with pytest.raises(ValueError, match="all rows belong to one class, 1, so there is nothing to learn"):
        quick().fit(iris[0], np.ones(150, int))


@IGNORE_DEPRECATIONS
def test_it_is_reproducible_and_leaves_the_random_stream_alone(sklearn: Any, iris: Any) -> None:
    tg.manual_seed(3)
    before = tg.get_rng_state()
    first, second, other = (quick(random_state=seed, epochs=3).fit(*iris) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.predict_proba(iris[0]), second.predict_proba(iris[0]))
    assert not np.array_equal(first.predict_proba(iris[0]), other.predict_proba(iris[0]))
    np.testing.assert_array_equal(tg.get_rng_state(), before)
    again = pickle.loads(pickle.dumps(first))
    np.testing.assert_array_equal(again.predict_proba(iris[0]), first.predict_proba(iris[0]))


def test_without_scikit_learn_the_package_loads_and_the_error_names_what_is_missing() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "from tinygrad_edu import train\n"
        "from tinygrad_edu.train import *\n"
        "try: train.NetClassifier(hidden=[3])\n"
        "except ModuleNotFoundError as error: print(error)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "NetClassifier needs scikit-learn: pip install scikit-learn (train.fit does not need it)\n"
    code = "import sys, tinygrad_edu.train; print('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@IGNORE_DEPRECATIONS
def test_negative_weights_and_weights_that_are_all_zero_are_refused(sklearn: Any, iris: Any) -> None:
    regressor = train.NetRegressor(hidden=[2], epochs=1)
    for weights in (np.zeros(150), -np.ones(150)):
        with pytest.raises(ValueError, match=r"[Ss]ample weights must"):
            regressor.fit(iris[0], iris[1], sample_weight=weights)
