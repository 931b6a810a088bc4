"""PNG and PDF: painted by matplotlib from the SVG, with the same colors in the same places."""

import io
import xml.etree.ElementTree as ET

import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.viz.render import raster, style

from . import readers

pytest.importorskip("matplotlib", reason="PNG and PDF files are painted by matplotlib")


def small():
    x, w = tg.tensor([1.0, 2.0]), tg.tensor([3.0, -4.0], requires_grad=True)
    y = (x * w).sum()
    y.backward()
    return viz.graph(y, names={"x": x, "w": w, "y": y})


def read(data):
    from matplotlib.image import imread

    return imread(io.BytesIO(data))


def test_a_png_has_the_size_and_the_colors_of_the_svg(tmp_path):
    g = small()
    g.save(tmp_path / "g.png")
    image = read((tmp_path / "g.png").read_bytes())
    root = ET.fromstring(g._written(".svg"))
    assert image.shape[1] == pytest.approx(2 * float(root.get("width")), abs=2)
    box = next(
        r for r in root.iter("{http://www.w3.org/2000/svg}rect") if r.get("class") == "tg-box" and float(r.get("width")) > 30
    )  # the first leaf
    x, y, w = (float(box.get(key)) for key in ("x", "y", "width"))
    inside = image[round(2 * y) + 8, round(2 * (x + w)) - 20, :3] * 255  # in the upper right corner there is no text
    kinds = {kind: [int(color[i : i + 2], 16) for i in (1, 3, 5)] for kind, color in style.LIGHT.items()}
    assert any(abs(inside - kinds[f"{k}-fill"]).max() < 2 for k in ("input", "parameter"))
    assert (image[0, 0, :3] * 255).round().tolist() == [255, 255, 255]


def test_the_same_graph_gives_the_same_bytes():
    assert small()._written(".png") == small()._written(".png")
    assert small()._written(".pdf") == small()._written(".pdf")


def test_a_pdf_has_one_page_of_the_size_of_the_svg_and_its_words(tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="needs pypdf to parse what was written")
    g = small()
    (page,) = pypdf.PdfReader(g.save(tmp_path / "g.pdf")).pages
    root = ET.fromstring(g._written(".svg"))
    assert float(page.mediabox.width) == pytest.approx(float(root.get("width")), abs=0.1)
    assert float(page.mediabox.height) == pytest.approx(float(root.get("height")), abs=0.1)
    words = page.extract_text()
    assert all(word in words for word in ("y = sum", "multiply", "[3, -4]"))


@pytest.mark.filterwarnings("ignore:no installed font has")
def test_hostile_names_pass_through_the_pdf(hostile, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="needs pypdf to parse what was written")
    x = tg.tensor([1.0], requires_grad=True)
    x.name = hostile
    assert "multiply" in pypdf.PdfReader(viz.graph(x * 2).save(tmp_path / "g.pdf")).pages[0].extract_text()


def test_a_pdf_is_a_pdf():
    data = small()._written(".pdf")
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")


def test_a_png_has_at_most_sixteen_million_pixels():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="50000"><style></style></svg>'
    image = read(raster.paint(svg, "png"))
    assert 15e6 < image.shape[0] * image.shape[1] <= 16.1e6


def test_a_png_has_one_pixel_per_svg_pixel_if_it_is_large_and_four_if_it_is_small():
    for side, zoom in ((1000, 2), (1001, 1)):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"><style></style></svg>'
        assert read(raster.paint(svg, "png")).shape[:2] == (zoom * side, zoom * side)


def test_the_png_is_read_by_another_program_and_takes_its_natural_size_on_paper():
    image = pytest.importorskip("PIL.Image", reason="needs Pillow to parse what was written")
    box = '<rect style="fill:#123456" width="9" height="7"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48"><style></style>{box}</svg>'
    read = image.open(io.BytesIO(raster.paint(svg, "png")))
    read.load()  # this verifies the checksums of all parts
    assert (read.size, read.mode) == ((192, 96), "RGB")
    assert [round(d) for d in read.info["dpi"]] == [192, 192]
    assert (read.getpixel((17, 13)), read.getpixel((18, 14))) == ((0x12, 0x34, 0x56), (255, 255, 255))


@pytest.mark.filterwarnings("ignore:no installed font has")
def test_hostile_names_are_painted(hostile):
    x = tg.tensor([1.0], requires_grad=True)
    x.name = hostile
    assert read(viz.graph(x * 2)._written(".png")).ndim == 3


