"""Text on colored cells and boxes is legible in light and dark mode, by the contrast that WCAG defines."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.viz.render.raster import _rules, _styled
from tinygrad_edu.viz.render.style import DARK, LIGHT, contrast

SVG = "{http://www.w3.org/2000/svg}"
THEMES = {"light": LIGHT, "dark": DARK}


def luminance(rgb):
    """By the definition in WCAG 2.2, independently of the package."""
    linear = np.where(rgb / 255 <= 0.04045, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def rgb(color):
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], float)


def ratio(text, shade):
    low, high = sorted((luminance(text), luminance(shade)))
    return (high + 0.05) / (low + 0.05)


def painted(svg, mode):
    """Texts and rectangles with their final fills in one mode, in order."""
    root = ET.fromstring(svg)
    css = root.find(f"{SVG}style").text
    light, dark = css.split("@media (prefers-color-scheme:dark)")
    shared = light.split("@media")[0]
    rules = _rules(shared if mode == "light" else shared + dark.strip("{}"))
    return [(e, style) for e, style, _ in _styled(root, rules) if e.tag in (f"{SVG}text", f"{SVG}rect")]


def contrasts(svg, mode, is_cell):
    """For each text on a colored rectangle: its contrast, and the best that ink or the color of the paper would have."""
    theme, shade, found = THEMES[mode], None, []
    for e, style in painted(svg, mode):
        if e.tag == f"{SVG}rect":
            if is_cell(e):
                opacity = float(style.get("fill-opacity", 1))
                shade = opacity * rgb(style["fill"]) + (1 - opacity) * rgb(theme["paper"])
                left, top = float(e.get("x")), float(e.get("y"))
                right, bottom = left + float(e.get("width")), top + float(e.get("height"))
        elif shade is not None and left < float(e.get("x")) <= right and top < float(e.get("y")) < bottom:
            best = max(ratio(rgb(theme["ink"]), shade), ratio(rgb(theme["paper"]), shade))
            found.append((ratio(rgb(style["fill"]), shade), best))
    return found


def test_the_contrast_of_two_colors_is_that_of_wcag():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)  # the gray that just fails
    assert contrast("#767676", "#ffffff") == pytest.approx(4.542, abs=1e-3)  # the gray that just passes
    assert contrast("#d55e00", "#1b1f24") == pytest.approx(ratio(rgb("#d55e00"), rgb("#1b1f24")))


@pytest.mark.parametrize("mode", THEMES)
@pytest.mark.parametrize("n", [2, 5, 40])
def test_numbers_of_a_confusion_matrix_have_the_better_of_two_contrasts(n, mode):
    shares = [(100 * k) // n for k in range(1, n)]
    truth = np.concatenate([[0] * 100 + [1] * 100 for _ in shares]) + np.repeat(np.arange(len(shares)) * 2, 200)
    predicted = truth.copy()
    for k, wrong in enumerate(shares):  # every depth of blue and of orange
        predicted[200 * k : 200 * k + wrong] += 1
    found = contrasts(viz.confusion_matrix(truth, predicted).svg, mode, lambda e: e.get("rx") == "4")
    assert len(found) == 3 * len(shares)
    assert all(has == pytest.approx(best, rel=0.02) or has >= 4.5 for has, best in found)
    assert all(has >= 4 for has, _ in found)


@pytest.mark.parametrize("mode", THEMES)
def test_numbers_of_a_heat_map_have_the_better_of_two_contrasts(mode):
    found = contrasts(
        viz.heatmap(np.arange(60.0).reshape(6, 10)).svg, mode, lambda e: e.get("rx") == "4" and e.get("fill-opacity")
    )
    assert len(found) == 60
    assert all(has == pytest.approx(best, rel=0.02) for has, best in found)
    assert all(has >= 4 for has, _ in found)


@pytest.mark.parametrize("mode", THEMES)
def test_every_text_on_a_colored_box_is_legible(mode):
    x, w = tg.tensor([[1.0, -2.0]]), tg.tensor([0.5, 0.25], requires_grad=True)
    first, second = ((x * w * k).sum().tanh() for k in (1, 3))
    for svg in (
        viz.graph(first, gradients=True).diff(viz.graph(second, gradients=True)).svg,
        viz.graph(second, gradients=True, color="grad", names={"w": w})._written(".svg"),
    ):
        found = contrasts(svg, mode, lambda e: e.get("class") == "tg-box" and e.get("style", "").startswith("fill:"))
        assert len(found) > 8
        assert min(has for has, _ in found) >= 4.5
        strongest = max(float(opacity) for opacity in re.findall(r"fill-opacity:(0\.\d{3})", svg))
        assert strongest == pytest.approx(0.55)
