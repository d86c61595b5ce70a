"""One clip shown in two ways, and what each network says of both: the first section of Time lab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.components.frame_order import frame_order
from tsm_demo.ui.lab_choices import SHOWN, Shown, T, choose_window, freeze
from tsm_demo.ui.lab_frames import (
    Film,
    frame_rows,
    other_speed_film,
    reordered_film,
    stored_film,
)
from tsm_demo.ui.text import percent
from tsm_demo.viz.answer_card import STYLE, Way, answer_bars, answer_courses
from tsm_demo.viz.both_orders import read_results
from tsm_demo.viz.stored_orders import read_stored
from tsm_demo.viz.two_answers import TwoAnswers, grouped

MOVED = ("flips", "changes")
TOLD_FIRST = ("motion_tsn", "motion")  # the pair that the page is about


@dataclass(frozen=True, eq=False)
class Experiment:
    """A window of a clip shown in a way, and the answers."""

    clip: Clip
    window: int
    shown: Shown
    how: str  # in words
    film: Film
    answers: dict[str, TwoAnswers]
    notes: tuple[str, ...] = ()  # what a visitor should know of these frames
    stored: bool = False


def experiment(clip: Clip, shown: Shown, words: Mapping[str, str]) -> Experiment:
    """The answers of the chosen networks: stored where nothing but time runs backwards, else computed.

    Raises TsmDemoError with a sentence for the visitor.
    """
    networks = SHOWN.asked()
    how = told(shown, words)
    if clip.content is None and shown.only_order and shown.order in ("forwards", "backwards"):
        (result,) = (result for result in read_results() if result.clip == clip.name)
        places = tuple(range(T))[:: -1 if shown.order == "backwards" else 1]
        stored = {network: read_stored()[clip.name][network] for network in networks}
        if shown.as_filmed:
            stored = {network: TwoAnswers(both.filmed, both.filmed) for network, both in stored.items()}
        return Experiment(clip, 0, shown, how, stored_film(result, places), stored, stored=True)
    return _computed(clip, shown, how, networks, words)


def _computed(
    clip: Clip, shown: Shown, how: str, networks: Sequence[str], words: Mapping[str, str]
) -> Experiment:
    # Imported here, because the page's opening needs no torch.
    from tsm_demo.analysis.liveliest import liveliest
    from tsm_demo.analysis.orders import held_frames
    from tsm_demo.ui.lab_answers import FILMED, ask, change_of, decoded, one_window

    speeds = decoded(clip, words)
    windows = speeds[1.0].windows
    window = choose_window([w.start_sec for w in windows], liveliest(speeds[1.0]), words)
    change = change_of(shown)
    filmed, other = one_window(speeds, window, FILMED), one_window(speeds, window, change)
    film = (
        reordered_film(filmed, change.places(T))
        if shown.speed == 1.0
        else other_speed_film(filmed, one_window(speeds, window, change))
    )
    held = held_frames(other, 0) if shown.speed > 1 else 0
    notes = (
        *speeds[1.0].warnings,
        *([words["held"].format(held=held, count=len(other.windows[0].rows))] if held else []),
    )
    answers = ask(clip, window, shown, networks, words)
    return Experiment(clip, window, shown, how, film, answers, notes)


def told(shown: Shown, words: Mapping[str, str]) -> str:
    """What is done to the clip: "backwards, at half speed, mirrored"."""
    parts = [words[f"how_{shown.order}"].format(frame=shown.frame + 1)]
    parts += [words["how_half" if shown.speed < 1 else "how_double"]] if shown.speed != 1 else []
    parts += [words["how_mirrored"]] if shown.mirrored else []
    if len(parts) > 1 and shown.order == "forwards":
        parts = parts[1:]  # forwards goes without saying
    return ", ".join(parts)


def show_finding(found: Experiment, words: Mapping[str, str]) -> None:
    """Which networks notice, and why."""
    st.header(headline(found, words), anchor=False)
    st.markdown(reasons(found, words))
    for note in found.notes:
        st.caption(note)


def show_experiment(found: Experiment, words: Mapping[str, str]) -> None:
    """The frames in both orders, a card for each network, and all scores."""
    st.html(STYLE)
    frame_order(
        frame_rows(found.film, found.shown, found.how, words),
        key="lab_frames",
        on_click=lambda at: freeze(nearest(found.film, at)),
    )
    st.caption(words["key_filmed" if found.shown.as_filmed else "key"].format(how=found.how))
    for column, (network, both) in zip(
        st.columns(len(found.answers), gap="small"), found.answers.items(), strict=True
    ):
        with column.container(border=True, height="stretch"):
            _show_card(network, both, found, words)
    told = [words["courses_text"], *([words["courses_2d"]] if found.shown.only_order else [])]
    st.caption(" ".join(told))
    with st.expander(words["table"], on_change="rerun", key="lab_table") as table:
        if table.open:
            st.dataframe(scores_table(found, words), hide_index=True)
    st.caption(words["stored" if found.stored else "computed"])


def nearest(film: Film, at: int) -> int:
    """The sampled frame, counted from 0, that lies nearest to a position in the film."""
    return min(range(len(film.filmed)), key=lambda frame: abs(film.filmed[frame] - at))


def headline(found: Experiment, words: Mapping[str, str]) -> str:
    """Which networks notice."""
    how = found.how[0].upper() + found.how[1:]
    if found.shown.as_filmed:
        return words["head_filmed"]
    groups = {"rounding": ("rounding",), "guesses": ("guesses",), "keeps": ("keeps",), "moved": MOVED}
    parts = []
    for part, outcomes in groups.items():
        names = grouped(found.answers, outcomes)  # type: ignore[arg-type]
        if names:
            parts.append(
                words[f"head_{part}"].format(networks=listed([words[f"net_{n}"] for n in names], words))
            )
    return f"{how}: {'; '.join(parts)}."


def reasons(found: Experiment, words: Mapping[str, str]) -> str:
    """Why: what is the same in both ways, and what is not."""
    if found.shown.as_filmed:
        return words["why_filmed"]
    said = [
        words["short"].format(network=words[f"net_{network}"], text=verdict(network, both, found, words))
        for network, both in found.answers.items()
        if network in TOLD_FIRST
    ]
    return " ".join([*said, words["why_order" if found.shown.only_order else "why_frames"]])


def listed(names: Sequence[str], words: Mapping[str, str]) -> str:
    """ "2D, TSM and 3D"."""
    return names[0] if len(names) == 1 else words["and"].format(first=", ".join(names[:-1]), last=names[-1])


def verdict(network: str, both: TwoAnswers, found: Experiment, words: Mapping[str, str]) -> str:
    """One network's answers, and what the change did to them."""
    name = "verdict_filmed" if found.shown.as_filmed else f"verdict_{both.outcome}"
    return words[name].format(
        filmed=both.filmed.label,
        filmed_score=percent(both.filmed.score),
        shown=both.shown.label,
        shown_score=percent(both.shown.score),
        difference=small(both.largest_difference),
        points=f"{100 * both.largest_difference:.2g}",
        how=found.how,
    )


