"""What Start shows, computed beforehand; `python -m scripts.precompute` runs it with the rest.

Writes tsm_demo/assets/start/: results.json, and for each sample clip a film of the frames that the networks look at.
The numbers are those of the page Your clip, for they come from the same two functions.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsm_demo.analysis.predict import Prediction, answer_clip
from tsm_demo.analysis.seeing import read_for
from tsm_demo.models.networks import Network, load_network
from tsm_demo.ui.clips import bundled_clip, bundled_labels
from tsm_demo.viz.both_orders import (
    FOLDER,
    NETWORKS,
    Answer,
    BothAnswers,
    BothOrders,
    write_results,
)

TOP_K = 3
QUALITY = 80


def ask(name: str, networks: list[Network]) -> tuple[BothOrders, NDArray[np.uint8]]:
    """What the networks say of a sample clip, and its (T, H, W, 3) sampled frames, which are the same for all.

    Raises ValueError for a clip that is longer than a window.
    """
    with bundled_clip(name).on_disk() as path:
        clip = read_for(networks[0], path)
    if len(clip.windows) != 1:
        raise ValueError(f"{path} is longer than one window: Start would not show all that is asked about.")
    answers = {
        network.name: BothAnswers(
            kept(answer_clip(network, clip, TOP_K)), kept(answer_clip(network, clip, TOP_K, reverse=True))
        )
        for network in networks
    }
    times_sec = tuple(clip.times_sec[list(clip.windows[0].rows)].tolist())
    return BothOrders(name, bundled_labels()[name], times_sec, answers), clip.window_frames(0)


def kept(answer: Prediction) -> Answer:
    """The part of an answer that Start shows."""
    return Answer(answer.top, answer.clear)


def write_film(frames: NDArray[np.uint8], path: Path) -> None:
    """(T, H, W, 3) frames side by side in one WebP picture."""
    Image.fromarray(np.hstack(list(frames))).save(path, "WEBP", quality=QUALITY, method=6)


def precompute() -> None:
    """Ask and write for every sample clip."""
    FOLDER.mkdir(exist_ok=True)
    networks = [load_network(name) for name in NETWORKS]
    results = []
    for name in bundled_labels():
        result, frames = ask(name, networks)
        write_film(frames, result.film)
        results.append(result)
        print(f"{name}  {result.film.stat().st_size / 1000:.0f} kB", flush=True)
    write_results(results)
