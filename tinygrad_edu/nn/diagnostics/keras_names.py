"""Keras's names of layers, options and model methods, and what to write instead, for error messages."""

from __future__ import annotations

_SIZES = "the first layer specifies the number of inputs, as in nn.Linear(4, 8)"
_CHANNELS = "and the channels come first: [N, channels, ...]"
_POOL = "nn.AdaptiveAvgPool{}d(1) and nn.Flatten()"
_TENSORS = "in forward: {}"
_STATE = "tg.save(model.state_dict(), 'weights.safetensors')"
_LOAD = "model.load_state_dict(tg.load('weights.safetensors'))"
_WEIGHTS = "list(model.parameters()), or model.state_dict() by name"

LAYERS: dict[str, str] = {  # a name of keras.layers -> what to use
    "Dense": "nn.Linear(inputs, outputs); an activation is a separate layer, such as nn.ReLU()",
    "Activation": "one layer per activation: nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.Softmax(dim=1)",
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
    "Bidirectional": "use the option bidirectional=True, as in nn.LSTM(inputs, units, bidirectional=True)",
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
    "layers": "list(model.children()); in a Sequential, model[0] is the first layer",
    "get_layer": "model.get_submodule(name)",
    **dict.fromkeys(("save", "save_weights"), _STATE),
    "load_weights": _LOAD,
    **dict.fromkeys(("get_weights", "weights", "variables", "trainable_weights", "trainable_variables"), _WEIGHTS),
    "set_weights": "model.load_state_dict(state), where state has the keys of model.state_dict()",
    "trainable": "model.requires_grad_(False) freezes the parameters",
    "count_params": "sum(p.numel() for p in model.parameters())",
    "build": f"leave it out: {_SIZES}",
}

_INIT = "call nn.init.{} after creating the layer"
_DECAY = "the optimizer has weight_decay=; other terms are added to the loss"
_CONSTRAIN = "after each optimizer.step(), write: with tg.no_grad(): p.clamp_(…)"
_CARRY = "pass the state that the layer returned to its next call"

OPTIONS: dict[str, str] = {  # an option of a Keras layer or loss -> its name here (or name=value), or what to do
    "activation": "an activation is a separate layer: nn.Sequential(nn.Linear(3, 4), nn.ReLU())",
    "units": "sizes are given as inputs and outputs: nn.Linear(3, 4), nn.LSTM(3, 4)",
    "filters": "sizes are given as inputs and outputs: nn.Conv2d(3, 8, kernel_size=3)",
    "input_dim": "sizes come first: nn.Linear(inputs, outputs), nn.Embedding(words, numbers)",
    "output_dim": "sizes come first: nn.Linear(inputs, outputs), nn.Embedding(words, numbers)",
    **dict.fromkeys(("input_shape", "batch_input_shape", "batch_size", "input_length"), f"leave it out: {_SIZES}"),
    "use_bias": "bias=False",
    "strides": "stride",
    "pool_size": "kernel_size",
    "dilation_rate": "dilation",
    "data_format": f"leave it out: {_CHANNELS.removeprefix('and ')}",
    "rate": "p",
    "noise_shape": "nn.Dropout2d drops whole channels",
    "axis": "dim",
    "epsilon": "eps",
    "alpha": "negative_slope",
    "max_value": "nn.ReLU6() limits its output to 6, nn.Hardtanh(0, max_val) to max_val",
    "key_dim": "embed_dim is the size of all heads together: num_heads · key_dim",
    "interpolation": "mode",
    "mask_zero": "padding_idx=0",
    "center": "bias=False",
    "scale": "weight and bias are left out together, by affine=False (LayerNorm: elementwise_affine=False)",
    "kernel_initializer": f"{_INIT.format('xavier_uniform_(layer.weight)')} (in a recurrent layer, layer.weight_ih_l0)",
    "embeddings_initializer": _INIT.format("xavier_uniform_(layer.weight)"),
    "recurrent_initializer": _INIT.format("orthogonal_(layer.weight_hh_l0)"),
    "depthwise_initializer": _INIT.format("xavier_uniform_(layer.weight)"),
    "bias_initializer": f"{_INIT.format('zeros_(layer.bias)')} (in a recurrent layer, layer.bias_ih_l0)",
    "beta_initializer": _INIT.format("zeros_(layer.bias)"),
    "gamma_initializer": _INIT.format("ones_(layer.weight)"),
    **{f"{what}_regularizer": _DECAY for what in ("kernel", "recurrent", "bias", "activity", "embeddings", "gamma", "beta")},
    **{f"{what}_constraint": _CONSTRAIN for what in ("kernel", "recurrent", "bias", "embeddings", "gamma", "beta")},
    "recurrent_activation": "the gates are sigmoids, as in PyTorch",
    "recurrent_dropout": "there is only dropout=, which applies between stacked layers",
    "return_sequences": "leave it out: all steps are returned, and with batch_first=True output[:, -1] is the last step",
    "return_state": "leave it out: the layer returns (output, state)",
    "stateful": _CARRY,
    "go_backwards": "with batch_first=True, pass x.flip(1); bidirectional=True reads in both directions",
    "time_major": "leave it out: sequences are [steps, N, inputs] by default, [N, steps, inputs] with batch_first=True",
    "trainable": "layer.requires_grad_(False) freezes it",
    "name": "leave it out: a layer has the name of its attribute, self.hidden = nn.Linear(3, 4)",
    "groups": "num_groups",
    "value_dim": "leave it out: each head has embed_dim / num_heads numbers for keys and for values",
    "shared_axes": "nn.PReLU(1) has one weight in total, nn.PReLU(channels) one per channel",
    "synchronized": "nn.SyncBatchNorm computes its statistics over all processes",
    "seed": "tg.manual_seed(0) before the model is created fixes all random numbers",
    **dict.fromkeys(("unroll", "use_cudnn", "reset_after"), "leave it out"),
    "from_logits": "nn.CrossEntropyLoss() and nn.BCEWithLogitsLoss() take logits, nn.NLLLoss() log-probabilities, and "
    "nn.BCELoss() probabilities",
}
