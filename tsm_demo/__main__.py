"""The command line: `python -m tsm_demo predict|models|train|evaluate|sheet`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tsm_demo.core.errors import TsmDemoError

if TYPE_CHECKING:  # commands import torch only when they need it: --help answers at once
    from tsm_demo.analysis.predict import Prediction
    from tsm_demo.video.clip import SampledClip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 (and one line on standard error) for what the user can mend."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except TsmDemoError as error:
        print(f"tsm_demo: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        print(f"tsm_demo: {error.strerror or error}{place}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("tsm_demo: interrupted; `train` goes on where it was when it is called again.", file=sys.stderr)
        return 130
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments on one line, as everything else does."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"tsm_demo: {message} (`{self.prog} --help` lists what there is)\n")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m tsm_demo", description="The Temporal Shift Module, explained.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    models = commands.add_parser("models", help="list the networks")
    models.add_argument("--json", action="store_true", help="as JSON")
    models.set_defaults(run=_models)

    predict = commands.add_parser("predict", help="name what a clip shows")
    predict.add_argument("clip", type=Path, metavar="CLIP")
    predict.add_argument("--model", default="motion", metavar="NAME", help="see `models`; default: motion")
    predict.add_argument("--checkpoint", type=Path, metavar="FILE", help="weights made by `train`, instead")
    predict.add_argument("--top-k", type=_count, default=5, metavar="K")
    predict.add_argument("--start", type=float, metavar="SEC", help="look from here")
    predict.add_argument("--end", type=float, metavar="SEC", help="look up to here")
    predict.add_argument("--reverse", action="store_true", help="reverse the sampled frames")
    predict.add_argument(
        "--cam", type=Path, metavar="OUT.webp", help="write Grad-CAM over the frames (or .gif, .mp4)"
    )
    predict.add_argument("--layer", default="layer4", choices=("layer3", "layer4"), help="of the Grad-CAM")
    predict.add_argument("--json", action="store_true", help="print JSON")
    predict.set_defaults(run=_predict)

    train = commands.add_parser("train", help="train a network, or go on training it")
    train.add_argument("task", choices=("motion",), help="the data set: Motion-12")
    train.add_argument("--network", default="tsm", choices=("tsm", "tsn"))
    train.add_argument("--out", type=Path, default=None, metavar="FOLDER", help="default: runs/NETWORK")
    train.add_argument(
        "--start-from", type=Path, metavar="FILE", help="tune these weights instead of starting anew"
    )
    train.add_argument("--seed", type=_number, default=0)
    train.add_argument("--threads", type=_count, default=1)
    train.set_defaults(run=_train)

    evaluate = commands.add_parser(
        "evaluate", help="measure a Motion-12 network on clips it was never trained on"
    )
    evaluate.add_argument("model", metavar="NAME", nargs="?", default="motion")
    evaluate.add_argument("--checkpoint", type=Path, metavar="FILE", help="weights made by `train`, instead")
    evaluate.add_argument("--clips", type=_count, default=2000, metavar="N")
    evaluate.add_argument("--difficulty", default="standard", choices=("easy", "standard", "hard"))
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.set_defaults(run=_evaluate)

    sheet = commands.add_parser("sheet", help="draw Motion-12 clips, one a row, to look at them")
    sheet.add_argument("out", type=Path, metavar="OUT.png")
    sheet.add_argument("--seed", type=_number, default=0, help="number of the first clip")
    sheet.add_argument("--clips", type=_count, default=12)
    sheet.add_argument("--difficulty", default="standard", choices=("easy", "standard", "hard"))
    sheet.set_defaults(run=_sheet)
    return parser


def _models(options: argparse.Namespace) -> None:
    from tsm_demo.models.networks import list_networks, open_network

    rows = []
    for name in list_networks():
        network = open_network(name)  # each once: not worth being kept
        rows.append(
            {
                "name": name,
                "weights": network.weights,
                "params": sum(p.numel() for p in network.model.parameters()),
                "frames": network.facts.spec.n_segment,
                "size": network.facts.picture_size,
                "classes": len(network.facts.labels),
            }
        )
    if options.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print("{name:22} {weights:9} {params:>12,} parameters  {frames} frames at {size}²".format(**row))


def _predict(options: argparse.Namespace) -> None:
    from tsm_demo.analysis.predict import predict_with_clip
    from tsm_demo.viz.takeaway import as_dict

    kind = options.cam.suffix[1:].lower() if options.cam else None
    if kind not in (None, "webp", "gif", "mp4"):
        raise TsmDemoError(f"--cam writes .webp, .gif or .mp4, not {options.cam.name!r}.")
    if options.cam and not options.cam.parent.is_dir():
        raise TsmDemoError(
            f"There is no folder {str(options.cam.parent)!r} for --cam to write into: make it first."
        )
    answer, clip = predict_with_clip(
        options.clip,
        options.model,
        options.top_k,
        checkpoint=options.checkpoint,
        start_sec=options.start,
        end_sec=options.end,
        reverse=options.reverse,
    )
    if kind:
        options.cam.write_bytes(_cam(options, answer, clip, kind))
    if options.json:
        print(json.dumps(as_dict(answer), indent=1))
        return
    for warning in answer.warnings:
        print(f"note: {warning}", file=sys.stderr)
    if not answer.clear and answer.weights != "random":
        print("not clearly one of the labels; the best guess:")
    for score in answer.top:
        print(f"{score.score:6.1%}  {score.label}")


def _cam(options: argparse.Namespace, answer: "Prediction", clip: "SampledClip", kind: str) -> bytes:
    """The explained window with its heat, as a file's bytes."""
    from tsm_demo.analysis.explain import explain
    from tsm_demo.models.networks import load_network
    from tsm_demo.viz.heat import overlay_heat
    from tsm_demo.viz.takeaway import animation

    network = load_network(options.model, options.checkpoint)
    target = answer.labels.index(answer.windows[answer.explained].top[0].label)
    maps = explain(network, clip, answer.explained, target, options.layer, reverse=options.reverse)
    frames = clip.window_frames(answer.explained)
    frames = frames[::-1] if options.reverse else frames
    return animation(overlay_heat(frames, maps), answer.frame_times_sec, kind)


