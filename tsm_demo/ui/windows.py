"""Which part of a clip is looked at, and which of its windows is explained."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from tsm_demo.analysis.predict import Prediction
from tsm_demo.ui.answers import Span
from tsm_demo.viz.scores import along

TRIM_FROM_SEC = 3.0  # shorter clips are one window anyway
MOST_STOPS = 300  # of the trimming slider: a long clip is trimmed in coarser steps
PLOT = {"displayModeBar": False}


def choose_span(duration_sec: float, words: Mapping[str, str]) -> Span:
    """The part of a longer clip to look at; None is all of it."""
    if duration_sec <= TRIM_FROM_SEC:
        return None
    step_sec = next(step for step in (0.1, 0.5, 1.0, 5.0) if duration_sec / step <= MOST_STOPS or step == 5.0)
    stops = [round(float(stop), 1) for stop in np.arange(0, duration_sec, step_sec)]
    if duration_sec - stops[-1] > 0.05:
        stops.append(round(duration_sec, 1))
    kept = st.session_state.get("span", ())
    if "span" in st.session_state and (kept is None or not set(kept) <= set(stops)):
        st.session_state["span"] = (stops[0], stops[-1])  # chosen for another clip
    start_sec, end_sec = sorted(
        st.select_slider(
            words["span"],
            stops,
            (stops[0], stops[-1]),
            key="span",
            on_change=_take_surest,
            args=(words,),
            bind="query-params",
        )
    )
    if (start_sec, end_sec) == (stops[0], stops[-1]):
        return None
    if start_sec == end_sec:  # both handles on one spot: the shortest part there
        at = stops.index(start_sec)
        start_sec, end_sec = stops[max(0, at - 1)], stops[max(1, at)]
    return start_sec, end_sec


def several_windows(whole: Prediction) -> bool:
    """Whether the clip was looked at in several places, not only several times."""
    return len({window.start_sec for window in whole.windows}) > 1


def choose_window(whole: Prediction, words: Mapping[str, str]) -> int:
    """The window to explain: a clicked dot in the figure of all windows, or the slider's; else the surest one."""
    stops = {words["surest"]: whole.explained}
    stops |= {f"{window.start_sec:.1f} s": at for at, window in enumerate(whole.windows)}
    if st.session_state.get("window", words["surest"]) not in stops:
        st.session_state["window"] = words["surest"]
    st.subheader(words["along"], anchor=False)
    st.caption(words["along_text"])
    figure = st.container()  # above the slider, but drawn when the slider has been read
    chosen = stops[st.select_slider(words["window"], list(stops), key="window", bind="query-params")]
    figure.plotly_chart(
        along(whole, chosen, words["course_axis"]),
        key="along",
        width="stretch",
        config=PLOT,
        on_select=_take_click,
        selection_mode="points",
        alt=words["along_alt"].format(count=len(whole.windows)),
    )
    return chosen


def _take_surest(words: Mapping[str, str]) -> None:
    """Another part of the clip has other windows."""
    st.session_state["window"] = words["surest"]


def _take_click() -> None:
    """A clicked dot becomes the chosen window."""
    points = st.session_state["along"].selection.points
    if points:
        st.session_state["window"] = f"{points[0]['customdata']:.1f} s"
