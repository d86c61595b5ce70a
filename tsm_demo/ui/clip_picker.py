"""Choosing a clip: a bundled one by its name, or one's own by dropping it."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.ui.clips import UPLOAD_TYPES, Clip, bundled_clip, bundled_labels, uploaded_clip
from tsm_demo.ui.text import words

UPLOAD_KEY, KEPT_KEY, CLIP_KEY = "upload", "kept_upload", "clip"
NETWORKS = {"TSM": "motion", "2D": "motion_tsn"}  # as named in the menu and in the address
OF_ONE_CLIP = ("span", "window", "explain")  # choices that mean nothing for the next clip


def pick(page: Mapping[str, str]) -> tuple[Clip, str]:
    """The chosen clip and network. Both are in the page's address; an upload is kept while the visit lasts."""
    left, middle, right = st.columns([3, 3, 5], vertical_alignment="top")
    with right:
        st.file_uploader(
            page["upload"],
            type=UPLOAD_TYPES,
            key=UPLOAD_KEY,
            on_change=_keep_upload,
            help=page["upload_help"],
        )
    kept: Clip | None = st.session_state.get(KEPT_KEY)
    # What a menu shows is what stands in the address, so the options are said plainly and never change.
    names = [*bundled_labels(), *([page["own"]] if kept else [])]
    with left:
        name = st.selectbox(
            page["pick"],
            names,
            key=CLIP_KEY,
            on_change=forget_view,
            bind="query-params",
        )
    with middle:
        model = st.selectbox(
            page["network"],
            list(NETWORKS),
            key="model",
            help=page["network_help"],
            bind="query-params",
        )
    return (kept if kept and name == page["own"] else bundled_clip(name)), NETWORKS[model]


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
        st.session_state[CLIP_KEY] = words("your_clip")["own"]
