"""The layer that a visitor counts: a real one of ResNet-50 or their own, each size of it in the address."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from tsm_demo.core.conv_arithmetic import ConvLayer
from tsm_demo.ui.address import Linked, LinkedNumber

T = 8
PRESETS = {  # of ResNet-50 at 224 x 224 pixels; in layer4, the blocks after the first
    "conv1": ConvLayer(7, 3, 64, 224, 224, T, stride=2),
    "layer1": ConvLayer(3, 64, 64, 56, 56, T),
    "pointwise": ConvLayer(1, 256, 64, 56, 56, T),
    "layer4": ConvLayer(3, 512, 512, 7, 7, T),
}
OPENING = PRESETS["layer1"]
KERNELS, STRIDES = (1, 3, 5, 7), (1, 2)
MOST_CHANNELS, MOST_PIXELS, MOST_FRAMES = 4096, 512, 64

KERNEL = Linked("count", "k", {str(k): k for k in KERNELS}, OPENING.kernel)
STRIDE = Linked("count", "stride", {str(s): s for s in STRIDES}, OPENING.stride)
CHANNELS_IN = LinkedNumber("count", "cin", 1, MOST_CHANNELS, OPENING.in_channels)
CHANNELS_OUT = LinkedNumber("count", "cout", 1, MOST_CHANNELS, OPENING.out_channels)
HEIGHT = LinkedNumber("count", "h", 1, MOST_PIXELS, OPENING.height)
WIDTH = LinkedNumber("count", "w", 1, MOST_PIXELS, OPENING.width)
FRAMES = LinkedNumber("count", "t", 1, MOST_FRAMES, OPENING.frames)
NUMBERS = (CHANNELS_IN, CHANNELS_OUT, HEIGHT, WIDTH, FRAMES)
PRESET_KEY = "count_preset"


def chosen() -> ConvLayer:
    """What the address asks for."""
    return ConvLayer(
        KERNEL.asked(),
        CHANNELS_IN.asked(),
        CHANNELS_OUT.asked(),
        HEIGHT.asked(),
        WIDTH.asked(),
        FRAMES.asked(),
        STRIDE.asked(),
    )


def choose(words: Mapping[str, str]) -> ConvLayer:
    """The controls: layers by name, and below each size."""
    st.session_state[PRESET_KEY] = _preset_of(chosen())
    st.segmented_control(
        words["preset"],
        list(PRESETS),
        format_func=lambda name: words[f"preset_{name}"],
        key=PRESET_KEY,
        on_change=_preset_to_address,
    )
    with st.container(horizontal=True, gap="medium"):
        st.segmented_control(words["k"], required=True, **KERNEL.widget())
        st.segmented_control(words["stride"], required=True, help=words["stride_help"], **STRIDE.widget())
        for number in NUMBERS:
            st.number_input(words[number.parameter], width=150, **number.widget())
    return chosen()


def _preset_of(layer: ConvLayer) -> str | None:
    """The name of a real layer, at any number of frames; None for a visitor's own."""
    for name, preset in PRESETS.items():
        if replace(preset, frames=layer.frames) == layer:
            return name
    return None


def _preset_to_address() -> None:
    """Write all of a layer but its frames, which stay as they are; a second click on a name changes nothing."""
    layer = PRESETS.get(st.session_state[PRESET_KEY])
    if layer is None:
        return
    KERNEL.put(layer.kernel)
    STRIDE.put(layer.stride)
    CHANNELS_IN.put(layer.in_channels)
    CHANNELS_OUT.put(layer.out_channels)
    HEIGHT.put(layer.height)
    WIDTH.put(layer.width)
