"""Page: a clip's label, its course over time, and Grad-CAM on every sampled frame."""

import streamlit as st

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.ui.answer_view import show_answer
from tsm_demo.ui.answers import answer
from tsm_demo.ui.clip_picker import pick
from tsm_demo.ui.fetch_view import show_asked
from tsm_demo.ui.frame import stay_in_frame
from tsm_demo.ui.text import words
from tsm_demo.ui.windows import choose_span

W = words("your_clip")

stay_in_frame()
st.title(W["title"], anchor=False)
lead = st.empty()
clip, asked = pick(W)
lead.markdown(W["lead"] if asked.embedded else W["lead_other"])
try:
    found = answer(clip, asked, None, W)
    span = choose_span(found.sampled.info.duration_sec, W)
    if span is not None:
        found = answer(clip, asked, span, W)
    for warning in found.forwards.warnings:
        st.warning(warning)
    show_answer(clip, asked, span, found, W)
except TsmDemoError as error:
    st.error(str(error))
    st.markdown(W["problem_next"])
st.divider()
if asked.embedded:
    st.markdown(W["knows"].format(labels=", ".join(MOTION_LABELS)))
else:
    show_asked(asked)
st.caption(W["link_note"])
