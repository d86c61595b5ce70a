"""Choosing a clip: a bundled one by its name, or one's own by dropping it."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.ui.clips import OWN, UPLOAD_TYPES, Clip, bundled_clip, bundled_labels, spoken, uploaded_clip

UPLOAD_KEY, KEPT_KEY, CLIP_KEY = "upload", "kept_upload", "clip"
OF_ONE_CLIP = ("span", "window", "explain")  # choices that mean nothing for the next clip


def pick_clip(words: Mapping[str, str]) -> Clip:
    """The chosen clip. The choice is in the page's address; an upload is kept while the visit lasts."""
    left, right = st.columns([2, 3], vertical_alignment="top")
    with right:
        st.file_uploader(
            words["upload"],
            type=UPLOAD_TYPES,
            key=UPLOAD_KEY,
            on_change=_keep_upload,
            help=words["upload_help"],
        )
    kept: Clip | None = st.session_state.get(KEPT_KEY)
    names = [*bundled_labels(), *([OWN] if kept else [])]
    with left:
        name = st.selectbox(
            words["pick"],
            names,
            key=CLIP_KEY,
            format_func=lambda n: words["own"].format(name=kept.name) if n == OWN and kept else spoken(n),
            on_change=forget_view,
            bind="query-params",
        )
    return kept if name == OWN and kept else bundled_clip(name)


def forget_view() -> None:
    """Drop what was chosen for another clip."""
    for key in OF_ONE_CLIP:
        st.session_state.pop(key, None)


def _keep_upload() -> None:
    """A dropped clip becomes the chosen one; a removed one gives way to the first that is here."""
    upload = st.session_state[UPLOAD_KEY]
    forget_view()
    if upload is None:
        st.session_state.pop(KEPT_KEY, None)
        st.session_state[CLIP_KEY] = next(iter(bundled_labels()))
    else:
        st.session_state[KEPT_KEY] = uploaded_clip(upload.name, upload.getvalue())
        st.session_state[CLIP_KEY] = OWN
