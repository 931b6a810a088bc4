"""Drawing the computation graph of a model, compared with torchviz, torchview and torchlens: seconds, bytes, pixels.

python benchmarks/graph_pictures.py [--rounds N] [--json FILE]

The other three and PyTorch are installed into a separate environment, out/graph_peers. Graphviz's program `dot` is required.
All libraries take turns in one process, each round draws every model once as SVG and as PNG, and the median is shown.
Processor time is measured from the finished loss to the file. torchview and torchlens draw a model, not a loss: their time
includes a forward pass, and their pictures show no backward pass. Each library is used as its documentation shows, without
options that change the look of the picture.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import venv
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measured_on

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "out" / "graph_peers"
NEEDED = ("torch==2.13.0", "torchviz", "torchview", "torchlens", "matplotlib", "numpy", "graphviz", "threadpoolctl")
PARTIES = ("tinygrad_edu", "torchviz", "torchview", "torchlens")
FORMATS = ("svg", "png")
SLOW = 10.0  # processor seconds; a picture that takes longer is drawn once
LIMIT = 45  # seconds; drawing is aborted after this time

Draw = Callable[[str, str], Any]  # a path without its suffix, and the suffix -> a file


def models(framework: Any, nn: Any) -> dict[str, tuple[Any, Any]]:
    """Name -> (model, input), with the same layers in either framework."""

    class Residual(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self, width: int) -> None:
            super().__init__()
            self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

        def forward(self, x: Any) -> Any:
            return x + self.down(framework.relu(self.up(x)))

    class Unrolled(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.cell, self.head = nn.LSTMCell(4, 8), nn.Linear(8, 1)

        def forward(self, x: Any) -> Any:
            h, c = framework.zeros(2, 8), framework.zeros(2, 8)
            for t in range(20):
                h, c = self.cell(x[:, t], (h, c))
            return self.head(h)

    lenet = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip
    mlp = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
    block = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
    return {
        "MLP": (mlp, framework.randn(4, 2)),
        "LeNet": (lenet, framework.randn(2, 1, 28, 28)),
        "LSTM, 20 steps": (Unrolled(), framework.randn(2, 20, 4)),
        "transformer block": (block, framework.randn(2, 5, 16)),
        "100 residual blocks": (nn.Sequential(*[Residual(4) for _ in range(100)]), framework.randn(2, 4)),
    }


def drawers() -> dict[str, dict[str, Draw]]:
    """Model -> library -> the function that draws it; the losses are computed here, before any clock runs."""
    import torch
    import torchlens
    import torchview
    import torchviz

    import tinygrad_edu as tg

    ours, theirs = models(tg, tg.nn), models(torch, torch.nn)
    found: dict[str, dict[str, Draw]] = {}
    for name, (model, x) in ours.items():
        loss = (model(x) ** 2).mean()
        loss.backward(retain_graph=True)  # or the next model's backward pass would release it
        peer, given = theirs[name]
        out = (peer(given) ** 2).mean()

        def with_torchviz(stem: str, suffix: str, out: Any = out, peer: Any = peer) -> None:
            torchviz.make_dot(out, params=dict(peer.named_parameters())).render(stem, format=suffix, cleanup=True)

        def with_torchview(stem: str, suffix: str, given: Any = given, peer: Any = peer) -> None:
            drawn = torchview.draw_graph(peer, input_data=given).visual_graph
            drawn.render(stem, format=suffix, cleanup=True)

        def with_torchlens(stem: str, suffix: str, given: Any = given, peer: Any = peer) -> None:
            torchlens.trace(peer, given).draw(vis_outpath=stem, vis_save_only=True, vis_fileformat=suffix)

        def with_ours(stem: str, suffix: str, loss: Any = loss, model: Any = model) -> None:
            tg.viz.graph(loss, model).save(f"{stem}.{suffix}")

        found[name] = dict(zip(PARTIES, (with_ours, with_torchviz, with_torchview, with_torchlens), strict=True))
    return found


def measure(rounds: int) -> dict[str, Any]:
    """The report. Its "models": model -> library -> format -> seconds of each round, bytes and pixels, or why it failed."""
    report: dict[str, Any] = {}
    began = os.getloadavg()[0]
    signal.signal(signal.SIGALRM, _too_long)
    with tempfile.TemporaryDirectory() as folder:
        stem = str(Path(folder) / "picture")
        todo = drawers()
        for turn in range(rounds + 1):  # the first round loads modules and fonts, and is not counted
            for name, parties in todo.items():
                for party, draw in parties.items():
                    for suffix in FORMATS:
                        entry = report.setdefault(name, {}).setdefault(party, {}).setdefault(suffix, {"seconds": []})
                        if "error" in entry or (turn and entry["seconds"] and entry["seconds"][0] > SLOW):
                            continue
                        start = spent()
                        try:
                            signal.alarm(LIMIT)
                            with warnings.catch_warnings():
                                warnings.simplefilter("ignore")
                                draw(stem, suffix)
                        except Exception as error:  # a peer's failure is a result
                            entry["error"] = f"{type(error).__name__}: {error}"[:200]
                            continue
                        finally:
                            signal.alarm(0)
                        took = spent() - start
                        if turn or took > SLOW:
                            entry["seconds"].append(took)
                        print(f"round {turn} {name}, {party}, {suffix}: {took:.2f} s", file=sys.stderr)
                        data = Path(f"{stem}.{suffix}").read_bytes()
                        entry |= {"bytes": len(data), "pixels": size(data)}
    packages = ("torch", "torchviz", "torchview", "torchlens", "numpy", "matplotlib")
    return {"models": report, "measured": measured_on.line(*packages), "rounds": rounds, "load": [began, os.getloadavg()[0]]}


def spent() -> float:
    """Processor seconds of this process and the programs it has run, such as dot: other work on the machine matters little."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _too_long(number: int, frame: Any) -> None:
    raise TimeoutError(f"more than {LIMIT} s")


