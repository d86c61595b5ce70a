"""Textures have the spectrum of natural pictures, and held-out clips have textures of their own."""

import numpy as np
import torch

from tsm_demo.training.recipe import HELD_OUT_SEED
from tsm_demo.video.synthetic import SEEDS_PER_BANK
from tsm_demo.video.textures import BANK_SIDE, texture_bank


def test_held_out_clips_share_no_texture_with_training_clips() -> None:
    trained, held_out = (texture_bank(seed // SEEDS_PER_BANK) for seed in (0, HELD_OUT_SEED))
    pictures = {picture.numpy().tobytes() for picture in trained}
    assert len(pictures) == len(trained)
    assert pictures.isdisjoint(picture.numpy().tobytes() for picture in held_out)


def test_textures_have_the_spectrum_of_natural_pictures() -> None:
    grey = texture_bank(0).double().mean(1)
    window = torch.outer(*[torch.hann_window(BANK_SIDE, dtype=torch.float64)] * 2)
    power = torch.fft.fft2((grey - grey.mean((1, 2), keepdim=True)) * window).abs().square().numpy()
    waves = np.fft.fftfreq(BANK_SIDE, 1 / BANK_SIDE)  # a picture
    ring = np.hypot(waves[:, None], waves[None]).round().astype(int)
    chosen = np.arange(3, 65)
    slopes = []
    for spectrum in power:
        by_ring = np.bincount(ring.ravel(), spectrum.ravel()) / np.bincount(ring.ravel())
        slopes.append(np.polyfit(np.log(chosen), np.log(by_ring[chosen]), 1)[0])
    assert max(slopes) < -1
    assert -4 < np.mean(slopes) < -2
