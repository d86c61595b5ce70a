"""The visitor's own clip: kept in the session for all pages, with all that was made of it; no torch."""

import streamlit as st

from tsm_demo.ui.clips import Clip, uploaded_clip

KEPT_KEY = "kept_upload"
MADE_PREFIX = "own_"  # of the session's keys for what was computed from it


def own_clip() -> Clip | None:
    """The clip, if one was dropped on any page."""
    kept: Clip | None = st.session_state.get(KEPT_KEY)
    return kept


def keep_own(name: str, content: bytes) -> None:
    """Put a clip in the place of the last one."""
    forget_own()
    st.session_state[KEPT_KEY] = uploaded_clip(name, content)


def forget_own() -> None:
    """Drop the clip, and all that was made of it."""
    st.session_state.pop(KEPT_KEY, None)
    for key in [key for key in st.session_state if str(key).startswith(MADE_PREFIX)]:
        del st.session_state[key]
