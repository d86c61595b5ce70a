"""The frame around every page."""

import runpy
from pathlib import Path

import streamlit as st

APP = Path(__file__).parents[2] / "app.py"
# Streamlit leaves a sixth of the first screen empty above the title, which would push each page's point below it.
STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.6rem; padding-bottom: 3rem; max-width: 84rem; }
h1 { padding-top: 0 !important; text-wrap: balance; }
@media (max-width: 40rem) { h1 { font-size: 1.6rem !important; } }
</style>"""
FRAMED = "framed"  # in the session state once app.py has run


def open_frame(title: str) -> None:
    """Browser title, width and the look shared by all pages; called by app.py before the page runs."""
    st.session_state[FRAMED] = True
    st.set_page_config(page_title=title, page_icon="⏩", layout="wide")
    st.html(STYLE)


def stay_in_frame() -> None:
    """Put the frame around this page when Streamlit started it without.

    It does so when the very first visit to a server is a link to a page in pages/: app.py has not yet called
    st.navigation then. Running app.py here calls it, and it runs the page, framed.
    """
    if FRAMED not in st.session_state:
        runpy.run_path(str(APP))
        st.stop()
