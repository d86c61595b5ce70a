"""What a visitor of the page The shift can choose, and how each choice is spelled in a link."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import streamlit as st

from tsm_demo.core.placement import PLACEMENTS
from tsm_demo.core.shift_table import MODES
from tsm_demo.ui.address import Linked
from tsm_demo.ui.clips import bundled_labels

CELLS = ("abstract", "clip")
LAYERS = ("layer1", "layer2", "layer3")  # whose maps the next layer's first block shifts
OPENING_CLIP = "ball rolls right"


def _same(names: tuple[str, ...]) -> dict[str, str]:
    return {name: name for name in names}


FRAMES = Linked("shift", "frames", {str(n): n for n in range(2, 17)}, 8)
CHANNELS = Linked("shift", "channels", {str(n): n for n in range(8, 65, 8)}, 16)
FOLDS = Linked("shift", "fold", {str(d): d for d in (0, 16, 8, 4, 2)}, 8)  # fold_div
MODE = Linked("shift", "mode", _same(MODES), MODES[0])
PLACEMENT = Linked("shift", "placement", _same(PLACEMENTS), PLACEMENTS[0])
CELL = Linked("shift", "cells", _same(CELLS), CELLS[0])
CLIP = Linked("shift", "clip", _same(tuple(bundled_labels())), OPENING_CLIP)
LAYER = Linked("shift", "layer", _same(LAYERS), LAYERS[0])


@dataclass(frozen=True, slots=True)
class ShiftChoice:
    """The state of the grid's controls."""

    n_segment: int
    channels: int
    fold_div: int
    mode: str
    placement: str


def chosen() -> ShiftChoice:
    """What the address asks for."""
    return ShiftChoice(FRAMES.asked(), CHANNELS.asked(), FOLDS.asked(), MODE.asked(), PLACEMENT.asked())


def fold_share(fold_div: int, mode: str, words: Mapping[str, str]) -> str:
    """ "1/8 each way, 1/4 of all" of fold_div 8; what moves in one direction and in all."""
    if fold_div == 0:
        return words["fold_none"]
    one_way = Fraction(1, fold_div)
    if mode == MODES[1]:
        return words["fold_online"].format(share=one_way)
    both = 2 * one_way
    return words["fold_both"].format(share=one_way, all=both if both < 1 else words["fold_all"])


def choose(words: Mapping[str, str]) -> ShiftChoice:
    """The controls, in a row."""
    frames, channels, fold, mode, placement = st.columns([2, 2, 3, 3, 2.4], gap="medium")
    frames.select_slider(words["frames"], **FRAMES.widget())
    channels.select_slider(words["channels"], **CHANNELS.widget())
    fold.select_slider(
        words["fold"],
        format_func=lambda d: fold_share(d, MODE.asked(), words),
        help=words["fold_help"],
        **FOLDS.widget(),
    )
    mode.segmented_control(
        words["mode"],
        format_func=lambda name: words[f"mode_{name}"],
        required=True,
        help=words["mode_help"],
        **MODE.widget(),
    )
    placement.segmented_control(
        words["placement"],
        format_func=lambda name: words[f"placement_{name}"],
        required=True,
        help=words["placement_help"],
        **PLACEMENT.widget(),
    )
    return chosen()
