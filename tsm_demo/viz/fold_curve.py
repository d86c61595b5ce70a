"""Accuracy and time against the share of channels that moves: every run a dot, a line through the means."""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from tsm_demo.core.fold_runs import FoldArm
from tsm_demo.core.placement import IN_PLACE, RESIDUAL
from tsm_demo.viz.families import TSM
from tsm_demo.viz.theme import FAINT, QUIET, plain

SYMBOLS = {RESIDUAL: "circle", IN_PLACE: "diamond"}
COLOURS = {RESIDUAL: TSM.colour, IN_PLACE: "#D55E00"}
SIDEWAYS = {RESIDUAL: 0.0, IN_PLACE: 0.16}  # so that dots of both placements do not hide each other


def fold_curve(
    arms: Sequence[FoldArm],
    named: Callable[[FoldArm], str],
    names: dict[str, str],
    chance: tuple[float, str],
    axes: tuple[str, str],
    height: int = 380,
) -> go.Figure:
    """The accuracy of every run.

    Args:
        arms: as `core.fold_runs.arms` orders them.
        named: the share of channels that an arm moves, for the horizontal axis.
        names: of the placements, by placement.
        chance: the share that a guess gets right, and its name.
        axes: titles.
    """
    places = {arm.fold_div: place for place, arm in enumerate(a for a in arms if a.placement == RESIDUAL)}
    figure = go.Figure()
    for placement in (RESIDUAL, IN_PLACE):
        own = [arm for arm in arms if arm.placement == placement]
        if not own:
            continue
        x = [places[arm.fold_div] + SIDEWAYS[placement] for arm in own]
        figure.add_scatter(
            x=x,
            y=[arm.share for arm in own],
            mode="lines",
            line={
                "color": COLOURS[placement],
                "width": 3,
                "dash": "solid" if placement == RESIDUAL else "dot",
            },
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=[place for arm, place in zip(own, x, strict=True) for _ in arm.runs],
            y=[run.share for arm in own for run in arm.runs],
            mode="markers",
            marker={
                "symbol": SYMBOLS[placement],
                "size": 11,
                "color": COLOURS[placement],
                "opacity": 0.75,
                "line": {"width": 1, "color": "white"},
            },
            customdata=[[named(arm), run.seed] for arm in own for run in arm.runs],
            hovertemplate="%{customdata[0]}, seed %{customdata[1]}: %{y:.1%}<extra></extra>",
        )
        last = own[-1]
        figure.add_annotation(
            x=x[-1],
            y=last.share,
            text=f"<b>{names[placement]}</b>",
            font={"color": COLOURS[placement]},
            showarrow=False,
            xanchor="left",
            xshift=12,
            yshift=0 if placement == RESIDUAL else -14,  # below the other's line
        )
    figure.add_hline(y=chance[0], line={"color": QUIET, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=1, xref="paper", xanchor="right", y=chance[0], yshift=-10, text=chance[1], showarrow=False
    )
    plain(figure, height)
    figure.update_xaxes(
        title=axes[0],
        tickvals=list(places.values()),
        ticktext=[named(arm) for arm in arms if arm.placement == RESIDUAL],
        range=[-0.3, len(places) - 0.1],
    )
    figure.update_yaxes(title=axes[1], tickformat=".0%", range=[0, 1], showgrid=True, gridcolor=FAINT)
    return figure
