"""Scores as figures: top labels as bars, their course under the sampled frames, the best labels along a clip."""

import base64
import textwrap
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from tsm_demo.analysis.predict import Prediction
from tsm_demo.core.score import Score
from tsm_demo.viz.theme import DASHES, LINES, QUIET, plain

MOST_TICKS = 8  # of a phone's width
WIDEST_LABEL = 24  # characters
STRIP_SHARE = 0.36  # of the course figure's height


def top_bars(top: Sequence[Score]) -> go.Figure:
    """Top labels as horizontal bars, the best one coloured; the number stands on every bar."""
    ordered = list(top)[::-1]
    figure = go.Figure(
        go.Bar(
            x=[score.score for score in ordered],
            y=[score.label for score in ordered],
            orientation="h",
            marker_color=[QUIET] * (len(ordered) - 1) + [LINES[0]],
            text=[f"{score.score:.0%}" for score in ordered],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
            width=0.62,
        )
    )
    figure.update_xaxes(range=[0, 1.14], visible=False)
    labels = [score.label for score in ordered]
    lines = [wrapped(label) for label in labels]
    figure.update_yaxes(ticksuffix="  ", tickvals=labels, ticktext=lines)
    return plain(figure, sum(42 + 14 * line.count("<br>") for line in lines) + 16)


def wrapped(label: str) -> str:
    """A label in lines that leave room for the bars beside them; published classes are whole sentences."""
    return "<br>".join(textwrap.wrap(label, WIDEST_LABEL)) or label


def course(answer: Prediction, pictures: Sequence[bytes], labels: Sequence[str], axis: str) -> go.Figure:
    """Per-frame scores of `labels` (at most three) under the frames they belong to, in the order shown.

    Args:
        pictures: (T) JPEG bytes of the explained window's frames, in the same order as `answer.frames`.
        axis: what the horizontal axis counts.
    """
    T = len(answer.frames)
    step = -(-T // MOST_TICKS)
    figure = go.Figure()
    for label, colour, dash in zip(labels, LINES, DASHES, strict=False):
        scores = answer.frame_scores[:, answer.labels.index(label)]
        figure.add_scatter(
            x=list(range(T)),
            y=[float(score) for score in scores],
            name=label,
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 3},
            marker={"size": 8},
            hovertemplate="%{y:.0%}",
        )
    for index, picture in enumerate(pictures):
        figure.add_layout_image(
            source="data:image/jpeg;base64," + base64.b64encode(picture).decode("ascii"),
            xref="x",
            yref="paper",
            x=index,
            y=1,
            sizex=0.94,
            sizey=STRIP_SHARE - 0.02,
            xanchor="center",
            yanchor="top",
            sizing="contain",
        )
    plain(figure, 300)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top"},
        hovermode="x unified",
        margin={"l": 8, "r": 8, "t": 0, "b": 8},
    )
    figure.update_xaxes(
        range=[-0.5, T - 0.5],
        tickvals=list(range(0, T, step)),
        ticktext=[f"{time_sec:.2f}" for time_sec in answer.frame_times_sec[::step]],
        title=axis,
    )
    figure.update_yaxes(
        range=[-0.04, 1.06],
        domain=[0, 1 - STRIP_SHARE - 0.03],
        tickformat=".0%",
        tickvals=[0, 0.5, 1],
        showgrid=True,
        gridcolor="rgba(138,148,160,0.3)",
    )
    return figure


def along(answer: Prediction, chosen: int, axis: str) -> go.Figure:
    """The best label of every window at its middle, larger where it is surer; the explained window is ringed."""
    middles = [(w.start_sec + w.end_sec) / 2 for w in answer.windows]
    best: NDArray[np.float32] = answer.window_scores.max(1)
    names = [w.top[0].label for w in answer.windows]
    shown = [label for label in answer.labels if label in names]
    figure = go.Figure(
        go.Scatter(
            x=middles,
            y=names,
            mode="markers",
            customdata=[w.start_sec for w in answer.windows],
            marker={
                "size": [8 + 12 * float(score) for score in best],
                "color": LINES[0],
                "opacity": [0.35 + 0.65 * float(score) for score in best],
                "line": {
                    "color": [LINES[1] if i == chosen else "rgba(0,0,0,0)" for i in range(len(names))],
                    "width": 4,
                },
            },
            text=[f"{float(score):.0%}" for score in best],
            hovertemplate="%{y} %{text}<br>%{x:.1f} s<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 0.75}},
        )
    )
    plain(figure, 90 + 30 * len(shown))
    figure.update_xaxes(range=[answer.windows[0].start_sec, answer.windows[-1].end_sec], title=axis)
    figure.update_yaxes(
        tickvals=shown,
        ticktext=[wrapped(label) for label in shown],
        categoryorder="array",
        categoryarray=shown[::-1],
        showgrid=True,
        gridcolor="rgba(138,148,160,0.25)",
    )
    return figure
