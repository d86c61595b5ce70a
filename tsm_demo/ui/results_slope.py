"""TSN against TSM where single frames tell much, and where order decides; no torch."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.ui.picture_card import Table, show_picture
from tsm_demo.ui.text import words
from tsm_demo.viz.published import Pair, read_published
from tsm_demo.viz.slopes import KINDS, SlopeWords, slopes_figure

POST = (7.0, 8.0)  # points that the blog post speaks of


def show_slopes() -> None:
    """The whole section."""
    W = words("results")
    pairs = read_published().pairs
    names = {pair.dataset: W[f"data_{pair.dataset}"] for pair in pairs}
    letters = SlopeWords(
        {pair.dataset: W[f"short_{pair.dataset}"] for pair in pairs},
        {kind: W[f"kind_{kind}"] for kind in KINDS},
        W["slope_before"],
        W["slope_after"],
        W["axis_top1"],
    )
    left, right = st.columns([7, 3], gap="large")
    with left:
        show_picture(
            "results slopes",
            W["slope_title"],
            W["slope_look"].format(**extremes(pairs)),
            slopes_figure(pairs, letters),
            W["slope_alt"].format(
                items="; ".join(
                    W["slope_item"].format(
                        dataset=names[pair.dataset], tsn=pair.tsn, tsm=pair.tsm, gain=f"{pair.gain:.1f}"
                    )
                    for pair in pairs
                )
            ),
            W["slope_source"],
            W["table"],
            lambda: table(pairs, names, W),
        )
    with right:
        st.markdown("\n\n".join([W["post_title"], post_note(pairs, W)]))


def extremes(pairs: tuple[Pair, ...]) -> dict[str, str]:
    """The smallest and the largest gain of each kind of data set, as "appearance_least" and so on."""
    found: dict[str, str] = {}
    for kind in KINDS:
        gains = [pair.gain for pair in pairs if pair.kind == kind]
        found |= {f"{kind}_least": f"{min(gains):.1f}", f"{kind}_most": f"{max(gains):.1f}"}
    return found


def post_note(pairs: tuple[Pair, ...], W: Mapping[str, str]) -> str:
    """What a blog post says, beside what the paper's table gives."""
    low, high = POST
    within = sum(low <= pair.gain <= high for pair in pairs)
    nearest = min(pairs, key=lambda pair: max(low - pair.gain, pair.gain - high, 0.0))
    return W["post_note"].format(
        low=f"{low:g}",
        high=f"{high:g}",
        within=W["none"] if within == 0 else within,
        all=len(pairs),
        nearest=W[f"data_{nearest.dataset}"],
        gain=f"{nearest.gain:.1f}",
        mean=f"{sum(pair.gain for pair in pairs) / len(pairs):.1f}",
    )


def table(pairs: tuple[Pair, ...], names: Mapping[str, str], W: Mapping[str, str]) -> Table:
    return {
        W["column_data"]: [names[pair.dataset] for pair in pairs],
        W["column_kind"]: [W[f"kind_{pair.kind}"] for pair in pairs],
        W["slope_before"]: [pair.tsn for pair in pairs],
        W["slope_after"]: [pair.tsm for pair in pairs],
        W["column_gain"]: [pair.gain for pair in pairs],
        W["column_source"]: [pair.source for pair in pairs],
        W["column_confidence"]: [W[f"confidence_{pair.confidence}"] for pair in pairs],
    }
