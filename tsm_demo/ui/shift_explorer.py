"""The grid with its controls, and the answers to what people ask about it."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.ui.components.shift_grid import shift_grid
from tsm_demo.ui.shift_choices import CELL, CELLS, ShiftChoice, choose
from tsm_demo.ui.shift_view import exhibit, fraction_note, summary, table
from tsm_demo.ui.why_view import show_why


@st.fragment
def explorer(words: Mapping[str, str]) -> None:
    """Everything that follows the controls; the grid is drawn first, so its answer does not wait for the rest."""
    choice = _show_grid(words)
    show_why(choice.n_segment, choice.channels, choice.fold_div, choice.mode)
    st.divider()
    _show_trips(choice, words)


def _show_grid(words: Mapping[str, str]) -> ShiftChoice:
    """Grid above, controls below: the picture is what a phone shows first."""
    board, tale = st.container(), st.container()
    choice = choose(words)
    tiles = None
    cells = st.segmented_control(
        words["cells"], format_func=lambda name: words[f"cells_{name}"], required=True, **CELL.widget()
    )
    if cells == CELLS[1]:
        from tsm_demo.ui.shift_maps import maps_of_clip  # brings torch

        try:
            tiles = maps_of_clip(choice, words)
        except TsmDemoError as error:
            st.error(" ".join([str(error), words["problem_next"]]))
    with board:
        shift_grid(exhibit(choice, words, tiles), key="shift_grid")
    tale.markdown(summary(choice, words))
    with st.expander(words["table"], on_change="rerun", key="shift_table") as shown:
        if shown.open:
            st.table(table(choice, words))
    return choice


def _show_trips(choice: ShiftChoice, words: Mapping[str, str]) -> None:
    """Questions that come up again and again, in two columns."""
    st.subheader(words["trips"], anchor=False)
    texts = {
        "trip_fold_title": fraction_note(choice, words),
        "trip_way_title": words["trip_way"],
        "trip_place_title": words["trip_place"],
        "trip_online_title": words["trip_online"],
    }
    columns = st.columns(2, gap="large")
    for at, (title, text) in enumerate(texts.items()):
        columns[at % 2].markdown(f"**{words[title]}** {text}")
