"""What the shortcut still holds of each frame: two grids of frames by channels, one for each place of the shift."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from tsm_demo.core.placement import PLACEMENTS, shortcut_frames
from tsm_demo.core.shift_table import ZERO_FILLED
from tsm_demo.viz.shown_channels import shown_channels
from tsm_demo.viz.theme import FUTURE, INK, PAST, QUIET, STAYS, plain

LETTERS_UP_TO = 16  # frames; more rows are too thin for letters
HEADING = 30  # pixels over each grid


def placement_figure(
    blocks: int,
    n_segment: int,
    channels: int,
    fold_div: int,
    mode: str,
    headings: Mapping[str, str],
    ends: tuple[str, str],
) -> go.Figure:
    """Cells grey where they hold their own frame, +2 or -2 where another, hatched where zero came in.

    Args:
        blocks, n_segment, channels, fold_div, mode: as `shortcut_frames`.
        headings: what stands over the grid of each placement.
        ends: names of the first and the last frame.
    """
    grid = n_segment * max(8, min(16, 208 // n_segment))  # pixels from top to bottom
    figure = make_subplots(rows=2, vertical_spacing=HEADING / (2 * grid + HEADING))
    shown = shown_channels(channels, fold_div, mode)
    for row, placement in enumerate(PLACEMENTS, start=1):
        frames = shortcut_frames(placement, blocks, n_segment, channels, fold_div, mode)[:, shown]
        for trace in _cells(frames):
            figure.add_trace(trace, row=row, col=1)
        figure.add_annotation(
            text=headings[placement],
            x=0,
            y=1,
            xref="x domain",
            yref="y domain",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            row=row,
            col=1,
        )
    plain(figure, 2 * (grid + HEADING) + 8)
    figure.update_layout(bargap=0, barmode="overlay", margin={"t": HEADING, "b": 8})
    figure.update_xaxes(range=[-0.5, len(shown) - 0.5], visible=False)
    named = [0, n_segment - 1] if n_segment > 1 else [0]
    figure.update_yaxes(ticks="", range=[n_segment - 0.5, -0.5], tickvals=named, ticktext=ends[: len(named)])
    return figure


def _cells(frames: NDArray[np.int64]) -> list[go.Bar]:
    """One trace for each kind of cell; frames (T, n) as `shortcut_frames` gives them."""
    own = np.arange(len(frames))[:, None]
    zero = frames == ZERO_FILLED
    kinds = (
        (frames == own, STAYS, ""),
        (~zero & (frames > own), FUTURE, ""),
        (~zero & (frames < own), PAST, ""),
        (zero, "rgba(0,0,0,0)", "/"),
    )
    traces = []
    for cells, colour, hatch in kinds:
        rows, columns = np.nonzero(cells)
        if not len(rows):
            continue
        moved = frames[rows, columns] - rows
        letters = [f"{by:+d}".replace("-", "−") for by in moved] if colour in (FUTURE, PAST) else None
        traces.append(
            go.Bar(
                x=columns.tolist(),
                y=[0.86] * len(rows),
                base=[round(float(row) - 0.43, 2) for row in rows],
                width=0.9,
                marker={
                    "color": colour,
                    "line": {"width": 1 if hatch else 0, "color": QUIET},
                    "pattern": {"shape": hatch, "fgcolor": QUIET, "size": 5, "solidity": 0.3},
                },
                text=letters if len(frames) <= LETTERS_UP_TO else None,
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"size": 10, "color": INK.get(colour, QUIET)},
                constraintext="none",
                hoverinfo="skip",
            )
        )
    return traces
