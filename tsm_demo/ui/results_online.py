"""What looking only back costs, and how soon online TSM knows: two small pictures; no torch."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.ui.picture_card import Table, show_picture
from tsm_demo.ui.text import percent, words
from tsm_demo.viz.online_offline import early_figure, online_figure
from tsm_demo.viz.published import OnlineResult, read_published


def show_online() -> None:
    """The whole section."""
    W = words("results")
    left, right = st.columns(2, border=True)
    with left:
        _show_online(W)
    with right:
        _show_early(W)


def _show_online(W: Mapping[str, str]) -> None:
    results = read_published().online
    by_name = {result.network: result for result in results}
    datasets = {name: W[f"data_{name}"] for name in results[0].top1}
    networks = {result.network: W[f"online_{result.network}"] for result in results}
    lost = differences(by_name["online"], by_name["offline"])
    worst, best = min(lost, key=lambda name: lost[name]), max(lost, key=lambda name: lost[name])
    show_picture(
        "results online",
        W["online_title"],
        W["online_look"].format(
            worst=datasets[worst],
            lost=f"{-lost[worst]:.1f}",
            best=datasets[best],
            gained=f"{lost[best]:.1f}",
            tsn_ms=by_name["tsn"].latency_ms,
            online_ms=by_name["online"].latency_ms,
        ),
        online_figure(results, datasets, networks),
        W["online_alt"].format(
            items="; ".join(
                W["online_item"].format(
                    dataset=datasets[name], **{result.network: result.top1[name] for result in results}
                )
                for name in datasets
            )
        ),
        W["online_source"],
        W["table"],
        lambda: table(results, datasets, networks, W),
    )


def differences(online: OnlineResult, offline: OnlineResult) -> dict[str, float]:
    """Points by which online is ahead, by data set."""
    return {name: round(online.top1[name] - offline.top1[name], 1) for name in online.top1}


def table(
    results: tuple[OnlineResult, ...],
    datasets: Mapping[str, str],
    networks: Mapping[str, str],
    W: Mapping[str, str],
) -> Table:
    return {
        W["column_system"]: [networks[result.network] for result in results],
        W["column_latency"]: [result.latency_ms for result in results],
        **{title: [result.top1[name] for result in results] for name, title in datasets.items()},
        W["column_source"]: [result.source for result in results],
        W["column_confidence"]: [W[f"confidence_{result.confidence}"] for result in results],
    }


def _show_early(W: Mapping[str, str]) -> None:
    early = read_published().early
    share = percent(early.frames_seen)
    names = (W["early_eco"], W["early_tsm"])
    show_picture(
        "results early",
        W["early_title"].format(share=share, tsm=f"{early.tsm:g}"),
        W["early_look"].format(
            share=share, points=early.points_over_eco, dataset=W[f"data_{early.dataset}"], eco=early.eco
        ),
        early_figure(early, names),
        W["early_alt"].format(share=share, tsm=f"{early.tsm:g}", eco=early.eco),
        W["early_source"],
        W["table"],
        lambda: {
            W["column_system"]: list(names),
            W["column_early"].format(share=share): [early.eco, early.tsm],
            W["column_source"]: [early.source] * len(names),
            W["column_confidence"]: [W[f"confidence_{early.confidence}"]] * len(names),
        },
    )
