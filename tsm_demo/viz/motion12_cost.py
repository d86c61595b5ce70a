"""Accuracy on Motion-12 against multiply-adds: the embedded networks, with intervals, above the line of chance."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tsm_demo.viz.families import THREE_D, TSM, TWO_D
from tsm_demo.viz.measured_here import Measured
from tsm_demo.viz.stored_costs import NetworkCost
from tsm_demo.viz.system_looks import OUTLINE
from tsm_demo.viz.theme import QUIET, faded, plain

GIGA = 1e9
# Colour, whether filled, and on which side the name stands, by network: three lie close together.
LOOKS = {
    "motion_tsn": (TWO_D.colour, True, "top"),
    "motion_online": (TSM.colour, False, "bottom"),
    "motion": (TSM.colour, True, "top"),
    "motion_3d": (THREE_D.colour, True, "left"),
}
SIDES = {
    "bottom": (0, -22, "center"),
    "top": (0, 22, "center"),
    "left": (-16, 0, "right"),
}  # shift and anchor
PX_OF_M = 2.1  # pixels across for the root of a million parameters


def motion12_figure(
    measured: Sequence[Measured],
    costs: Mapping[str, NetworkCost],
    names: Mapping[str, str],
    axes: tuple[str, str],
    chance: tuple[float, str],
) -> go.Figure:
    """One bubble a network, its area the parameters.

    Args:
        measured, costs: by network.
        names: of the networks.
        axes: titles, cost and accuracy.
        chance: percent, and what stands at its line.
    """
    figure = go.Figure()
    for found in measured:
        colour, filled, side = LOOKS[found.network]
        low, high = found.bounds
        cost = costs[found.network]
        figure.add_scatter(
            x=[cost.macs / GIGA],
            y=[100 * found.share],
            mode="markers",
            marker={
                "size": 4 * PX_OF_M * (cost.params / 1e6) ** 0.5,
                "color": faded(colour, 0.85 if filled else 0.05),
                "line": {"color": OUTLINE if filled else colour, "width": 1 if filled else 2.5},
            },
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [100 * (high - found.share)],
                "arrayminus": [100 * (found.share - low)],
                "color": OUTLINE,
                "thickness": 2,
                "width": 6,
            },
            hovertemplate=f"{names[found.network]}: {found.percent} % ({100 * low:.1f} to {100 * high:.1f})<br>"
            f"{cost.macs / GIGA:.2f} G<extra></extra>",
        )
        across, up, anchor = SIDES[side]
        figure.add_annotation(
            x=cost.macs / GIGA, y=100 * found.share, text=names[found.network], showarrow=False,
            xanchor=anchor, xshift=across, yshift=up, align="left",
        )  # fmt: skip
    level, text = chance
    figure.add_hline(y=level, line={"color": QUIET, "dash": "dash", "width": 1.5})
    figure.add_annotation(
        x=0, xref="paper", y=level, text=text, showarrow=False, xanchor="left", yanchor="bottom"
    )
    plain(figure, 360)
    macs = [costs[found.network].macs / GIGA for found in measured]
    grid = {"showgrid": True, "gridcolor": "rgba(138,148,160,0.22)"}
    figure.update_xaxes(
        range=[0.72 * min(macs), 1.12 * max(macs)], title={"text": axes[0], "standoff": 6}, **grid
    )
    figure.update_yaxes(
        range=[0, 108], title={"text": axes[1], "standoff": 4}, tickvals=[0, 25, 50, 75, 100], **grid
    )
    return figure
