"""Page: one clip forwards and backwards, and what a network without and one with the shift says of each; no torch."""

import streamlit as st

from tsm_demo.ui.components.two_ways import two_ways
from tsm_demo.ui.frame import stay_in_frame
from tsm_demo.ui.sample_picker import pick_sample
from tsm_demo.ui.start_view import exhibit
from tsm_demo.ui.text import words

W = words("start")

stay_in_frame()
st.title(W["title"], anchor=False)
st.markdown(W["point"])
left, right = st.columns([7, 3], gap="large")
with right:
    st.markdown(W["lead"])
    chosen = pick_sample(W["pick"])
    st.page_link(
        "pages/your_clip.py",
        label=W["link"],
        icon=":material/search:",
        query_params={"clip": chosen.clip},
    )
    st.markdown(W["link_text"])
with left:
    two_ways(exhibit(chosen, W), key="two_ways")
st.divider()
st.caption(W["source"])
