"""A sample clip both ways as a visitor sees it: film, what 2D and TSM say, and sentences on the difference; no torch."""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from tsm_demo.ui.components.two_ways import Said, TwoWays, Verdict, Way
from tsm_demo.ui.text import percent
from tsm_demo.viz.both_orders import BothOrders

NAMES = {"motion_tsn": "2d", "motion": "tsm"}  # network -> the section of the page's text with its name
ORDERS = ("forwards", "backwards")


def exhibit(result: BothOrders, words: Mapping[str, str]) -> TwoWays:
    """All that Start shows of a clip."""
    T = len(result.frame_times_sec)
    with Image.open(result.film) as film:  # reads the header only
        aspect = film.width / T / film.height
    return TwoWays(
        film=result.film.read_bytes(),
        aspect=aspect,
        frame_sec=float(np.diff(result.frame_times_sec).mean()),
        ways=(_way(result, 0, words), _way(result, 1, words)),
        verdicts=tuple(_verdict(result, network, words) for network in NAMES),
        play=words["play"],
        pause=words["pause"],
        frame=words["frame"],
    )


def _way(result: BothOrders, which: int, words: Mapping[str, str]) -> Way:
    """The clip forwards (0) or backwards (1)."""
    order = ORDERS[which]
    frames = range(1, len(result.frame_times_sec) + 1)
    return Way(
        backwards=bool(which),
        name=words[order],
        shows=words["shows"].format(label=result.shows[which]),
        picture=words[f"picture_{order}"].format(clip=result.clip),
        strip=words["strip"].format(order=words[order]),
        frames=tuple(frames[::-1] if which else frames),
        said=tuple(_said(result, network, which, words) for network in NAMES),
    )


def _said(result: BothOrders, network: str, which: int, words: Mapping[str, str]) -> Said:
    """The network's best label for one order."""
    best = result.answers[network].orders[which].best
    right = result.right(network)[which]
    return Said(
        network=words[NAMES[network]],
        label=best.label,
        share=best.score,
        percent=percent(best.score),
        right=right,
        mark=words["right" if right else "wrong"],
    )


def _verdict(result: BothOrders, network: str, words: Mapping[str, str]) -> Verdict:
    """What the order of the frames did to a network's answer, whether it is right, and whether it is sure."""
    both = result.answers[network]
    times_right = sum(result.right(network))
    right_both = "right_both" if both.difference == "differ" else "right_own"
    sentences = [both.difference, ("right_none", "right_one", right_both)[times_right]]
    times_unsure = sum(not answer.clear for answer in both.orders)
    if times_unsure:
        sentences.append(("unsure_one", "unsure_both")[times_unsure - 1])
    return Verdict(
        sign="≠" if both.difference == "differ" else "=",
        network=words[NAMES[network]],
        text=" ".join(words[sentence] for sentence in sentences),
    )
