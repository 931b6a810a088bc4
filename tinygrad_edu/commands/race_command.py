"""race: the update rules on a surface."""

from __future__ import annotations

import argparse

from .command import DONE, Command, CommandError, positive


def declare(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--rules", help="names of rules with commas between; without it, the whole family")
    parser.add_argument(
        "--surface", default="quadratic", help="quadratic, beale, rosenbrock, himmelblau, saddle, rastrigin, plateau"
    )
    parser.add_argument("--steps", type=positive, default=100, help="steps of each rule")
    parser.add_argument("--seeds", type=positive, default=1, help="runs of each rule where there is noise")
    parser.add_argument("--noise", type=float, default=0.0, help="standard deviation of what is added to each gradient")
    parser.add_argument("--lr", default="tune", help="a learning rate for all, or 'tune': the best of each")
    parser.add_argument("--out", default="race.html", help=".html plays it, .svg is a picture")


def run(options: argparse.Namespace) -> int:
    """Race, print the places, and where the picture is."""
    from .. import viz

    rules = [name.strip() for name in (options.rules or "").split(",") if name.strip()]
    try:
        lr = options.lr if options.lr == "tune" else float(options.lr)
        given = {"steps": options.steps, "lr": lr, "noise": options.noise, "seeds": options.seeds}
        race = viz.race(rules, options.surface, **given) if rules else viz.race(surface=options.surface, **given)
        path = race.save(options.out)
    except (ValueError, OSError, ImportError, KeyError) as error:
        raise CommandError(str(error)) from error
    for place, lane in enumerate(sorted(race.lanes, key=lambda lane: lane.final), 1):
        end = "diverged" if lane.diverged is not None else f"{lane.final:.3g} above the minimum"
        print(f"{place}. {lane.name:10} lr {lane.lr:<8.3g} {end}")
    print(path)
    return DONE


COMMAND = Command(
    "race",
    "let the update rules race on a surface, as a page that plays or a picture",
    "python -m tinygrad_edu race --rules SGD,Momentum,Adam --surface rosenbrock --out race.html",
    declare,
    run,
)
