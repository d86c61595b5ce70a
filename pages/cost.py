"""Page: what 2D, TSM and 3D cost in multiply-adds, parameters, memory and time, and where it goes."""

import streamlit as st

from tsm_demo.ui.cost_explorer import explorer
from tsm_demo.ui.frame import stay_in_frame
from tsm_demo.ui.text import words

W = words("cost")

stay_in_frame()
st.title(W["title"], anchor=False)
st.markdown(W["point"])
explorer(W)
st.caption(W["source"])
