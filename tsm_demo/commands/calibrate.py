"""`calibrate`: fit the temperature that makes scores mean what they say, and store it in the weights file."""

import argparse
from pathlib import Path

from tsm_demo.commands.arguments import Commands, count


def add(commands: Commands) -> None:
    parser = commands.add_parser(
        "calibrate", help="fit a Motion-12 network's temperature on held-out clips and store it in its file"
    )
    parser.add_argument("checkpoint", type=Path, metavar="FILE", help="weights made by `train`")
    parser.add_argument("--clips", type=count, default=1000, metavar="N")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    from dataclasses import replace

    from tsm_demo.analysis.accuracy import judge, motion_logits
    from tsm_demo.analysis.calibration import calibration_error, fit_temperature
    from tsm_demo.models.checkpoints import load_checkpoint, save_checkpoint
    from tsm_demo.training.recipe import CALIBRATION_SEED

    loaded = load_checkpoint(options.checkpoint)
    facts = loaded.facts
    seeds = range(CALIBRATION_SEED, CALIBRATION_SEED + options.clips)
    logits, labels = motion_logits(loaded.model, seeds, facts.picture_size, n_segment=facts.spec.n_segment)
    temperature = fit_temperature(logits, labels)
    accuracy = judge(logits, labels).top1
    save_checkpoint(
        options.checkpoint, loaded.model, replace(facts, temperature=temperature, accuracy=accuracy)
    )
    before, after = (calibration_error(logits, labels, t) for t in (1.0, temperature))
    print(
        f"temperature {temperature:.3f}: calibration error {before:.1%} -> {after:.1%} on these {len(labels)} clips"
    )
