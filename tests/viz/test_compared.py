"""Twins differ by the shift alone, and the rival is the best 3D system that is not ahead."""

from dataclasses import replace

from tsm_demo.viz.compared import plotted, points, rival, twins
from tsm_demo.viz.published import read_published

TSN, TSM, I3D = (read_published().result(id) for id in ("v1 TSN", "v1 TSM 8", "v1 I3D"))


def test_twins_share_backbone_frames_cost_and_trainer():
    others = [
        replace(TSM, backbone="ResNet-101"),
        replace(TSM, frames="16"),
        replace(TSM, gmacs_per_clip=65.0),
        replace(TSM, again=True),
    ]
    (found,) = twins([TSN, *others, TSM], "top1")
    assert (found.tsn, found.tsm, found.gain) == (TSN, TSM, 25.9)


def test_what_lacks_a_figure_is_not_plotted():
    rows = [replace(TSM, gmacs_per_clip=None), replace(TSM, params_m=None), replace(TSM, top5=None), TSM]
    assert plotted(rows, "top1") == rows[2:]
    assert plotted(rows, "top5") == [TSM]


def test_the_rival_is_the_best_that_is_no_better():
    worse, near, better = (replace(I3D, top1=top1) for top1 in (30.0, 45.6, 45.7))
    assert rival(TSM, [worse, near, better], "top1") == near
    assert rival(TSM, [better, replace(near, again=True), replace(near, group="eco")], "top1") is None


def test_points_keep_the_decimals_that_are_printed():
    assert points(replace(TSM, top1=74.55), replace(TSN, top1=70.18), "top1") == 4.37
