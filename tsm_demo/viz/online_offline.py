"""What it costs to look only back: TSN, offline and online TSM on four data sets; and how soon an action is known."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tsm_demo.viz.families import TSM
from tsm_demo.viz.published import Early, OnlineResult
from tsm_demo.viz.system_looks import OUTLINE, SYSTEMS
from tsm_demo.viz.theme import QUIET, plain

# Never by colour alone: a full disc, a diamond, a ring.
LOOKS = {"tsn": ("circle", QUIET), "offline": ("diamond", TSM.colour), "online": ("circle-open", TSM.colour)}


def online_figure(
    results: Sequence[OnlineResult], datasets: Mapping[str, str], networks: Mapping[str, str]
) -> go.Figure:
    """A row a data set, a mark a network.

    Args:
        results: the three networks.
        datasets: data set to its name, in the order from top to bottom.
        networks: network to its name, which stands in the legend.
    """
    rows = list(datasets.values())
    figure = go.Figure()
    for name in datasets:
        ends = [result.top1[name] for result in results]
        figure.add_scatter(
            x=[min(ends), max(ends)], y=[datasets[name]] * 2, mode="lines", line={"color": QUIET, "width": 2},
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    for result in results:
        symbol, colour = LOOKS[result.network]
        figure.add_scatter(
            x=[result.top1[name] for name in datasets],
            y=rows,
            name=networks[result.network],
            mode="markers",
            marker={
                "symbol": symbol,
                "color": colour,
                "size": 15 if "open" in symbol else 10,
                "line": {"width": 2.5 if "open" in symbol else 0, "color": colour},
            },
            hovertemplate="%{y}: %{x:.1f} %<extra>" + networks[result.network] + "</extra>",
        )
    plain(figure, 270)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top"},
    )
    figure.update_xaxes(range=[0, 104], ticksuffix=" %", showgrid=True, gridcolor="rgba(138,148,160,0.22)")
    figure.update_yaxes(categoryorder="array", categoryarray=rows[::-1], ticksuffix="  ")
    return figure


def early_figure(early: Early, names: tuple[str, str]) -> go.Figure:
    """Two bars: ECO and online TSM when a tenth of the video has been seen."""
    figure = go.Figure(
        go.Bar(
            x=[early.eco, early.tsm],
            y=list(names),
            orientation="h",
            width=0.6,
            marker={"color": [SYSTEMS["eco"], TSM.colour], "line": {"color": OUTLINE, "width": 1}},
            text=[f"{early.eco:g} %", f"{early.tsm:g} %"],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    plain(figure, 150)
    figure.update_xaxes(range=[0, 118], visible=False)
    figure.update_yaxes(ticksuffix="  ")
    return figure
