"""The words of the Grad-CAM player, from the page's text."""

from dataclasses import fields
from typing import Any

from tsm_demo.ui.components.cam_player import PlayerWords
from tsm_demo.ui.text import words


def player_words() -> PlayerWords:
    """Every field of PlayerWords from the section player_FIELD of your_clip.md."""
    page = words("your_clip")
    found: dict[str, Any] = {field.name: page[f"player_{field.name}"] for field in fields(PlayerWords)}
    found["places"] = tuple(found["places"].split(", "))
    return PlayerWords(**found)
