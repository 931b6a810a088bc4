"""Keras's names for layers and for methods of a model, and what to write instead: errors for missing attributes use them."""

from __future__ import annotations

_SIZES = "the first layer states the number of inputs, as in nn.Linear(4, 8)"
_CHANNELS = "and images are [N, channels, height, width]"
_POOL = "nn.AdaptiveAvgPool{}d(1) and nn.Flatten()"
_TENSORS = "in forward: {}"
_STATE = "tg.save(model.state_dict(), 'weights.safetensors')"
_LOAD = "model.load_state_dict(tg.load('weights.safetensors'))"
_WEIGHTS = "list(model.parameters()), or model.state_dict() by name"

LAYERS: dict[str, str] = {  # a name of keras.layers -> what to use
    "Dense": "nn.Linear(inputs, outputs); an activation is a layer of its own, such as nn.ReLU()",
    "Activation": "a layer for each: nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.Softmax(dim=1)",
    **dict.fromkeys(("Input", "InputLayer"), f"leave it out: {_SIZES}"),
    **{f"Conv{n}D": f"nn.Conv{n}d(in_channels, out_channels, kernel_size), {_CHANNELS}" for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": f"nn.ConvTranspose{n}d, {_CHANNELS}" for n in (1, 2, 3)},
    **{f"{name}Pooling{n}D": f"nn.{to}Pool{n}d" for n in (1, 2) for name, to in (("Max", "Max"), ("Average", "Avg"))},
    **{f"{name}{n}D": f"nn.{to}Pool{n}d" for n in (1, 2) for name, to in (("MaxPool", "Max"), ("AvgPool", "Avg"))},
    "MaxPooling3D": _TENSORS.format("nn.functional.max_pool3d(x, 2)"),
    "AveragePooling3D": _TENSORS.format("nn.functional.avg_pool3d(x, 2)"),
    **{f"GlobalAveragePooling{n}D": _POOL.format(n) for n in (1, 2)},
    **{f"GlobalMaxPooling{n}D": _POOL.format(n).replace("Avg", "Max") for n in (1, 2)},
    **{f"UpSampling{n}D": "nn.Upsample(scale_factor=2)" for n in (1, 2)},
    **{f"ZeroPadding{n}D": f"nn.ZeroPad{n}d, or padding= of the convolution" for n in (1, 2)},
    **{f"SpatialDropout{n}D": f"nn.Dropout{n}d" for n in (1, 2)},
    "BatchNormalization": "nn.BatchNorm1d(features), or nn.BatchNorm2d(channels) for images",
    "LayerNormalization": "nn.LayerNorm(features)",
    "GroupNormalization": "nn.GroupNorm(groups, channels)",
    "SimpleRNN": "nn.RNN(inputs, units, batch_first=True), which returns the outputs and the last state",
    "Bidirectional": "an option: nn.LSTM(inputs, units, bidirectional=True)",
    "TimeDistributed": "leave it out: nn.Linear is applied to the last axis",
    "MultiHeadAttention": "nn.MultiheadAttention",
    "Reshape": "nn.Unflatten(1, shape)",
    "Concatenate": _TENSORS.format("tg.cat([a, b], dim=1)"),
    "Add": _TENSORS.format("a + b"),
    "Lambda": _TENSORS.format("call the function"),
    "Model": "nn.Module, or nn.Sequential(*layers) for a chain",
}

METHODS: dict[str, str] = {  # an attribute of keras.Model -> what to use
    "compile": "pass these settings to train.fit(model, X, y, loss=…, optimizer=…, metrics=[…])",
    "fit": "train.fit(model, X, y, loss=…, optimizer=…, epochs=…) trains it and returns a History",
    "evaluate": "train.evaluate(model, X, y, loss=…)",
    "predict": "train.predict(model, X)",
    "train_on_batch": "train.fit(model, X, y, epochs=1), or a loop with loss.backward() and optimizer.step()",
    "predict_on_batch": "model(X), with tg.no_grad()",
    "summary": "nn.summary(model, (1, …)) with the shape of an input",
    "add": "nn.Sequential(*layers) takes all layers, and its append(layer) adds one",
    "layers": "list(model.children()); in a Sequential model[0] is the first layer",
    "get_layer": "model.get_submodule(name)",
    **dict.fromkeys(("save", "save_weights"), _STATE),
    "load_weights": _LOAD,
    **dict.fromkeys(("get_weights", "weights", "variables", "trainable_weights", "trainable_variables"), _WEIGHTS),
    "set_weights": "model.load_state_dict(state), where state has the names of model.state_dict()",
    "trainable": "model.requires_grad_(False) freezes the parameters",
    "count_params": "sum(p.numel() for p in model.parameters())",
    "build": f"leave it out: {_SIZES}",
}
