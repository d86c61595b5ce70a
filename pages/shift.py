"""Page: the channel shift on a grid of frames and channels, with the code that does it."""

import streamlit as st

from tsm_demo.ui.frame import stay_in_frame
from tsm_demo.ui.shift_explorer import explorer
from tsm_demo.ui.text import words

W = words("shift")

stay_in_frame()
st.title(W["title"], anchor=False)
st.markdown(W["point"])
explorer(W)
st.caption(W["source"])