def small(number: float) -> str:
    """7.45e-09 to "7.5 × 10⁻⁹"."""
    if number == 0:
        return "0"
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def _show_card(network: str, both: TwoAnswers, found: Experiment, words: Mapping[str, str]) -> None:
    sign = (
        ""
        if found.shown.as_filmed
        else {"rounding": "= ", "guesses": "? ", "keeps": "≈ "}.get(both.outcome, "≠ ")
    )
    st.markdown(f"#### {sign}{words[f'net_{network}']}")
    st.markdown(verdict(network, both, found, words))
    bars, courses = card_parts(network, both, found, words)
    st.html(bars)
    st.html(courses)


def card_parts(
    network: str, both: TwoAnswers, found: Experiment, words: Mapping[str, str]
) -> tuple[str, str]:
    """HTML of a network's bars and of its course."""
    items = ", ".join(
        words["bars_item"].format(
            label=MOTION_LABELS[label],
            filmed=percent(float(both.filmed.scores[label])),
            shown=percent(float(both.shown.scores[label])),
        )
        for label in both.top_labels()
    )
    film = found.film
    ways = (
        Way(words["as_filmed"], film.numbers_of(film.filmed)),
        Way(found.how, film.numbers_of(film.shown)),
    )
    labels = listed(list(dict.fromkeys([both.filmed.label, both.shown.label])), words)
    return (
        answer_bars(
            both, network, words["bars_alt"].format(how=found.how, items=items), found.shown.as_filmed
        ),
        answer_courses(both, network, ways, words["courses_alt"].format(labels=labels, how=found.how)),
    )


def scores_table(found: Experiment, words: Mapping[str, str]) -> dict[str, list[object]]:
    """Every score of every network, both ways."""
    table: dict[str, list[object]] = {words["column_label"]: list(MOTION_LABELS)}
    for network, both in found.answers.items():
        for way, scores in ((words["as_filmed"], both.filmed.scores), (found.how, both.shown.scores)):
            table[f"{words[f'net_{network}']}, {way}"] = [float(score) for score in scores]
    return table
