"""`sheet`: draw Motion-12 clips, one a row, to look at them."""

import argparse
from pathlib import Path

from tsm_demo.commands.arguments import Commands, count, number

NAMES_WIDTH = 140  # pixels, for the labels
FORMATS = {".webp": "WEBP", ".jpg": "JPEG"}  # whatever else the file is called, it is a PNG


def add(commands: Commands) -> None:
    parser = commands.add_parser("sheet", help="draw Motion-12 clips, one a row, to look at them")
    parser.add_argument("out", type=Path, metavar="OUT.png", help="or .webp, or .jpg")
    parser.add_argument("--seed", type=number, default=0, help="number of the first clip")
    parser.add_argument("--clips", type=count, default=12)
    parser.add_argument("--difficulty", default="standard", choices=("easy", "standard", "hard"))
    parser.add_argument("--photographs", action="store_true", help="of real photographs (for development)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    import numpy as np
    from PIL import Image, ImageDraw

    from tsm_demo.core.labels import MOTION_LABELS
    from tsm_demo.video.motion_script import DIFFICULTIES
    from tsm_demo.video.photographs import photograph_bank
    from tsm_demo.video.synthetic import motion_clips
    from tsm_demo.video.textures import texture_bank

    seeds = range(options.seed, options.seed + options.clips)
    bank = photograph_bank if options.photographs else texture_bank
    clips = motion_clips(seeds, difficulty=DIFFICULTIES[options.difficulty], bank=bank)
    rows = clips.frames.permute(0, 3, 1, 4, 2).flatten(2, 3).numpy()  # (N, H, T*W, 3)
    height, width = rows.shape[1:3]
    sheet = Image.new("RGB", (NAMES_WIDTH + width, len(rows) * height), "white")
    sheet.paste(Image.fromarray(np.concatenate(list(rows))), (NAMES_WIDTH, 0))
    for row, label in enumerate(clips.labels.tolist()):
        words = MOTION_LABELS[label].replace(" ", "\n")
        ImageDraw.Draw(sheet).multiline_text((8, row * height + 8), words, "black", font_size=15)
    sheet.save(options.out, FORMATS.get(options.out.suffix.lower(), "PNG"))
