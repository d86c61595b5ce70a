"""The window to begin with is the one in which the picture changes."""

import numpy as np
import pytest

from tsm_demo.analysis.liveliest import liveliest
from tsm_demo.video.clip import ClipInfo, SampledClip, SampledWindow


@pytest.mark.parametrize("lively", [0, 1, 2])
def test_the_window_in_which_the_picture_changes(lively):
    frames = np.full((12, 32, 32, 3), 90, np.uint8)
    frames[4 * lively + 2] = 200  # one frame of this window flashes
    windows = tuple(SampledWindow(float(w), w + 1.0, tuple(range(4 * w, 4 * w + 4))) for w in range(3))
    info = ClipInfo(12, 3.0, 4.0, 32, 32, 0, "none")
    assert liveliest(SampledClip(frames, np.arange(12), np.arange(12) / 4, windows, info)) == lively
