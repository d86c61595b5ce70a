"""Heat over frames, for files to take along: the colours and opacity that the player in the browser shows."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tsm_demo.core.errors import ShapeError

# Stops of matplotlib's plasma; ui/components/cam_player/heat.js has the same, and a test compares the two.
PLASMA = ("0d0887", "46039f", "7201a8", "9c179e", "bd3786", "d8576b", "ed7953", "fb9f3a", "fdca26", "f0f921")
OPACITY = 0.65
ALPHA_GAIN = (
    1.5  # heat is fully opaque (but for `opacity`) from two thirds of the scale on; what is cold stays clear
)


def overlay_heat(
    frames: NDArray[np.uint8], maps: NDArray[np.float32], opacity: float = OPACITY, side: int = 480
) -> NDArray[np.uint8]:
    """Draw maps over frames.

    Args:
        frames: (T, H, W, 3) uint8 RGB.
        maps: (T, h, w) in 0..1, stretched over the frame bilinearly.
        opacity: of the hottest parts, 0..1.
        side: longest side of the result in pixels; larger frames are shrunk.

    Returns:
        (T, H', W', 3) uint8. Raises ShapeError when there are not as many maps as frames.
    """
    if len(frames) != len(maps):
        raise ShapeError(f"{len(frames)} frames and {len(maps)} maps: give one map a frame.")
    pictures = shrink_frames(frames, side)
    height, width = pictures.shape[1:3]
    cells = torch.from_numpy(np.ascontiguousarray(maps))[:, None].float()
    heat = F.interpolate(cells, (height, width), mode="bilinear")
    colours, alpha = heat_colours(heat[:, 0].numpy())
    alpha = alpha[..., None] * opacity
    mixed = pictures * (1 - alpha) + colours * alpha
    return mixed.round().clip(0, 255).astype(np.uint8)


def shrink_frames(frames: NDArray[np.uint8], side: int = 480) -> NDArray[np.uint8]:
    """(T, H, W, 3) uint8 frames, antialiased down to `side` pixels on the longest side; never enlarged."""
    shrink = min(1.0, side / max(frames.shape[1:3]))
    size = [max(1, round(length * shrink)) for length in frames.shape[1:3]]
    pictures = torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float()
    pictures = F.interpolate(pictures, size, mode="bilinear", antialias=True).round_().clamp_(0, 255)
    return pictures.permute(0, 2, 3, 1).to(torch.uint8).numpy()


def heat_colours(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Colours (..., 3) in 0..255 and opacity (...) in 0..1 of values in 0..1."""
    stops = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in PLASMA], np.float32)
    place = np.clip(values, 0, 1) * (len(stops) - 1)
    first = np.minimum(place.astype(np.int64), len(stops) - 2)
    share = (place - first)[..., None]
    return stops[first] * (1 - share) + stops[first + 1] * share, np.minimum(1, ALPHA_GAIN * values)
