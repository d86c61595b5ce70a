"""Published networks on their way to this server, as one visitor sees them: asked for, waited for, given up, here."""

from collections.abc import Collection
from uuid import uuid4

import streamlit as st

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.models.cache import is_cached
from tsm_demo.serving.fetch import Fetcher, Fetching, FetchRequest
from tsm_demo.serving.line import CancelledError

VISITOR, GOING, SAID, ARRIVED = "visitor", "fetching", "fetch_said", "fetch_arrived"  # in the session state


@st.cache_resource(show_spinner=False)
def _fetcher() -> Fetcher:
    return Fetcher()


def begin(name: str) -> None:
    """Ask for a network; a full line leaves its sentence. Nothing else in the interface starts a download."""
    _said().pop(name, None)
    try:
        _going()[name] = _fetcher().fetch(FetchRequest.of(name), _visitor())
    except TsmDemoError as error:
        _said()[name] = str(error)


def give_up(name: str) -> None:
    """Wait for it no longer; it goes on for others who do."""
    if name in _going():
        _going().pop(name).leave(_visitor())


def going(name: str) -> Fetching | None:
    """The download that the visitor waits for; None when there is none, or it has ended: then `trouble` may say why."""
    found = _going().get(name)
    if found is None or not found.ended():
        return found
    del _going()[name]
    try:
        found.result()
        st.session_state[ARRIVED] = name
    except CancelledError:
        pass
    except TsmDemoError as error:
        _said()[name] = str(error)
    return None


def arrived(names: Collection[str]) -> str | None:
    """The network that has come since this was asked last, if it is one of these."""
    name: str | None = st.session_state.get(ARRIVED)
    if name not in names:
        return None
    del st.session_state[ARRIVED]
    return name


def trouble(name: str) -> str | None:
    """Why the last try brought nothing, in a sentence."""
    return None if is_cached(name) else _said().get(name)


def _visitor() -> str:
    visitor: str = st.session_state.setdefault(VISITOR, uuid4().hex)
    return visitor


def _going() -> dict[str, Fetching]:
    found: dict[str, Fetching] = st.session_state.setdefault(GOING, {})
    return found


def _said() -> dict[str, str]:
    found: dict[str, str] = st.session_state.setdefault(SAID, {})
    return found
