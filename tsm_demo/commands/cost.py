"""`cost`: count a network's parameters, multiply-adds and bytes."""

import argparse
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from tsm_demo.commands.arguments import Commands, count, number

if TYPE_CHECKING:
    from tsm_demo.analysis.cost import Cost

STAGES_SHOWN = 8


def add(commands: Commands) -> None:
    parser = commands.add_parser("cost", help="count a network's parameters, multiply-adds and bytes")
    parser.add_argument("name", metavar="NAME", help="see `models`")
    parser.add_argument("--frames", type=count, metavar="T", help="default: the network's usual ones")
    parser.add_argument(
        "--size", type=count, metavar="S", help="pixels a side; default: the network's usual ones"
    )
    parser.add_argument("--batch", type=count, default=1, metavar="N", help="clips")
    parser.add_argument(
        "--classes", type=count, metavar="K", help="default: 400, or the embedded network's own"
    )
    parser.add_argument("--fold-div", type=number, metavar="D", help="C/D channels move each way; default: 8")
    parser.add_argument("--json", action="store_true", help="as JSON, with every layer")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    from tsm_demo.analysis.cost import cost
    from tsm_demo.models import list_models
    from tsm_demo.models.networks import open_network
    from tsm_demo.models.registry import ModelSpec

    size = options.size
    if options.name in list_models():
        spec = ModelSpec(options.name)
    else:  # embedded, with a size of its own, or unknown
        facts = open_network(options.name).facts
        spec, size = facts.spec, size or facts.picture_size
    asked = {"num_classes": options.classes, "fold_div": options.fold_div}
    spec = replace(spec, **{field: value for field, value in asked.items() if value is not None})
    counted = cost(spec, options.frames, size, options.batch)
    if options.json:
        print(json.dumps(_as_dict(options.name, counted), indent=1))
    else:
        print("\n".join(_lines(options.name, counted)))


def _as_dict(name: str, counted: "Cost") -> dict[str, Any]:
    training = counted.training
    return {
        "name": name,
        "frames": counted.frames,
        "size": counted.size,
        "batch": counted.batch,
        "classes": counted.spec.num_classes,
        "fold_div": counted.spec.fold_div,
        "params": counted.params,
        "macs": counted.macs,
        "flops": counted.flops,
        "activation_bytes": counted.activation_bytes,
        "peak_bytes": counted.peak_bytes,
        "training_peak_bytes": training and training.peak_bytes,
        "kept_bytes": training and training.kept_bytes,
        "shift_bytes": counted.shift_bytes,
        "per_layer": [asdict(layer) for layer in counted.layers],
    }


def _lines(name: str, counted: "Cost") -> list[str]:
    training, spec = counted.training, counted.spec
    size = counted.size
    lines = [
        f"{name}: {counted.batch} x {counted.frames} frames of {size} x {size}, {spec.num_classes} classes",
        f"parameters        {counted.params:15,}",
        f"multiply-adds     {_giga(counted.macs)}  ({counted.flops / 1e9:.3f} GFLOPs)",
        f"peak, inference   {_megabytes(counted.peak_bytes)}",
    ]
    if training:
        kept = f"{training.kept_bytes / 1e6:,.1f} MB are kept for the backward pass"
        lines.append(f"peak, training    {_megabytes(training.peak_bytes)}  ({kept})")
    else:
        lines.append(
            "peak, training    it cannot train on so little: batch norm is left with one value a channel"
        )
    lines += [
        f"all outputs       {_megabytes(counted.activation_bytes)}",
        f"moved by shifts   {_megabytes(counted.shift_bytes)}",
        "",
        f"{'heaviest stages':17} {'multiply-adds':>15} {'share':>7} {'parameters':>12} {'outputs':>13}",
    ]
    stages = sorted(counted.stages.items(), key=lambda stage: -sum(layer.macs for layer in stage[1]))
    for stage, layers in stages[:STAGES_SHOWN]:
        macs = sum(layer.macs for layer in layers)
        if macs:
            params = sum(layer.params for layer in layers)
            outputs = sum(layer.activation_bytes for layer in layers)
            lines.append(
                f"{stage:17} {_giga(macs)} {macs / counted.macs:7.1%} {params:12,} {_megabytes(outputs)}"
            )
    return lines


def _giga(macs: int) -> str:
    return f"{macs / 1e9:13.3f} G"


def _megabytes(nbytes: int) -> str:
    return f"{nbytes / 1e6:12,.1f} MB"
