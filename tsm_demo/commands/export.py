"""`export`: write a network as ONNX, and check that it computes the same."""

import argparse
from dataclasses import replace
from pathlib import Path

from tsm_demo.commands.arguments import Commands, count
from tsm_demo.core.errors import TsmDemoError

LARGEST_DIFFERENCE = 1e-4  # of logits, for one random clip


def add(commands: Commands) -> None:
    parser = commands.add_parser("export", help="write a network as ONNX")
    parser.add_argument("name", nargs="?", metavar="NAME", help="see `models`")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="a weights file instead of NAME")
    parser.add_argument("--frames", type=count, metavar="T", help="default: what the network is used with")
    parser.add_argument("--size", type=count, metavar="S", help="pixels a side; default: the same")
    parser.add_argument("out", type=Path, metavar="OUT.onnx")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    from tsm_demo.models.networks import open_network
    from tsm_demo.models.onnx_file import INSTALL, export_onnx, largest_difference

    out = options.out
    if (options.name is None) == (options.checkpoint is None):
        raise TsmDemoError("Give the NAME of a network (see `models`), or --checkpoint FILE, and OUT.onnx.")
    if out.suffix != ".onnx":
        raise TsmDemoError(f"export writes .onnx, not {out.name!r}.")
    if not out.parent.is_dir():
        raise TsmDemoError(f"There is no folder {str(out.parent)!r} to write into: make it first.")
    network = open_network(options.name or "", options.checkpoint)
    facts = network.facts
    if options.frames:
        facts = replace(facts, spec=replace(facts.spec, n_segment=options.frames))
    size = options.size or facts.picture_size
    export_onnx(network.model, facts, out, size)
    difference = largest_difference(network.model, facts, out, size)
    told = f"not checked (`{INSTALL}`)" if difference is None else f"at most {difference:.0e} from PyTorch's"
    print(
        f"{out}: {network.name}, clips (N, {facts.spec.n_segment}, 3, {size}, {size}) to logits "
        f"(N, {facts.spec.num_classes}); {told}."
    )
    if network.weights == "random":
        print("The weights are random: this file is good for measuring only.")
    if difference is not None and difference > LARGEST_DIFFERENCE:
        raise TsmDemoError(f"onnxruntime computes something else from {out.name}: do not use this file.")
