"""The costs side by side under their controls, and everything on the page that follows these controls."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.analysis.stored_timing import reference_timings
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.ui import measurements
from tsm_demo.ui.cost_choices import choose
from tsm_demo.ui.cost_growth_view import show_growth
from tsm_demo.ui.cost_memory_view import show_memory
from tsm_demo.ui.cost_view import Timings, counted, finding, moved, panels, refusals
from tsm_demo.ui.cost_where_view import show_where
from tsm_demo.ui.count_view import show_count
from tsm_demo.ui.measure_view import show_measure
from tsm_demo.viz.cost_bars import cost_bars


@st.fragment
def explorer(words: Mapping[str, str]) -> None:
    """Bars above, controls below them; the bars are sent first, so that a control's effect waits for nothing else."""
    board = st.container()
    choice = choose(words)
    try:
        shown = counted(choice, words)
    except TsmDemoError as error:
        board.error(" ".join([str(error), words["problem_next"]]))
        return
    with board:
        st.markdown(finding(choice, words))
        st.html(cost_bars(panels(shown, choice, Timings(measurements.own(), reference_timings()), words)))
        st.caption(" ".join([moved(choice, words), *refusals(shown, words)]))
    st.divider()
    show_where(shown, choice.unit)
    st.divider()
    show_growth(shown, choice)
    st.divider()
    show_count(choice.fold_div)
    st.divider()
    show_memory(choice)
    st.divider()
    networks = {item.name: item.cost.spec for item in shown if not item.refused}
    show_measure(networks, choice.frames, choice.size, choice.batch)
