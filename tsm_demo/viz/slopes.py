"""From the network without the shift to the same with it: one line a data set, two kinds of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

import plotly.graph_objects as go

from tsm_demo.viz.families import TSM
from tsm_demo.viz.published import Pair
from tsm_demo.viz.theme import QUIET, plain

HEIGHT = 470
LINE_OF_TEXT = 4.4  # points of accuracy that one line of letters takes at this height
HOVER_LETTERS = 52  # a line
KINDS = ("temporal", "appearance")
LOOKS = {"temporal": (TSM.colour, "solid"), "appearance": (QUIET, "dot")}


@dataclass(frozen=True, slots=True)
class SlopeWords:
    """The letters in the figure."""

    datasets: Mapping[str, str]  # data set to its short name
    kinds: Mapping[str, str]  # kind of data set to its name in the legend
    before: str
    after: str
    axis: str


def slopes_figure(pairs: Sequence[Pair], words: SlopeWords) -> go.Figure:
    """Left of each line its start, right of it its end and by how many points it rises."""
    figure = go.Figure()
    for kind in KINDS:
        colour, dash = LOOKS[kind]
        for index, pair in enumerate(pair for pair in pairs if pair.kind == kind):
            figure.add_scatter(
                x=[0, 1],
                y=[pair.tsn, pair.tsm],
                mode="lines+markers",
                line={"color": colour, "width": 3, "dash": dash},
                marker={"color": [QUIET, TSM.colour], "size": 10},
                name=words.kinds[kind],
                legendgroup=kind,
                showlegend=index == 0,
                hovertemplate="<br>".join(
                    [f"{words.datasets[pair.dataset]}: %{{y:.1f}} %", *wrap(pair.source, HOVER_LETTERS)]
                )
                + "<extra></extra>",
            )
    for pair, y in zip(pairs, spread([pair.tsn for pair in pairs], LINE_OF_TEXT), strict=True):
        _write(figure, f"{pair.tsn:.1f}", 0, y, "right")
    for pair, y in zip(pairs, spread([pair.tsm for pair in pairs], LINE_OF_TEXT), strict=True):
        _write(figure, f"{pair.tsm:.1f} <b>{words.datasets[pair.dataset]} {pair.gain:+.1f}</b>", 1, y, "left")
    plain(figure, HEIGHT)
    figure.update_layout(
        xaxis={"range": [-0.35, 2.3], "tickvals": [0, 1], "ticktext": [words.before, words.after]},
        yaxis={
            "range": [15, 102],
            "showgrid": True,
            "gridcolor": "rgba(138,148,160,0.22)",
            "title": {"text": words.axis, "standoff": 4},
        },
        showlegend=True,
        legend={
            "orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom",
            "itemclick": False, "itemdoubleclick": False,
        },
    )  # fmt: skip
    return figure


def spread(values: Sequence[float], gap: float) -> list[float]:
    """The values, moved apart as little as needed so that neighbours are at least `gap` apart; order kept.

    Each run of values that are too close is centred on its own mean.
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    runs: list[list[int]] = []
    for index in order:
        runs.append([index])
        while len(runs) > 1 and _bottom(runs[-1], values, gap) < _top(runs[-2], values, gap) + gap:
            runs[-2:] = [runs[-2] + runs[-1]]
    placed = list(values)
    for run in runs:
        for step, index in enumerate(run):
            placed[index] = _bottom(run, values, gap) + step * gap
    return placed


def _bottom(run: Sequence[int], values: Sequence[float], gap: float) -> float:
    return sum(values[i] for i in run) / len(run) - gap * (len(run) - 1) / 2


def _top(run: Sequence[int], values: Sequence[float], gap: float) -> float:
    return _bottom(run, values, gap) + gap * (len(run) - 1)


def _write(figure: go.Figure, text: str, x: float, y: float, anchor: str) -> None:
    figure.add_annotation(
        text=text, x=x, y=y, xanchor=anchor, xshift=9 if anchor == "left" else -9, showarrow=False
    )
