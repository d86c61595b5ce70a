"""What was measured of networks: every run's time with its middle half and median, and the most memory of a call."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tsm_demo.analysis.timing import Runs
from tsm_demo.viz.families import look_of
from tsm_demo.viz.theme import plain

MIB = 2**20
ROW_PX, AXIS_PX = 72, 50
REACH = 1.6  # how many times the slowest upper quartile the axis of times may reach


@dataclass(frozen=True, slots=True)
class Row:
    """A network in a figure."""

    network: str  # its name in the registry
    label: str
    note: str  # beside the label: its number, and how many times the base that is
    runs: Runs


def ms(seconds: float) -> str:
    """0.3214 to "321 ms", 0.00987 to "9.9 ms"."""
    value = 1000 * seconds
    return f"{value:.{0 if value >= 99.95 else 1 if value >= 0.95 else 2}f} ms"


def axis_end_ms(rows: Sequence[Row]) -> float:
    """Where the axis of times ends: at the slowest run, unless one that was disturbed would squeeze all others."""
    slowest = max(max(row.runs.seconds) for row in rows)
    return 1000 * min(slowest, REACH * max(row.runs.time().high for row in rows))


def times_figure(rows: Sequence[Row], axis: str) -> go.Figure:
    """A row a network: a tick for each run, a thick line from quartile to quartile, a mark at the median.

    A run beyond the axis is an arrow at its end.
    """
    figure, end = go.Figure(), axis_end_ms(rows)
    for place, row in enumerate(rows):
        look, spread = look_of(row.network), row.runs.time()
        runs_ms = [1000 * sec for sec in row.runs.seconds]
        figure.add_scatter(
            x=[min(run, end) for run in runs_ms],
            y=[place + 0.24] * len(runs_ms),
            mode="markers",
            marker={
                "symbol": ["line-ns-open" if run <= end else "arrow-right" for run in runs_ms],
                "size": 9,
                "color": look.colour,
                "line": {"width": 1.5, "color": look.colour},
            },
            customdata=runs_ms,
            hovertemplate="%{customdata:.1f} ms<extra></extra>",
        )
        figure.add_scatter(
            x=[1000 * spread.low, 1000 * spread.high],
            y=[place, place],
            mode="lines",
            line={"color": look.colour, "width": 10},
            opacity=0.5,
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=[1000 * spread.median],
            y=[place],
            mode="markers",
            marker={"symbol": look.symbol, "size": 13, "color": look.colour},
            hoverinfo="skip",
        )
    return _rows(figure, rows, end, axis)


def weights_figure(rows: Sequence[Row], axis: str) -> go.Figure:
    """A bar a network: the most that a call had allocated at once, in MiB."""
    figure = go.Figure(
        go.Bar(
            x=[row.runs.peak_bytes / MIB for row in rows],
            y=list(range(len(rows))),
            orientation="h",
            width=0.36,
            marker_color=[look_of(row.network).colour for row in rows],
            hovertemplate="%{x:.1f} MiB<extra></extra>",
        )
    )
    return _rows(figure, rows, max(row.runs.peak_bytes for row in rows) / MIB, axis)


def _rows(figure: go.Figure, rows: Sequence[Row], most: float, axis: str) -> go.Figure:
    """Names above the rows, for a telephone has no room beside them; the axis begins at 0."""
    for place, row in enumerate(rows):
        figure.add_annotation(
            text=f"<b>{row.label}</b>  {row.note}",
            x=0,
            y=place - 0.26,
            xanchor="left",
            yanchor="bottom",
            xshift=-3,
            font_size=14,
            showarrow=False,
        )
    plain(figure, ROW_PX * len(rows) + AXIS_PX)
    figure.update_xaxes(range=[0, 1.04 * max(most, 1e-9)], title=axis, rangemode="tozero", showgrid=True)
    figure.update_xaxes(gridcolor="rgba(138,148,160,0.25)")
    figure.update_yaxes(range=[len(rows) - 0.45, -0.8], visible=False)
    return figure
