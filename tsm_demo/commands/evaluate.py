"""`evaluate`: measure a Motion-12 network on what it was never trained on; each set is one figure of the model card."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tsm_demo.commands.arguments import Commands, count, number
from tsm_demo.core.errors import TsmDemoError

if TYPE_CHECKING:
    from torch import nn

    from tsm_demo.models.checkpoints import WeightFacts
    from tsm_demo.models.networks import Network

DRAWN = ("standard", "easy", "hard", "photographs")
TABLE = Path("evaluation") / "real_windows.csv"


def add(commands: Commands) -> None:
    parser = commands.add_parser("evaluate", help="measure a Motion-12 network on clips it never saw")
    parser.add_argument("model", metavar="NAME", nargs="?", default="motion")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="weights made by `train`, instead")
    parser.add_argument(
        "--on",
        default="standard",
        choices=(*DRAWN, "still", "pointing", "real"),
        help="drawn clips of a difficulty; the same motions of real photographs; clips without motion; the pointing "
        "game of Grad-CAM; windows of real clips",
    )
    parser.add_argument("--clips", type=count, default=2000, metavar="N")
    parser.add_argument(
        "--first", type=number, default=0, metavar="K", help="start at the K-th held-out clip"
    )
    parser.add_argument(
        "--bfloat16",
        action="store_true",
        help="for drawn clips: faster on processors that multiply it, rounds scores",
    )
    parser.add_argument("--folder", type=Path, metavar="FOLDER", help="with the real clips")
    parser.add_argument(
        "--table", type=Path, default=TABLE, metavar="CSV", help="of their windows, labelled by eye"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    from tsm_demo.analysis.low_precision import InBfloat16
    from tsm_demo.core.labels import MOTION_LABELS
    from tsm_demo.models.networks import load_network
    from tsm_demo.training.recipe import HELD_OUT_SEED

    network = load_network(options.model, options.checkpoint)
    if network.facts.labels != MOTION_LABELS:
        raise TsmDemoError(f"{network.name} does not know the twelve motions: choose a Motion-12 network.")
    first = HELD_OUT_SEED + options.first
    seeds = range(first, first + options.clips)
    found: dict[str, Any]
    model = InBfloat16(network.model) if options.bfloat16 else network.model
    if options.on in DRAWN:
        found, lines = _drawn(model, network.facts, seeds, options.on)
    elif options.on == "still":
        found, lines = _still(model, network.facts, seeds)
    elif options.on == "pointing":
        found, lines = _pointing(network, seeds)
    else:
        found, lines = _real(network, options.folder, options.table)
    if options.json:
        print(json.dumps({"model": network.name, "on": options.on, **found}))
    else:
        print("\n".join(lines))


def _drawn(
    model: "nn.Module", facts: "WeightFacts", seeds: range, kind: str
) -> tuple[dict[str, Any], list[str]]:
    from tsm_demo.analysis.accuracy import judge, motion_logits
    from tsm_demo.analysis.calibration import calibration_error, share_right
    from tsm_demo.core.labels import MOTION_LABELS
    from tsm_demo.video.motion_script import DIFFICULTIES
    from tsm_demo.video.photographs import photograph_bank
    from tsm_demo.video.textures import texture_bank

    logits, labels = motion_logits(
        model,
        seeds,
        facts.picture_size,
        DIFFICULTIES.get(kind, DIFFICULTIES["standard"]),
        facts.spec.n_segment,
        photograph_bank if kind == "photographs" else texture_bank,
    )
    accuracy = judge(logits, labels)
    error = calibration_error(logits, labels, facts.temperature)
    right, answers = share_right(logits, labels, 0.5, 0.7, facts.temperature)
    lines = [
        _share("right label", accuracy.top1, accuracy.clips),
        _share("right pair", accuracy.which_pair, accuracy.within_pair_clips),
        _share("right within the pair", accuracy.within_pair, accuracy.within_pair_clips),
        f"calibration error      {error:6.1%}",
        _share("right where 0.5 to 0.7", right, answers),
        "\nanswers in the order of the labels:",
    ]
    lines += [
        f"{label:24}" + "".join(f"{n:5}" for n in row)
        for label, row in zip(MOTION_LABELS, accuracy.confusion, strict=True)
    ]
    return {**asdict(accuracy), "calibration_error": error}, lines


def _still(model: "nn.Module", facts: "WeightFacts", seeds: range) -> tuple[dict[str, Any], list[str]]:
    from tsm_demo.analysis.stillness import share_still

    shares = share_still(model, seeds, facts.picture_size, facts.spec.n_segment)
    lines = [_share(f"stays still, {kind}", share, len(seeds)) for kind, share in shares.items()]
    return {"clips": len(seeds), "stays_still": shares}, lines


def _pointing(network: "Network", seeds: range) -> tuple[dict[str, Any], list[str]]:
    from tsm_demo.analysis.gradcam import LAYERS
    from tsm_demo.analysis.pointing import pointing_game

    facts, found, lines = network.facts, {}, []
    for layer in LAYERS:
        game = pointing_game(
            network.model,
            seeds,
            facts.picture_size,
            layer,
            n_segment=facts.spec.n_segment,
        )
        found[layer] = asdict(game)
        lines.append(
            f"{layer}: {game.frames} frames of {game.clips} clips, {game.empty:.1%} of the maps empty"
        )
        for kind in ("grown", "strict"):
            hit, chance, centre = (getattr(game, key + kind) for key in ("", "chance_", "centre_"))
            lines.append(f"  {kind:6}  {hit:6.1%}  (chance {chance:.1%}, centre {centre:.1%})")
    return found, lines


def _real(network: "Network", folder: Path | None, table: Path) -> tuple[dict[str, Any], list[str]]:
    from tsm_demo.analysis.real_windows import look_at, read_table, tallies

    if folder is None or not folder.is_dir():
        raise TsmDemoError(f"Say where the clips of {table.name} are: --folder FOLDER.")
    seen = list(look_at(network, read_table(table), folder))
    lines = [
        f"{w.window.clip:34} {w.window.start_sec:6.1f} s  {w.window.label:24} {w.answer:24} {w.score:4.0%}  "
        f"{'right' if w.right else 'wrong':5}  backwards {w.backwards}"
        for w in seen
        if w.window.label
    ]
    counts = tallies(seen)
    lines += ["", *(_share(c.name, c.hits / max(c.trials, 1), c.trials) for c in counts)]
    found = {"windows": [asdict(w) for w in seen], "tallies": [asdict(c) for c in counts]}
    return found, lines


def _share(name: str, share: float, trials: int) -> str:
    from tsm_demo.analysis.accuracy import interval

    if trials == 0:
        return f"{name:22}    none"
    low, high = interval(share, trials)
    return f"{name:22} {share:6.1%}  (95 % interval {low:.1%} to {high:.1%}, of {trials})"
