"""Published accuracy against cost: the picture with its controls, its claim in numbers, and its table; no torch."""

from collections.abc import Mapping
from textwrap import wrap

import streamlit as st

from tsm_demo.ui.picture_card import Table, show_picture
from tsm_demo.ui.results_choices import ResultsChoice, choose, chosen
from tsm_demo.ui.text import words
from tsm_demo.viz.accuracy_cost import Mark, Rise, accuracy_cost_figure
from tsm_demo.viz.compared import Twins, points, rival, twins
from tsm_demo.viz.published import PER_VIDEO, Metric, Result, read_published
from tsm_demo.viz.system_looks import SYSTEMS

SAME_COST = 0.05  # costs that differ by less than this share are called the same
HOVER_LETTERS = 52  # a line


@st.fragment
def show_accuracy_cost() -> None:
    """The whole section; the picture stands first, on a phone above its controls."""
    W = words("results")
    choice = chosen()
    left, right = st.columns([7, 3], gap="large")
    with left:
        _show(choice, W)
    with right:
        choose(W)
        st.markdown(W[f"about_{choice.dataset}"])


def _show(choice: ResultsChoice, W: Mapping[str, str]) -> None:
    all_of_it = read_published().of(choice.dataset)
    shown = choice.results()
    pairs = {pair.tsm.gmacs: pair for pair in reversed(twins(shown, choice.metric))}  # one arrow a cost
    unit = unit_of(choice.dataset, W)
    show_picture(
        "results picture",
        claim(twins(all_of_it, choice.metric)[0], W),
        sentence(twins(all_of_it, choice.metric)[0], W),
        accuracy_cost_figure(
            [mark(result, choice.metric, W) for result in shown],
            [
                Rise(pair.tsn.gmacs or 0, *both(pair), W["rise"].format(gain=plus(pair.gain)))
                for pair in pairs.values()
            ],
            (W["axis_cost"].format(unit=unit), W[f"axis_{choice.metric}"]),
            choice.log,
        ),
        W["picture_alt"].format(
            dataset=W[f"data_{choice.dataset}"],
            items="; ".join(item(result, choice.metric, W) for result in shown),
        ),
        W["picture_source"].format(
            left_out=_left_out([r for r in all_of_it if None in (r.gmacs, r.params_m)], W),
        ),
        W["table"],
        lambda: table(all_of_it, W),
    )


def unit_of(dataset: str, W: Mapping[str, str]) -> str:
    """What a cost is counted for: a whole video, or one clip of it."""
    return W["unit_video" if dataset in PER_VIDEO else "unit_clip"]


def both(pair: Twins) -> tuple[float, float]:
    return pair.tsn.accuracy(pair.metric) or 0.0, pair.tsm.accuracy(pair.metric) or 0.0


def plus(difference: float) -> str:
    """3.5 to "+3.5", 2.64 to "+2.6"."""
    return f"{difference:+.1f}".replace("-", "−")


def claim(pair: Twins, W: Mapping[str, str]) -> str:
    return W["claim"].format(gain=f"{pair.gain:.1f}")


def sentence(pair: Twins, W: Mapping[str, str]) -> str:
    """By how much TSM is ahead of its twin, and of a 3D system if there is one."""
    tsn, tsm = both(pair)
    said = [
        W["gain"].format(
            frames=pair.tsm.frames,
            backbone=pair.tsm.backbone,
            gain=f"{pair.gain:.1f}",
            cost=f"{pair.tsm.gmacs:g}",
            unit=unit_of(pair.tsm.dataset, W),
            dataset=W[f"data_{pair.tsm.dataset}"],
            metric=W[f"metric_{pair.metric}"],
            tsm=f"{tsm:.1f}",
            tsn=f"{tsn:.1f}",
        )
    ]
    other = rival(pair.tsm, read_published().of(pair.tsm.dataset), pair.metric)
    if other is not None and other.gmacs and pair.tsm.gmacs:
        times = other.gmacs / pair.tsm.gmacs
        ahead = f"{points(pair.tsm, other, pair.metric):.1f}"
        name = "rival_same" if abs(times - 1) < SAME_COST else "rival_more"
        said.append(W[name].format(points=ahead, rival=other.system, times=f"{times:.1f}"))
    return " ".join(said)


def mark(result: Result, metric: Metric, W: Mapping[str, str]) -> Mark:
    return Mark(
        gmacs=result.gmacs or 0.0,
        accuracy=result.accuracy(metric) or 0.0,
        params_m=result.params_m or 0.0,
        label=result.label,
        hover=hover(result, metric, W),
        colour=SYSTEMS[result.group],
        hollow=result.again,
    )


def hover(result: Result, metric: Metric, W: Mapping[str, str]) -> str:
    """Everything that is known of a point, lines parted as Plotly does."""
    lines = [
        item(result, metric, W),
        W["hover_how"].format(
            backbone=result.backbone,
            frames=result.frames,
            clips=result.clips,
            crop=W[f"crop_{result.crop or 'unknown'}"],
        ),
        *([W["hover_counted"]] if result.counted_by_us else []),
        W["hover_source"].format(source=sources(result, W), confidence=W[f"confidence_{result.confidence}"]),
        result.note,
    ]
    lines[0] = f"<b>{lines[0]}</b>"
    return "<br>".join(part for line in lines for part in wrap(line, HOVER_LETTERS))


def item(result: Result, metric: Metric, W: Mapping[str, str]) -> str:
    """ "TSM 8f: 45.6 %, 33 G a video, 24.3 M parameters"."""
    return W["item"].format(
        label=result.label,
        accuracy=f"{result.accuracy(metric):g}",
        cost=f"{result.gmacs:g}",
        unit=unit_of(result.dataset, W),
        params=f"{result.params_m:g}",
    )


def sources(result: Result, W: Mapping[str, str]) -> str:
    parts = [result.source]
    parts += [W["source_cost"].format(source=result.cost_source)] if result.cost_source else []
    parts += [W["source_top5"].format(source=result.top5_source)] if result.top5_source else []
    return "; ".join(parts)


def table(results: tuple[Result, ...], W: Mapping[str, str]) -> Table:
    """One row a system of the data set, also those that the picture leaves out."""
    unit = unit_of(results[0].dataset, W)
    return {
        W["column_system"]: [r.system for r in results],
        W["column_label"]: [r.label for r in results],
        W["column_backbone"]: [r.backbone for r in results],
        W["column_frames"]: [r.frames for r in results],
        W["column_clips"]: [r.clips for r in results],
        W["column_crop"]: [W[f"crop_{r.crop or 'unknown'}"] for r in results],
        W["column_cost"].format(unit=unit): [r.gmacs for r in results],
        W["column_params"]: [r.params_m for r in results],
        W["metric_top1"]: [r.top1 for r in results],
        W["metric_top5"]: [r.top5 for r in results],
        W["column_source"]: [sources(r, W) for r in results],
        W["column_confidence"]: [W[f"confidence_{r.confidence}"] for r in results],
        W["column_note"]: [
            " ".join([*([W["hover_counted"]] if r.counted_by_us else []), r.note]) for r in results
        ],
    }


def _left_out(results: list[Result], W: Mapping[str, str]) -> str:
    """Names those whose cost nobody prints."""
    if not results:
        return ""
    return " " + W["left_out"].format(systems=", ".join(result.label for result in results))
