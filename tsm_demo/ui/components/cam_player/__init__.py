"""A player, in the browser, of a clip's sampled frames with the heat of Grad-CAM over them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from streamlit.components.v2 import component

from tsm_demo.ui.components.cam_player.payload import PlayerWords, player_payload

__all__ = ["PlayerWords", "cam_player", "player_payload"]


def _part(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


# Inline scripts and styles cannot import one another, so the halves are joined here.
_mount = component(
    "tsm_demo.cam_player",
    html=_part("player.html"),
    css=_part("player.css") + _part("controls.css"),
    js=_part("heat.js") + _part("player.js"),
)


def cam_player(
    *,
    frames: Sequence[bytes],
    maps: np.ndarray,
    times_sec: Sequence[float],
    frame_scores: Sequence[float],
    class_label: str,
    words: PlayerWords,
    key: str,
    is_reversed: bool = False,
) -> None:
    """Show the player; arguments and errors are those of `player_payload`.

    With the same key and other data (another class, layer or direction) the player keeps what the
    visitor chose: frame, playing or resting, opacity, scale, speed, heat on or off.
    """
    data = player_payload(
        frames=frames,
        maps=maps,
        times_sec=times_sec,
        frame_scores=frame_scores,
        class_label=class_label,
        words=words,
        key=key,
        is_reversed=is_reversed,
    )
    _mount(key=key, data=data)
