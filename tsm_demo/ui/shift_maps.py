"""A real clip's feature maps for the grid: the choice of clip and layer, and the pictures."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tsm_demo.analysis.feature_maps import feature_maps, telling_channels
from tsm_demo.analysis.seeing import LIMITS
from tsm_demo.core.sampling import SamplingPlan
from tsm_demo.models.networks import load_network
from tsm_demo.ui.clips import bundled_clip
from tsm_demo.ui.components.shift_grid import Tiles
from tsm_demo.ui.shift_choices import CLIP, LAYER, ShiftChoice
from tsm_demo.video.decode import read_clip
from tsm_demo.viz.feature_tiles import film_strip, tile_sheet

NETWORK = "motion"
SHORT_SIDE = 160  # pixels that frames are kept at: more than the network or the film needs


def maps_of_clip(choice: ShiftChoice, words: Mapping[str, str]) -> Tiles:
    """The pictures for the grid, with the menus for clip and layer and a text on what is seen."""
    left, right = st.columns(2)
    clip = left.selectbox(words["clip"], **CLIP.widget())
    layer = right.segmented_control(words["layer"], required=True, help=words["layer_help"], **LAYER.widget())
    with st.spinner(words["clip_wait"]):
        frames, maps = _seen(clip, choice.n_segment, layer)
    channels = telling_channels(maps, choice.channels, choice.fold_div, choice.mode)
    st.caption(
        words["clip_text"].format(
            all=maps.shape[1], shown=len(channels), channels=", ".join(map(str, channels))
        )
    )
    return Tiles(sheet=tile_sheet(maps[:, channels]), film=film_strip(frames))


@st.cache_data(max_entries=24, show_spinner=False)
def _seen(clip: str, n_segment: int, layer: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A bundled clip's T frames, and the maps that leave the layer."""
    with bundled_clip(clip).on_disk() as path:
        plan = SamplingPlan(n_segment=n_segment, kind="segments", short_side=SHORT_SIDE)
        frames = read_clip(path, plan, LIMITS).window_frames(0)
    return frames, feature_maps(load_network(NETWORK), frames, layer)