def test_charts_can_be_saved_as_png(tmp_path):
    viz.loss_curves({"a": [3.0, 1.0], "b": [2.0, 1.5]}, log=True).save(tmp_path / "loss.png")
    image = read((tmp_path / "loss.png").read_bytes())
    blue, orange = ([int(c[i : i + 2], 16) for i in (1, 3, 5)] for c, _ in style.SERIES[:2])
    for color in (blue, orange):
        assert (abs(image[..., :3] * 255 - color).max(axis=-1) < 2).sum() > 50


def test_text_keeps_its_position():
    def columns(anchor):
        svg = f"""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><style></style>
        <text x="100" y="25" text-anchor="{anchor}">words</text></svg>"""
        dark = (read(raster.paint(svg, "png"))[..., 0] < 0.5).any(axis=0).nonzero()[0] / 2
        return dark.min(), dark.max()

    assert columns("start")[0] == pytest.approx(100, abs=1.5)
    assert columns("end")[1] == pytest.approx(100, abs=2.5)  # older Matplotlib rounds the last letter inwards
    assert sum(columns("middle")) / 2 == pytest.approx(100, abs=1.5)


def test_corners_are_round_and_what_is_dashed_has_gaps():
    svg = """<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><style></style>
    <rect x="10" y="10" width="80" height="80" rx="20" fill-opacity="1" style="fill:#000000"/>
    <path d="M0 95H100" stroke-dasharray="10 10" style="fill:none;stroke:#000000"/></svg>"""
    image = read(raster.paint(svg, "png"))[..., 0]
    assert (image[100, 24], image[24, 24], image[24, 100]) == (0, 1, 0)
    assert [bool(image[190, 2 * x] < 0.5) for x in (5, 15, 25, 35)] == [True, False, True, False]


def test_round_ends_lengthen_a_line_by_its_width():
    def dark(cap):
        look = f"fill:none;stroke:#000000;stroke-width:10;stroke-linecap:{cap}"
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40"><path style="{look}" d="M30 20H70"/></svg>'
        return (read(raster.paint(svg, "png"))[40, :, 0] < 0.5).sum() / 2

    assert dark("butt") == pytest.approx(40, abs=1)
    assert dark("round") == pytest.approx(50, abs=1)


def test_paths_with_absolute_and_relative_coordinates_are_read():
    points, codes = raster._path("M10 20h5v-3L1 2C1 1 2 2 3 3Z")
    assert points == [(10, 20), (15, 20), (15, 17), (1, 2), (1, 1), (2, 2), (3, 3), (3, 3)]
    assert codes == [1, 2, 2, 2, 4, 4, 4, 79]


def test_circles_shifts_and_clips_are_painted_where_a_browser_paints_them():
    shapes = (
        '<clipPath id="half"><rect x="0" y="0" width="50" height="100"/></clipPath>'
        '<g clip-path="url(#half)"><rect style="fill:#ff0000" x="30" y="70" width="40" height="20"/></g>'
        '<circle style="fill:#00ff00" cx="20" cy="20" r="10"/>'
        '<path style="fill:#0000ff" d="M-5 -5h10v10h-10z" transform="translate(80 20)"/>'
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">{shapes}</svg>'
    image = (read(raster.paint(svg, "png"))[..., :3] * 255).round().astype(int)
    zoom = len(image) / 100

    def at(x, y):
        return image[int(y * zoom), int(x * zoom)].tolist()

    red, green, blue, white = [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]
    assert (at(40, 80), at(60, 80), at(10, 50)) == (red, white, white)  # the clip cuts, and is not painted itself
    assert (at(20, 20), at(28, 20), at(28, 28)) == (green, green, white)
    assert (at(80, 20), at(2, 2)) == (blue, white)


def test_a_line_has_its_opacity():
    line = '<path style="stroke:#000000;stroke-width:20;fill:none" d="M0 {y}h100" stroke-opacity="{opacity}"/>'
    shapes = line.format(y=20, opacity=0.25) + line.format(y=70, opacity=1)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">{shapes}</svg>'
    image = read(raster.paint(svg, "png"))[..., 0]
    zoom = len(image) // 100
    assert (image[20 * zoom, 50 * zoom], image[70 * zoom, 50 * zoom]) == (pytest.approx(0.75, abs=0.01), 0)


def test_the_png_of_a_chart_shows_its_points_on_white(tmp_path):
    viz.plot({}, {"p": ([0, 1, 2], [0, 1, 4])}, title="Points").save(tmp_path / "p.png")
    image = read((tmp_path / "p.png").read_bytes())
    background = (image[..., :3] == 1).all(-1).mean()
    assert background > 0.9
    blue = [int(style.SERIES[0][0][i : i + 2], 16) for i in (1, 3, 5)]
    dots = (abs(image[..., :3] * 255 - blue) < 2).all(-1).sum()
    assert (
        dots > 4 * 0.8 * 3.14 * 4**2 * 3
    )  # there are four of radius 4, with the legend's, at twice the size; their edges are blended


# --- letters that matplotlib's fonts lack ---


def line(text, mono=False):
    family = "monospace" if mono else "sans"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="30"><style>.t{font-size:20px;font-family:'
        + family
        + "}</style>"
        f'<text class="t" x="5" y="22">{text}</text></svg>'
    )


@pytest.fixture
def installed(monkeypatch):
    """A function that makes the fonts of some files the only ones besides matplotlib's own."""
    from matplotlib import font_manager

    from tinygrad_edu.viz.render import fallback_fonts

    own = [entry for entry in font_manager.fontManager.ttflist if entry.name in fallback_fonts.OWN_FONTS]

    def install(*paths):
        monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
        monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(path) for path in paths])
        monkeypatch.setattr(fallback_fonts, "_files", {})
        monkeypatch.setattr(fallback_fonts, "_reported", set())

    return install


