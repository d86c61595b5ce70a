"""The shift on a grid of frames and channels, played in the browser, with the code and the words that follow it."""

import base64
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from tsm_demo.core.shift_steps import Step

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Legend:
    """What a colour means: kind is the frame offset, "1", "-1" or "0", or "zero"."""

    kind: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """Pictures in place of plain cells."""

    sheet: bytes  # WebP: T rows of C square maps before the shift
    film: bytes  # WebP: the T frames, one above the other


@dataclass(frozen=True, slots=True)
class ShiftGrid:
    """All that the component shows."""

    source: list[list[int]]  # (T, C): the frame that each cell's value comes from; -1 is zero
    set_up: tuple[str, ...]
    steps: tuple[Step, ...]
    placement: str
    legend: tuple[Legend, ...]
    words: dict[
        str, Any
    ]  # told: a text before the first line and one for every line; reading: one for each kind
    tiles: Tiles | None = None


_mount = component(
    "tsm_demo.shift_grid",
    html=(_FOLDER / "shift_grid.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "shift_grid.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "shift_grid.js").read_text(encoding="utf-8"),
)


def payload(shown: ShiftGrid) -> dict[str, Any]:
    """What the browser is given: plain JSON."""
    data = asdict(shown)
    tiles = data.pop("tiles")
    pictures = {name: base64.b64encode(picture).decode("ascii") for name, picture in (tiles or {}).items()}
    return {"T": len(shown.source), "C": len(shown.source[0]), **data, **pictures}


def shift_grid(shown: ShiftGrid, key: str) -> None:
    """Show the grid. The same key with other data keeps the step and, while there is such a one, the marked cell."""
    _mount(key=key, data=payload(shown))