def _train(options: argparse.Namespace) -> None:
    from tsm_demo.training.recipe import CURRICULUM, TUNING, Recipe
    from tsm_demo.training.train import train

    stages = TUNING if options.start_from else CURRICULUM
    recipe = Recipe(network=options.network, stages=stages, seed=options.seed)
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


def _evaluate(options: argparse.Namespace) -> None:
    from dataclasses import asdict

    from tsm_demo.analysis.accuracy import interval, motion_accuracy
    from tsm_demo.core.labels import MOTION_LABELS
    from tsm_demo.models.networks import load_network
    from tsm_demo.training.recipe import HELD_OUT_SEED
    from tsm_demo.video.motion_script import DIFFICULTIES

    network = load_network(options.model, options.checkpoint)
    if network.facts.labels != MOTION_LABELS:
        raise TsmDemoError(f"{network.name} does not know the twelve motions: choose a Motion-12 network.")
    found = motion_accuracy(
        network.model,
        range(HELD_OUT_SEED, HELD_OUT_SEED + options.clips),
        network.facts.picture_size,
        DIFFICULTIES[options.difficulty],
        network.facts.spec.n_segment,
    )
    if options.json:
        print(json.dumps({"model": network.name, "difficulty": options.difficulty, **asdict(found)}))
        return
    for name, share, count in (
        ("right label", found.top1, found.clips),
        ("right pair", found.which_pair, found.within_pair_clips),
        ("right within the pair", found.within_pair, found.within_pair_clips),
    ):
        low, high = interval(share, count)
        print(f"{name:22} {share:6.1%}  (95 % interval {low:.1%} to {high:.1%}, {count} clips)")
    print("\nanswers in the order of the labels:")
    for label, row in zip(MOTION_LABELS, found.confusion, strict=True):
        print(f"{label:24}" + "".join(f"{count:5}" for count in row))


def _sheet(options: argparse.Namespace) -> None:
    import numpy as np
    from PIL import Image

    from tsm_demo.video.motion_script import DIFFICULTIES
    from tsm_demo.video.synthetic import motion_clips

    seeds = range(options.seed, options.seed + options.clips)
    clips = motion_clips(seeds, difficulty=DIFFICULTIES[options.difficulty])
    rows = clips.frames.permute(0, 3, 1, 4, 2).flatten(2, 3).numpy()  # (N, H, T*W, 3)
    Image.fromarray(np.concatenate(list(rows))).save(options.out, "PNG")


if __name__ == "__main__":
    sys.exit(main())
