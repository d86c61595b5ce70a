"""Entry point: page frame and navigation, nothing else."""

import streamlit as st

from tsm_demo.ui.text import words

st.set_page_config(page_title="The Temporal Shift Module, explained", page_icon="⏩", layout="wide")
st.navigation(
    [
        st.Page("pages/start.py", title=words("start")["nav"], default=True),
        st.Page("pages/your_clip.py", title=words("your_clip")["nav"]),
    ],
    position="top",
).run()
