"""Answers to clips: asked for once, with progress, then kept; shared for bundled clips, in the session for uploads."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tsm_demo.analysis.explain import explain
from tsm_demo.analysis.gradcam import LAYERS
from tsm_demo.analysis.predict import Prediction, answer_clip
from tsm_demo.analysis.seeing import read_for
from tsm_demo.serving.line import Report, Ticket
from tsm_demo.serving.predictor import ClipJob, Predictor
from tsm_demo.ui.asked import Asked
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.own_clip import MADE_PREFIX
from tsm_demo.video.clip import MIB, SampledClip

Span = tuple[float, float] | None
SESSION_KEY = f"{MADE_PREFIX}answers"
KEPT_BYTES = 256 * MIB  # of decoded frames, a visitor; the answer in use is always kept


class View(NamedTuple):
    """What a Grad-CAM explains: which window, which class, at which layer, in which order of the frames."""

    window: int
    target: int
    layer: str
    reverse: bool


@dataclass(frozen=True, eq=False)
class Answer:
    """A decoded clip and what the network says of it, played both ways. Shared: never changed.

    `first_maps` are the Grad-CAM maps that a page opens with; `first_view` says of what.
    """

    sampled: SampledClip
    forwards: Prediction
    backwards: Prediction
    first_view: View
    first_maps: NDArray[np.float32]

    def played(self, reverse: bool) -> Prediction:
        """What the network says of the clip played that way."""
        return self.backwards if reverse else self.forwards


@st.cache_resource(show_spinner=False)
def predictor() -> Predictor:
    """The line in front of the model, one for all visitors."""
    return Predictor()


@st.cache_resource(max_entries=48, show_spinner=False)
def _shelf(identity: str, asked: Asked, span: Span) -> dict[str, Answer]:
    """A place for one bundled clip's answer, filled by the first visitor who asks."""
    return {}


def answer(clip: Clip, asked: Asked, span: Span, words: Mapping[str, str]) -> Answer:
    """The answer to a clip, from the shelf or, with progress on the page, from the line.

    Raises TsmDemoError, with a sentence for the visitor, for a clip that cannot be used or a line that is full.
    """
    if clip.content is None:
        shelf = _shelf(clip.identity, asked, span)
        if "answer" not in shelf:
            shelf["answer"] = _ask(clip, asked, span, words)
        return shelf["answer"]
    own: dict[tuple[str, Asked, Span], Answer] = st.session_state.setdefault(SESSION_KEY, {})
    key = (clip.identity, asked, span)
    found = own.pop(key) if key in own else _ask(clip, asked, span, words)
    own[key] = found  # at the end: what was used last is dropped last
    while len(own) > 1 and sum(kept.sampled.frames.nbytes for kept in own.values()) > KEPT_BYTES:
        own.pop(next(iter(own)))
    return found


def _ask(clip: Clip, asked: Asked, span: Span, words: Mapping[str, str]) -> Answer:
    found: Answer = wait_in_line(clip, _job(asked, span), words)
    return found


def wait_in_line(clip: Clip, job: ClipJob, words: Mapping[str, str]) -> Any:
    """What a job on a clip returns, with progress on the page; the words of its steps are `step_STEP`."""
    with clip.on_disk() as path:
        ticket = predictor().submit(path, job)
        try:
            _show_progress(ticket, words)
            return ticket.result()
        finally:
            ticket.cancel()  # a visitor who leaves does not keep others waiting


@st.cache_resource(max_entries=64, show_spinner=False)
def _maps_of_bundled(
    identity: str, asked: Asked, span: Span, view: View, _answer: Answer
) -> NDArray[np.float32]:
    return _maps(asked, _answer.sampled, view, _answer.played(view.reverse))


def heat(clip: Clip, asked: Asked, span: Span, found: Answer, view: View) -> NDArray[np.float32]:
    """(T, h, w) Grad-CAM maps in 0..1; kept for bundled clips."""
    if view == found.first_view:
        return found.first_maps
    if clip.content is None:
        return _maps_of_bundled(clip.identity, asked, span, view, _answer=found)
    return _maps(asked, found.sampled, view, found.played(view.reverse))


def _maps(asked: Asked, sampled: SampledClip, view: View, answer: Prediction) -> NDArray[np.float32]:
    return explain(
        asked.network(), sampled, view.window, view.target, view.layer, reverse=view.reverse, answer=answer
    )


def _job(asked: Asked, span: Span) -> ClipJob:
    start_sec, end_sec = span or (None, None)

    def job(path: Path, report: Report) -> Answer:
        report("decode", 0.0)
        network = asked.network()
        started = time.perf_counter()
        sampled = read_for(
            network, path, start_sec, end_sec, report, frames=asked.frames, thorough=asked.thorough
        )
        decode_sec = time.perf_counter() - started
        forwards, backwards = (
            answer_clip(
                network,
                sampled,
                reverse=reverse,
                thorough=asked.thorough,
                on_progress=lambda step, share, begun=reverse / 2: report(step, begun + share / 2),  # type: ignore[misc]
            )
            for reverse in (False, True)
        )
        for played in (forwards, backwards):
            played.seconds["decode"] = decode_sec
        report("explain", 0.0)
        best = forwards.windows[forwards.explained].top[0].label
        view = View(forwards.explained, forwards.labels.index(best), LAYERS[-1], False)
        return Answer(sampled, forwards, backwards, view, _maps(asked, sampled, view, forwards))

    return job


def _show_progress(ticket: Ticket, words: Mapping[str, str]) -> None:
    """A bar on the page until the job has ended."""
    bar = st.empty()
    while not ticket.wait(0.1):
        step, share = ticket.progress()
        place = ticket.place()
        waiting = words["step_wait"].format(place=place) if place else words["step_begin"]
        text = words[f"step_{step}"] if step else waiting
        bar.progress(min(max(share, 0.0), 1.0), text=text)
    bar.empty()
