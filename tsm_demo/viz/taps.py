"""The shift as a kernel: one column a channel, one row a frame, a single 1 where the channel is taken from."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tsm_demo.core.shift_taps import TAPS, shift_taps
from tsm_demo.viz.shown_channels import shown_channels
from tsm_demo.viz.theme import FAINT, FUTURE, INK, PAST, STAYS, plain

COLOURS = {-1: PAST, 0: STAYS, +1: FUTURE}  # by the tap


def taps_figure(channels: int, fold_div: int, mode: str, rows: Sequence[str], axis: str) -> go.Figure:
    """The kernels of the channels that are shown.

    Args:
        channels, fold_div, mode: as `shift_taps`.
        rows: names of the frames t-1, t, t+1.
        axis: what the horizontal axis counts.
    """
    shown = shown_channels(channels, fold_div, mode)
    taps = shift_taps(channels, fold_div, mode)[shown]  # (n, 3)
    columns, taken = np.nonzero(taps)
    figure = go.Figure(
        go.Heatmap(
            z=np.where(taps, taken[:, None] + 1, 0).T.tolist(),
            zmin=-0.5,
            zmax=3.5,
            colorscale=_steps([FAINT, *(COLOURS[tap] for tap in TAPS)]),
            showscale=False,
            xgap=3,
            ygap=3,
            hoverinfo="skip",
        )
    )
    figure.add_scatter(
        x=columns.tolist(),
        y=taken.tolist(),
        mode="text",
        text=["1"] * len(columns),
        textfont={"size": 14, "color": [INK[COLOURS[TAPS[tap]]] for tap in taken]},
        hoverinfo="skip",
    )
    plain(figure, 240)
    figure.update_xaxes(
        ticks="",
        tickvals=list(range(len(shown))),
        ticktext=[str(channel) for channel in shown],
        tickangle=0,
        title=axis,
    )
    figure.update_yaxes(ticks="", tickvals=[0, 1, 2], ticktext=list(rows), autorange="reversed")
    return figure


def _steps(colours: Sequence[str]) -> list[tuple[float, str]]:
    """A colour scale without passages from one colour to the next."""
    edges = np.repeat(np.linspace(0, 1, len(colours) + 1), 2)[1:-1]
    return [(float(edge), colours[at // 2]) for at, edge in enumerate(edges)]
