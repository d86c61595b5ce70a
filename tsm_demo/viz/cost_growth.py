"""How a cost grows with the number of frames, or with their side: a line for every network."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from tsm_demo.viz.theme import FAINT, QUIET, plain

LETTER_PX = 7  # of a line's name
DASHES = (
    "solid",
    "dash",
    "dot",
    "dashdot",
    "longdash",
)  # lines that lie on each other are told apart by them


@dataclass(frozen=True, slots=True)
class Growth:
    """One network's cost at some points."""

    name: str
    colour: str
    at: Sequence[int]  # frames, or pixels a side
    values: Sequence[float]


def slope(growth: Growth) -> float:
    """The power of growth: the straight line's slope between the outermost points, both axes logarithmic."""
    steps = np.log([growth.at[0], growth.at[-1]]), np.log([growth.values[0], growth.values[-1]])
    return float(np.diff(steps[1])[0] / np.diff(steps[0])[0])


def growth_figure(
    lines: Sequence[Growth], axes: tuple[str, str], here: int, logarithmic: bool, height: int = 340
) -> go.Figure:
    """Lines with their names at their right ends.

    Args:
        lines: the networks.
        axes: titles of the horizontal and the vertical axis.
        here: what the page is set to, marked by a vertical line.
        logarithmic: both axes.
    """
    figure = go.Figure()
    # Widest first: where two lines are one, the lower shows on both sides of the upper.
    for place, line in enumerate(lines):
        figure.add_scatter(
            x=list(line.at),
            y=list(line.values),
            mode="lines+markers",
            name=line.name,
            line={
                "color": line.colour,
                "width": max(2.5, 8 - 2.5 * place),
                "dash": DASHES[place % len(DASHES)],
            },
            marker={"size": 7},
            hovertemplate="%{fullData.name}: %{y:.3s}<extra></extra>",
        )
    ends = _ends([line.values[-1] for line in lines], logarithmic)
    for line, end in zip(lines, ends, strict=True):
        figure.add_annotation(
            x=1,
            xref="paper",
            y=end,
            text=line.name,
            xanchor="left",
            showarrow=False,
            xshift=6,
            font={"size": 13},
        )
    figure.add_vline(x=here, line={"color": QUIET, "width": 1, "dash": "dot"})
    plain(figure, height)
    kind = "log" if logarithmic else "linear"
    ticks = {"tickvals": list(lines[0].at)} if lines else {}
    figure.update_xaxes(title=axes[0], type=kind, **ticks)
    figure.update_yaxes(title=axes[1], type=kind, showgrid=True, gridcolor=FAINT, exponentformat="SI")
    if logarithmic:
        figure.update_yaxes(dtick="D2")  # 1, 2, 5, 10: a label at every digit would be too many
    else:
        figure.update_yaxes(rangemode="tozero")
    room = 14 + LETTER_PX * max((len(line.name) for line in lines), default=0)
    return figure.update_layout(margin={"l": 8, "r": room, "t": 12, "b": 8}, hovermode="x unified")


def _ends(values: Sequence[float], logarithmic: bool) -> list[float]:
    """Where the names stand on the vertical axis: at the lines' ends, pushed apart where those are too close."""
    if not values:
        return []
    scale = np.log10(values) if logarithmic else np.asarray(values, dtype=float)
    low = scale.min() - (1 if logarithmic else scale.min())
    gap = 0.07 * max(scale.max() - low, 1e-9)
    places = scale.astype(float)
    order = np.argsort(places, kind="stable")
    for below, above in pairwise(order):
        places[above] = max(places[above], places[below] + gap)
    return [float(place) for place in places]
