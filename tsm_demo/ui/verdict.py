"""The answer in words: the label and how sure the network is, and what happens to it when time runs backwards."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.analysis.predict import Prediction
from tsm_demo.core.labels import MOTION_LABELS, reversed_label
from tsm_demo.ui.text import percent
from tsm_demo.viz.scores import top_bars


def show_verdict(answer: Prediction, words: Mapping[str, str]) -> None:
    """The headline, or that no class is clearly ahead, and the top labels as bars."""
    best = answer.top[0]
    if answer.clear:
        st.header(words["verdict_clear"].format(label=best.label), anchor=False)
        if len(answer.windows) > 1:
            st.write(words["verdict_sub_many"].format(score=percent(best.score), windows=len(answer.windows)))
        else:
            seconds = answer.windows[0].end_sec - answer.windows[0].start_sec
            st.write(words["verdict_sub"].format(score=percent(best.score), seconds=f"{seconds:.1f}"))
    else:
        known = "verdict_unclear" if answer.labels == MOTION_LABELS else "verdict_unclear_classes"
        st.header(words[known], anchor=False)
        st.write(words["best_guess"].format(label=best.label, score=percent(best.score)))
    items = ", ".join(f"{score.label} {percent(score.score)}" for score in answer.top)
    st.plotly_chart(
        top_bars(answer.top),
        key="bars",
        width="stretch",
        config={"displayModeBar": False},
        alt=words["bars_alt"].format(items=items),
    )


def both_ways(way: str, forwards: Prediction, backwards: Prediction, words: Mapping[str, str]) -> str:
    """One sentence on what reversing the frames does to the answer; `way`: see `Asked`."""
    first, second = forwards.top[0], backwards.top[0]
    if first.label == second.label:
        own = "both_same_own" if _reversed(first.label) == first.label else "both_same"
        kind = "both_same_2d" if way == "motion_tsn" else own
    elif second.label == _reversed(first.label) and forwards.clear and backwards.clear:
        kind = "both_flip"
    else:
        kind = "both_other"
    return words[kind].format(
        forward=first.label,
        forward_score=percent(first.score),
        backward=second.label,
        backward_score=percent(second.score),
    )


def _reversed(label: str) -> str | None:
    """What a motion is when it is played backwards; None of a class that is no motion of ours."""
    return MOTION_LABELS[reversed_label(MOTION_LABELS.index(label))] if label in MOTION_LABELS else None
