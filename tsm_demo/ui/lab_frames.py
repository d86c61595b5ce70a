"""The frames of Time lab as a film with two orders: as filmed, and as shown to the networks."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsm_demo.ui.components.frame_order import FrameOrder, Row
from tsm_demo.ui.lab_choices import Shown, T
from tsm_demo.video.clip import SampledClip
from tsm_demo.viz.both_orders import BothOrders

FILM_HEIGHT = 160  # pixels
QUALITY = 80
STILL_SEC = 0.25


@dataclass(frozen=True, eq=False)
class Film:
    """Frames side by side in order of time, and which of them are shown when.

    Attributes:
        picture: WebP; each frame `aspect` times as wide as high.
        numbers: of the frames, as visitors read them; those between the sampled ones have a decimal.
        filmed, shown: positions in the film, in the order in which the frames are shown.
        frame_sec: from one sampled frame to the next.
    """

    picture: bytes
    aspect: float
    numbers: tuple[str, ...]
    filmed: tuple[int, ...]
    shown: tuple[int, ...]
    frame_sec: float

    def numbers_of(self, positions: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self.numbers[position] for position in positions)


def stored_film(result: BothOrders, places: tuple[int, ...]) -> Film:
    """Of a sample clip, whose frames are stored; `places`: which of them are shown, in what order."""
    with Image.open(result.film) as film:  # reads the header only
        aspect = film.width / T / film.height
    return Film(
        result.film.read_bytes(),
        aspect,
        tuple(str(frame + 1) for frame in range(T)),
        tuple(range(T)),
        places,
        float(np.diff(result.frame_times_sec).mean()),
    )


def reordered_film(filmed: SampledClip, places: tuple[int, ...]) -> Film:
    """Of a decoded clip of one window, shown at its own speed; `places` as `stored_film`."""
    picture, aspect = film_of(filmed.window_frames(0))
    numbers = tuple(str(frame + 1) for frame in range(len(places)))
    return Film(picture, aspect, numbers, tuple(range(len(places))), places, _step_sec(filmed))


def other_speed_film(filmed: SampledClip, shown: SampledClip) -> Film:
    """Of a clip of one window each way, decoded together: at its own speed, and at another, in any order."""
    first, other = list(filmed.windows[0].rows), list(shown.windows[0].rows)
    rows = sorted({*first, *other})
    begin_sec, step_sec = filmed.times_sec[first[0]], _step_sec(filmed)
    places = [1 + (filmed.times_sec[row] - begin_sec) / step_sec for row in rows]
    numbers = (
        str(first.index(row) + 1) if row in first else f"{place:.1f}"
        for row, place in zip(rows, places, strict=True)
    )
    picture, aspect = film_of(filmed.frames[rows])
    filmed_at, shown_at = (tuple(rows.index(row) for row in way) for way in (first, other))
    return Film(picture, aspect, tuple(numbers), filmed_at, shown_at, step_sec)


def _step_sec(clip: SampledClip) -> float:
    """From one sampled frame to the next; a clip that is one picture has a step, too."""
    times_sec = clip.times_sec[list(clip.windows[0].rows)]
    return float(np.diff(times_sec).mean()) or STILL_SEC


def film_of(frames: NDArray[np.uint8]) -> tuple[bytes, float]:
    """(T, H, W, 3) frames side by side in a WebP picture, and a frame's width by height."""
    height, width = frames.shape[1:3]
    size = max(1, round(FILM_HEIGHT * width / height)), FILM_HEIGHT
    small = [np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BILINEAR)) for frame in frames]
    buffer = BytesIO()
    Image.fromarray(np.hstack(small)).save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue(), size[0] / size[1]


def frame_rows(film: Film, shown: Shown, how: str, words: Mapping[str, str]) -> FrameOrder:
    """What the component shows of a film."""
    return FrameOrder(
        film=film.picture,
        aspect=film.aspect,
        frame_sec=film.frame_sec,
        numbers=film.numbers,
        rows=(
            Row(words["as_filmed"], words["picture_filmed"], film.filmed),
            Row(how, words["picture_shown"].format(how=how), film.shown, shown.mirrored),
        ),
        play=words["play"],
        pause=words["pause"],
        click=words["click"],
    )