def size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG, or of an SVG in the units of its file."""
    if data.startswith(b"\x89PNG"):
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    found = [re.search(rb'<svg[^>]*?\b%s="([\d.]+)' % side, data) for side in (b"width", b"height")]
    width, height = (round(float(match[1])) if match else 0 for match in found)
    return width, height


def table(report: dict[str, Any]) -> str:
    """Seconds, also relative to tinygrad_edu's; sizes in KB and pixels."""
    lines = [
        f"Drawing a graph: medians of {report['rounds']} rounds; the libraries take turns",
        report["measured"],
        "load average {:.1f} when it began, {:.1f} when it ended".format(*report["load"]),
        "s: processor seconds, and as a multiple of tinygrad_edu's for the same model and format; KB: size of the file",
        "",
        f"{'model':20} {'':13}{'SVG':>6}{'s':>2}{'':9}{'KB':>6}   {'PNG':>6}{'s':>2}{'':9}{'KB':>6}   {'pixels':>13}",
    ]
    for name, parties in report["models"].items():
        for party, formats in parties.items():
            cells = []
            for suffix in FORMATS:
                entry, base = formats[suffix], parties[PARTIES[0]][suffix]
                if not entry["seconds"]:
                    cells.append(f"{'given up':>8}{'':15}   ")
                    continue
                median, own = statistics.median(entry["seconds"]), statistics.median(base["seconds"])
                cells.append(f"{median:8.3f}{median / own:8.2f}×{entry['bytes'] / 1000:6.0f}   ")
            width, height = formats["png"].get("pixels", (0, 0))
            pixels, shown = f"{width} × {height}" if width else "–", name if party == PARTIES[0] else ""
            lines.append(f"{shown:20} {party:13}{''.join(cells)}{pixels:>13}")
    errors = [
        f"{name}, {party}, {suffix}: {formats[suffix]['error']}"
        for name, parties in report["models"].items()
        for party, formats in parties.items()
        for suffix in FORMATS
        if "error" in formats[suffix]
    ]
    return "\n".join([*lines, *errors])


def main() -> None:
    """Measure in the peers' environment, creating it if it is missing, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write every number to this file")
    parser.add_argument("--here", action="store_true", help="measure in this environment")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(measure(options.rounds)))
        return
    python = PEERS / "bin" / "python"
    if not python.exists():
        venv.create(PEERS, with_pip=True)
    if subprocess.run([python, "-c", "import torchlens, torchview, torchviz, matplotlib"], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", *NEEDED], check=True)
    command = [python, __file__, "--here", "--rounds", str(options.rounds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    report = json.loads(done.stdout.strip().splitlines()[-1])
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(table(report))


if __name__ == "__main__":
    sys.exit(main())
