"""What the bundled clips tell of other shifts and of maps; `python -m scripts.precompute` runs it with the rest.

Writes tsm_demo/assets/lab/bundled.json.
"""

from collections.abc import Iterator

import numpy as np

from tsm_demo.analysis.faithfulness import Curves, frame_curves, frame_weights, patch_curves
from tsm_demo.analysis.gradcam import raw_grad_cam
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.randomised_weights import randomise_weights
from tsm_demo.analysis.seeing import read_for, window_tensor
from tsm_demo.analysis.shift_variants import VARIANTS, shift_variant
from tsm_demo.analysis.stored_lab import Areas, MapTrust, VariantAnswer, write_lab
from tsm_demo.models.networks import load_network
from tsm_demo.ui.clips import bundled_clip, bundled_labels
from tsm_demo.video.clip import SampledClip

NETWORK = "motion"


def read(name: str) -> SampledClip:
    """A bundled clip, of one window."""
    with bundled_clip(name).on_disk() as path:
        return read_for(load_network(NETWORK), path)


def ask_variants(name: str) -> Iterator[VariantAnswer]:
    """What TSM says of a bundled clip with each shift."""
    clip, truth = read(name), bundled_labels()[name]
    for variant in VARIANTS:
        answer = answer_clip(shift_variant(load_network(NETWORK), variant), clip, top_k=1)
        truth_score = float(answer.window_scores.mean(0)[answer.labels.index(truth)])
        yield VariantAnswer(name, variant, truth, answer.top[0].label, answer.top[0].score, truth_score)


def judge_map(name: str) -> MapTrust:
    """How far the Grad-CAM maps of a bundled clip can be trusted."""
    network, truth = load_network(NETWORK), bundled_labels()[name]
    clip, target = window_tensor(network, read(name), 0), network.facts.labels.index(truth)
    maps = raw_grad_cam(network.model, clip, target)
    return MapTrust(
        name,
        truth,
        areas(patch_curves(network, clip, target, maps)),
        areas(frame_curves(network, clip, target, frame_weights(maps))),
        randomise_weights(network, clip, target).left,
    )


def areas(curves: Curves) -> Areas:
    """What is kept of curves."""
    return Areas(curves.deletion_area, curves.insertion_area, float(np.mean(curves.random_areas)))


def precompute() -> None:
    """Ask, judge and write for every bundled clip."""
    variants: list[VariantAnswer] = []
    maps: list[MapTrust] = []
    for name in bundled_labels():
        variants += ask_variants(name)
        maps.append(judge_map(name))
        print(f"{name}  {maps[-1]}", flush=True)
    write_lab(variants, maps)
