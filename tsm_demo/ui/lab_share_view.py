"""How much of the winning score came through shifted channels, block by block, and the maps that a shift moves."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from tsm_demo.analysis.feature_maps import telling_channels
from tsm_demo.analysis.seeing import window_tensor
from tsm_demo.analysis.shift_share import ShiftShare, shift_share
from tsm_demo.analysis.shift_variants import shifting_blocks
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import fold_offsets
from tsm_demo.models.networks import load_network
from tsm_demo.models.resnet import VideoResNet
from tsm_demo.serving.line import Report
from tsm_demo.ui.address import Linked
from tsm_demo.ui.answers import wait_in_line
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.lab_answers import FILMED, decoded, one_window
from tsm_demo.ui.lab_kept import kept
from tsm_demo.ui.picture_card import PLOT
from tsm_demo.ui.text import percent, words
from tsm_demo.viz.feature_tiles import tile_sheet
from tsm_demo.viz.share_bars import share_bars

NETWORK = "motion"
MAPS_WIDTH = 220  # pixels
SHOWN_CHANNELS = 16  # of which fold_div 8 moves two each way
BLOCKS = tuple(f"layer{layer}.{block}" for layer in range(1, 5) for block in range(2))  # of a ResNet-18
BLOCK = Linked("lab", "block", {block.replace("layer", ""): block for block in BLOCKS}, BLOCKS[2])


class MovedMaps(NamedTuple):
    """Pictures of the same channels before and after a block's shift, and how many take from each side."""

    before: bytes
    after: bytes
    each_way: int


def show_share(clip: Clip, window: int) -> None:
    """The bars over depth, and the chosen block's maps."""
    W = words("time_lab_inside")
    share = _share(clip, window)
    label = load_network(NETWORK).facts.labels[share.target]
    falls = {fold: share.logit - share.block_logits[:, at] for at, fold in enumerate(share.folds)}
    st.markdown(W["share_point"].format(label=label))
    items = "; ".join(
        W["share_item"].format(block=block, **{fold: f"{fall[at]:.1f}" for fold, fall in falls.items()})
        for at, block in enumerate(share.blocks)
    )
    names = {fold: W[f"fold_{fold}"] for fold in share.folds}
    st.plotly_chart(
        share_bars(share.blocks, falls, names, W["share_axis"]),
        key="lab_share",
        width="stretch",
        config=PLOT,
        alt=W["share_alt"].format(label=label, items=items),
    )
    st.markdown(
        W["share_all"].format(
            before=f"{share.logit:.1f}",
            after=f"{share.all_logits[-1]:.1f}",
            score=percent(share.score),
            left=percent(float(share.all_scores[-1])),
        )
    )
    st.dataframe(
        {W["column_block"]: list(share.blocks)}
        | {names[fold]: [round(float(x), 3) for x in fall] for fold, fall in falls.items()},
        hide_index=True,
    )
    _show_maps(clip, window, W)


def _show_maps(clip: Clip, window: int, W: Mapping[str, str]) -> None:
    block = st.segmented_control(W["block"], required=True, wrap=True, **BLOCK.widget())
    moved: MovedMaps = kept(clip, ("moved", window, block), lambda: _moved(clip, window, block))
    st.markdown(W["block_text"].format(future=moved.each_way, past=moved.each_way))
    for column, picture, when in zip(
        st.columns(2), (moved.before, moved.after), (W["block_before"], W["block_after"]), strict=True
    ):
        column.image(picture, caption=when, width=MAPS_WIDTH)


def _share(clip: Clip, window: int) -> ShiftShare:
    W = words("time_lab")
    filmed = one_window(decoded(clip, W), window, FILMED)

    def job(path: Path, report: Report) -> ShiftShare:
        report("forward", 0.0)
        network = load_network(NETWORK)
        return shift_share(network, window_tensor(network, filmed, 0))

    found: ShiftShare = kept(clip, ("share", window), lambda: wait_in_line(clip, job, W))
    return found


def _moved(clip: Clip, window: int, block: str) -> MovedMaps:
    W = words("time_lab")
    filmed = one_window(decoded(clip, W), window, FILMED)

    def job(path: Path, report: Report) -> MovedMaps:
        report("forward", 0.0)
        network = load_network(NETWORK)
        seen = window_tensor(network, filmed, 0)
        return moved_maps(entering(network.model, seen, block), len(seen), network.facts.spec.fold_div)

    found: MovedMaps = wait_in_line(clip, job, W)
    return found


def entering(model: torch.nn.Module, seen: torch.Tensor, block: str) -> NDArray[np.float32]:
    """(T, C, h, w) maps that enter a block, given the (T, 3, H, W) frames."""
    assert isinstance(model, VideoResNet)  # of the embedded TSM
    place = list(shifting_blocks(model)).index(block)
    with torch.inference_mode():
        maps: NDArray[np.float32] = list(model.block_maps(seen[None]))[place].numpy()
    return maps


def moved_maps(maps: NDArray[np.float32], frames: int, fold_div: int) -> MovedMaps:
    """(T, C, h, w) maps: the most changing channels of each fold, before and after the shift."""
    channels = telling_channels(maps, SHOWN_CHANNELS, fold_div, "bidirectional")
    folds = fold_offsets(SHOWN_CHANNELS, fold_div, "bidirectional")
    moving = channels[: folds[-1][0].stop]
    after = temporal_shift(torch.from_numpy(maps), frames, fold_div).numpy()
    return MovedMaps(tile_sheet(maps[:, moving]), tile_sheet(after[:, moving]), folds[0][0].stop)
