"""What the runs of a study say together, by hand."""

import pytest

from tsm_demo.core.fold_runs import FoldRun, arms


def run(fold_div: int, placement: str, seed: int, hits: int, pair_hits: float = 5.0) -> FoldRun:
    return FoldRun(
        fold_div,
        placement,
        seed,
        clips=20,
        hits=hits,
        pair_clips=10,
        pair_hits=pair_hits,
        loss=1.0,
        minutes=1.0,
    )


def test_runs_of_one_kind_are_one_arm_with_their_mean_and_spread():
    (arm,) = arms([run(8, "residual", 1, 10), run(8, "residual", 0, 16), run(8, "residual", 2, 19)])
    assert [r.seed for r in arm.runs] == [0, 1, 2]
    assert arm.share == pytest.approx((10 + 16 + 19) / 60)
    assert arm.spread == (10 / 20, 19 / 20)
    assert arm.pair_share == 0.5
    assert arm.each_way == 1 / 8


def test_arms_stand_residual_first_and_from_nothing_to_the_most():
    mixed = [run(4, "in_place", 0, 1), run(2, "residual", 0, 1), run(0, "residual", 0, 1)]
    found = arms([*mixed, run(16, "residual", 0, 1)], {(16, "residual"): 1.25})
    assert [(arm.fold_div, arm.placement) for arm in found] == [
        (0, "residual"),
        (16, "residual"),
        (2, "residual"),
        (4, "in_place"),
    ]
    assert [arm.latency_ratio for arm in found] == [None, 1.25, None, None]
    assert found[0].each_way == 0
