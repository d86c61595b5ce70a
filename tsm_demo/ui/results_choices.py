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
TRAINED = ("first", "all")  # the published networks alone, or also those that others trained again
AGAIN = Linked("results", "trained", {who: who for who in TRAINED}, TRAINED[0])
ORDER = ("tsn", "tsm", "trn", "eco", "gst", "i3d")
GROUPS = LinkedSet("results", "systems", MappingProxyType({group: group for group in ORDER}))


@dataclass(frozen=True, slots=True)
class ResultsChoice:
    """The state of the controls."""

    dataset: str
    metric: Metric
    again: bool  # also networks that others trained again
    groups: tuple[str, ...]
    log: bool

    def results(self) -> list[Result]:
        """Those that the picture shows; at least one."""
        return [r for r in _drawn(self.dataset, self.metric, self.again) if r.group in self.groups]


def metrics_of(dataset: str) -> list[Metric]:
    """Those for which TSN can be set beside TSM."""
    return [metric for metric in METRICS if twins(read_published().of(dataset), metric)]


def trainings_of(dataset: str, metric: Metric) -> set[bool]:
    """Whether there are networks trained again (True), and others (False)."""
    return {result.again for result in plotted(read_published().of(dataset), metric)}


def groups_of(dataset: str, metric: Metric, again: bool) -> list[str]:
    """Which systems have a point on this data set."""
    found = {result.group for result in _drawn(dataset, metric, again)}
    return [group for group in ORDER if group in found]


def _drawn(dataset: str, metric: Metric, again: bool) -> list[Result]:
    return [r for r in plotted(read_published().of(dataset), metric) if again or not r.again]


def chosen() -> ResultsChoice:
    """What the address asks for, as far as the data set has it."""
    dataset = DATA.asked()
    metric = METRIC.asked() if METRIC.asked() in metrics_of(dataset) else METRICS[0]
    trainings = trainings_of(dataset, metric)
    again = AGAIN.asked() == TRAINED[1] if len(trainings) > 1 else trainings == {True}
    groups = GROUPS.asked(groups_of(dataset, metric, again))
    return ResultsChoice(dataset, metric, again, tuple(groups), SCALE.asked() == SCALES[0])


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
        **GROUPS.widget(groups_of(choice.dataset, choice.metric, choice.again)),
    )
    if len(trainings_of(choice.dataset, choice.metric)) > 1:
        st.segmented_control(
            words["trained"],
            format_func=lambda name: words[f"trained_{name}"],
            required=True,
            help=words["trained_help"],
            **AGAIN.widget(),
        )
    st.segmented_control(
        words["scale"], format_func=lambda name: words[f"scale_{name}"], required=True, **SCALE.widget()
    )
    return choice
