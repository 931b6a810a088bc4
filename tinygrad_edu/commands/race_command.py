"""race: compare the update rules on a surface."""

from __future__ import annotations

import argparse

from .command import DONE, Command, CommandError, check_output, positive


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--rules", type=names, help="comma-separated names of rules; by default all except AdamW and Adamax")
    parser.add_argument(
        "--surface", default="quadratic", help="quadratic, beale, rosenbrock, himmelblau, saddle, rastrigin, plateau"
    )
    parser.add_argument("--steps", type=positive, default=100, help="number of steps of each rule")
    parser.add_argument("--seeds", type=positive, default=1, help="number of runs of each rule if there is noise")
    parser.add_argument("--noise", type=float, default=0.0, help="standard deviation of the noise added to each gradient")
    parser.add_argument(
        "--lr",
        type=learning_rate,
        default="tune",
        help="a learning rate for all rules, or 'tune' to find the best one for each",
    )
    parser.add_argument("--out", default="race.html", help="output file: .html for an animation, .svg or .png for a picture")


def names(text: str) -> list[str]:
    """The names in "SGD, Adam"."""
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise argparse.ArgumentTypeError(
            f"must be names of rules, such as SGD,Adam, got {text!r}; leave it out for the default"
        )
    return found


def learning_rate(text: str) -> float | str:
    """A number, or "tune"."""
    try:
        return text if text == "tune" else float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, such as 0.01, or 'tune', got {text!r}") from None


def run(options: argparse.Namespace) -> int:
    """Run the race; print the ranking, and where the picture was saved."""
    from .. import viz
    from ..viz.racing.contest import FORMATS

    check_output(options.out, FORMATS)
    try:
        given = {name: getattr(options, name) for name in ("surface", "steps", "lr", "noise", "seeds")}
        race = viz.race(**given) if options.rules is None else viz.race(options.rules, **given)
        path = race.save(options.out)
    except (ValueError, OSError, ImportError, KeyError) as error:
        raise CommandError(str(error)) from error
    for place, lane in enumerate(sorted(race.lanes, key=lambda lane: lane.final), 1):
        above = "" if lane.lost or race.surface.lowest is None else " above the minimum"
        print(f"{place}. {lane.name:10} lr {lane.lr:<8.3g} {race.ending(lane)}{above}")
    print(path)
    return DONE


COMMAND = Command(
    "race",
    "race the update rules on a surface, as an animated page or a picture",
    "python -m tinygrad_edu race --rules SGD,Momentum,Adam --surface rosenbrock --out race.html",
    declare,
    run,
)
