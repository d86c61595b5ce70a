"""By how much a score falls when a block's shift brings nothing: bars over the depth of the network."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from tsm_demo.viz.theme import FUTURE, INK, PAST, QUIET, plain

COLOURS = {"future": FUTURE, "past": PAST, "both": QUIET}
HATCHES = {"future": "", "past": "/", "both": "."}  # never colour alone


def share_bars(
    blocks: Sequence[str], falls: Mapping[str, NDArray[np.float32]], names: Mapping[str, str], axis: str
) -> go.Figure:
    """`falls`: fold to (B,) falls of the logit, one for each block, in the order in which they run."""
    figure = go.Figure()
    for fold, heights in falls.items():
        figure.add_bar(
            x=list(blocks),
            y=[float(height) for height in heights],
            name=names[fold],
            marker={
                "color": COLOURS[fold],
                "pattern": {
                    "shape": HATCHES[fold],
                    "bgcolor": COLOURS[fold],
                    "fgcolor": INK[COLOURS[fold]],
                    "solidity": 0.2,
                },
            },
            hovertemplate="%{y:.2f}",
        )
    plain(figure, 320)
    figure.update_layout(
        barmode="group",
        showlegend=True,
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
    )
    figure.update_yaxes(
        title=axis, showgrid=True, gridcolor="rgba(138,148,160,0.3)", zeroline=True, zerolinecolor=QUIET
    )
    return figure
