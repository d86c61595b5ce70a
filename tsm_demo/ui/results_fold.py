"""The fold fraction, measured: what slim networks score, and what a call takes, by how many channels move."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from tsm_demo.analysis.stored_folds import StoredFolds, read_folds
from tsm_demo.core.fold_runs import FoldArm
from tsm_demo.core.interval import interval
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.core.placement import IN_PLACE, RESIDUAL
from tsm_demo.ui.picture_card import show_picture
from tsm_demo.ui.text import percent, words
from tsm_demo.viz.fold_curve import fold_curve
from tsm_demo.viz.quantity import times

CHANCE = 1 / len(MOTION_LABELS)


def show_folds() -> None:
    """The section, from the stored study."""
    W, stored = words("results_fold"), read_folds()
    arms = stored.arms
    clips = arms[0].runs[0].clips
    left, right = st.columns([7, 3], gap="large")
    with left:
        show_picture(
            "results folds",
            W["title"],
            W["look"].format(kinds=len(arms), seeds=min(len(arm.runs) for arm in arms))
            + "\n\n"
            + finding(arms, W),
            fold_curve(
                arms,
                lambda arm: each_way(arm, W),
                {placement: W[placement] for placement in (RESIDUAL, IN_PLACE)},
                (CHANCE, W["chance"]),
                (W["axis_share"], W["axis_right"].format(clips=f"{clips:,}")),
            ),
            alternative(arms, W),
            source(stored, W),
            W["table"],
            lambda: as_table(arms, W),
        )
    right.markdown("\n\n".join([W["paper"], taking(arms, W)]))


def each_way(arm: FoldArm, W: Mapping[str, str]) -> str:
    """ "1/8", or that nothing moves."""
    return W["each_way"].format(fold_div=arm.fold_div) if arm.fold_div else W["none"]


def finding(arms: tuple[FoldArm, ...], W: Mapping[str, str]) -> str:
    """The best share, what there is without a shift, and what the shift in place does to it."""
    residual = {arm.fold_div: arm for arm in arms if arm.placement == RESIDUAL}
    best = max(residual.values(), key=lambda arm: arm.share)
    in_place = "; ".join(
        W["in_place_item"].format(
            share=percent(arm.share), fold=each_way(arm, W), residual=percent(residual[arm.fold_div].share)
        )
        for arm in arms
        if arm.placement == IN_PLACE
    )
    low, high = best.spread
    return W["finding"].format(
        best=each_way(best, W),
        best_share=percent(best.share),
        best_low=percent(low),
        best_high=percent(high),
        none_share=percent(residual[0].share),
        in_place=in_place,
    )


def taking(arms: tuple[FoldArm, ...], W: Mapping[str, str]) -> str:
    """How long a call takes."""
    items = ", ".join(
        W["time_item"].format(ratio=times(round(arm.latency_ratio, 2)), fold=each_way(arm, W))
        for arm in arms
        if arm.placement == RESIDUAL and arm.fold_div and arm.latency_ratio
    )
    return W["time"].format(items=items)


def alternative(arms: tuple[FoldArm, ...], W: Mapping[str, str]) -> str:
    """The figure in words."""
    items = "; ".join(
        W["alt_item"].format(
            fold=each_way(arm, W),
            placement=W[arm.placement],
            share=percent(arm.share),
            low=percent(arm.spread[0]),
            high=percent(arm.spread[1]),
        )
        for arm in arms
    )
    return W["alt"].format(items=items, chance=percent(CHANCE))


def as_table(arms: tuple[FoldArm, ...], W: Mapping[str, str]) -> dict[str, list[Any]]:
    """One row a run."""
    rows = [(arm, run) for arm in arms for run in arm.runs]
    clips = arms[0].runs[0].clips
    bounds = [interval(run.share, run.clips) for _, run in rows]
    return {
        W["column_fold"]: [each_way(arm, W) for arm, _ in rows],
        W["column_placement"]: [W[arm.placement] for arm, _ in rows],
        W["column_seed"]: [run.seed for _, run in rows],
        W["column_right"].format(clips=clips): [f"{run.share:.1%}" for _, run in rows],
        W["column_interval"]: [f"{low:.1%} – {high:.1%}" for low, high in bounds],
        W["column_pair"]: [f"{run.pair_share:.1%}" for _, run in rows],
        W["column_time"]: [arm.latency_ratio for arm, _ in rows],
    }


def source(stored: StoredFolds, W: Mapping[str, str]) -> str:
    """How it was measured, and on what."""
    study = stored.study
    return W["source"].format(
        width=study["width"],
        frames=study["n_segment"],
        size=study["size"],
        seen=f"{2 * study['scenes']:,}",
        machine=stored.machine,
    )
