"""Page: the point of it all beside a clip, and the way to one's own, without importing torch."""

import streamlit as st

from tsm_demo.ui.clips import bundled_clip
from tsm_demo.ui.frame import stay_in_frame
from tsm_demo.ui.text import words

W = words("start")

stay_in_frame()
st.title(W["title"], anchor=False)
left, right = st.columns([6, 5], gap="large")
with left:
    st.markdown(W["lead"])
    st.markdown(W["point"])
    st.page_link("pages/your_clip.py", label=W["link"], icon=":material/upload_file:")
    st.markdown(W["link_text"])
with right:
    clip = bundled_clip("ball rolls right")
    st.video(str(clip.path), loop=True, autoplay=True, muted=True, alt=W["video_alt"])
st.divider()
st.markdown(W["soon"])
st.caption(W["source"])
