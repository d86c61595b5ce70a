"""Render the sample clips to MP4: `python sample_videos/make_samples.py`, or name some to make only those."""

import csv
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from scenes import SCENES, Scene
from scenes.paint import HEIGHT, WIDTH

HERE = Path(__file__).parent
FPS = 24
BT_601, LIMITED_RANGE = 6, 1  # what a decoder assumes of a small picture that does not say; said all the same


def write_clip(scene: Scene, path: Path) -> None:
    """Encode one scene as H.264, 4:2:0, index first, so that browsers play it while it loads."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "20", "preset": "veryslow"})
        stream.width, stream.height = WIDTH, HEIGHT
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, FPS)
        stream.thread_count = 1  # the same bytes on any number of cores
        stream.codec_context.colorspace = BT_601
        stream.codec_context.color_range = LIMITED_RANGE
        times = np.linspace(0, 1, round(scene.seconds * FPS))
        for index, t in enumerate(times):
            frame = av.VideoFrame.from_ndarray(scene.render(float(t)), format="rgb24")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_labels(path: Path) -> None:
    """List every clip with its label, in the order of the labels."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("file", "label"))
        rows.writerows((f"{name}.mp4", scene.label) for name, scene in SCENES.items())


def main(names: list[str]) -> int:
    """Make the named clips (none: all) and the list of labels; 2 for a name that is not a scene."""
    unknown = [name for name in names if name not in SCENES]
    if unknown:
        print(f"There is no scene called {unknown[0]}: choose from {', '.join(SCENES)}.", file=sys.stderr)
        return 2
    for name in names or SCENES:
        path = HERE / f"{name}.mp4"
        write_clip(SCENES[name], path)
        print(f"{path.name}  {path.stat().st_size / 1000:.0f} kB")
    write_labels(HERE / "labels.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
