"""NetClassifier and NetRegressor: networks with scikit-learn's fit, predict and score."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from ...autograd.node import from_array
from ...data.tables import from_table, is_table
from ...nn import MLP, Module
from ...nn.diagnostics.probabilities import squashed_by
from ...ops.random import default_generator, manual_seed
from ...optim import Optimizer, from_keras
from ..callbacks import Callback
from ..evaluation import predict
from ..fit_setup import fit
from ..history import History
from ..lookup import Measure, sample_output

Array = np.ndarray[Any, Any]
Model = Module | Callable[[int, int], Module]


class _Net(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both estimators share: creating and training the network."""

    classes: int
    model_: Module
    history_: History

    def __init__(
        self,
        model: Model | None = None,
        *,
        hidden: Sequence[int] = (100,),
        activation: str = "relu",
        loss: str | Measure | None = None,
        optimizer: str | Callable[..., Optimizer] = "adam",
        lr: float | None = 0.01,
        batch_size: int = 200,
        epochs: int = 200,
        validation: float | None = None,
        callbacks: Sequence[Callback] = (),
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.model = model
        self.hidden = hidden
        self.activation = activation
        self.loss = loss
        self.optimizer = optimizer
        self.lr = lr
        self.batch_size = batch_size
        self.epochs = epochs
        self.validation = validation
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    def _checked(self, X: Any, y: Any, **options: Any) -> tuple[Array, Array]:
        self._look_at_columns(X)
        X, y = validate_data(self, X, y, dtype=(np.float64, np.float32), **options)
        return X, y

    def _look_at_columns(self, X: Any) -> None:
        if is_table(X):
            from_table(f"{type(self).__name__}: X", X)  # the error names a column of text and says what to use instead

    def _train(self, X: Array, y: Array, outputs: int, loss: str | Measure, sample_weight: Any) -> Self:
        """Create and fit the network. The default random stream is left as it was."""
        seed, stream = int(check_random_state(self.random_state).randint(2**31 - 1)), default_generator.get_state()
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, X)
            if not (weights >= 0).all() or not weights.any():
                raise ValueError(f"{type(self).__name__}: sample weights must be >= 0, and at least one above zero")
            weights = (weights / weights.mean()).astype(X.dtype)
        try:
            manual_seed(seed)
            self.model_ = self._network(X.shape[1], outputs).to(X.dtype)
            self.history_ = fit(
                self.model_, X, y, loss=loss, optimizer=self._optimizer(), batch_size=self.batch_size, epochs=self.epochs,
                validation=self.validation, callbacks=list(self.callbacks), verbose=self.verbose, sample_weight=weights,
            )  # fmt: skip
        finally:
            default_generator.set_state(stream)
        self.n_iter_ = len(self.history_["loss"])
        return self

    def _network(self, inputs: int, outputs: int) -> Module:
        if self.model is None:
            return MLP([inputs, *self.hidden, outputs], activation=self.activation)
        model: Any = copy.deepcopy(self.model) if isinstance(self.model, Module) else self.model
        if callable(model) and not isinstance(model, Module):
            model = model(inputs, outputs)
        if not isinstance(model, Module):
            raise TypeError(
                f"{type(self).__name__}: model must be a Module, or a function of (inputs, outputs) that returns one, got "
                f"{type(model).__name__}"
            )
        return model

    def _optimizer(self) -> Any:
        if not isinstance(self.optimizer, str):
            return self.optimizer
        name, options = self.optimizer, {} if self.lr is None else {"lr": self.lr}
        return lambda parameters: from_keras(name, parameters, **options)

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self)
        self._look_at_columns(X)
        X, stream = validate_data(self, X, dtype=(np.float64, np.float32), reset=False), default_generator.get_state()
        outputs = predict(self.model_, X)
        default_generator.set_state(stream)  # the DataLoader in predict draws from this stream
        return np.asarray(outputs)


