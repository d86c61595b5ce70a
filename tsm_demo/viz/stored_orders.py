"""All scores of the embedded networks on the sample clips, forwards and backwards: stored, read without torch.

The file holds float32 as it was computed, because how far two scores are apart to rounding is what it is for.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from tsm_demo.viz.both_orders import NETWORKS
from tsm_demo.viz.two_answers import ScoredClip, TwoAnswers

ANSWERS = (
    Path(__file__).parents[1] / "assets" / "lab" / "answers.npz"
)  # scripts/precompute_orders.py writes it


@lru_cache(maxsize=1)
def read_stored() -> dict[str, dict[str, TwoAnswers]]:
    """Clip to network to its answers; `shown` is backwards."""
    with np.load(ANSWERS, allow_pickle=False) as file:
        clips, scores, of_frames = file["clips"], file["scores"], file["frame_scores"]
    return {
        str(clip): {
            network: TwoAnswers(
                *(ScoredClip(scores[c, n, order], of_frames[c, n, order]) for order in (0, 1))
            )
            for n, network in enumerate(NETWORKS)
        }
        for c, clip in enumerate(clips)
    }


def write_stored(answers: Mapping[str, Mapping[str, TwoAnswers]]) -> None:
    """The file that `read_stored` reads: (clips, networks, 2 orders, 12) scores, and of frames (..., T, 12)."""
    both = [
        [(answers[clip][network].filmed, answers[clip][network].shown) for network in NETWORKS]
        for clip in answers
    ]
    np.savez_compressed(
        ANSWERS,
        clips=np.array(list(answers)),
        scores=np.array([[[way.scores for way in pair] for pair in row] for row in both], np.float32),
        frame_scores=np.array(
            [[[way.frame_scores for way in pair] for pair in row] for row in both], np.float32
        ),
    )
