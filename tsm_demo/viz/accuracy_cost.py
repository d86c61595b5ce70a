"""Accuracy against multiply-adds as bubbles, their area the parameters; what differs by the shift alone is joined."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10, sqrt

import plotly.graph_objects as go

from tsm_demo.viz.families import TSM
from tsm_demo.viz.label_places import Box, Bubble, half_width, label_places
from tsm_demo.viz.system_looks import OUTLINE
from tsm_demo.viz.theme import faded, plain

HEIGHT = 470
PLOT = (310.0, 395.0)  # pixels of the axes' rectangle on a phone: labels are placed for that
ACROSS_100M = 40.0  # pixels across a bubble of 100 M parameters, in every picture


@dataclass(frozen=True, slots=True)
class Mark:
    """One system in the picture."""

    gmacs: float
    accuracy: float  # percent
    params_m: float
    label: str
    hover: str
    colour: str
    hollow: bool


@dataclass(frozen=True, slots=True)
class Rise:
    """From a network without the shift to the same with it; both have the same cost."""

    gmacs: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class _Axes:
    """From costs and accuracies to pixels on a phone, where labels are closest together."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    log: bool

    def x(self, gmacs: float) -> float:
        low, high = self.x_range
        return (_at(gmacs, self.log) - low) / (high - low) * PLOT[0]

    def y(self, accuracy: float) -> float:
        low, high = self.y_range
        return (high - accuracy) / (high - low) * PLOT[1]


def accuracy_cost_figure(
    marks: Sequence[Mark], rises: Sequence[Rise], titles: tuple[str, str], log: bool
) -> go.Figure:
    """Bubbles with their names, the smaller in front of the larger.

    Args:
        marks: at least one.
        rises: drawn as arrows behind them.
        titles: of the axes, cost and accuracy.
        log: whether the cost axis is logarithmic.
    """
    marks = sorted(marks, key=lambda mark: -mark.params_m)
    axes = _axes(marks, log)
    figure = go.Figure(
        go.Scatter(
            x=[m.gmacs for m in marks],
            y=[m.accuracy for m in marks],
            mode="markers",
            marker={
                "size": [_across(m) for m in marks],
                "sizemode": "diameter",
                "color": [faded(m.colour, 0.12 if m.hollow else 0.82) for m in marks],
                "line": {
                    "color": [m.colour if m.hollow else OUTLINE for m in marks],
                    "width": [2.5 if m.hollow else 1 for m in marks],
                },
                "opacity": 1,
            },
            text=[m.hover for m in marks],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    for rise in rises:
        _add_arrow(figure, rise, log)
    _add_names(figure, marks, rises, axes)
    plain(figure, HEIGHT)
    grid = {"showgrid": True, "gridcolor": "rgba(138,148,160,0.22)"}
    figure.update_xaxes(
        range=axes.x_range,
        title={"text": titles[0], "standoff": 6},
        type="log" if log else "linear",
        **grid,
    )
    if log:
        ticks = _ticks(*axes.x_range)
        figure.update_xaxes(tickvals=ticks, ticktext=[str(tick) for tick in ticks])
    figure.update_yaxes(range=axes.y_range, title={"text": titles[1], "standoff": 4}, **grid)
    return figure


def _add_arrow(figure: go.Figure, rise: Rise, log: bool) -> None:
    """A line behind the bubbles from the one below to the one above, its head in front."""
    figure.add_shape(
        type="line", x0=rise.gmacs, x1=rise.gmacs, y0=rise.low, y1=rise.high, layer="below",
        line={"color": TSM.colour, "width": 3},
    )  # fmt: skip
    figure.add_annotation(
        x=_at(rise.gmacs, log), y=rise.high, ax=0, ay=26, text="", showarrow=True, arrowhead=2, arrowwidth=3,
        arrowcolor=TSM.colour, standoff=12,
    )  # fmt: skip


def _add_names(figure: go.Figure, marks: Sequence[Mark], rises: Sequence[Rise], axes: _Axes) -> None:
    """A label at every bubble, and at the lower half of every arrow how much it rises."""
    bubbles = [Bubble(axes.x(m.gmacs), axes.y(m.accuracy), _across(m) / 2, m.label) for m in marks]
    bubbles += [Bubble(axes.x(r.gmacs), axes.y(_lower(r)), 2, r.text) for r in rises]
    lines = [
        Box(
            axes.x(r.gmacs),
            (axes.y(r.low) + axes.y(r.high)) / 2,
            2,
            abs(axes.y(r.low) - axes.y(r.high)) / 2,
        )
        for r in rises
    ]
    places = label_places(bubbles, *PLOT, lines)
    ends = [(m.gmacs, m.accuracy, OUTLINE, m.label) for m in marks]
    ends += [(r.gmacs, _lower(r), TSM.colour, f"<b>{r.text}</b>") for r in rises]
    for (gmacs, accuracy, colour, text), (right, down), bubble in zip(ends, places, bubbles, strict=True):
        far = abs(down) > bubble.radius + 20 or abs(right) > bubble.radius + half_width(bubble.text) + 10
        figure.add_annotation(
            x=_at(gmacs, axes.log), y=accuracy, ax=right, ay=down, text=text, showarrow=True, arrowhead=0,
            arrowwidth=1, standoff=bubble.radius, arrowcolor=OUTLINE if far else "rgba(0,0,0,0)", borderpad=0,
            font={"size": 12} | ({"color": colour} if colour == TSM.colour else {}),
        )  # fmt: skip


def _lower(rise: Rise) -> float:
    return rise.low + 0.3 * (rise.high - rise.low)


def _axes(marks: Sequence[Mark], log: bool) -> _Axes:
    """A little more than the marks need."""
    low, high = min(m.accuracy for m in marks), max(m.accuracy for m in marks)
    margin = 0.13 * max(high - low, 4)
    most = max(m.gmacs for m in marks)
    x_range = _log_range(marks) if log else (-0.08 * most, 1.14 * most)
    return _Axes(x_range, (low - margin, high + margin), log)


def _ticks(low: float, high: float) -> list[int]:
    """Whole numbers between two powers of ten: 1, 2, 5 of each, or closer where these are few."""
    for digits in ((1, 2, 5), (1, 2, 3, 4, 5, 6, 8)):
        ticks = [digit * 10**power for power in range(5) for digit in digits]
        shown = [tick for tick in ticks if 10**low <= tick <= 10**high]
        if len(shown) >= 4:
            break
    return shown


def _log_range(marks: Sequence[Mark]) -> tuple[float, float]:
    """A little more than the costs, at least half a decade."""
    low, high = log10(min(m.gmacs for m in marks)), log10(max(m.gmacs for m in marks))
    middle, half = (low + high) / 2, max((high - low) / 2, 0.25)
    return middle - 1.25 * half, middle + 1.25 * half


def _at(gmacs: float, log: bool) -> float:
    """Where an annotation stands: on a logarithmic axis Plotly takes the exponent."""
    return log10(gmacs) if log else gmacs


def _across(mark: Mark) -> float:
    """A bubble's diameter in pixels: its area is in proportion to the parameters."""
    return ACROSS_100M * sqrt(mark.params_m / 100)
