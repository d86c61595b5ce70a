"""What a visitor of the page What it costs can choose, and how each choice is spelled in a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from tsm_demo.ui.address import Linked, LinkedSet
from tsm_demo.ui.shift_choices import fold_share

DEPTHS = (18, 50)
KINDS = ("2d", "tsm", "3d")  # the three that differ only in how they see time
ARCHITECTURES = {"2d": "tsn_resnet{depth}", "tsm": "tsm_resnet{depth}", "3d": "cnn3d_resnet{depth}"}
RELATIVES = (
    *("tsm_resnet50_nl", "cnn_lstm_resnet50", "gst_resnet50"),
    *("i3d_resnet50", "i3d_inception", "c3d", "r3d_18"),
)
PHASES = ("inference", "training")
UNITS = ("mac", "flop")


def _numbers(*values: int) -> dict[str, int]:
    return {str(value): value for value in values}


DEPTH = Linked("cost", "depth", _numbers(*DEPTHS), 50)
FRAMES = Linked("cost", "frames", _numbers(1, 2, 4, 8, 16, 32, 64), 8)
SIZE = Linked("cost", "size", _numbers(64, 112, 128, 160, 192, 224, 256, 320), 224)
BATCH = Linked("cost", "batch", _numbers(1, 2, 4, 8, 16, 32, 64), 1)
FOLD = Linked("cost", "fold", _numbers(0, 16, 8, 4, 2), 8)  # fold_div
PHASE = Linked("cost", "phase", {name: name for name in PHASES}, PHASES[0])
UNIT = Linked("cost", "unit", {name: name for name in UNITS}, UNITS[0])
NETS = LinkedSet("cost", "nets", {kind: kind for kind in KINDS})
ADDED = LinkedSet("cost", "added", {name: name for name in RELATIVES}, default=())


@dataclass(frozen=True, slots=True)
class CostChoice:
    """The state of the page's controls."""

    depth: int
    frames: int
    size: int  # pixels a side
    batch: int
    fold_div: int
    phase: str
    unit: str
    kinds: Sequence[str]
    added: Sequence[str]

    def architecture(self, kind: str) -> str:
        """The registered name of one of the three."""
        return ARCHITECTURES[kind].format(depth=self.depth)


def chosen() -> CostChoice:
    """What the address asks for."""
    return CostChoice(
        depth=DEPTH.asked(),
        frames=FRAMES.asked(),
        size=SIZE.asked(),
        batch=BATCH.asked(),
        fold_div=FOLD.asked(),
        phase=PHASE.asked(),
        unit=UNIT.asked(),
        kinds=NETS.asked(),
        added=ADDED.asked(),
    )


def choose(words: Mapping[str, str]) -> CostChoice:
    """The controls, in two rows."""
    nets, depth, phase, unit = st.columns([2.4, 2.4, 2.6, 2.2], gap="medium")
    nets.pills(
        words["nets"],
        selection_mode="multi",
        format_func=lambda kind: words[f"net_{kind}"],
        **NETS.widget(),
    )
    _buttons(depth, DEPTH, words)
    _buttons(phase, PHASE, words)
    _buttons(unit, UNIT, words)
    frames, size, batch, fold = st.columns([2.4, 2.4, 2.4, 2.4], gap="medium")
    frames.select_slider(words["frames"], **FRAMES.widget())
    size.select_slider(words["size"], format_func=lambda side: f"{side}²", **SIZE.widget())
    batch.select_slider(words["batch"], **BATCH.widget())
    fold.select_slider(
        words["fold"],
        format_func=lambda d: fold_share(d, "bidirectional", words),
        help=words["fold_help"],
        **FOLD.widget(),
    )
    st.multiselect(
        words["added"],
        format_func=lambda name: words[f"relative_{name}"],
        placeholder=words["added_none"],
        **ADDED.widget(),
    )
    return chosen()


def _buttons(place: DeltaGenerator, control: Linked, words: Mapping[str, str]) -> None:
    """A segmented control whose words are under its parameter's name."""
    name = control.parameter
    place.segmented_control(
        words[name],
        format_func=lambda value: words[f"{name}_{value}"],
        required=True,
        help=words[f"{name}_help"],
        **control.widget(),
    )
