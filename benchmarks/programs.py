"""A training step of a CNN with batch norm, an LSTM, a small GPT and a variational autoencoder, compared with PyTorch.

The eager step, the compiled step and PyTorch's take turns in this process, on one thread. Processor time is measured, because
other programs on the machine affect it less than elapsed time. The script reports medians over the rounds, of the times and
of their ratios to PyTorch's.

    python benchmarks/programs.py [--rounds 15] [--only cnn,gpt] [--inductor] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measured_on
import numpy as np

import tinygrad_edu as tg

Made = tuple[Callable[..., Any], tuple[Any, ...]]


def cnn(lib: Any) -> Made:
    nn, data = lib.nn, np.random.default_rng(0)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 49, 10),
    )  # fmt: skip
    images = lib.tensor(data.standard_normal((64, 1, 28, 28)).astype(np.float32))
    return training(lib, net, nn.CrossEntropyLoss()), (images, lib.tensor(data.integers(0, 10, 64)))


def lstm(lib: Any) -> Made:
    nn, data = lib.nn, np.random.default_rng(0)

    class Net(nn.Module):  # type: ignore[misc]  # of either library
        def __init__(self) -> None:
            super().__init__()
            self.rnn, self.head = nn.LSTM(32, 64, batch_first=True), nn.Linear(64, 10)

        def forward(self, x: Any) -> Any:
            return self.head(self.rnn(x)[0][:, -1])

    x = lib.tensor(data.standard_normal((32, 28, 32)).astype(np.float32))
    return training(lib, Net(), nn.CrossEntropyLoss()), (x, lib.tensor(data.integers(0, 10, 32)))


def gpt(lib: Any, layers: int = 4, width: int = 128, heads: int = 4, length: int = 64, rows: int = 8, tokens: int = 65) -> Made:
    nn, functional, data = lib.nn, lib.nn.functional, np.random.default_rng(0)

    class Block(nn.Module):  # type: ignore[misc]  # of either library
        def __init__(self) -> None:
            super().__init__()
            self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def forward(self, x: Any) -> Any:
            n, t, d = x.shape
            q, k, v = (z.reshape(n, t, heads, d // heads).transpose(1, 2) for z in self.qkv(self.before(x)).chunk(3, -1))
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(n, t, d)
            x = x + self.out(y)
            return x + self.narrow(functional.gelu(self.wide(self.after(x))))

    class Net(nn.Module):  # type: ignore[misc]  # of either library
        def __init__(self) -> None:
            super().__init__()
            self.token, self.place = nn.Embedding(tokens, width), nn.Embedding(length, width)
            self.blocks = nn.ModuleList([Block() for _ in range(layers)])
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, tokens, bias=False)

        def forward(self, x: Any) -> Any:
            h = self.token(x) + self.place(lib.arange(x.shape[1]))
            for block in self.blocks:
                h = block(h)
            return self.head(self.norm(h)).reshape(-1, tokens)

    words = data.integers(0, tokens, (rows, length + 1))
    x, y = lib.tensor(words[:, :-1].copy()), lib.tensor(words[:, 1:].reshape(-1).copy())
    return training(lib, Net(), nn.CrossEntropyLoss()), (x, y)


def vae(lib: Any) -> Made:
    nn, functional, data = lib.nn, lib.nn.functional, np.random.default_rng(0)
    encoder = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 40))
    decoder = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 784))
    opt = lib.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)

    def step(x: Any) -> Any:
        mean, log_var = encoder(x).chunk(2, -1)
        z = mean + lib.randn_like(mean) * lib.exp(0.5 * log_var)
        likely = functional.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum")
        loss = likely - 0.5 * (1 + log_var - mean**2 - log_var.exp()).sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss

    return step, (lib.tensor((data.random((64, 784)) > 0.8).astype(np.float32)),)


def training(lib: Any, net: Any, criterion: Any) -> Callable[..., Any]:
    opt = lib.optim.AdamW(net.parameters(), lr=1e-3)

    def step(x: Any, y: Any) -> Any:
        loss = criterion(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss

    return step


MODELS: dict[str, Callable[[Any], Made]] = {"cnn": cnn, "lstm": lstm, "gpt": gpt, "vae": vae}


def measure(make: Callable[[Any], Made], torch: Any, rounds: int, inductor: bool) -> dict[str, Any]:
    """{"seconds": name -> the processor time of a step in each round, "losses": name -> those of the first three steps}."""
    runs: dict[str, Callable[[], Any]] = {}
    losses = {}
    for name, lib in {"eager": tg, "compiled": tg, "torch": torch, **({"inductor": torch} if inductor else {})}.items():
        lib.manual_seed(0)
        step, batch = make(lib)
        if name == "compiled":
            step = tg.compile(step, strict=True)
        elif name == "inductor":
            step = torch.compile(step)
        start = time.perf_counter()
        losses[name] = [float(step(*batch).item()) for _ in range(3)]
        print(f"  {name:9} losses {losses[name]}, three calls {time.perf_counter() - start:.2f} s", flush=True)
        runs[name] = lambda step=step, batch=batch: step(*batch)
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            run()
            seconds[name].append(time.process_time() - start)
    return {"seconds": seconds, "losses": losses}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", help="comma-separated models")
    parser.add_argument("--inductor", action="store_true", help="torch.compile too, which needs a C++ compiler")
    parser.add_argument("--json", help="also write every number to this file")
    options = parser.parse_args()
    try:
        import torch
    except ImportError:
        print("programs.py compares with PyTorch, which is not installed: pip install torch")
        return
    torch.set_num_threads(1)
    tg.set_num_threads(1)
    report: dict[str, Any] = {"measured": measured_on.line("numpy", "torch", threads=1), "rounds": options.rounds, "models": {}}
    print(report["measured"])
    for name in options.only.split(",") if options.only else MODELS:
        print(name)
        found = report["models"][name] = measure(MODELS[name], torch, options.rounds, options.inductor)
        theirs = found["seconds"]["torch"]
        for who, ours in found["seconds"].items():
            ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
            print(f"  {who:9} {statistics.median(ours) * 1e3:9.2f} ms   {ratio:5.2f} × PyTorch")
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
