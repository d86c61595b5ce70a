"""`sheet`: draw Motion-12 clips, one a row, to look at them."""

import argparse
from pathlib import Path

from tsm_demo.commands.arguments import Commands, count, number


def add(commands: Commands) -> None:
    parser = commands.add_parser("sheet", help="draw Motion-12 clips, one a row, to look at them")
    parser.add_argument("out", type=Path, metavar="OUT.png")
    parser.add_argument("--seed", type=number, default=0, help="number of the first clip")
    parser.add_argument("--clips", type=count, default=12)
    parser.add_argument("--difficulty", default="standard", choices=("easy", "standard", "hard"))
    parser.add_argument("--photographs", action="store_true", help="of real photographs (for development)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    import numpy as np
    from PIL import Image

    from tsm_demo.video.motion_script import DIFFICULTIES
    from tsm_demo.video.photographs import photograph_bank
    from tsm_demo.video.synthetic import motion_clips
    from tsm_demo.video.textures import texture_bank

    seeds = range(options.seed, options.seed + options.clips)
    bank = photograph_bank if options.photographs else texture_bank
    clips = motion_clips(seeds, difficulty=DIFFICULTIES[options.difficulty], bank=bank)
    rows = clips.frames.permute(0, 3, 1, 4, 2).flatten(2, 3).numpy()  # (N, H, T*W, 3)
    Image.fromarray(np.concatenate(list(rows))).save(options.out, "PNG")
