"""How the chosen networks' costs grow with the frames, and with their side."""

from collections.abc import Mapping, Sequence

import streamlit as st

from tsm_demo.analysis.cost import cost
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.ui.address import Linked
from tsm_demo.ui.cost_choices import CostChoice
from tsm_demo.ui.cost_view import FLOPS_PER_MAC, Counted, unit_name
from tsm_demo.ui.picture_card import PLOT
from tsm_demo.ui.text import words
from tsm_demo.viz.cost_growth import Growth, growth_figure, slope
from tsm_demo.viz.quantity import amount, times

POINTS = {"frames": (4, 8, 16, 32, 64), "size": (112, 160, 224, 320)}
OVER = Linked("cost", "over", {name: name for name in POINTS}, "frames")
SCALES = ("linear", "log")
SCALE = Linked("cost", "scale", {name: name for name in SCALES}, SCALES[0])


def show_growth(shown: Sequence[Counted], choice: CostChoice) -> None:
    """Lines, the powers of growth in words, and the numbers as a table."""
    W = words("cost_where")
    st.header(W["growth_title"], anchor=False)
    left, right = st.columns(2)
    over = left.segmented_control(
        W["growth_over"], format_func=lambda name: W[f"growth_over_{name}"], required=True, **OVER.widget()
    )
    scale = right.segmented_control(
        W["growth_scale"], format_func=lambda name: W[f"growth_scale_{name}"], required=True, **SCALE.widget()
    )
    st.markdown(W["growth_look"])
    lines = grown(shown, choice, over)
    unit = unit_name(choice.unit)
    here = choice.frames if over == "frames" else choice.size
    st.plotly_chart(
        growth_figure(lines, (W[f"growth_over_{over}"], unit), here, scale == SCALES[1]),
        key="cost growth",
        width="stretch",
        config=PLOT,
        alt=alternative(lines, over, unit, W),
    )
    st.markdown(
        "  \n".join(
            W["growth_slope"].format(
                name=line.name, over=W[f"growth_over_{over}"], unit=unit, times=times(2 ** slope(line))
            )
            for line in lines
        )
    )
    st.caption(W["source"])
    with st.expander(W["growth_table"], on_change="rerun", key="cost growth table") as table:
        if table.open:
            st.dataframe(as_table(lines, W[f"growth_over_{over}"]), hide_index=True)


def grown(shown: Sequence[Counted], choice: CostChoice, over: str) -> list[Growth]:
    """Each network's multiply-adds at every point that it can take; networks with one point or none have no line."""
    lines = []
    for item in shown:
        at, values = [], []
        for point in POINTS[over]:
            frames = point if over == "frames" else item.cost.frames
            size = point if over == "size" else item.cost.size
            try:
                macs = cost(item.cost.spec, frames, size, choice.batch).macs
            except TsmDemoError:
                continue  # this one cannot take such a clip: its line begins or ends before
            at.append(point)
            values.append(macs * FLOPS_PER_MAC[choice.unit])
        if len(at) > 1:
            lines.append(Growth(item.name, item.colour, at, values))
    return lines


def alternative(lines: Sequence[Growth], over: str, unit: str, W: Mapping[str, str]) -> str:
    """The figure in words."""
    told = (
        W["growth_line"].format(
            name=line.name,
            first=amount(line.values[0]),
            low=line.at[0],
            last=amount(line.values[-1]),
            high=line.at[-1],
        )
        for line in lines
    )
    return W["growth_alt"].format(unit=unit, over=W[f"growth_over_{over}"], lines="; ".join(told))


def as_table(lines: Sequence[Growth], over: str) -> dict[str, list[float | None]]:
    """Column to values; a point that a network cannot take is empty."""
    points = sorted({point for line in lines for point in line.at})
    columns: dict[str, list[float | None]] = {over: list(points)}
    for line in lines:
        known = dict(zip(line.at, line.values, strict=True))
        columns[line.name] = [known.get(point) for point in points]
    return columns
