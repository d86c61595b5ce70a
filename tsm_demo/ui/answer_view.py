"""An answer as a visitor sees it: the verdict, the frames with their heat, the course over time, what to take along."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from tsm_demo.analysis.gradcam import LAYERS
from tsm_demo.analysis.predict import Prediction, at_window
from tsm_demo.analysis.seeing import window_pictures
from tsm_demo.ui.answers import Answer, Span, View, heat
from tsm_demo.ui.asked import Asked
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.components.cam_player import cam_player
from tsm_demo.ui.fetch_view import show_offer
from tsm_demo.ui.player_words import player_words
from tsm_demo.ui.takeaways import show_downloads
from tsm_demo.ui.verdict import both_ways, show_verdict
from tsm_demo.ui.windows import PLOT, choose_window, several_windows
from tsm_demo.video.animate import to_jpeg
from tsm_demo.viz.heat import shrink_frames
from tsm_demo.viz.scores import course

LINES = 3  # labels in the figure of their course
MOST_COLUMNS = 40  # of a table


@st.fragment
def show_answer(clip: Clip, asked: Asked, span: Span, found: Answer, words: Mapping[str, str]) -> None:
    """Everything that does not need the clip decoded again; its controls rerun nothing else."""
    left, right = st.columns([6, 7], gap="large")
    with left:
        reverse = _choose_order(words)
        whole = found.played(reverse)
        show_verdict(whole, words)
        st.markdown(both_ways(asked.way, found.forwards, found.backwards, words))
        if asked.embedded:
            show_offer()
    window = choose_window(whole, words) if several_windows(whole) else whole.explained
    shown = at_window(whole, found.sampled, window)
    best = shown.windows[window].top[0].label
    with right:
        player = st.container()  # above its controls, but drawn when they have been read
        label, layer = _choose_evidence(best, shown.labels, words)
        if not asked.embedded:
            st.caption(_what_was_seen(asked, len(shown.frames), words))
    index = shown.labels.index(label)
    frames = shrink_frames(window_pictures(asked.network(), found.sampled, window, reverse))
    pictures = [to_jpeg(frame) for frame in frames]
    maps = heat(clip, asked, span, found, View(window, index, layer, reverse))
    with player:
        cam_player(
            frames=pictures,
            maps=maps,
            times_sec=shown.frame_times_sec,
            frame_scores=[float(score) for score in shown.frame_scores[:, index]],
            class_label=label,
            words=player_words(),
            key=f"player {clip.identity} {len(frames)}",  # another clip starts at its own strongest frame
            is_reversed=reverse,
        )
    with left:
        labels = dict.fromkeys([label, *(score.label for score in shown.windows[window].top)])
        _show_course(asked.way, shown, pictures, list(labels)[:LINES], words)
    st.subheader(words["downloads"], anchor=False)
    st.caption(words["downloads_text"])
    show_downloads(clip.name, shown, frames, maps, words)


def _what_was_seen(asked: Asked, frames: int, words: Mapping[str, str]) -> str:
    """Which frames, and which part of them."""
    facts = asked.network().facts
    which = words[f"seen_{facts.sampling}"].format(frames=frames, dense=facts.dense_frames)
    return f"{which} {words['seen_middle' if facts.short_side else 'seen_whole']}"


def _choose_order(words: Mapping[str, str]) -> bool:
    """Whether the frames are shown to the network backwards."""
    orders = [words["forwards"], words["backwards"]]
    order = st.segmented_control(
        words["order"], orders, default=orders[0], required=True, key="order", bind="query-params"
    )
    return order == words["backwards"]


def _choose_evidence(best: str, labels: Sequence[str], words: Mapping[str, str]) -> tuple[str, str]:
    """The class to explain, which a visitor finds by typing a part of its name, and the layer to explain it at."""
    first, second = st.columns([3, 2])
    chosen = first.selectbox(
        words["class"], [words["best_label"], *labels], key="explain", bind="query-params"
    )
    layer = second.segmented_control(
        words["layer"],
        LAYERS,
        default=LAYERS[-1],
        required=True,
        key="layer",
        help=words["layer_help"],
        bind="query-params",
    )
    # An empty value in the address leaves a widget without any: the default then.
    return chosen if chosen in labels else best, layer or LAYERS[-1]


def _show_course(
    way: str, shown: Prediction, pictures: list[bytes], labels: list[str], words: Mapping[str, str]
) -> None:
    """The labels' scores frame by frame, under the frames, and all scores as a table."""
    st.subheader(words["course"], anchor=False)
    first, last = shown.frame_times_sec[0], shown.frame_times_sec[-1]
    st.plotly_chart(
        course(shown, pictures, labels, words["course_axis"]),
        key="course",
        width="stretch",
        config=PLOT,
        alt=words["course_alt"].format(labels=", ".join(labels), start=f"{first:.2f}", end=f"{last:.2f}"),
    )
    st.caption(words[f"course_{way}"])
    with st.expander(words["table"], on_change="rerun", key="table") as table:
        if table.open:
            st.dataframe(_table(shown, words), hide_index=True)


def _table(shown: Prediction, words: Mapping[str, str]) -> dict[str, Any]:
    """Scores with a row a frame; where there are many classes with a row a class, the best ones first."""
    if len(shown.labels) <= MOST_COLUMNS:
        scores = dict(zip(shown.labels, shown.frame_scores.T, strict=True))
        return {words["course_axis"]: shown.frame_times_sec, **scores}
    order = np.argsort(-shown.window_scores[shown.explained])
    times = [f"{time_sec:.2f} s" for time_sec in shown.frame_times_sec]
    columns = {f"{at + 1}: {time}": shown.frame_scores[at, order] for at, time in enumerate(times)}
    return {words["class_column"]: [shown.labels[i] for i in order], **columns}
