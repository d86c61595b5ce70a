"""Choosing one of the sample clips on Start; the choice lives in the page's address."""

import streamlit as st

from tsm_demo.viz.both_orders import BothOrders, plainest, read_results

KEY, PARAMETER = "start_clip", "clip"


def pick_sample(label: str) -> BothOrders:
    """The sample clip that the address asks for, or the one that makes the point most plainly.

    Not bound by Streamlit: Your clip binds the same parameter, and Streamlit 1.67 drops a bound one on the way from one
    page to another, so that the link from here to there would lose its clip.
    """
    results = {result.clip: result for result in read_results()}
    asked = st.query_params.get(PARAMETER)
    st.session_state[KEY] = asked if asked in results else plainest(read_results()).clip
    return results[st.selectbox(label, list(results), key=KEY, on_change=_to_address)]


def _to_address() -> None:
    st.query_params[PARAMETER] = st.session_state[KEY]
