"""Where a network's cost lies, layer by layer, and how the costs grow with frames and pixels."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from tsm_demo.analysis.cost import Cost, LayerCost
from tsm_demo.ui.address import Linked
from tsm_demo.ui.cost_view import FLOPS_PER_MAC, Counted, unit_name
from tsm_demo.ui.picture_card import PLOT
from tsm_demo.ui.text import words
from tsm_demo.viz.cost_icicle import cost_icicle
from tsm_demo.viz.quantity import amount, nbytes

MEASURES = ("macs", "params", "activation", "moved")
MEASURE = Linked("cost", "measure", {name: name for name in MEASURES}, MEASURES[0])
COUNTED_KINDS = ("conv2d", "conv3d", "linear", "lstm", "attention", "shift")  # rows that are never left out
ROWS_SHOWN_PX = 320


def show_where(shown: Sequence[Counted], unit: str) -> None:
    """The icicle of one of the networks that are shown, the table of its layers, and the layer that is opened."""
    W = words("cost_where")
    st.header(W["title"], anchor=False)
    names = {item.key: item.name for item in shown}
    look = Linked("cost", "look", {key: key for key in names}, "tsm" if "tsm" in names else shown[0].key)
    left, right = st.columns(2)
    key = left.segmented_control(W["network"], format_func=names.__getitem__, required=True, **look.widget())
    labels = {name: W[f"measure_{name}"].format(unit=unit_name(unit)) for name in MEASURES}
    measure = right.segmented_control(
        W["measure"], format_func=labels.__getitem__, required=True, **MEASURE.widget()
    )
    item = next(item for item in shown if item.key == key)
    st.markdown(W["look"])
    _show_icicle(item, measure, unit, labels[measure], W)
    _show_layers(item, measure, unit, W)


def value_of(layer: LayerCost, measure: str, unit: str) -> int:
    """What a layer costs in one of MEASURES."""
    return {
        "macs": layer.macs * FLOPS_PER_MAC[unit],
        "params": layer.params,
        "activation": layer.activation_bytes,
        "moved": layer.shift_bytes,
    }[measure]


def _show_icicle(item: Counted, measure: str, unit: str, label: str, W: Mapping[str, str]) -> None:
    layers = [(layer.name, value_of(layer, measure, unit)) for layer in item.cost.layers]
    total = sum(value for _, value in layers)
    if not total:
        st.info(W["nothing"].format(measure=label))
        return
    written = amount if measure in ("macs", "params") else nbytes
    tops: dict[str, int] = {}
    for name, value in layers:
        tops[name.split(".")[0]] = tops.get(name.split(".")[0], 0) + value
    largest = sorted(tops, key=lambda name: -tops[name])[:3]
    st.plotly_chart(
        cost_icicle(layers, item.name, written),
        key="cost icicle",
        width="stretch",
        config=PLOT,
        alt=W["alt"].format(
            measure=label,
            network=item.name,
            total=written(total),
            parts=", ".join(f"{name} {tops[name] / total:.0%}" for name in largest),
        ),
    )


def _show_layers(item: Counted, measure: str, unit: str, W: Mapping[str, str]) -> None:
    rows = listed(item.cost, measure, unit)
    st.markdown(W["table"])
    table = st.dataframe(
        layer_table(rows, unit, W),
        key=f"cost layers {item.key}",
        hide_index=True,
        height=ROWS_SHOWN_PX,
        column_config={name: st.column_config.NumberColumn(format="localized") for name in numbers(unit, W)},
        on_select="rerun",
        selection_mode="single-row",
    )
    picked = [row for row in table.selection.rows if row < len(rows)]  # of a table that was longer, perhaps
    if picked:
        with st.container(border=True):
            st.markdown(opened(rows[picked[0]], W))


def listed(cost: Cost, measure: str, unit: str) -> list[LayerCost]:
    """The layers that the table has a row for: all that multiply or shift, and all that cost something here."""
    return [
        layer for layer in cost.layers if layer.kind in COUNTED_KINDS or value_of(layer, measure, unit) > 0
    ]


def layer_table(rows: Sequence[LayerCost], unit: str, W: Mapping[str, str]) -> dict[str, list[Any]]:
    """Column to values."""
    return {
        W["column_layer"]: [layer.name for layer in rows],
        W["column_kind"]: [kind_name(layer, W) for layer in rows],
        W["column_shape"]: [shape(layer.output_shape) for layer in rows],
    } | {
        column: [value_of(layer, measure, unit) for layer in rows]
        for column, measure in zip(numbers(unit, W), MEASURES, strict=True)
    }


def numbers(unit: str, W: Mapping[str, str]) -> tuple[str, ...]:
    """The table's columns that hold numbers."""
    macs = W["column_macs"].format(unit=unit_name(unit))
    return macs, W["column_params"], W["column_activation"], W["column_moved"]


def kind_name(layer: LayerCost, W: Mapping[str, str]) -> str:
    """The kind of a layer in words."""
    return W[f"kind_{layer.kind}"]


def shape(sizes: Sequence[int]) -> str:
    """(8, 64, 56, 56) to "8 × 64 × 56 × 56"."""
    return " × ".join(map(str, sizes))


def opened(layer: LayerCost, W: Mapping[str, str]) -> str:
    """A layer's shapes and arithmetic, as Markdown."""
    text = [
        W["opened"].format(
            layer=layer.name,
            kind=kind_name(layer, W),
            taken=shape(layer.input_shape),
            given=shape(layer.output_shape),
        )
    ]
    if layer.macs:
        text.append(
            W["opened_macs"].format(macs=f"{layer.macs:,}", formula=layer.formula.replace(" x ", " × "))
        )
    elif layer.shift_bytes:
        text.append(W["opened_shift"].format(moved=nbytes(layer.shift_bytes)))
    else:
        text.append(W["opened_nothing"])
    text.append(
        W["opened_params"].format(params=f"{layer.params:,}", activation=nbytes(layer.activation_bytes))
    )
    return "\n\n".join(text)
