"""Answers to a changed clip: asked for once, in the line, then kept; those to a visitor's own clip in the session."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import streamlit as st

from tsm_demo.analysis.orders import Change, changed, read_speeds
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.models.networks import load_network
from tsm_demo.serving.line import Report
from tsm_demo.ui.answers import wait_in_line
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.lab_choices import ORDERS, Shown
from tsm_demo.ui.lab_kept import shelf
from tsm_demo.ui.own_clip import MADE_PREFIX
from tsm_demo.video.clip import SampledClip
from tsm_demo.viz.scored import scored
from tsm_demo.viz.two_answers import ScoredClip, TwoAnswers

Speeds = dict[float, SampledClip]
READER = "motion"  # all embedded networks look at the same frames
KEPT_CLIPS = 4  # bundled ones, decoded: some 12 MB each
FILMED = Change()


def change_of(shown: Shown) -> Change:
    """The page's choice, as the analysis takes it."""
    names = {"frame": "frozen_at"}
    return Change(**{names.get(name, name): value for name, value in asdict(shown).items()})


@st.cache_resource(max_entries=KEPT_CLIPS, show_spinner=False)
def _clip_shelf(identity: str) -> dict[str, Speeds]:
    return {}


def decoded(clip: Clip, words: Mapping[str, str]) -> Speeds:
    """The clip, decoded once, at every speed. Raises TsmDemoError with a sentence for the visitor."""
    own = st.session_state.setdefault(f"{MADE_PREFIX}decoded", {})
    shelf = _clip_shelf(clip.identity) if clip.content is None else own
    if "clip" not in shelf:

        def job(path: Path, report: Report) -> Speeds:
            report("decode", 0.0)
            return read_speeds(load_network(READER), path, on_progress=report)

        shelf["clip"] = wait_in_line(clip, job, words)
    speeds: Speeds = shelf["clip"]
    return speeds


def ask(
    clip: Clip, window: int, shown: Shown, networks: Sequence[str], words: Mapping[str, str]
) -> dict[str, TwoAnswers]:
    """What each network says of a window as filmed and as shown. Raises TsmDemoError."""
    speeds, change = decoded(clip, words), change_of(shown)
    wanted = [(network, way) for network in networks for way in (FILMED, change)]
    missing = [
        (network, way) for network, way in wanted if "result" not in _shelf(clip, window, network, way)
    ]
    if missing:

        def job(path: Path, report: Report) -> list[ScoredClip]:
            made = []
            for at, (network, way) in enumerate(missing):
                report("forward", at / len(missing))
                made.append(answered(speeds, window, network, way))
            return made

        for (network, way), answer in zip(missing, wait_in_line(clip, job, words), strict=True):
            _shelf(clip, window, network, way)["result"] = answer
    return {
        network: TwoAnswers(*(_shelf(clip, window, network, way)["result"] for way in (FILMED, change)))
        for network in networks
    }


def answered(speeds: Speeds, window: int, network: str, change: Change) -> ScoredClip:
    """One network's answer to one window, computed."""
    return scored(answer_clip(load_network(network), one_window(speeds, window, change)))


def one_window(speeds: Speeds, window: int, change: Change) -> SampledClip:
    """The changed clip with this window alone, and no frames but those that it shows at some speed.

    So a long clip costs no more than a short one, and two changes of a window share their frames.
    """
    clip = speeds[FILMED.speed]  # all speeds have the same frames
    used = sorted({row for way in speeds.values() for row in way.windows[window].rows})
    new = {row: at for at, row in enumerate(used)}
    cut = replace(clip, frames=clip.frames[used], indices=clip.indices[used], times_sec=clip.times_sec[used])
    alone = {}
    for speed, way in speeds.items():
        shown = way.windows[window]
        rows = tuple(new[row] for row in shown.rows)
        alone[speed] = replace(cut, windows=(replace(shown, rows=rows),))
    return changed(alone, change)


def _shelf(clip: Clip, window: int, network: str, change: Change) -> dict[str, Any]:
    return shelf(clip, (window, network, _plain(change)))


def _plain(change: Change) -> Change:
    """Without what does not matter: a seed where nothing is shuffled, a frame where nothing is frozen."""
    return replace(
        change,
        seed=change.seed if change.order == ORDERS[2] else 0,
        frozen_at=change.frozen_at if change.order == ORDERS[3] else 0,
    )
