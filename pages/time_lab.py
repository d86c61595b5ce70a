"""Page: the same clip and weights with one thing changed: what does a network really see; its opening needs no torch."""

import streamlit as st

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.ui.frame import stay_in_frame
from tsm_demo.ui.lab_choices import choose, chosen, chosen_clip
from tsm_demo.ui.lab_parts import show_parts
from tsm_demo.ui.lab_questions import show_questions
from tsm_demo.ui.lab_report import show_report
from tsm_demo.ui.lab_view import experiment, show_experiment, show_finding
from tsm_demo.ui.text import words

W = words("time_lab")

stay_in_frame()
st.title(W["title"], anchor=False)
finding = st.container()  # above the controls, so that a phone shows it first
choose(W)
try:
    found = experiment(chosen_clip(), chosen(), W)
    with finding:
        show_finding(found, W)
    show_experiment(found, W)
    st.subheader(W["parts"], anchor=False)
    show_parts(found.clip, found.window, W)
    show_report(found, W)
except TsmDemoError as error:
    st.error(str(error))
    st.markdown(W["problem_next"])
st.divider()
show_questions(chosen_clip())
