"""Page: a clip's label, its course over time, and Grad-CAM on every sampled frame."""

import streamlit as st

from tsm_demo.analysis.gradcam import LAYERS
from tsm_demo.analysis.predict import Prediction
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.ui.answers import Answer, Span, View, answer, heat, of_window
from tsm_demo.ui.clip_picker import pick
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.components.cam_player import cam_player
from tsm_demo.ui.frame import stay_in_frame
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
    left, right = st.columns([6, 7], gap="large")
    with left:
        order = st.segmented_control(
            W["order"],
            [W["forwards"], W["backwards"]],
            default=W["forwards"],
            required=True,
            key="order",
            bind="query-params",
        )
        reverse = order == W["backwards"]
        whole = found.backwards if reverse else found.forwards
        show_verdict(whole, W)
        st.markdown(both_ways(found.forwards, found.backwards, W))
    window = choose_window(whole) if len(whole.windows) > 1 else 0
    shown = of_window(found, model, window, reverse)
    best = shown.windows[window].top[0].label
    with right:
        player = st.container()
        first, second = st.columns([3, 2])
        chosen = first.selectbox(
            W["class"], [W["best_label"], *MOTION_LABELS], key="explain", bind="query-params"
        )
        layer = second.segmented_control(
            W["layer"],
            LAYERS,
            default=LAYERS[-1],
            required=True,
            key="layer",
            help=W["layer_help"],
            bind="query-params",
        )
        label = best if chosen == W["best_label"] else chosen
        index = MOTION_LABELS.index(label)
        frames = shrink_frames(found.sampled.window_frames(window))
        frames = frames[::-1] if reverse else frames
        maps = heat(clip, model, span, found, View(window, index, layer, reverse))
        pictures = [to_jpeg(frame) for frame in frames]
        with player:
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
    with left:
        show_course(
            shown, pictures, list(dict.fromkeys([label, *(s.label for s in shown.windows[window].top)]))[:3]
        )
    st.subheader(W["downloads"], anchor=False)
    show_downloads(clip.name, shown, frames, maps, W)


def show_course(shown: Prediction, pictures: list[bytes], labels: list[str]) -> None:
    """The labels' scores frame by frame, under the frames, and all scores as a table."""
    st.subheader(W["course"], anchor=False)
    st.plotly_chart(
        course(shown, pictures, labels, W["course_axis"]),
        key="course",
        **PLOT,
        alt=W["course_alt"].format(
            labels=", ".join(labels),
            start=f"{shown.frame_times_sec[0]:.2f}",
            end=f"{shown.frame_times_sec[-1]:.2f}",
        ),
    )
    st.caption(W["course_text"])
    with st.expander(W["table"], on_change="rerun", key="table") as table:
        if table.open:
            scores = dict(zip(shown.labels, shown.frame_scores.T, strict=True))
            st.dataframe({W["course_axis"]: shown.frame_times_sec, **scores}, hide_index=True)


def choose_window(whole: Prediction) -> int:
    """The window to explain: clicked in the figure of all windows, or set by the slider."""
    last = len(whole.windows) - 1
    if not 0 <= st.session_state.get("window", 0) <= last:
        drop_window()
    if "window" not in st.session_state and "window" not in st.query_params:
        st.session_state["window"] = whole.explained
    chosen = int(st.session_state.get("window", whole.explained))
    st.subheader(W["along"], anchor=False)
    st.caption(W["along_text"])
    st.plotly_chart(
        along(whole, chosen, W["course_axis"]),
        key="along",
        **PLOT,
        on_select=take_click,
        selection_mode="points",
        alt=W["along_alt"].format(count=last + 1),
    )
    return st.slider(W["window"], 0, last, key="window", bind="query-params")


def take_click() -> None:
    """A clicked dot becomes the chosen window."""
    points = st.session_state["along"].selection.points
    if points:
        st.session_state["window"] = int(points[0]["point_index"])


stay_in_frame()
st.title(W["title"], anchor=False)
st.markdown(W["lead"])
clip, model = pick(W)
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
