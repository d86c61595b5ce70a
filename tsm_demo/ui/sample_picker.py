"""Choosing one of the sample clips on Start; the choice lives in the page's address."""

import streamlit as st

from tsm_demo.ui.address import Linked
from tsm_demo.viz.both_orders import BothOrders, plainest, read_results


def pick_sample(label: str) -> BothOrders:
    """The sample clip that the address asks for, or the one that makes the point most plainly."""
    results = {result.clip: result for result in read_results()}
    clip = Linked("start", "clip", {name: name for name in results}, plainest(read_results()).clip)
    return results[st.selectbox(label, **clip.widget())]
