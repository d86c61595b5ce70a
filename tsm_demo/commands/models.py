"""`models`: list the networks."""

import argparse
import json

from tsm_demo.commands.arguments import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("models", help="list the networks")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    import torch

    from tsm_demo.models.checkpoints import EMBEDDED
    from tsm_demo.models.networks import list_networks, open_network

    rows = []
    for name in list_networks():
        # Each once: not worth being kept; and random weights are only counted, so none are drawn.
        with torch.device("cpu" if name in EMBEDDED else "meta"):
            network = open_network(name)
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
