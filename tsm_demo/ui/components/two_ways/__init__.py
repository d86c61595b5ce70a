"""One clip forwards and backwards, side by side and in step, with what networks say of it under each."""

import base64
from dataclasses import asdict, dataclass
from pathlib import Path

from streamlit.components.v2 import component

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Said:
    """A network's best label for one way of playing, and how it is shown."""

    network: str
    label: str
    share: float  # 0..1, the length of its bar
    percent: str
    right: bool
    mark: str  # "right" or "wrong", in words


@dataclass(frozen=True, slots=True)
class Way:
    """The frames in one order, with the networks' answers to them."""

    backwards: bool
    name: str
    shows: str  # what is seen
    picture: str  # the picture, for those who cannot see it
    strip: str  # the row of frames, the same
    frames: tuple[int, ...]  # their numbers in the clip, counted from 1, in the order they are played
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the two answers of a network have to do with each other."""

    sign: str  # "=" or "≠"
    network: str
    text: str


@dataclass(frozen=True, slots=True)
class TwoWays:
    """All that the component shows. Every way has as many answers as there are verdicts, in the same order."""

    film: bytes  # a WebP picture: the T frames side by side, the first on the left
    aspect: float  # of a frame: width by height
    frame_sec: float  # how long a frame stays on screen
    ways: tuple[Way, Way]
    verdicts: tuple[Verdict, ...]
    play: str
    pause: str
    frame: str  # {frame}; names one small frame


_mount = component(
    "tsm_demo.two_ways",
    html=(_FOLDER / "two_ways.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "two_ways.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "two_ways.js").read_text(encoding="utf-8"),
)


def two_ways(shown: TwoWays, key: str) -> None:
    """Show a clip both ways. Playing or resting outlasts a change of the clip."""
    _mount(key=key, data={**asdict(shown), "film": base64.b64encode(shown.film).decode("ascii")})
