"""Choosing a clip: a bundled one by its name, or one's own by dropping it."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.ui.asked import Asked
from tsm_demo.ui.clips import UPLOAD_TYPES, Clip, bundled_clip, bundled_labels
from tsm_demo.ui.fetch_view import show_more
from tsm_demo.ui.network_picker import pick_network
from tsm_demo.ui.own_clip import forget_own, keep_own, own_clip
from tsm_demo.ui.text import words

UPLOAD_KEY, CLIP_KEY = "upload", "clip"


def pick(page: Mapping[str, str]) -> tuple[Clip, Asked]:
    """The chosen clip and network. Both are in the page's address; an upload is kept while the visit lasts."""
    arriving = UPLOAD_KEY not in st.session_state  # Streamlit forgets the uploader with its page
    menus, right = st.columns([6, 5], vertical_alignment="top")
    left, middle = menus.columns(2)
    with right:
        st.file_uploader(
            page["upload"],
            type=UPLOAD_TYPES,
            key=UPLOAD_KEY,
            on_change=_keep_upload,
        )
        st.caption(page["upload_limits"])
    kept = own_clip()
    if kept and not st.session_state.get(
        UPLOAD_KEY
    ):  # dropped before a change of page: the uploader has forgotten
        right.button(page["remove"].format(name=kept.name), on_click=_remove_own, key="remove")
    # What a menu shows is what stands in the address, so the options are said plainly and never change.
    names = [*bundled_labels(), *([page["own"]] if kept else [])]
    if arriving:
        _follow_link(names)
    with left:
        name = st.selectbox(
            page["pick"],
            names,
            key=CLIP_KEY,
            on_change=forget_view,
            bind="query-params",
        )
    with middle:
        asked = pick_network(forget_view)
    with menus:
        show_more()
    # An empty value in the address leaves a widget without any: the first of the list then.
    clip = kept if kept and name == page["own"] else bundled_clip(name or names[0])
    return clip, asked


def _follow_link(names: list[str]) -> None:
    """Let a link from another page win over the clip that was chosen here before.

    Streamlit alone does so but for the first clip of the list: a default counts as no choice.
    """
    asked = st.query_params.get(CLIP_KEY)
    if asked in names and st.session_state.get(CLIP_KEY, asked) != asked:
        forget_view()
        st.session_state[CLIP_KEY] = asked


def forget_view() -> None:
    """Set what was chosen for another clip back.

    By assignment: a value that is merely dropped comes back from the page's address.
    """
    page = words("your_clip")
    st.session_state.update(explain=page["best_label"], window=page["surest"], span=None)


def _keep_upload() -> None:
    """A dropped clip becomes the chosen one; a removed one gives way to the first that is here."""
    upload = st.session_state[UPLOAD_KEY]
    if upload is None:
        _remove_own()
        return
    forget_view()
    keep_own(upload.name, upload.getvalue())
    st.session_state[CLIP_KEY] = words("your_clip")["own"]


def _remove_own() -> None:
    """Drop the visitor's clip and all that was made of it."""
    forget_view()
    forget_own()
    st.session_state[CLIP_KEY] = next(iter(bundled_labels()))
