"""The report of Time lab, made from a clip whose name means harm: whole, and of this clip."""

from dataclasses import replace
from html import escape
from pathlib import Path

import numpy as np
import torch

from tsm_demo.analysis.orders import Change, read_speeds
from tsm_demo.analysis.seeing import window_tensor
from tsm_demo.models.networks import load_network
from tsm_demo.ui.clips import bundled_clip, uploaded_clip
from tsm_demo.ui.lab_answers import one_window
from tsm_demo.ui.lab_choices import Shown
from tsm_demo.ui.lab_frames import stored_film
from tsm_demo.ui.lab_report import make
from tsm_demo.ui.lab_share_view import entering, moved_maps
from tsm_demo.ui.lab_view import Experiment, small, told
from tsm_demo.ui.text import words
from tsm_demo.viz.both_orders import read_results
from tsm_demo.viz.stored_orders import read_stored

W = words("time_lab")
SAMPLES = Path(__file__).parents[2] / "sample_videos"
HOSTILE = '"><script>alert(1)</script>.mp4'
BACKWARDS = Shown("backwards", 0, 0, 1.0, False)


def experiment() -> Experiment:
    """A visitor's upload of a sample clip, backwards, with the answers of two networks."""
    (result,) = (result for result in read_results() if result.clip == "ball rolls right")
    clip = uploaded_clip(HOSTILE, (SAMPLES / "ball_rolls_right.mp4").read_bytes())
    answers = {network: read_stored()[result.clip][network] for network in ("motion_tsn", "motion")}
    film = stored_film(result, tuple(range(8))[::-1])
    return Experiment(clip, 0, BACKWARDS, told(BACKWARDS, W), film, answers)


def test_it_holds_frames_maps_scores_settings_and_versions_and_no_script():
    page = make(experiment(), "time_lab?clip=own&order=<b>", W)
    assert "<script" not in page
    assert escape(HOSTILE) in page
    assert "time_lab?clip=own&amp;order=&lt;b&gt;" in page
    assert page.count("data:image/jpeg;base64,") == 2 + 2  # both orders, and a map of each network
    assert page.count("data:image/svg+xml;base64,") == 2 * 2
    assert "Backwards: no difference to 2D; another answer from TSM." in page
    assert torch.__version__ in page
    assert page.count("SHA-256") == 2


def test_what_is_done_to_a_clip_in_words():
    assert told(BACKWARDS, W) == "backwards"
    assert told(replace(BACKWARDS, order="forwards", speed=0.5), W) == "at half speed"
    assert told(replace(BACKWARDS, speed=2.0, mirrored=True), W) == "backwards, at double speed, mirrored"
    assert told(replace(BACKWARDS, order="frozen", frame=2), W) == "frozen on frame 3"


def test_small_numbers_as_people_write_them():
    assert small(7.450580596923828e-09) == "7.5 × 10⁻⁹"
    assert small(0.0) == "0"


def test_one_window_of_a_long_clip_holds_its_frames_alone():
    with bundled_clip("ball rolls right").on_disk() as path:
        speeds = read_speeds(load_network("motion"), path)
    whole = speeds[1.0].window_frames(0)
    cut = one_window(speeds, 0, Change())
    assert np.array_equal(cut.window_frames(0), whole)
    used = {row for clip in speeds.values() for row in clip.windows[0].rows}
    assert len(cut.frames) == len(used)
    assert np.array_equal(one_window(speeds, 0, Change("backwards")).window_frames(0), whole[::-1])


def test_maps_that_a_block_moves_are_those_that_leave_the_layer_before():
    network = load_network("motion")
    with bundled_clip("ball rolls right").on_disk() as path:
        seen = window_tensor(network, read_speeds(network, path)[1.0], 0)
    maps = entering(network.model, seen, "layer2.0")
    with torch.inference_mode():
        assert np.allclose(maps, network.model.features(seen[None], "layer1").numpy(), atol=1e-6)
    moved = moved_maps(maps, 8, 8)
    assert moved.each_way == 2
    assert moved.before != moved.after
