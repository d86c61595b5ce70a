"""Page: a clip's label, its course over time, and Grad-CAM on every sampled frame."""

import pandas as pd
import streamlit as st

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.models.checkpoints import EMBEDDED
from tsm_demo.ui.answers import Answer, Span, answer, heat, of_window
from tsm_demo.ui.clip_picker import pick_clip
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.components.cam_player import cam_player
from tsm_demo.ui.player_words import player_words
from tsm_demo.ui.takeaways import show_downloads
from tsm_demo.ui.text import words
from tsm_demo.ui.verdict import both_ways, show_verdict
from tsm_demo.video.animate import to_jpeg
from tsm_demo.viz.heat import shrink_frames
from tsm_demo.viz.scores import along, course

W = words("your_clip")
TRIM_FROM_SEC = 3.0  # shorter clips are one window anyway
PLOT = {"width": "stretch", "config": {"displayModeBar": False}}


def choose_span(duration_sec: float) -> Span:
    """The part of a longer clip to look at; None is all of it."""
    if duration_sec <= TRIM_FROM_SEC:
        return None
    end_sec = int(duration_sec * 10) / 10
    chosen = st.slider(
        W["span"],
        0.0,
        end_sec,
        (0.0, end_sec),
        step=0.1,
        key="span",
        on_change=drop_window,
        bind="query-params",
    )
    whole = chosen == (0.0, end_sec) or chosen[1] - chosen[0] < 0.1
    return None if whole else chosen


def drop_window() -> None:
    """Another part of the clip has other windows."""
    st.session_state.pop("window", None)


@st.fragment
def show(clip: Clip, model: str, span: Span, found: Answer) -> None:
    """Everything that does not need the clip decoded again."""
    left, right = st.columns([5, 7], gap="large")
    with left:
        order = st.segmented_control(
            W["order"],
            ["forwards", "backwards"],
            default="forwards",
            required=True,
            key="order",
            format_func=lambda name: W[name],
            bind="query-params",
        )
        reverse = order == "backwards"
        whole = found.backwards if reverse else found.forwards
        show_verdict(whole, W)
        st.markdown(both_ways(found.forwards, found.backwards, W))
    window = choose_window(found) if len(whole.windows) > 1 else 0
    shown = of_window(found, model, window, reverse)
    best = shown.windows[window].top[0].label
    with right:
        first, second = st.columns([3, 2])
        target = first.selectbox(
            W["class"], ["best", *MOTION_LABELS], key="explain", bind="query-params",
            format_func=lambda name: W["best_label"].format(label=best) if name == "best" else name,
        )  # fmt: skip
        layer = second.segmented_control(
            W["layer"], ["layer3", "layer4"], default="layer4", required=True, key="layer",
            help=W["layer_help"], bind="query-params",
        )  # fmt: skip
        label = best if target == "best" else target
        index = MOTION_LABELS.index(label)
        frames = shrink_frames(found.sampled.window_frames(window))
        frames = frames[::-1] if reverse else frames
        maps = heat(clip, model, span, found, window, index, layer, reverse)
        pictures = [to_jpeg(frame) for frame in frames]
        cam_player(
            frames=pictures,
            maps=maps,
            times_sec=shown.frame_times_sec,
            frame_scores=[float(score) for score in shown.frame_scores[:, index]],
            class_label=label,
            words=player_words(),
            key="player",
            is_reversed=reverse,
        )
    lines = list(dict.fromkeys([label, *(score.label for score in shown.windows[window].top)]))[:3]
    st.subheader(W["course"], anchor=False)
    st.plotly_chart(
        course(shown, pictures, lines, W["course_axis"]), key="course", **PLOT,
        alt=W["course_alt"].format(
            labels=", ".join(lines), start=f"{shown.frame_times_sec[0]:.2f}", end=f"{shown.frame_times_sec[-1]:.2f}"
        ),
    )  # fmt: skip
    st.caption(W["course_text"])
    with st.expander(W["table"]):
        table = pd.DataFrame(shown.frame_scores, columns=list(shown.labels))
        table.insert(0, W["course_axis"], shown.frame_times_sec)
        st.dataframe(table, hide_index=True)
    st.subheader(W["downloads"], anchor=False)
    show_downloads(clip.name, shown, frames, maps, W)


def choose_window(found: Answer) -> int:
    """The window to explain: clicked in the figure of all windows, or set by the slider."""
    answer_now = found.backwards if st.session_state.get("order") == "backwards" else found.forwards
    last = len(answer_now.windows) - 1
    if not 0 <= st.session_state.get("window", 0) <= last:
        del st.session_state["window"]
    chosen = int(st.session_state.get("window", answer_now.explained))
    st.subheader(W["along"], anchor=False)
    st.caption(W["along_text"])
    st.plotly_chart(
        along(answer_now, chosen, W["course_axis"]), key="along", **PLOT,
        on_select=take_click, selection_mode="points", alt=W["along_alt"].format(count=last + 1),
    )  # fmt: skip
    return st.slider(
        W["window"], 0, last, answer_now.explained, key="window", bind="query-params",
        help=W["along_text"],
    )  # fmt: skip


def take_click() -> None:
    """A clicked dot becomes the chosen window."""
    points = st.session_state["along"].selection.points
    if points:
        st.session_state["window"] = int(points[0]["point_index"])


st.title(W["title"], anchor=False)
st.markdown(W["lead"])
clip = pick_clip(W)
model = st.radio(
    W["network"], EMBEDDED, key="model", horizontal=True,
    format_func=lambda name: W[f"network_{name}"], bind="query-params",
)  # fmt: skip
try:
    everything = answer(clip, model, None, W)
    span = choose_span(everything.sampled.info.duration_sec)
    found = everything if span is None else answer(clip, model, span, W)
    for warning in found.forwards.warnings:
        st.warning(warning)
    show(clip, model, span, found)
except TsmDemoError as error:
    st.error(str(error))
    st.markdown(W["problem_next"])
st.divider()
st.markdown(W["knows"].format(labels=", ".join(MOTION_LABELS)))
st.caption(W["link_note"])
