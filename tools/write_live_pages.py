"""Write examples/live/, the pages that run in the lessons, and in each lesson live.html and live.ko.html, which open one of
them with the lesson's settings. Run it after a change to the race's or the playground's page:

    python tools/write_live_pages.py
"""

from __future__ import annotations

import html
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LESSONS, LIVE = ROOT / "examples" / "lessons", ROOT / "examples" / "live"

PRESETS: dict[str, tuple[str, str]] = {  # lesson -> the page, and the settings in its address
    "01_parameters_and_losses": ("playground", "data=curve&layers=&batch=200&lanes=SGD~lr=0.1"),
    "02_brute_force": ("race", "surface=text&f=(x-0.37)^2%2B(y-0.37)^2&start=-1,-1&steps=40&rules=SGD:lr=0.1&step=0"),
    "03_analytic_and_numerical": ("race", "surface=quadratic&condition=20&steps=200&rules=SGD:lr=0.046"),
    "04_derivative_gradient_step": ("race", "surface=text&f=x^2 sin(x)%2By^2&start=1.5,1&steps=1&rules=SGD:lr=0.1&step=0"),
    "05_scaling": ("playground", "data=moons&unit=30&scale=0&lanes=SGD~lr=0.01*Adam~lr=0.01"),
    "06_learning_rate": ("race", "surface=text&f=x^2%2By^2/4&start=3,2&steps=25&rules=SGD:lr=0.3"),
    "07_convex_and_not": ("race", "surface=himmelblau&steps=100&rules=SGD:lr=0.01,Momentum:lr=0.01"),
    "08_saddle_points": ("race", "surface=saddle&start=-1.5,0&steps=200&rules=SGD:lr=0.05,Momentum:lr=0.05,Adam:lr=0.1"),
    "09_batch_sizes": ("playground", "data=moons&batch=1&lanes=SGD~lr=0.05"),
    "10_epochs_and_sampling": ("playground", "data=blobs&batch=32&lanes=SGD~lr=0.1"),
    "11_schedules": ("race", "surface=quadratic&condition=5&noise=0.6&steps=300&rules=SGD:lr=0.2"),
    "12_momentum_and_nag": (
        "race", "surface=quadratic&condition=100&steps=150&rules=SGD:lr=0.005,Momentum:lr=0.005,NAG:lr=0.005&rule=Momentum",
    ),
    "13_adagrad_rmsprop_adadelta": (
        "race", "surface=quadratic&condition=100&steps=150&rules=Adagrad:lr=0.5,RMSprop:lr=0.05,Adadelta:lr=10&rule=Adagrad",
    ),
    "14_adam_and_the_choice": (
        "playground", "data=spirals&layers=16-16&lanes=SGD~lr=0.1*Momentum~lr=0.1*RMSprop~lr=0.01*Adam~lr=0.01",
    ),
    "15_what_the_framework_does": ("playground", "data=xor&layers=2&lanes=SGD~lr=0.1&step=1"),
    "16_memory_of_one_sample": ("playground", "data=circles&batch=1&lanes=SGD~lr=0.05"),
}  # fmt: skip
TITLES = {"en": ("The live page of this lesson", "Open the page"), "ko": ("이 수업의 움직이는 페이지", "페이지 열기")}


def opener(lesson: str, language: str) -> str:
    """A page that leads to the lesson's live page."""
    page, fragment = PRESETS[lesson]
    title, link = TITLES[language]
    address = html.escape(f"../../live/{page}.html#{fragment}&language={language}".replace(" ", "%20"))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={address}">\n<p><a href="{address}">{link}</a></p>\n</html>\n'
    )


def main() -> None:
    """Write all pages."""
    from tinygrad_edu import viz

    LIVE.mkdir(exist_ok=True)
    os.environ["TINYGRAD_EDU_LANG"] = "en"
    viz.race().save(LIVE / "race.html")
    viz.playground().save(LIVE / "playground.html")
    for lesson in PRESETS:
        for language, name in (("en", "live.html"), ("ko", "live.ko.html")):
            (LESSONS / lesson / name).write_text(opener(lesson, language), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
