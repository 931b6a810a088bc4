"""race: compare the update rules on a surface."""

from __future__ import annotations

import argparse

from .command import DONE, Command, CommandError, check_output, positive


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--rules", help="comma-separated names of rules; by default, the whole family")
    parser.add_argument(
        "--surface", default="quadratic", help="quadratic, beale, rosenbrock, himmelblau, saddle, rastrigin, plateau"
    )
    parser.add_argument("--steps", type=positive, default=100, help="number of steps of each rule")
    parser.add_argument("--seeds", type=positive, default=1, help="number of runs of each rule if there is noise")
    parser.add_argument("--noise", type=float, default=0.0, help="standard deviation of the noise added to each gradient")
    parser.add_argument("--lr", default="tune", help="a learning rate for all, or 'tune' for the best one of each")
    parser.add_argument("--out", default="race.html", help="output file: .html for an animation, .svg for a picture")


def run(options: argparse.Namespace) -> int:
    """Run the race, print the ranking, and where the picture was saved."""
    from .. import viz
    from ..viz.racing.contest import FORMATS

    check_output(options.out, FORMATS)
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
    "race the update rules on a surface, as an animated page or a picture",
    "python -m tinygrad_edu race --rules SGD,Momentum,Adam --surface rosenbrock --out race.html",
    declare,
    run,
)
