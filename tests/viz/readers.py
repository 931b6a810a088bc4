"""Programs that show a picture, each as a function from the SVG to pixels [height, width, rgb] from 0 to 1 on white."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from tinygrad_edu.viz.render import raster

from .. import browser

Pixels = np.ndarray


def decoded(png: bytes, zoom: int = 1) -> Pixels:
    """A PNG on white, averaged over `zoom` pixels in each direction."""
    from matplotlib.image import imread

    image = imread(io.BytesIO(png))
    if image.shape[2] == 4:
        image = image[..., :3] * image[..., 3:] + 1 - image[..., 3:]
    return averaged(image, zoom)


def averaged(image: Pixels, size: int) -> Pixels:
    """The means of squares of `size` pixels; the remainder at the right and bottom edges is dropped."""
    height, width = (n // size for n in image.shape[:2])
    return image[: height * size, : width * size].reshape(height, size, width, size, 3).mean((1, 3))


def _program(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"needs the program {name}")


def _module(name: str) -> Any:
    try:
        return pytest.importorskip(name, reason=f"needs the package {name}: the extra readers")
    except OSError as error:  # cairosvg without libcairo
        return pytest.skip(f"{name} does not load: {error}".splitlines()[0])


def matplotlib(svg: str) -> Pixels:
    """The PNG that `save` writes."""
    root = ElementTree.fromstring(svg)
    return decoded(raster.paint(svg, "png"), int(raster.png_zoom(float(root.get("width", 1)), float(root.get("height", 1)))))


def pdfium(svg: str) -> Pixels:
    """The PDF that `save` writes, rendered by the library of Chromium's PDF viewer."""
    document = _module("pypdfium2").PdfDocument(raster.paint(svg, "pdf"))
    return document[0].render(scale=1).to_numpy()[..., 2::-1] / 255


def poppler(svg: str) -> Pixels:
    """The PDF that `save` writes, rendered by poppler, as on most Linux desktops."""
    command = [_program("pdftoppm"), "-r", "72", "-png", "-"]
    return decoded(subprocess.run(command, input=raster.paint(svg, "pdf"), capture_output=True, check=True, timeout=60).stdout)


def cairosvg(svg: str) -> Pixels:
    return decoded(_module("cairosvg").svg2png(bytestring=svg.encode()))


def resvg(svg: str) -> Pixels:
    return decoded(bytes(_module("resvg_py").svg_to_bytes(svg_string=svg)))


def librsvg(svg: str) -> Pixels:
    command = [_program("rsvg-convert")]
    return decoded(subprocess.run(command, input=svg.encode(), capture_output=True, check=True, timeout=60).stdout)


def inkscape(svg: str) -> Pixels:
    command = [_program("inkscape"), "--pipe", "--export-type=png", "--export-filename=-", "--export-dpi=96"]
    return decoded(subprocess.run(command, input=svg.encode(), capture_output=True, check=True, timeout=120).stdout)


def chromium(svg: str) -> Pixels:
    return photographed(browser.chromium(), svg)


def photographed(chromium: Any, svg: str) -> Pixels:
    """A screenshot of the picture, opened as a file by a browser."""
    root = ElementTree.fromstring(svg)
    size = {side: int(np.ceil(float(root.get(side, 0)))) for side in ("width", "height")}
    tab = chromium.new_page(viewport=size)
    with TemporaryDirectory() as folder:
        (Path(folder) / "picture.svg").write_text(svg, "utf-8")
        tab.goto(f"file://{folder}/picture.svg")
        png = tab.screenshot()
    tab.close()
    return decoded(png)


READERS: dict[str, Callable[[str], Pixels]] = {
    reader.__name__: reader for reader in (matplotlib, pdfium, poppler, cairosvg, resvg, librsvg, inkscape, chromium)
}
SLOW = frozenset({"inkscape", "chromium"})  # they take seconds to start
