"""Where a network's cost lies: an icicle, the whole on top, stages, blocks and layers below, as wide as they cost."""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from tsm_demo.viz.theme import plain

# One hue, darker with depth in the network: stages are in order, not in groups.
SHADES = ("#DCE9F2", "#BBD6E8", "#97C1DC", "#72ABCF", "#4F94C0", "#2F7DAF")
LIGHT_TEXT_FROM = 5  # from this shade on letters are white
LEVELS = 3  # shown at once; a click goes deeper


def cost_icicle(
    layers: Sequence[tuple[str, int]], whole: str, written: Callable[[float], str], height: int = 330
) -> go.Figure:
    """The icicle of one kind of cost.

    Args:
        layers: (dotted name, cost) of every layer in order of execution; those that cost nothing are left out.
        whole: name of the whole network.
        written: a cost as it is read.
        height: in pixels.
    """
    sums = _sums(layers)
    tops = [name for name in sums if name and "." not in name]
    nodes = list(sums)
    shades = [_shade(name, tops) for name in nodes]
    total = sums[""]
    figure = go.Figure(
        go.Icicle(
            ids=[name or "whole" for name in nodes],
            labels=[name.rsplit(".", 1)[-1] or whole for name in nodes],
            parents=["" if not name else (name.rpartition(".")[0] or "whole") for name in nodes],
            values=[sums[name] for name in nodes],
            branchvalues="total",
            maxdepth=LEVELS,
            sort=False,
            tiling={"orientation": "v"},
            leaf={"opacity": 1},
            marker={"colors": [SHADES[shade] for shade in shades], "line": {"width": 1, "color": "white"}},
            text=[f"{written(sums[name])}, {sums[name] / total:.1%}" if total else "" for name in nodes],
            textfont={"color": ["white" if shade >= LIGHT_TEXT_FROM else "#12171D" for shade in shades]},
            hovertemplate="<b>%{id}</b><br>%{text}<extra></extra>",
            texttemplate="%{label}<br>%{text}",
            pathbar={"visible": True},
        )
    )
    return plain(figure, height).update_layout(margin={"l": 0, "r": 0, "t": 26, "b": 0})


def _sums(layers: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Cost by dotted name, of every layer and of everything that holds some; "" is the whole."""
    sums = {"": 0}
    for name, value in layers:
        if value:
            parts = name.split(".")
            for depth in range(len(parts) + 1):
                key = ".".join(parts[:depth])
                sums[key] = sums.get(key, 0) + value
    return sums


def _shade(name: str, tops: Sequence[str]) -> int:
    """The whole is lightest; what is inside a stage has its stage's shade."""
    if not name:
        return 0
    place = tops.index(name.split(".")[0])
    return round(place / max(1, len(tops) - 1) * (len(SHADES) - 1))
