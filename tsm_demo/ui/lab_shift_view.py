"""TSM's weights with another shift: what each variant says of the clip, where it looks, and what breaks in general."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tsm_demo.analysis.explain import explain, held
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.shift_variants import VARIANTS, shift_variant
from tsm_demo.analysis.stored_lab import read_lab
from tsm_demo.models.networks import load_network
from tsm_demo.serving.line import Report
from tsm_demo.ui.answers import wait_in_line
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.lab_answers import FILMED, decoded, one_window
from tsm_demo.ui.lab_kept import kept
from tsm_demo.ui.text import percent, words
from tsm_demo.viz.breakage import breakage
from tsm_demo.viz.heat import overlay_heat
from tsm_demo.viz.scored import scored
from tsm_demo.viz.two_answers import ScoredClip

NETWORK = "motion"
SIDE = 200  # pixels of a frame


@dataclass(frozen=True, eq=False)
class Varied:
    """What one variant says, and its frames with the heat of the intact network's label, (H, T*W, 3) uint8."""

    answer: ScoredClip
    strip: NDArray[np.uint8]


def show_variants(clip: Clip, window: int) -> None:
    """The clip under each variant, then the table over all clips that are here."""
    W = words("time_lab_inside")
    found = _varied(clip, window)
    intact = found["intact"].answer
    st.markdown(W["variants_point"].format(label=intact.label))
    for variant, varied in found.items():
        text, picture = st.columns([3, 8], gap="medium", vertical_alignment="center")
        text.markdown(
            f"**{W[f'variant_{variant}']}.** {W[f'about_{variant}']}\n\n{said(intact, varied.answer, W)}"
        )
        picture.image(varied.strip, width="stretch", output_format="JPEG")
    show_breakage(W)


def said(intact: ScoredClip, varied: ScoredClip, W: Mapping[str, str]) -> str:
    """A variant's answer against the intact network's."""
    name = "said_same" if varied.best == intact.best else "said_other"
    return W[name].format(
        label=varied.label,
        score=percent(varied.score),
        best=intact.label,
        kept=percent(float(varied.scores[intact.best])),
    )


def show_breakage(W: Mapping[str, str]) -> None:
    """What breaks over the bundled clips."""
    broken = {variant: breakage(read_lab().of_variant(variant)) for variant in VARIANTS}
    intact = broken["intact"]
    st.markdown("#### " + W["variants_over"].format(clips=intact.clips))
    st.markdown(
        W["variants_finding"].format(
            removed=broken["removed"].right,
            reversed=broken["reversed"].right,
            intact=intact.right,
            clips=intact.clips,
            turned=broken["reversed"].reversed,
            pairs=intact.pairs,
        )
    )
    st.dataframe(
        {
            W["column_variant"]: [W[f"variant_{variant}"] for variant in broken],
            W["column_right"]: [W["of"].format(some=b.right, all=b.clips) for b in broken.values()],
            W["column_reversed"]: [W["of"].format(some=b.reversed, all=b.pairs) for b in broken.values()],
            W["column_score"]: [percent(b.score) for b in broken.values()],
        },
        hide_index=True,
    )
    st.caption(W["variants_stored"])


def _varied(clip: Clip, window: int) -> dict[str, Varied]:
    W = words("time_lab")
    filmed = one_window(decoded(clip, W), window, FILMED)

    def job(path: Path, report: Report) -> dict[str, Varied]:
        network = load_network(NETWORK)
        target = scored(answer_clip(network, filmed)).best
        frames = filmed.window_frames(0)
        found = {}
        for at, variant in enumerate(VARIANTS):
            report("forward", at / len(VARIANTS))
            other = shift_variant(network, variant)
            maps = held(explain(other, filmed, 0, target), len(frames))
            strip = np.hstack(list(overlay_heat(frames, maps, side=SIDE)))
            found[variant] = Varied(scored(answer_clip(other, filmed)), strip)
        return found

    found: dict[str, Varied] = kept(clip, ("variants", window), lambda: wait_in_line(clip, job, W))
    return found
