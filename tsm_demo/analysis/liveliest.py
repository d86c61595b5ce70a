"""Which window of a longer clip to begin with: the one in which most happens."""

import numpy as np

from tsm_demo.video.clip import SampledClip

STEP = 8  # every so many pixels are looked at


def liveliest(clip: SampledClip) -> int:
    """Index of the window whose picture changes most from frame to frame; the first of equals."""
    small = clip.frames[:, ::STEP, ::STEP].astype(np.int16)
    changes = [np.abs(np.diff(small[list(window.rows)], axis=0)).mean() for window in clip.windows]
    return int(np.argmax(changes))
