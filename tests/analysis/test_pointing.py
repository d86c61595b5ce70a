"""The pointing game on maps and masks made by hand, and on drawn clips with a network that sees the masks."""

import numpy as np
import pytest
import torch
from torch import Tensor

from tsm_demo.analysis.pointing import grow, judge_maps, pointing_game
from tsm_demo.video.synthetic import motion_clips

HIT, STRICT, CHANCE, CHANCE_STRICT, CENTRE, CENTRE_STRICT, EMPTY = range(7)


def mask(top: int, left: int, side: int = 4, size: int = 56) -> Tensor:
    picture = torch.zeros(size, size, dtype=torch.bool)
    picture[top : top + side, left : left + side] = True
    return picture


def map_at(y: int, x: int, cells: int = 7) -> Tensor:
    heat = torch.zeros(cells, cells)
    heat[y, x] = 2.0
    return heat


def test_growing_is_by_distance() -> None:
    point = torch.zeros(1, 21, 21, dtype=torch.bool)
    point[0, 10, 10] = True
    y, x = np.mgrid[:21, :21]
    for radius in (1.0, 3.5, 4.0):
        expected = np.hypot(y - 10, x - 10) <= radius
        assert np.array_equal(grow(point, radius)[0].numpy(), expected)


def test_on_it_beside_it_and_far_away() -> None:
    # Cells are 8 pixels; the peak of cell (2, 3) is at about pixel (20, 28).
    maps = torch.stack([map_at(2, 3)] * 3)
    masks = torch.stack([mask(18, 26), mask(22, 27), mask(40, 2)])
    rows = judge_maps(maps, masks)
    assert rows[:, STRICT].tolist() == [1, 0, 0]
    assert rows[:, HIT].tolist() == [1, 1, 0]
    assert torch.allclose(rows[:, CHANCE_STRICT], torch.tensor(16 / 56**2))
    assert (rows[:, CHANCE] > rows[:, CHANCE_STRICT]).all()


def test_the_middle_of_the_picture_is_judged_in_the_same_way() -> None:
    rows = judge_maps(torch.ones(2, 7, 7), torch.stack([mask(26, 26), mask(29, 29)]))
    assert rows[:, CENTRE_STRICT].tolist() == [1, 0]
    assert rows[:, CENTRE].tolist() == [1, 1]


def test_an_empty_map_is_a_miss_even_where_the_thing_lies_in_the_corner() -> None:
    rows = judge_maps(torch.zeros(1, 7, 7), mask(0, 0)[None])
    assert rows[0, [HIT, STRICT, EMPTY]].tolist() == [0, 0, 1]


def test_frames_without_the_thing_do_not_count() -> None:
    masks = torch.stack([mask(18, 26), torch.zeros(56, 56, dtype=torch.bool)])
    assert len(judge_maps(torch.stack([map_at(2, 3)] * 2), masks)) == 1


class SeesDifferences:
    """Its maps are how far each frame's grey is from the clip's first frame; every class has the same."""

    layers = ("layer3", "layer4")

    def features(self, clips: Tensor, layer: str | None = None) -> Tensor:
        change = (clips - clips.median(1, keepdim=True).values).abs().mean(2)  # (N, T, H, W)
        return torch.nn.functional.adaptive_avg_pool2d(change.flatten(0, 1)[:, None], 7)

    def clip_logits(self, features: Tensor, steps: int, layer: str | None = None) -> Tensor:
        return features.mean((2, 3)).unflatten(0, (-1, steps)).mean(1).expand(-1, 12)


def test_drawn_clips_without_a_moving_thing_are_left_out_and_change_points_better_than_chance() -> None:
    seeds = range(1_000_000_000, 1_000_000_036)
    game = pointing_game(SeesDifferences(), seeds, 56)
    moving = motion_clips(list(seeds), 56).masks.any((1, 2, 3))
    assert game.clips == int(moving.sum()) < 36
    assert game.frames <= 8 * game.clips
    assert game.strict <= game.grown
    assert game.grown > 2 * game.chance_grown
    assert game.chance_strict < game.chance_grown < 1
    assert game.empty == pytest.approx(0)
