"""Page: what the shift buys: accuracy against cost as published, its relatives, and what was measured here; no torch."""

import streamlit as st

from tsm_demo.ui.frame import stay_in_frame
from tsm_demo.ui.results_family import show_family
from tsm_demo.ui.results_fold import show_folds
from tsm_demo.ui.results_measured import show_measured
from tsm_demo.ui.results_online import show_online
from tsm_demo.ui.results_slope import show_slopes
from tsm_demo.ui.results_view import show_accuracy_cost
from tsm_demo.ui.text import words

W = words("results")

stay_in_frame()
st.title(W["title"], anchor=False)
st.markdown(W["point"])
show_accuracy_cost()
st.divider()
show_slopes()
st.divider()
show_family()
st.divider()
show_online()
st.divider()
show_measured()
st.divider()
show_folds()
st.divider()
st.caption(W["source"])
