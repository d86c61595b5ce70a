"""Entry point: page frame and navigation, nothing else."""

import streamlit as st

from tsm_demo.ui.address import follow_address
from tsm_demo.ui.frame import open_frame
from tsm_demo.ui.text import words

follow_address()
open_frame(words("start")["browser_title"])
st.navigation(
    [
        st.Page("pages/start.py", title=words("start")["nav"], default=True),
        st.Page("pages/shift.py", title=words("shift")["nav"]),
        st.Page("pages/cost.py", title=words("cost")["nav"]),
        st.Page("pages/results.py", title=words("results")["nav"]),
        st.Page("pages/your_clip.py", title=words("your_clip")["nav"]),
        st.Page("pages/time_lab.py", title=words("time_lab")["nav"]),
    ],
    position="top",
).run()
