"""`fold-study`: train slim TSMs that differ in how many channels move, and store what comes out."""

import argparse
from pathlib import Path

from tsm_demo.commands.arguments import Commands, count


def add(commands: Commands) -> None:
    parser = commands.add_parser(
        "fold-study", help="train slim TSMs that differ in how many channels move (an hour on two cores)"
    )
    parser.add_argument("--out", type=Path, default=Path("runs/fold"), metavar="FOLDER")
    parser.add_argument("--part", type=count, default=1, metavar="N", help="of several processes, which one")
    parser.add_argument("--parts", type=count, default=1, metavar="N", help="how many processes there are")
    parser.add_argument("--write", action="store_true", help="store the finished runs for the page instead")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    from tsm_demo.core.errors import TsmDemoError
    from tsm_demo.training.fold_study import FoldStudy, run_study, store

    if options.part > options.parts:
        raise TsmDemoError(f"--part {options.part} of {options.parts}: give 1 to {options.parts}.")
    if options.write:
        print(f"written: {store(FoldStudy(), options.out)}")
        return
    run_study(
        FoldStudy(),
        options.out,
        options.part - 1,
        options.parts,
        report=lambda run: print(
            f"fold_div {run.fold_div:2}  {run.placement:8}  seed {run.seed}  right {run.share:.1%}  "
            f"within the pair {run.pair_share:.1%}  {run.minutes:.1f} min",
            flush=True,
        ),
    )
