"""Means to doubt a map: scores as places go or come back, how much each frame matters, and maps at random weights."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from tsm_demo.analysis.faithfulness import Curves
from tsm_demo.viz.theme import QUIET, faded, plain

DELETION, INSERTION = "#D55E00", "#009E73"
GRAD_CAM, OCCLUSION = "#009E73", "#56B4E9"
GRID = "rgba(138,148,160,0.3)"


def curves_figure(curves: Curves, names: Mapping[str, str], axis: str) -> go.Figure:
    """Deletion and insertion, and between them the mean and the span of the random orders.

    Args:
        names: of "deletion", "insertion" and "random", each with its area.
        axis: what is taken away or brought back, from 0 to 100 %.
    """
    figure = go.Figure()
    low, high = curves.random.min(0), curves.random.max(0)
    figure.add_scatter(
        x=[*curves.shares, *curves.shares[::-1]],
        y=[*high.tolist(), *low[::-1].tolist()],
        mode="lines",
        fill="toself",
        fillcolor=faded(QUIET, 0.25),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    drawn = (
        ("random", curves.random.mean(0), QUIET, "dot"),
        ("deletion", curves.deletion, DELETION, "dash"),
        ("insertion", curves.insertion, INSERTION, "solid"),
    )
    for name, scores, colour, dash in drawn:
        figure.add_scatter(
            x=curves.shares.tolist(),
            y=scores.tolist(),
            name=names[name],
            mode="lines",
            line={"color": colour, "dash": dash, "width": 3},
            hovertemplate="%{y:.0%}",
        )
    plain(figure, 300)
    figure.update_layout(
        showlegend=True,
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.25, "yanchor": "top"},
    )
    figure.update_xaxes(title=axis, tickformat=".0%")
    figure.update_yaxes(range=[-0.04, 1.06], tickformat=".0%", showgrid=True, gridcolor=GRID)
    return figure


def frame_bars(weights: Mapping[str, Sequence[float]]) -> go.Figure:
    """How much each frame matters by two methods, name to (T,) shares of the largest; a frame is a bar of each."""
    figure = go.Figure()
    looks = ((GRAD_CAM, ""), (OCCLUSION, "/"))
    for (name, values), (colour, hatch) in zip(weights.items(), looks, strict=True):
        figure.add_bar(
            x=[str(frame) for frame in range(1, len(values) + 1)],
            y=list(values),
            name=name,
            marker={
                "color": colour,
                "pattern": {"shape": hatch, "bgcolor": colour, "fgcolor": "#1B2430", "solidity": 0.2},
            },
            hovertemplate="%{y:.0%}",
        )
    plain(figure, 220)
    figure.update_layout(
        barmode="group",
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(tickformat=".0%", showgrid=True, gridcolor=GRID)
    return figure


def alikeness_figure(layers: Sequence[str], correlations: np.ndarray, limit: float, axis: str) -> go.Figure:
    """(L, S) rank correlations with the intact map as more layers are random; from `limit` on the map is suspect."""
    figure = go.Figure()
    figure.add_hrect(y0=limit, y1=1, fillcolor=faded(DELETION, 0.12), line_width=0)
    figure.add_scatter(
        x=list(layers),
        y=correlations.mean(1).tolist(),
        mode="lines+markers",
        line={"color": GRAD_CAM, "width": 3},
        marker={"size": 9},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": (correlations.max(1) - correlations.mean(1)).tolist(),
            "arrayminus": (correlations.mean(1) - correlations.min(1)).tolist(),
        },
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )
    plain(figure, 240)
    figure.update_yaxes(range=[-1.05, 1.05], title=axis, showgrid=True, gridcolor=GRID)
    return figure
