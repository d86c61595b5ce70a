"""Eight ways to let frames meet: a card each, with where they do, at what cost, and how right it is; no torch."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from tsm_demo.ui.picture_card import Table
from tsm_demo.ui.text import words
from tsm_demo.viz.published import Result, read_published
from tsm_demo.viz.stored_costs import NetworkCost, read_costs
from tsm_demo.viz.time_drawing import time_drawing

IN_A_ROW = 4
COLUMNS = ("stem", "1", "2", "3", "4", "head")


@dataclass(frozen=True, slots=True)
class Relative:
    """One system of the family."""

    system: str  # of SCHEMES, and in the words
    year: int  # of the first version on arXiv
    arxiv: str
    networks: tuple[str, ...]  # ours; none: we have not built it
    results: tuple[str, ...]  # ids of published results


# In the order in which frames meet: at the end, everywhere, in a part.
RELATIVES = (
    Relative("tsn", 2016, "1608.00859", ("tsn_resnet50",), ("v1 TSN", "k TSN")),
    Relative("lrcn", 2014, "1411.4389", ("cnn_lstm_resnet50",), ("k LSTM",)),
    Relative("trn", 2017, "1711.08496", (), ("v1 TRN",)),
    Relative("c3d", 2014, "1412.0767", ("c3d",), ("k C3D",)),
    Relative("i3d", 2017, "1705.07750", ("i3d_inception", "i3d_resnet50"), ("k I3D Inception", "v1 I3D")),
    Relative("eco", 2018, "1804.09066", (), ("v1 ECO 8", "v1 ECO ensemble")),
    Relative("gst", 2019, "1909.13130", ("gst_resnet50",), ("v1 GST 8", "v2 GST 8")),
    Relative("tsm", 2018, "1811.08383", ("tsm_resnet50",), ("v1 TSM 8", "k TSM 8")),
)


def show_family() -> None:
    """The whole section."""
    W = words("results_family")
    st.header(W["title"], anchor=False)
    st.markdown(W["look"])
    for start in range(0, len(RELATIVES), IN_A_ROW):
        for column, relative in zip(
            st.columns(IN_A_ROW, border=True), RELATIVES[start : start + IN_A_ROW], strict=True
        ):
            with column:
                _show(relative, W)
    st.caption(W["source"])
    with st.expander(W["table"], on_change="rerun", key="results family table") as shown:
        if shown.open:
            st.dataframe(table(W), hide_index=True)


def _show(relative: Relative, W: Mapping[str, str]) -> None:
    name = W[f"name_{relative.system}"]
    st.markdown(f"**{name}** · {relative.year}")
    st.image(time_drawing(relative.system, COLUMNS), width="stretch", alt=drawing_in_words(relative, W))
    st.markdown(W[f"idea_{relative.system}"])
    lines = [ours(network, cost, W) for network, cost in costs(relative)] or [W["not_built"]]
    st.markdown("\n".join(f"- {line}" for line in [*lines, *reached(relative, W)]))
    st.caption(W["arxiv"].format(number=relative.arxiv))


def drawing_in_words(relative: Relative, W: Mapping[str, str]) -> str:
    return W["alt"].format(system=W[f"name_{relative.system}"], where=W[f"where_{relative.system}"])


def costs(relative: Relative) -> list[tuple[str, NetworkCost]]:
    """Our networks of this kind."""
    return [(network, read_costs()[network]) for network in relative.networks]


def ours(network: str, cost: NetworkCost, W: Mapping[str, str]) -> str:
    return W["ours"].format(
        network=network,
        params=f"{cost.params / 1e6:.1f}",
        macs=f"{cost.macs / 1e9:.1f}",
        frames=cost.frames,
        size=cost.size,
    )


def reached(relative: Relative, W: Mapping[str, str]) -> list[str]:
    """What is published of it."""
    return [_reached(read_published().result(id), W) for id in relative.results]


def _reached(result: Result, W: Mapping[str, str]) -> str:
    return W["reached"].format(
        top1=f"{result.top1:.1f}", dataset=W[f"data_{result.dataset}"], label=result.label
    )


def table(W: Mapping[str, str]) -> Table:
    """One row a system and network, or a system alone."""
    rows: list[tuple[Relative, str, NetworkCost | None]] = []
    for relative in RELATIVES:
        rows += [(relative, network, cost) for network, cost in costs(relative)]
        rows += [] if relative.networks else [(relative, W["not_built"], None)]
    found = read_published()
    return {
        W["column_system"]: [W[f"name_{relative.system}"] for relative, _, _ in rows],
        W["column_year"]: [relative.year for relative, _, _ in rows],
        W["column_where"]: [W[f"where_{relative.system}"] for relative, _, _ in rows],
        W["column_network"]: [network for _, network, _ in rows],
        W["column_params"]: [cost and round(cost.params / 1e6, 2) for _, _, cost in rows],
        W["column_cost"]: [cost and round(cost.macs / 1e9, 2) for _, _, cost in rows],
        W["column_clip"]: [cost and f"{cost.frames} × {cost.size}²" for _, _, cost in rows],
        W["column_reached"]: ["; ".join(reached(relative, W)) for relative, _, _ in rows],
        W["column_source"]: [
            "; ".join(found.result(id).source for id in relative.results) for relative, _, _ in rows
        ],
    }