class NetClassifier(ClassifierMixin, _Net):  # type: ignore[misc]  # scikit-learn has no types
    """A network for classification as a scikit-learn estimator: for Pipeline, GridSearchCV and cross_val_score.

    model         None: an MLP with the sizes `hidden`; a function of (inputs, outputs) that creates a Module; or a Module, a
                  copy of which is trained by each fit. The model outputs logits or probabilities, one column per class; or, for
                  two classes with loss="binary_crossentropy", a single column
    hidden        the sizes of the hidden layers, for model=None
    activation    their activation, for model=None: see nn.MLP
    loss          as in train.fit; None: the cross-entropy
    optimizer     Keras's name, with its defaults except for `lr`; or a function of the parameters, which ignores `lr`
    lr            the learning rate, > 0; None: Keras's default
    batch_size    rows per update, at most all of them
    epochs        passes over the rows; callbacks may stop earlier
    validation    the fraction of the rows to hold out, taken from the end, for callbacks
    callbacks     as in train.fit: EarlyStopping, …
    random_state  seed of the initial weights, shuffling and dropout: a number, a RandomState, or None
    verbose       1: show the progress of training

    After fit: `model_`, `history_`, `classes_`, `n_iter_` (epochs trained), `n_features_in_`, and, for a DataFrame,
    `feature_names_in_`.

    X [N, inputs] is numeric, an array or a DataFrame; y [N] holds classes, which are numbers or strings. Sample weights are
    relative to their mean. The network computes in the dtype of X, float32 or float64.

    >>> from tinygrad_edu import data, train
    >>> iris = data.load_iris()
    >>> net = train.NetClassifier(hidden=[16], epochs=50, random_state=0).fit(iris.X, iris.y)
    >>> bool(net.score(iris.X, iris.y) > 0.9)
    True
    """

    classes_: Array

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on X [N, inputs], y [N]; sample_weight [N] is the weight of each row."""
        X, y = self._checked(X, y)
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        present = numbers if sample_weight is None else numbers[_check_sample_weight(sample_weight, X) > 0]
        if len(np.unique(present)) == 1:
            only = self.classes_[present[0]].item()
            raise ValueError(f"{type(self).__name__}: all rows belong to one class, {only!r}, so there is nothing to learn")
        return self._train(X, numbers, len(self.classes_), self.loss or "categorical_crossentropy", sample_weight)

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class [N, classes], in the order of classes_."""
        outputs = self._outputs(X)
        kind = squashed_by(sample_output(self.model_, from_array(np.zeros((1, self.n_features_in_), outputs.dtype))))
        if outputs.ndim == 1 or outputs.shape[1] == 1:
            p = outputs.reshape(-1, 1)
            p = p if kind else 1 / (1 + np.exp(-p))
            return np.hstack([1 - p, p])
        if not kind:
            outputs = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(outputs / outputs.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> Array:
        """The most probable class of each row [N]."""
        best = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])


class NetRegressor(RegressorMixin, _Net):  # type: ignore[misc]  # scikit-learn has no types
    """A network for regression as a scikit-learn estimator: for Pipeline, GridSearchCV and cross_val_score.

    The options are those of NetClassifier; loss=None means "mse". X [N, inputs] and y [N] or [N, outputs] are numeric arrays or
    tables. Scale y if its values are much larger or smaller than 1. `score` is R².

    >>> import numpy as np
    >>> from tinygrad_edu import train
    >>> X = np.linspace(-1, 1, 60)[:, None]
    >>> net = train.NetRegressor(hidden=[20], activation="tanh", random_state=0).fit(X, X[:, 0] ** 2)
    >>> bool(net.score(X, X[:, 0] ** 2) > 0.9)
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on X [N, inputs], y [N] or [N, outputs]; sample_weight [N] is the weight of each row."""
        if is_table(y):
            from_table(f"{type(self).__name__}: y", y)
        X, y = self._checked(X, y, multi_output=True, y_numeric=True)
        self._flat = y.ndim == 1
        targets = y.reshape(len(y), -1).astype(X.dtype)
        return self._train(X, targets, targets.shape[1], self.loss or "mse", sample_weight)

    def predict(self, X: Any) -> Array:
        """The predictions [N] or [N, outputs]."""
        outputs = self._outputs(X)
        return outputs.reshape(-1) if self._flat else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
