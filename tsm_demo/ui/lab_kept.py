"""What Time lab computed, kept: shared for bundled clips, in the session for a visitor's own; no torch."""

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from tsm_demo.ui.clips import Clip
from tsm_demo.ui.own_clip import MADE_PREFIX

KEPT_OWN = 400  # results, all small: scores, maps, tables


@st.cache_resource(max_entries=800, show_spinner=False)
def _shared_shelf(identity: str, asked: Hashable) -> dict[str, Any]:
    return {}


def shelf(clip: Clip, asked: Hashable) -> dict[str, Any]:
    """The place of one result: empty until somebody puts it there as "result"."""
    if clip.content is None:
        return _shared_shelf(clip.identity, asked)
    own = st.session_state.setdefault(f"{MADE_PREFIX}lab", {})
    own[asked] = place = own.pop(asked, {})  # at the end: what was used last is dropped last
    while len(own) > KEPT_OWN:
        own.pop(next(iter(own)))
    found: dict[str, Any] = place
    return found


def kept(clip: Clip, asked: Hashable, make: Callable[[], Any]) -> Any:
    """The result that was asked for; made by the first who asks. Raises what `make` raises."""
    place = shelf(clip, asked)
    if "result" not in place:
        place["result"] = make()
    return place["result"]
