"""`predict`: name what a clip shows, and draw where it shows."""

import argparse
import json
import sys
from dataclasses import replace
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
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="a weights file instead")
    parser.add_argument("--top-k", type=count, default=5, metavar="K")
    parser.add_argument("--start", type=float, metavar="SEC", help="look from here")
    parser.add_argument("--end", type=float, metavar="SEC", help="look up to here")
    parser.add_argument("--reverse", action="store_true", help="reverse the sampled frames")
    parser.add_argument(
        "--frames", type=count, metavar="T", help="frames to look at; default: as it was trained"
    )
    parser.add_argument(
        "--thorough",
        action="store_true",
        help="many crops (published networks only): as accuracies are measured",
    )
    parser.add_argument(
        "--cam", type=Path, metavar="OUT.webp", help="write Grad-CAM over the frames (or .gif, .mp4)"
    )
    parser.add_argument(
        "--layer", metavar="LAYER", help="of the Grad-CAM: one of the network's last two; default: the last"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    from tsm_demo.analysis.gradcam import check_layer
    from tsm_demo.analysis.predict import predict_with_clip
    from tsm_demo.models.networks import load_network
    from tsm_demo.viz.takeaway import as_dict

    kind = options.cam.suffix[1:].lower() if options.cam else None
    if kind not in (None, "webp", "gif", "mp4"):
        raise TsmDemoError(f"--cam writes .webp, .gif or .mp4, not {options.cam.name!r}.")
    if options.cam and not options.cam.parent.is_dir():
        raise TsmDemoError(
            f"There is no folder {str(options.cam.parent)!r} for --cam to write into: make it first."
        )
    if options.layer:
        check_layer(load_network(options.model, options.checkpoint).model, options.layer)
    answer, clip = predict_with_clip(
        options.clip,
        options.model,
        options.top_k,
        checkpoint=options.checkpoint,
        start_sec=options.start,
        end_sec=options.end,
        reverse=options.reverse,
        frames=options.frames,
        thorough=options.thorough,
    )
    if kind:
        drawn, notes = _cam(options, answer, clip, kind)
        options.cam.write_bytes(drawn)
        answer = replace(answer, warnings=(*answer.warnings, *notes))
    if options.json:
        print(json.dumps(as_dict(answer), indent=1))
        return
    for warning in answer.warnings:
        print(f"note: {warning}", file=sys.stderr)
    if not answer.clear and answer.weights != "random":
        print("not clearly one of the labels; the best guess:")
    for score in answer.top:
        print(f"{score.score:6.1%}  {score.label}")


def _cam(
    options: argparse.Namespace, answer: "Prediction", clip: "SampledClip", kind: str
) -> tuple[bytes, tuple[str, ...]]:
    """The explained window with its heat, as a file's bytes, and what is to be said of it."""
    from tsm_demo.analysis.explain import explain, held
    from tsm_demo.analysis.seeing import window_pictures
    from tsm_demo.models.networks import load_network
    from tsm_demo.viz.heat import overlay_heat
    from tsm_demo.viz.takeaway import animation

    network = load_network(options.model, options.checkpoint)
    target = answer.labels.index(answer.windows[answer.explained].top[0].label)
    maps = explain(
        network, clip, answer.explained, target, options.layer, reverse=options.reverse, answer=answer
    )
    frames = window_pictures(network, clip, answer.explained, options.reverse)
    notes: tuple[str, ...] = ()
    if len(maps) < len(frames):
        notes = (
            f"{network.name} has {len(maps)} maps for {len(frames)} frames: each is held until the next.",
        )
    return animation(overlay_heat(frames, held(maps, len(frames))), answer.frame_times_sec, kind), notes
