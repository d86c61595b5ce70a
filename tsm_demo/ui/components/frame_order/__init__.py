"""The frames of a clip as filmed and as they are shown to networks, one above the other, with a line for each frame."""

import base64
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

_FOLDER = Path(__file__).parent
CLICKED = "clicked"  # the event: the position of the clicked frame in `FrameOrder.numbers`, counted from 0


@dataclass(frozen=True, slots=True)
class Row:
    """One order of the frames."""

    name: str
    picture: str  # the playing picture, for those who cannot see it
    frames: tuple[int, ...]  # positions in the film, in the order in which they are shown
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class FrameOrder:
    """All that the component shows."""

    film: bytes  # a WebP picture: all frames side by side, in order of time
    aspect: float  # of a frame: width by height
    frame_sec: float  # how long a frame stays on screen
    numbers: tuple[str, ...]  # of the film's frames
    rows: tuple[Row, Row]  # as filmed, and as shown
    play: str
    pause: str
    click: str  # {frame}; what a click on a frame does


_mount = component(
    "tsm_demo.frame_order",
    html=(_FOLDER / "frame_order.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "frame_order.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "frame_order.js").read_text(encoding="utf-8"),
)


def frame_order(shown: FrameOrder, key: str, on_click: Callable[[int], None]) -> None:
    """Show the frames; a click on one calls `on_click` with its position in the film, before the script runs again."""

    def take() -> None:
        state: Any = st.session_state[key]
        at = state.get(CLICKED)
        if isinstance(at, int) and 0 <= at < len(shown.numbers):  # it comes from a browser
            on_click(at)

    data = {**asdict(shown), "film": base64.b64encode(shown.film).decode("ascii")}
    _mount(key=key, data=data, on_clicked_change=take)
