"""Measure it here: the chosen networks, timed and weighed on the machine that serves the page, when a visitor asks."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.analysis.timing import Setup, Subject
from tsm_demo.models.registry import ModelSpec
from tsm_demo.serving.measuring import Measuring
from tsm_demo.ui import measurements
from tsm_demo.ui.measured_view import Labels, many, show_measured
from tsm_demo.ui.text import words

POLL_SEC = 0.5


def show_measure(networks: Mapping[str, ModelSpec], frames: int, size: int, batch: int = 1) -> None:
    """The whole section. Nothing is measured until its button is pressed.

    Args:
        networks: label -> what to build; the order of the turns and of the rows. The 2D one is what others are
            compared with.
        frames, size, batch: T, pixels a side, clips at once.
    """
    W = words("cost_measure")
    setup = Setup(frames, size, batch)
    labels = {Subject.of(spec): label for label, spec in networks.items()}
    st.header(W["title"], anchor=False)
    st.markdown(W["point"].format(clip=_clip(setup, W), networks=", ".join(labels.values())))
    going = measurements.running() is not None
    # The same fragment with and without a running measurement: a poll that comes late finds it still there.
    st.fragment(_ask_or_watch, run_every=POLL_SEC if going else None)(labels, networks, setup, going)
    found = measurements.known(networks.values(), setup)
    if measurements.own() and not (found and found.own):
        st.caption(W["changed"])
    if found:
        show_measured(found, labels, W)


def _ask_or_watch(labels: Labels, networks: Mapping[str, ModelSpec], setup: Setup, going: bool) -> None:
    """The button; while a measurement goes on its progress, and a way to end it."""
    W = words("cost_measure")
    running = measurements.running()
    if (running is not None) != going:
        st.rerun()  # begun, or ended: the page polls from now on, or no longer, and has something else to show
    if running is not None:
        running.seen()
        st.progress(running.stage.progress if running.stage else 0.0, text=_doing(running, labels, W))
        st.button(W["cancel"], key="measure_cancel", on_click=running.cancel)
        return
    st.button(
        W["button"],
        key="measure_button",
        disabled=not networks,
        on_click=measurements.begin,
        args=(tuple(networks.values()), setup),
    )
    said = measurements.trouble(networks.values(), setup)
    if said:
        st.error(said)
    elif said is not None:
        st.caption(W["cancelled"])


def _doing(running: Measuring, labels: Labels, W: Mapping[str, str]) -> str:
    stage, place = running.stage, running.place()
    if stage is None:
        return W["step_wait"].format(place=place) if place else W["step_start"]
    subject = Subject.of(running.request.specs[stage.network])
    name = labels.get(subject, subject.name)
    return W[f"step_{stage.step}"].format(network=name, round=stage.round, rounds=stage.rounds)


def _clip(setup: Setup, W: Mapping[str, str]) -> str:
    clips = many("clip", setup.batch, W)
    return W["clip"].format(clips=clips, frames=many("frame", setup.frames, W), size=setup.size)
