"""Why memory runs out when TSM is added to a network that just fitted, and what the copying costs in time."""

from collections.abc import Mapping
from math import ceil

import streamlit as st

from tsm_demo.analysis.cost import cost
from tsm_demo.analysis.stored_timing import reference_timings
from tsm_demo.analysis.timing import shift_overheads
from tsm_demo.analysis.training_memory import training_memory
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.models.registry import ModelSpec
from tsm_demo.ui.address import Linked
from tsm_demo.ui.cost_choices import KINDS, CostChoice
from tsm_demo.ui.cost_view import clips, spec_of
from tsm_demo.ui.text import percent, words
from tsm_demo.viz.cost_bars import Bar, Panel, cost_bars
from tsm_demo.viz.families import THREE_D, TSM, TWO_D
from tsm_demo.viz.quantity import nbytes, times

CARD = Linked("cost", "card", {str(gib): gib for gib in (6, 8, 11, 16, 24, 40, 80)}, 11)
GIB = 2**30
# Beside its gradients, AdamW keeps two numbers for every weight.
COPIES_OF_WEIGHTS = 4
MANY_CLIPS = (512, 1024)  # where the peak is a straight line in their number


def show_memory(choice: CostChoice) -> None:
    """What is kept for the backward pass, how many clips a card has room for, and what copying costs in time."""
    W = words("cost_memory")
    st.header(W["title"], anchor=False)
    specs = {kind: spec_of(choice.architecture(kind), choice) for kind in KINDS}
    try:
        traced = {
            kind: training_memory(spec, choice.frames, choice.size, choice.batch)
            for kind, spec in specs.items()
        }
    except TsmDemoError as error:
        st.info(str(error))
        return
    shifts = sum(
        layer.kind == "shift" for layer in cost(specs["tsm"], choice.frames, choice.size, choice.batch).layers
    )
    st.markdown(W["look"].format(blocks=shifts))
    none, naive, threed = (traced[kind].kept_bytes for kind in KINDS)
    panel = kept_panel(none, naive, threed, choice, W)
    st.html(cost_bars([panel]))
    extra = W["sum"].format(extra=nbytes(naive - none), share=percent(naive / none - 1))
    st.markdown((extra if naive > none else W["sum_none"]) + " " + W["in_place_text"])
    left, right = st.columns(2, gap="large", border=True)
    with left:
        card = st.select_slider(W["card"], format_func=lambda gib: f"{gib} GiB", **CARD.widget())
        st.markdown(fits(card, specs, choice, W))
        st.markdown(W["remedy"])
    with right:
        st.subheader(W["latency_title"], anchor=False)
        st.markdown(copying_time(W))
    st.caption(W["source"])


def kept_panel(none: int, naive: int, threed: int, choice: CostChoice, W: Mapping[str, str]) -> Panel:
    """Bytes kept by the three, and by a TSM whose shift would keep nothing, which are the 2D network's."""
    bars = [
        Bar(W["none"], TWO_D.colour, none, nbytes(none), times(1)),
        Bar(W["in_place"], TSM.colour, none, W["theory"].format(amount=nbytes(none)), times(1)),
        Bar(W["naive"], TSM.colour, naive, nbytes(naive), times(naive / none)),
        Bar(W["threed"], THREE_D.colour, threed, nbytes(threed), times(threed / none)),
    ]
    detail = W["kept_detail"].format(
        clips=clips(choice.batch, words("cost")), frames=choice.frames, size=choice.size
    )
    return Panel(W["kept"], detail, bars)


def most_clips(card_gib: int, spec: ModelSpec, frames: int, size: int) -> int:
    """How many clips a training step with AdamW has room for; 0 or more.

    Beside the step's own peak, which holds the gradients, there are the weights and AdamW's two moments. Against the
    number of clips the peak bends upwards (of several moments, the fullest counts) into a straight line: so that line's
    answer is never too small, and going back along it ends at the right one.
    """
    few, many = (training_memory(spec, frames, size, batch) for batch in MANY_CLIPS)
    each = (many.peak_bytes - few.peak_bytes) / (MANY_CLIPS[1] - MANY_CLIPS[0])
    room = card_gib * GIB - (COPIES_OF_WEIGHTS - 1) * few.gradient_bytes
    clips = int(MANY_CLIPS[1] + (room - many.peak_bytes) // each)
    while clips > 0:
        lacking = training_memory(spec, frames, size, clips).peak_bytes - room
        if lacking <= 0:
            return clips
        clips -= ceil(lacking / each)
    return 0


def fits(card_gib: int, specs: Mapping[str, ModelSpec], choice: CostChoice, W: Mapping[str, str]) -> str:
    """The sentence with the three numbers of clips."""
    room = {kind: most_clips(card_gib, spec, choice.frames, choice.size) for kind, spec in specs.items()}
    weights = training_memory(specs["2d"], choice.frames, choice.size, MANY_CLIPS[0]).gradient_bytes
    fixed = nbytes(COPIES_OF_WEIGHTS * weights)
    return W["fits"].format(card=card_gib, fixed=fixed, none=room["2d"], naive=room["tsm"], threed=room["3d"])


def copying_time(W: Mapping[str, str]) -> str:
    """What the paper reports of the time that copying takes, beside the reference timing."""
    published = W["latency"]
    for measured in reference_timings():
        overheads = shift_overheads(measured)
        if {2, 8} <= set(overheads):
            return " ".join(
                [
                    published,
                    W["latency_measured"].format(
                        machine=measured.machine.processor,
                        all=percent(overheads[2].median),
                        eighth=percent(overheads[8].median),
                    ),
                ]
            )
    return published
