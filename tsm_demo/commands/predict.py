"""`predict`: name what a clip shows, and draw where it shows."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tsm_demo.commands.arguments import Commands, count
from tsm_demo.core.errors import TsmDemoError

if TYPE_CHECKING:
    from tsm_demo.analysis.predict import Prediction
    from tsm_demo.video.clip import SampledClip


def add(commands: Commands) -> None:
    parser = commands.add_parser("predict", help="name what a clip shows")
    parser.add_argument("clip", type=Path, metavar="CLIP")
    parser.add_argument("--model", default="motion", metavar="NAME", help="see `models`; default: motion")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="weights made by `train`, instead")
    parser.add_argument("--top-k", type=count, default=5, metavar="K")
    parser.add_argument("--start", type=float, metavar="SEC", help="look from here")
    parser.add_argument("--end", type=float, metavar="SEC", help="look up to here")
    parser.add_argument("--reverse", action="store_true", help="reverse the sampled frames")
    parser.add_argument(
        "--cam", type=Path, metavar="OUT.webp", help="write Grad-CAM over the frames (or .gif, .mp4)"
    )
    parser.add_argument("--layer", default="layer4", choices=("layer3", "layer4"), help="of the Grad-CAM")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
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
