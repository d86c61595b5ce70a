"""Page: the point of it all in one picture, and the way to one's own clip. Imports no torch."""

import streamlit as st

from tsm_demo.ui.text import words

W = words("start")

st.title(W["title"], anchor=False)
st.markdown(W["lead"])
st.page_link("pages/your_clip.py", label=W["link"], icon=":material/upload_file:")
st.markdown(W["link_text"])
st.divider()
st.markdown(W["soon"])
st.caption(W["source"])
