"""What the player in the browser is given: pictures, heat and words, packed as plain JSON."""

import base64
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

from tsm_demo.core.errors import ShapeError

# 16 bits cost next to nothing (800 bytes for eight maps of 7x7) and leave a weak frame enough
# steps to be stretched to a scale of its own.
LEVELS = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class PlayerWords:
    """Everything that a visitor reads or hears; names in braces are filled in by the player."""

    play: str
    pause: str
    step_back: str
    step_forward: str
    keys: str  # says what space and the arrows do; heard when the picture is focused
    scrub: str
    counter: str  # {frame} {count} {time}
    heat: str
    opacity: str
    scale: str
    scale_clip: str
    scale_frame: str
    speed: str
    speed_value: str  # {speed}
    percent: str  # {percent}
    time: str  # {time}
    little: str
    much: str
    strip: str  # {label}; the line above the small frames: what the bars are
    thumbnail: str  # {frame} {time} {label} {score}; heard on a small frame
    description: str  # {frame} {count} {time} {label} {score} {strength} {place}; the picture in words
    description_cold: str  # the same for a frame without heat, so no {strength} and no {place}
    no_heat: str  # {label}; shown when no place in the clip speaks for the class
    backwards: str
    places: tuple[str, str, str, str, str, str, str, str, str]  # of the picture, in reading order


def player_payload(
    *,
    frames: Sequence[bytes],
    maps: np.ndarray,
    times_sec: Sequence[float],
    frame_scores: Sequence[float],
    class_label: str,
    words: PlayerWords,
    key: str,
    is_reversed: bool = False,
) -> dict[str, object]:
    """Pack a clip's sampled frames and their heat for the browser.

    Args:
        frames: T JPEG files of one size, in the order the network saw them.
        maps: (T, h, w) float, finite and at least 0, all on one scale; all zero is allowed.
        times_sec: T times in the file, seconds; they fall when the clip runs backwards.
        frame_scores: T scores of the explained class, 0 to 1.
        class_label: the explained class.
        words: what the visitor reads.
        key: names the player; what a visitor chose is kept under it.
        is_reversed: the frames are shown backwards, and the picture says so.

    Returns:
        A dictionary of JSON values. `maps` is base64 of T*h*w little-endian uint16, as parts of
        `maps_max`, in 1/65535.

    Raises:
        ShapeError: the four sequences differ in length, are empty, or the frames differ in size.
        ValueError: a map holds a negative number or one that is not finite.
    """
    lengths = {len(frames), len(times_sec), len(frame_scores), *maps.shape[:1]}
    if maps.ndim != 3 or len(lengths) != 1 or maps.size == 0:
        raise ShapeError(
            f"The player needs a map, a time and a score for each frame: it got {len(frames)} frames, "
            f"maps of shape {maps.shape}, {len(times_sec)} times and {len(frame_scores)} scores. "
            "Give as many of each."
        )
    sizes = {Image.open(io.BytesIO(frame)).size for frame in frames}  # reads the header only
    if len(sizes) != 1:
        raise ShapeError(f"The player's frames differ in size ({sorted(sizes)}). Bring them to one size.")
    width, height = sizes.pop()
    maps_max, levels = _quantise(maps)
    return {
        "key": key,
        "width": width,
        "height": height,
        "frames": [base64.b64encode(frame).decode("ascii") for frame in frames],
        "maps": base64.b64encode(levels.tobytes()).decode("ascii"),
        "maps_max": maps_max,
        "map_height": maps.shape[1],
        "map_width": maps.shape[2],
        "times_sec": [float(time) for time in times_sec],
        "scores": [float(score) for score in frame_scores],
        "class_label": class_label,
        "is_reversed": is_reversed,
        "words": asdict(words),
    }


def _quantise(maps: np.ndarray) -> tuple[float, np.ndarray]:
    """(T, h, w) float -> its maximum, and (T, h, w) little-endian uint16, LEVELS at the maximum."""
    if not np.isfinite(maps).all() or maps.min() < 0:
        raise ValueError("heat maps must be finite and at least 0")
    maps_max = float(maps.max())
    parts = maps.astype(np.float64) / maps_max if maps_max > 0 else np.zeros(maps.shape)
    return maps_max, np.rint(parts * LEVELS).astype("<u2")
