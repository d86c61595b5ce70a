"""Why the shift works, in four small pictures, each with its claim, its source, and its numbers as a table; no torch."""

from collections.abc import Iterable, Mapping

import numpy as np
import streamlit as st

from tsm_demo.core.placement import IN_PLACE, PLACEMENTS, own_share, shortcut_frames
from tsm_demo.core.shift_bytes import ShiftBytes, in_place_bytes, new_tensor_bytes
from tsm_demo.core.shift_table import ZERO_FILLED
from tsm_demo.core.shift_taps import shift_taps
from tsm_demo.core.temporal_reach import frames_seen, temporal_reach
from tsm_demo.ui.picture_card import Table, show_picture
from tsm_demo.ui.text import percent, words
from tsm_demo.viz.placement import placement_figure
from tsm_demo.viz.reach import ReachWords, reach_figure
from tsm_demo.viz.shift_cost import mib, shift_cost_figure
from tsm_demo.viz.shown_channels import shown_channels
from tsm_demo.viz.stored_reach import CLIP, KINDS, read_reach
from tsm_demo.viz.taps import taps_figure

BLOCKS = 2  # that the shortcut passes in the picture of the placement
T = 8  # frames in the pictures of the reach and of the bytes
BLOCKS_TO_COPY = {
    "resnet50": (T, 256, 56, 56),
    "embedded": (T, 64, 28, 28),
}  # after a ReLU, in layer1: (N*T, C, H, W)


def show_why(n_segment: int, channels: int, fold_div: int, mode: str) -> None:
    """The whole section; the pictures of the kernel and of the shortcut follow the page's T, C, fold and mode."""
    W = words("shift_why")
    st.header(W["title"], anchor=False)
    above, below = st.columns(2, border=True), st.columns(2, border=True)
    with above[0]:
        _show_taps(channels, fold_div, mode, W)
    with above[1]:
        _show_reach(W)
    with below[0]:
        _show_placement(n_segment, channels, fold_div, mode, W)
    with below[1]:
        _show_cost(W)


def _show_taps(channels: int, fold_div: int, mode: str, W: Mapping[str, str]) -> None:
    taps = shift_taps(channels, fold_div, mode)
    past, still, future = (int(count) for count in taps.sum(0))
    rows = (W["taps_before"], W["taps_own"], W["taps_next"])
    shown = len(shown_channels(channels, fold_div, mode))
    look = [W["taps_look"], W["taps_some" if still < channels else "taps_none"]]
    look += [W["taps_part"]] if shown < channels else []
    written_out = "taps_sum_none" if still == channels else f"taps_sum_{mode}"
    show_picture(
        "why taps",
        W["taps_title"],
        " ".join(look).format(moved=past + future, channels=channels, shown=shown) + "\n\n" + W[written_out],
        taps_figure(channels, fold_div, mode, rows, W["channel"]),
        W["taps_alt"].format(channels=channels, future=future, past=past, still=still),
        W["taps_source"],
        W["table"],
        lambda: {W["channel"]: range(channels)} | dict(zip(rows, taps.T, strict=True)),
    )


def _show_reach(W: Mapping[str, str]) -> None:
    names = {network: W[f"reach_{kind}"] for network, kind in KINDS.items()}
    letters = ReachWords(
        names, W["reach_stem"], W["reach_depth"], W["reach_seen"], W["reach_output"], W["reach_input"]
    )
    seen = {network: frames_seen(matrices, T // 2) for network, matrices in read_reach().items()}
    theory = {network: frames_seen(temporal_reach(kind, T), T // 2) for network, kind in KINDS.items()}
    items = "; ".join(
        W["reach_item"].format(network=names[network], first=counts[0], last=counts[-1])
        for network, counts in seen.items()
    )
    agree = sum(int((seen[network] == theory[network]).sum()) for network in KINDS)
    points = sum(len(counts) for counts in seen.values())

    def table() -> Table:
        columns: Table = {
            W["reach_depth"]: [W["reach_stem"], *(str(b) for b in range(1, points // len(seen)))]
        }
        for network, name in names.items():
            columns[W["reach_theory"].format(network=name)] = theory[network]
            columns[W["reach_measured"].format(network=name)] = seen[network]
        return columns

    show_picture(
        "why reach",
        W["reach_title"],
        W["reach_look"].format(frames=T),
        reach_figure(read_reach(), letters),
        W["reach_alt"].format(frames=T, items=items, agree=agree, points=points),
        W["reach_source"].format(clip=CLIP),
        W["table"],
        table,
    )


def _show_placement(n_segment: int, channels: int, fold_div: int, mode: str, W: Mapping[str, str]) -> None:
    carried = {
        placement: shortcut_frames(placement, BLOCKS, n_segment, channels, fold_div, mode)
        for placement in PLACEMENTS
    }
    shares = {placement: percent(own_share(frames)) for placement, frames in carried.items()}
    in_place, own = carried[IN_PLACE], np.arange(n_segment)[:, None]
    zero = in_place == ZERO_FILLED

    def table() -> Table:
        cells = np.where(zero, W["zero"], in_place.astype(str))
        return {W["frame"]: range(n_segment)} | {
            f"{W['channel']} {number}": column for number, column in enumerate(cells.T)
        }

    look = (W["placement_look"], W["placement_some" if (in_place != own).any() else "placement_none"])
    show_picture(
        "why placement",
        W["placement_title"],
        " ".join(look).format(blocks=BLOCKS, share=shares[IN_PLACE]),
        placement_figure(
            BLOCKS,
            n_segment,
            channels,
            fold_div,
            mode,
            {
                placement: W[f"placement_{placement}"].format(share=shares[placement])
                for placement in PLACEMENTS
            },
            (W["placement_first"], W["placement_last"]),
        ),
        W["placement_alt"].format(
            blocks=BLOCKS,
            **shares,
            future=percent((in_place > own).mean()),
            past=percent((~zero & (in_place < own)).mean()),
            zero=percent(zero.mean()),
        ),
        W["placement_source"],
        W["table"],
        table,
    )


def _show_cost(W: Mapping[str, str]) -> None:
    costs = {block: _both_ways(shape) for block, shape in BLOCKS_TO_COPY.items()}
    new, in_place = costs["resnet50"]
    groups = (W["cost_copied"], W["cost_held"], W["cost_kept"])
    names = (W["cost_new"], W["cost_in_place"])

    def table() -> Table:
        rows = [
            (block, name, cost)
            for block, both in costs.items()
            for name, cost in zip(names, both, strict=True)
        ]
        values: Iterable[tuple[int | None, ...]] = zip(
            *((cost.copied, cost.held, cost.kept) for _, _, cost in rows), strict=True
        )
        heads = {W["cost_block"]: [W[f"cost_{block}"] for block, _, _ in rows]}
        heads |= {W["cost_shift"]: [name for _, name, _ in rows]}
        return heads | {
            W["cost_bytes"].format(what=g): column for g, column in zip(groups, values, strict=True)
        }

    show_picture(
        "why cost",
        W["cost_title"],
        W["cost_look"],
        shift_cost_figure(new, in_place, groups, names, W["cost_refused"]),
        W["cost_alt"].format(
            new_copied=mib(new.copied),
            in_place_copied=mib(in_place.copied),
            new_held=mib(new.held),
            in_place_held=mib(in_place.held),
            new_kept=mib(new.kept or 0),
        ),
        W["cost_source"],
        W["table"],
        table,
    )


def _both_ways(shape: tuple[int, int, int, int]) -> tuple[ShiftBytes, ShiftBytes]:
    return new_tensor_bytes(shape, T), in_place_bytes(shape, T)
