"""Motion-12 clips drawn once for all tests that look at them."""

from functools import lru_cache

from tsm_demo.video.motion_script import DIFFICULTIES
from tsm_demo.video.synthetic import MotionClips, motion_clips

SIZE, CYCLES = 48, 16  # pixels a side; every label is drawn CYCLES times


@lru_cache
def drawn(difficulty: str) -> MotionClips:
    return motion_clips(range(12 * CYCLES), SIZE, 8, DIFFICULTIES[difficulty])
