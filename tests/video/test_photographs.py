"""Photographs as textures: real ones, cut in many ways, in the same scenes as the drawn textures."""

import sys

import pytest
import torch

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.video import photographs
from tsm_demo.video.photographs import photograph_bank
from tsm_demo.video.synthetic import motion_clips
from tsm_demo.video.textures import texture_bank


def test_twelve_photographs() -> None:
    pictures = photographs.photographs()
    assert len(pictures) == 12
    assert all(
        picture.ndim == 3 and picture.shape[2] == 3 and min(picture.shape[:2]) > 250 for picture in pictures
    )
    assert all(picture.std() > 5 for picture in pictures)


def test_a_bank_has_the_shape_of_a_drawn_one_and_comes_out_the_same() -> None:
    bank = photograph_bank(7)
    assert (bank.shape, bank.dtype) == (texture_bank(7).shape, torch.uint8)
    photograph_bank.cache_clear()
    assert torch.equal(bank, photograph_bank(7))
    assert not torch.equal(bank, photograph_bank(8))
    assert len({part.numpy().tobytes() for part in bank}) == len(bank)  # no cut comes twice


def test_the_motion_is_the_same_and_the_picture_is_not() -> None:
    seeds = list(range(1_000_000_000, 1_000_000_012))
    drawn, real = motion_clips(seeds, 64), motion_clips(seeds, 64, bank=photograph_bank)
    assert torch.equal(drawn.labels, real.labels)
    assert (drawn.frames.float() - real.frames.float()).abs().mean() > 20
    assert torch.equal(real.frames[0], real.frames[1].flip(0))  # a pair stays a pair


def test_without_the_packages_the_command_that_mends_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    photographs.photographs.cache_clear()
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(TsmDemoError, match=r"pip install -r requirements-dev\.txt"):
        photographs.photographs()
