"""`train`: make the embedded weights, or one's own."""

import argparse
from pathlib import Path

from tsm_demo.commands.arguments import Commands, count, number
from tsm_demo.training.recipe import NETWORKS, SCHEDULES


def add(commands: Commands) -> None:
    parser = commands.add_parser("train", help="train a network, or go on training it")
    parser.add_argument("task", choices=("motion",), help="the data set: Motion-12")
    parser.add_argument("--network", default="tsm", choices=tuple(NETWORKS))
    parser.add_argument("--out", type=Path, default=None, metavar="FOLDER", help="default: runs/NETWORK")
    parser.add_argument(
        "--start-from", type=Path, metavar="FILE", help="tune these weights instead of starting anew"
    )
    parser.add_argument(
        "--schedule", choices=tuple(SCHEDULES), help="default: from-scratch, or tuning with --start-from"
    )
    parser.add_argument(
        "--bfloat16", action="store_true", help="faster on processors that multiply it (AVX512-BF16, AMX)"
    )
    parser.add_argument("--seed", type=number, default=0)
    parser.add_argument("--threads", type=count, default=1)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    from tsm_demo.training.recipe import Recipe
    from tsm_demo.training.train import train

    schedule = options.schedule or ("tuning" if options.start_from else "from-scratch")
    recipe = Recipe(
        network=options.network,
        stages=SCHEDULES[schedule],
        seed=options.seed,
        bfloat16=options.bfloat16,
    )
    folder = options.out or Path("runs") / options.network
    path = train(
        recipe,
        folder,
        options.start_from,
        report=lambda row: print(
            f"{row.stage:10} step {row.step:5}  {row.clips_seen:6} clips  {row.minutes:6.1f} min  "
            f"loss {row.loss:.3f}  training {row.train_accuracy:.1%}"
            + (f"  held out {row.held_out_accuracy:.1%}" if row.held_out_accuracy is not None else ""),
            flush=True,
        ),
        threads=options.threads,
    )
    print(f"weights: {path}")
