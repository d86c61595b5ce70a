"""Questions that people who use TSM ask: a short answer, an experiment that runs only when asked for, and a link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import streamlit as st

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.ui.address import Linked
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.lab_choices import OPENING_CLIP
from tsm_demo.ui.text import percent, words

Table = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What an experiment found: numbers for its sentence, and a table."""

    told: dict[str, str]
    table: Table


@dataclass(frozen=True, slots=True)
class Question:
    """Where its link leads, with which state; and whether the experiment looks at the clip."""

    page: str
    state: dict[str, str]
    needs_clip: bool = False


QUESTIONS = {
    "direction": Question("shift", {"frames": "4", "channels": "8", "fold": "4"}),
    "ratio": Question("shift", {"channels": "64", "fold": "8"}),
    "placement": Question("shift", {"placement": "in_place"}, needs_clip=True),
    "online": Question("shift", {"mode": "online"}, needs_clip=True),
    "frames": Question("shift", {"frames": "16"}, needs_clip=True),
    "maps": Question("your_clip", {"clip": OPENING_CLIP}, needs_clip=True),
    "memory": Question("cost", {"batch": "32"}),
}
ASKED = Linked("lab", "question", {name: name for name in QUESTIONS}, None)


@st.fragment
def show_questions(clip: Clip) -> None:
    """The gallery; nothing is computed until a question is chosen."""
    W = words("time_lab_questions")
    st.subheader(W["title"], anchor=False)
    st.markdown(W["point"])
    name = st.pills(W["pick"], format_func=lambda name: W[f"ask_{name}"], wrap=True, **ASKED.widget())
    if name is None:
        return
    question = QUESTIONS[name]
    with st.container(border=True):
        st.markdown(f"#### {W[f'ask_{name}']}")
        st.markdown(W[f"answer_{name}"])
        try:
            proof = _proved(name, clip, W)
            st.markdown(W[f"proof_{name}"].format(clip=clip.name, **proof.told))
            st.dataframe(proof.table, hide_index=True)
        except TsmDemoError as error:
            st.error(str(error))
        state = question.state
        if name == "maps" and clip.content is None:
            state = {"clip": clip.name}
        st.page_link(
            f"pages/{question.page}.py", label=W[f"link_{name}"], icon=":material/link:", query_params=state
        )
    st.caption(W["source"])


def _proved(name: str, clip: Clip, W: Mapping[str, str]) -> Proof:
    """The experiment's outcome, run now or kept from the last time."""
    from tsm_demo.ui.lab_kept import kept  # brings torch

    def run() -> Proof:
        if not QUESTIONS[name].needs_clip:
            with st.spinner(W["running"]):
                return PROOFS[name](Path(), W)
        from tsm_demo.ui.answers import wait_in_line

        def job(path: Path, report: Callable[[str, float], None]) -> Proof:
            report("forward", 0.0)
            return PROOFS[name](path, W)

        found: Proof = wait_in_line(clip, job, words("time_lab"))
        return found

    proof: Proof = kept(clip, ("question", name), run)
    return proof


def _direction(path: Path, W: Mapping[str, str]) -> Proof:
    from tsm_demo.analysis.question_proofs import shifted_numbers

    moved = shifted_numbers()
    columns = {W["column_channel"].format(channel=at): column.tolist() for at, column in enumerate(moved.T)}
    return Proof({}, {W["column_frame"]: list(range(1, len(moved) + 1)), **columns})


def _ratio(path: Path, W: Mapping[str, str]) -> Proof:
    from tsm_demo.analysis.question_proofs import moved_channels

    channels, folds = 64, (4, 8, 16)
    both = [moved_channels(channels, fold) for fold in folds]
    online = [moved_channels(channels, fold, "online") for fold in folds]

    def told(moved: int) -> str:
        return W["channels"].format(moved=moved, all=channels)

    return Proof(
        {},
        {
            W["column_fold"]: list(folds),
            W["column_each"]: [told(moved // 2) for moved in both],
            W["column_all"]: list(map(told, both)),
            W["column_online"]: list(map(told, online)),
        },
    )


def _placement(path: Path, W: Mapping[str, str]) -> Proof:
    from tsm_demo.analysis.question_proofs import placement_proof

    found = placement_proof(path)
    return Proof(
        {"apart": f"{found.operation_apart:g}"},
        {
            W["column_shift"]: [W[f"placement_{placement}"] for placement in found.answers],
            W["column_answer"]: [answer.label for answer in found.answers.values()],
            W["column_score"]: [f"{answer.score:.4%}" for answer in found.answers.values()],
        },
    )


def _online(path: Path, W: Mapping[str, str]) -> Proof:
    from tsm_demo.analysis.question_proofs import online_proof

    rows = online_proof(path)
    return Proof(
        {},
        {
            W["column_weights"]: [W[f"kind_{weights}"] for weights, _, _ in rows],
            W["column_runs"]: [W[f"kind_{shift}"] for _, shift, _ in rows],
            W["column_answer"]: [answer.label for _, _, answer in rows],
            W["column_score"]: [percent(answer.score) for _, _, answer in rows],
        },
    )


def _frames(path: Path, W: Mapping[str, str]) -> Proof:
    from tsm_demo.analysis.question_proofs import frame_count_proof

    found = frame_count_proof(path)
    return Proof(
        {},
        {
            W["column_count"]: list(found),
            W["column_answer"]: [answer.label for answer in found.values()],
            W["column_score"]: [percent(answer.score) for answer in found.values()],
        },
    )


def _maps(path: Path, W: Mapping[str, str]) -> Proof:
    from tsm_demo.analysis.question_proofs import map_proof

    found = map_proof(path)
    names = [field.name for field in fields(found)]
    return Proof(
        {},
        {
            W["column_what"]: [W[f"map_{name}"] for name in names],
            W["column_apart"]: [f"{getattr(found, name):.3g}" for name in names],
        },
    )


def _memory(path: Path, W: Mapping[str, str]) -> Proof:
    from tsm_demo.analysis.question_proofs import memory_proof

    found = memory_proof()
    names = [field.name for field in fields(found)]
    return Proof(
        {},
        {
            W["column_what"]: [W[f"memory_{name}"] for name in names],
            W["column_memory"]: [f"{getattr(found, name) / 1e6:,.0f} MB" for name in names],
        },
    )


PROOFS: dict[str, Callable[[Path, Mapping[str, str]], Proof]] = {
    "direction": _direction,
    "ratio": _ratio,
    "placement": _placement,
    "online": _online,
    "frames": _frames,
    "maps": _maps,
    "memory": _memory,
}
