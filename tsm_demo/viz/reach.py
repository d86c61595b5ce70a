"""How far through time four networks see: frames seen by depth, and who depends on whom at the end."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from tsm_demo.core.temporal_reach import frames_seen, temporal_reach
from tsm_demo.viz.stored_reach import KINDS
from tsm_demo.viz.theme import QUIET, faded, plain

MATRICES_TOP = 0.3  # of the figure's height: the matrices stand below


@dataclass(frozen=True, slots=True)
class Look:
    """How one network is drawn; never by colour alone."""

    colour: str  # of Okabe and Ito's: none that means future or past
    dash: str
    symbol: str
    label_at: tuple[float, float]  # depth and frames seen where its name begins, clear of all lines


LOOKS = {
    "motion_tsn": Look("#7A8490", "solid", "circle", (4.1, 1.6)),
    "motion_online": Look("#CC79A7", "dash", "square", (4.1, 4.3)),
    "motion": Look("#009E73", "solid", "diamond", (3.1, 6.1)),
    "motion_3d": Look("#56B4E9", "dot", "triangle-up", (0.7, 7.1)),
}


@dataclass(frozen=True, slots=True)
class ReachWords:
    """The letters in the figure."""

    networks: Mapping[str, str]  # network -> its name
    stem: str
    depth: str
    seen: str
    output: str
    input: str


def reach_figure(measured: Mapping[str, NDArray[np.float64]], words: ReachWords) -> go.Figure:
    """Lines are theory, markers measurement; below, a matrix a network at full depth, its outline theory.

    Args:
        measured: network -> (depths, T, T) strength, as `read_reach` gives it.
        words: names and axes.
    """
    figure = go.Figure()
    for place, (name, kind) in enumerate(KINDS.items(), start=2):
        depths, T, _ = measured[name].shape
        theory = temporal_reach(kind, T, depths - 1)
        _add_course(figure, measured[name], theory, LOOKS[name], words.networks[name])
        _add_matrix(figure, measured[name][-1], theory[-1], LOOKS[name].colour, str(place))
        figure.add_annotation(
            text=words.networks[name], x=0.5, y=1, xref=f"x{place} domain", yref=f"y{place} domain",
            yanchor="bottom", showarrow=False,
        )  # fmt: skip
    plain(figure, 390)
    figure.update_xaxes(ticks="", showticklabels=False)
    figure.update_yaxes(ticks="", showticklabels=False)
    figure.update_layout(
        xaxis={
            "range": [-0.4, depths - 0.6],
            "tickvals": list(range(depths)),
            "ticktext": [words.stem, *(str(block) for block in range(1, depths))],
            "showticklabels": True,
            "title": {"text": words.depth, "standoff": 4},
        },
        yaxis={
            "domain": [MATRICES_TOP + 0.24, 1],
            "range": [0.3, T + 0.7],
            "tickvals": list(range(1, T + 1)),
            "showgrid": True,
            "gridcolor": "rgba(138,148,160,0.25)",
            "showticklabels": True,
            "title": words.seen,
        },
        xaxis2_title={"text": words.input, "standoff": 2},
        yaxis2_title={"text": words.output, "standoff": 2},
    )
    return figure


def _add_course(
    figure: go.Figure, measured: NDArray[np.float64], theory: NDArray[np.bool_], look: Look, name: str
) -> None:
    """How many frames the middle output frame depends on, depth by depth."""
    middle = len(theory[0]) // 2
    depths = list(range(len(theory)))
    figure.add_scatter(
        x=depths,
        y=frames_seen(theory, middle).tolist(),
        mode="lines",
        line={"color": look.colour, "dash": look.dash, "width": 3},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=depths,
        y=frames_seen(measured, middle).tolist(),
        mode="markers",
        marker={"color": look.colour, "symbol": look.symbol, "size": 10},
        hoverinfo="skip",
    )
    depth, seen = look.label_at
    figure.add_annotation(x=depth, y=seen, text=f"<b>{name}</b>", xanchor="left", showarrow=False)


def _add_matrix(
    figure: go.Figure, measured: NDArray[np.float64], theory: NDArray[np.bool_], colour: str, place: str
) -> None:
    """Output frames down, input frames across, the stronger the deeper; nothing where there is exactly zero."""
    axes = {"xaxis": f"x{place}", "yaxis": f"y{place}"}
    figure.add_trace(
        go.Heatmap(
            z=[[value or None for value in row] for row in measured.tolist()],
            zmin=0,
            zmax=1,
            colorscale=[(0, faded(colour, 0.08)), (1, faded(colour, 1))],
            showscale=False,
            xgap=1,
            ygap=1,
            hoverinfo="skip",
            **axes,
        )
    )
    x, y = _outline(theory)
    figure.add_trace(
        go.Scatter(x=x, y=y, mode="lines", line={"color": QUIET, "width": 2}, hoverinfo="skip", **axes)
    )
    at = int(place) - 2
    T = len(theory)
    figure.update_layout(
        {
            f"xaxis{place}": {
                "domain": [0.06 + at * 0.24, 0.06 + at * 0.24 + 0.2],
                "anchor": f"y{place}",
                "range": [-0.6, T - 0.4],
            },
            f"yaxis{place}": {
                "domain": [0.0, MATRICES_TOP],
                "anchor": f"x{place}",
                "range": [T - 0.4, -0.6],
            },
        }
    )


def _outline(cells: NDArray[np.bool_]) -> tuple[list[float | None], list[float | None]]:
    """Line segments along every edge between a cell that is in and one that is not; cells (T, T), row = y."""
    x: list[float | None] = []
    y: list[float | None] = []
    padded = np.pad(cells, 1)
    for row, column in zip(*np.nonzero(padded[:, 1:] != padded[:, :-1]), strict=True):  # upright edges
        x += [float(column) - 0.5, float(column) - 0.5, None]
        y += [float(row) - 1.5, float(row) - 0.5, None]
    for row, column in zip(*np.nonzero(padded[1:] != padded[:-1]), strict=True):  # level edges
        x += [float(column) - 1.5, float(column) - 0.5, None]
        y += [float(row) - 0.5, float(row) - 0.5, None]
    return x, y
