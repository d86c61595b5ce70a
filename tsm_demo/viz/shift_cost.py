"""What one shift copies and holds: horizontal bars, a new tensor against in place."""

from collections.abc import Sequence

import plotly.graph_objects as go

from tsm_demo.core.shift_bytes import ShiftBytes
from tsm_demo.viz.theme import QUIET, plain

IN_PLACE = "#009E73"  # Okabe and Ito's green: neither future nor past
MIB = 2**20
GROUP = 2.9  # rows from one pair of bars to the next


def mib(nbytes: int) -> str:
    """25690112 to 24.5; nothing is 0."""
    return f"{nbytes / MIB:.1f}" if nbytes else "0"


def shift_cost_figure(
    new: ShiftBytes, in_place: ShiftBytes, groups: Sequence[str], names: tuple[str, str], refused: str
) -> go.Figure:
    """Three pairs of bars, in MiB.

    Args:
        new, in_place: the two ways to shift.
        groups: headings of copied, held and kept.
        names: of the two ways.
        refused: stands in place of a bar for what cannot be.
    """
    pairs = [(new.copied, in_place.copied), (new.held, in_place.held), (new.kept, in_place.kept)]
    rows = [group * GROUP + way for group in range(len(pairs)) for way in (0, 1)]
    values = [value for pair in pairs for value in pair]
    figure = go.Figure(
        go.Bar(
            x=[(value or 0) / MIB for value in values],
            y=rows,
            orientation="h",
            width=0.82,
            marker_color=[QUIET, IN_PLACE] * len(pairs),
            text=[refused if value is None else f"{mib(value)} MiB" for value in values],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    for group, heading in enumerate(groups):
        figure.add_annotation(
            text=f"<b>{heading}</b>",
            x=0,
            y=group * GROUP - 0.5,
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
        )
    plain(figure, 300)
    figure.update_xaxes(range=[0, 1.3 * max(value or 0 for value in values) / MIB], visible=False)
    figure.update_yaxes(
        range=[rows[-1] + 0.6, -1.3], tickvals=rows, ticktext=list(names) * len(pairs), ticksuffix="  "
    )
    return figure
