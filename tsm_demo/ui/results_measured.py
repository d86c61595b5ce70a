"""What this project has measured of its own networks on Motion-12, in the shape of the published picture; no torch."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.ui.picture_card import Table, show_picture
from tsm_demo.ui.text import words
from tsm_demo.viz.measured_here import Measured, read_motion12
from tsm_demo.viz.motion12_cost import GIGA, motion12_figure
from tsm_demo.viz.stored_costs import read_costs


def show_measured() -> None:
    """The whole section."""
    W = words("results")
    measured, costs = read_motion12(), read_costs()
    names = {found.network: W[f"here_{found.network}"] for found in measured}
    chance = 100 / len(MOTION_LABELS)
    tsm, tsn = (next(m for m in measured if m.network == name) for name in ("motion", "motion_tsn"))
    left, right = st.columns([7, 3], gap="large")
    with left:
        show_picture(
            "results here",
            W["here_title"],
            W["here_look"].format(
                tsm=tsm.percent,
                tsn=tsn.percent,
                cost=f"{costs['motion'].macs / GIGA:.2f}",
                frames=costs["motion"].frames,
                size=costs["motion"].size,
                clips=f"{tsm.clips:,}",
            ),
            motion12_figure(
                measured,
                costs,
                names,
                (W["axis_cost"].format(unit=W["unit_clip"]), W["here_axis"]),
                (chance, W["here_chance"].format(chance=f"{chance:.1f}")),
            ),
            W["here_alt"].format(items="; ".join(_item(found, names, W) for found in measured)),
            W["here_source"],
            W["table"],
            lambda: table(measured, names, W),
        )
    with right:
        st.markdown(
            W["here_note"].format(
                params_3d=f"{costs['motion_3d'].params / 1e6:.1f}",
                params=f"{costs['motion'].params / 1e6:.1f}",
            )
        )
        st.code(tsm.command, language="bash", wrap_lines=True)


def _item(found: Measured, names: Mapping[str, str], W: Mapping[str, str]) -> str:
    low, high = found.bounds
    return W["here_item"].format(
        network=names[found.network].replace("<br>", " "),
        share=found.percent,
        low=f"{100 * low:.1f}",
        high=f"{100 * high:.1f}",
        cost=f"{read_costs()[found.network].macs / GIGA:.2f}",
    )


def table(measured: tuple[Measured, ...], names: Mapping[str, str], W: Mapping[str, str]) -> Table:
    costs = [read_costs()[found.network] for found in measured]
    return {
        W["column_system"]: [names[found.network].replace("<br>", " ") for found in measured],
        W["column_hits"]: [found.hits for found in measured],
        W["column_tested"]: [found.clips for found in measured],
        W["here_axis"]: [round(100 * found.share, 2) for found in measured],
        W["column_low"]: [round(100 * found.bounds[0], 1) for found in measured],
        W["column_high"]: [round(100 * found.bounds[1], 1) for found in measured],
        W["column_cost"].format(unit=W["unit_clip"]): [round(cost.macs / GIGA, 3) for cost in costs],
        W["column_params"]: [round(cost.params / 1e6, 2) for cost in costs],
        W["column_command"]: [found.command for found in measured],
    }
