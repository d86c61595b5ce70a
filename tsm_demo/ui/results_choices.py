"""What a visitor of the page What it buys can choose, and how each choice is spelled in a link."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import streamlit as st

from tsm_demo.ui.address import Linked, LinkedSet
from tsm_demo.viz.compared import plotted, twins
from tsm_demo.viz.published import Metric, Result, read_published

DATA = Linked(
    "results",
    "data",
    {"v1": "something_v1", "v2": "something_v2", "kinetics": "kinetics"},
    "something_v1",
)
METRICS: tuple[Metric, ...] = ("top1", "top5")
METRIC = Linked("results", "metric", {metric: metric for metric in METRICS}, METRICS[0])
SCALES = ("log", "linear")
SCALE = Linked("results", "cost", {scale: scale for scale in SCALES}, SCALES[0])
AGAIN = "again"  # among the systems: those that others trained again
ORDER = ("tsn", "tsm", "trn", "eco", "gst", "i3d", AGAIN)
GROUPS = LinkedSet("results", "systems", MappingProxyType({group: group for group in ORDER}))


@dataclass(frozen=True, slots=True)
class ResultsChoice:
    """The state of the controls."""

    dataset: str
    metric: Metric
    groups: tuple[str, ...]
    log: bool

    def results(self) -> list[Result]:
        """Those that the picture shows."""
        return [
            result
            for result in plotted(read_published().of(self.dataset), self.metric)
            if result.group in self.groups and (AGAIN in self.groups or not result.again)
        ]


def metrics_of(dataset: str) -> list[Metric]:
    """Those for which TSN can be set beside TSM."""
    return [metric for metric in METRICS if twins(read_published().of(dataset), metric)]


def groups_of(dataset: str, metric: Metric) -> list[str]:
    """Which systems have a point on this data set."""
    there = plotted(read_published().of(dataset), metric)
    found = {result.group for result in there} | {AGAIN for result in there if result.again}
    return [group for group in ORDER if group in found]


def chosen() -> ResultsChoice:
    """What the address asks for, as far as the data set has it.

    Where it asks for no system, all but those that were trained again; where that leaves nothing to draw, everything.
    """
    dataset = DATA.asked()
    metric = METRIC.asked() if METRIC.asked() in metrics_of(dataset) else METRICS[0]
    there = groups_of(dataset, metric)
    found = ResultsChoice(
        dataset,
        metric,
        tuple(GROUPS.asked(there, [group for group in there if group != AGAIN])),
        SCALE.asked() == SCALES[0],
    )
    if found.results():
        return found
    return ResultsChoice(dataset, metric, tuple(there), found.log)


def choose(words: Mapping[str, str]) -> ResultsChoice:
    """The controls, one under another."""
    choice = chosen()
    st.segmented_control(
        words["data"],
        format_func=lambda name: words[f"short_{name}"],
        required=True,
        wrap=True,
        **DATA.widget(),
    )
    if len(metrics_of(choice.dataset)) > 1:
        st.segmented_control(
            words["metric"],
            format_func=lambda name: words[f"metric_{name}"],
            required=True,
            help=words["metric_help"],
            **METRIC.widget(),
        )
    st.pills(
        words["systems"],
        selection_mode="multi",
        format_func=lambda name: words[f"group_{name}"],
        help=words["systems_help"],
        wrap=True,
        **GROUPS.widget(groups_of(choice.dataset, choice.metric), choice.groups),
    )
    st.segmented_control(
        words["scale"], format_func=lambda name: words[f"scale_{name}"], required=True, **SCALE.widget()
    )
    return choice