@pytest.fixture
def squares(tmp_path):
    """A font in which 가 is a filled square as high and wide as the font's size, and 나 is blank, with the same width."""
    from fontTools.fontBuilder import FontBuilder  # matplotlib requires it
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    def glyph(filled):
        pen = TTGlyphPen(None)
        if filled:
            pen.moveTo((0, 0))
            for corner in ((0, 1000), (1000, 1000), (1000, 0)):
                pen.lineTo(corner)
            pen.closePath()
        return pen.glyph()

    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "ga", "na"])
    font.setupCharacterMap({ord("가"): "ga", ord("나"): "na"})
    font.setupGlyf({".notdef": glyph(False), "ga": glyph(True), "na": glyph(False)})
    font.setupHorizontalMetrics(dict.fromkeys((".notdef", "ga", "na"), (1000, 0)))
    font.setupHorizontalHeader(ascent=1000, descent=0)
    font.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(tmp_path / "squares.ttf")
    return tmp_path / "squares.ttf"


@pytest.mark.parametrize("mono", [False, True])
def test_letters_that_matplotlibs_fonts_lack_come_from_an_installed_font(installed, squares, mono):
    installed(squares)
    ink = 1 - read(raster.paint(line("가나가", mono), "png"))[..., 0]
    columns = ink.sum(0)
    assert ink.sum() == pytest.approx(2 * 40 * 40, rel=0.01)  # two squares of 20 pixels, twice as large in the PNG
    assert columns[12:48].min() == columns[92:128].min() == 40
    assert columns[52:88].max() == 0
    decomposed = "\u1100\u1161"  # 가 as two Jamo, as in file names on a Mac
    assert raster.paint(line(decomposed, mono), "png") == raster.paint(line("가", mono), "png")


def test_a_pdf_has_the_letters_of_another_font_between_its_own(installed, squares):
    installed(squares)
    ink = 1 - readers.pdfium(line("x가y"))[..., 0]
    square = ink.sum(0).argmax()
    assert ink[:, square].sum() == pytest.approx(20, abs=0.5)
    assert 15 <= square <= 36  # x is 12 pixels wide
    assert ink[:, 8:14].sum() > 5  # x
    assert ink[:, 40:46].sum() > 5  # y


def test_letters_that_no_font_has_are_reported_once_with_what_to_install(installed, squares):
    installed(squares)
    with pytest.warns(UserWarning, match=r"no installed font has 다 라: .* apt install fonts-noto-cjk") as seen:
        raster.paint(line("가다라"), "png")
    assert seen[0].filename == __file__
    raster.paint(line("다라"), "pdf")  # a warning would be an error
    with pytest.warns(UserWarning, match=r"no installed font has ꀀ ꀁ .* ꀋ and 8 more: .* apt install fonts-noto"):
        raster.paint(line("".join(map(chr, range(0xA000, 0xA014)))), "png")
    raster.paint(line("a\u200b\u0301 "), "png")  # nothing visible is missing


def test_no_font_is_opened_for_a_picture_with_matplotlibs_own_letters(monkeypatch):
    from tinygrad_edu.viz.render import fallback_fonts

    opened: list[str] = []
    monkeypatch.setattr(fallback_fonts, "_opened", opened.append)
    raster.paint(line("x ≤ ∂y/∂w · ½ →"), "png")
    assert opened == []


def test_korean_is_drawn_in_a_font_of_this_machine():
    from tinygrad_edu.viz.render import fallback_fonts

    if len(dict(fallback_fonts._found({"가", "나"}, False))) < 2:
        pytest.skip("needs an installed font with Hangul, such as fonts-nanum")
    pictures = [raster.paint(line(text), "png") for text in ("가", "나")]  # boxes would be the same
    assert pictures[0] != pictures[1]
