"""Real photographs as textures, for measuring only: those that scikit-image and scikit-learn bring along."""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.video.tensors import squeeze_frames
from tsm_demo.video.textures import BANK_SIDE, BANK_SIZE

# Pictures taken with a camera; microscopes, telescopes, print and drawings are left out.
SCIKIT_IMAGE = ["astronaut", "brick", "camera", "chelsea", "coffee", "coins", "grass", "gravel", "rocket"]
SCIKIT_LEARN = ("china.jpg", "flower.jpg")


@lru_cache(maxsize=1)
def photographs() -> tuple[NDArray[np.uint8], ...]:
    """Twelve photographs, (H, W, 3) uint8 each. Raises TsmDemoError where the packages are missing."""
    try:
        from skimage import data
        from sklearn.datasets import load_sample_image
    except ImportError as error:
        raise TsmDemoError(
            "The photographs come with scikit-image and scikit-learn: pip install -r requirements-dev.txt."
        ) from error
    pictures = [getattr(data, name)() for name in SCIKIT_IMAGE]
    pictures += [data.stereo_motorcycle()[0], *(load_sample_image(name) for name in SCIKIT_LEARN)]
    return tuple(p if p.ndim == 3 else np.repeat(p[..., None], 3, axis=2) for p in pictures)


@lru_cache(maxsize=3)
def photograph_bank(bank: int) -> Tensor:
    """What `texture_bank` gives, (48, 3, 192, 192) uint8, cut out of photographs: random squares, some mirrored."""
    rng = np.random.default_rng([0xF070, bank])
    parts = []
    for _ in range(BANK_SIZE):
        picture = photographs()[int(rng.integers(len(photographs())))]
        height, width = picture.shape[:2]
        side = int(rng.uniform(0.5, 1) * min(height, width))
        y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        part = picture[y : y + side, x : x + side]
        part = part[:, ::-1] if rng.random() < 0.5 else part
        parts.append(squeeze_frames(torch.from_numpy(part.copy())[None], BANK_SIDE))
    return torch.cat(parts)
