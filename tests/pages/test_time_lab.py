"""The page Time lab, through app.py: its opening, what each control changes, and what a link holds of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tsm_demo.core.labels import MOTION_LABELS, reversed_label
from tsm_demo.ui.clips import bundled_labels
from tsm_demo.ui.lab_questions import QUESTIONS
from tsm_demo.ui.text import words
from tsm_demo.viz.both_orders import plainest, read_results

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_videos"
W, Q, INSIDE, MAPS = (words(f"time_lab{part}") for part in ("", "_questions", "_inside", "_maps"))


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=180)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/time_lab.py")
    return app.run()


def whole(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def rows(app: AppTest) -> list[dict[str, Any]]:
    """The two rows of frames that the browser is given: as filmed, and as shown."""
    return json.loads(app.get("bidi_component")[0].proto.json)["rows"]


def verdicts(app: AppTest) -> dict[str, str]:
    """Each network's heading, with its sign, to the sentence below it."""
    texts = [text.value for text in app.markdown]
    return {
        text.removeprefix("#### "): texts[at + 1] for at, text in enumerate(texts) if text.startswith("#### ")
    }


@pytest.fixture(scope="module")
def opened() -> AppTest:
    return whole(open_page())


def test_it_opens_backwards_with_the_verdict_written_out(opened):
    assert (
        opened.header[0].value
        == "Backwards: no difference to 2D; another answer from TSM, online TSM and 3D."
    )
    said = verdicts(opened)
    assert list(said) == ["= 2D", "≠ TSM", "≠ online TSM", "≠ 3D"]
    assert "Equal to rounding" in said["= 2D"]
    label = bundled_labels()[plainest(read_results()).clip]
    other = MOTION_LABELS[reversed_label(MOTION_LABELS.index(label))]
    for name in ("≠ TSM", "≠ online TSM", "≠ 3D"):
        assert said[name].index(f"from {label}") < said[name].index(f"to {other}")
    filmed, shown = rows(opened)
    assert filmed["frames"] == list(range(8))
    assert shown["frames"] == filmed["frames"][::-1]


def test_it_opens_without_torch():
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=60); "
        "app.switch_page('pages/time_lab.py').run(); "
        "assert app.header[0].value.startswith('Backwards'); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_shuffled_and_shuffled_again():
    app = whole(open_page(order="shuffled", seed="7"))
    assert "no difference to 2D" in app.header[0].value
    first = rows(app)[1]["frames"]
    assert sorted(first) == list(range(8))
    whole(app.button(key="lab_redraw").click().run())
    assert app.query_params["seed"] != "7"
    second = rows(app)[1]["frames"]
    assert sorted(second) == list(range(8))
    assert "= 2D" in verdicts(app)
    assert rows(whole(open_page(order="shuffled", seed="7")))[1]["frames"] == first


def test_frozen_a_moving_clip_stands_still():
    app = whole(open_page(order="frozen", frame="3"))
    assert rows(app)[1]["frames"] == [2] * 8
    assert "becomes stays still" in verdicts(app)["≠ TSM"]
    whole(app.slider(key="lab_frame").set_value(8).run())
    assert rows(app)[1]["frames"] == [7] * 8
    assert app.query_params["frame"] == "8"


def test_mirrored_right_becomes_left():
    app = whole(open_page(order="forwards"))
    assert app.header[0].value == W["head_filmed"]
    whole(app.toggle(key="lab_mirror").set_value(True).run())
    assert app.query_params["mirror"] == "on"
    assert rows(app)[1]["mirrored"]
    assert "to moves left" in verdicts(app)["≠ TSM"]


@pytest.mark.parametrize(("speed", "value"), [("half", 0.5), ("double", 2.0)])
def test_another_speed_shows_other_frames(speed, value):
    app = whole(open_page(order="forwards"))
    whole(app.segmented_control(key="lab_speed").set_value(value).run())
    assert app.query_params["speed"] == speed
    filmed, shown = rows(app)
    assert len(filmed["frames"]) == len(shown["frames"]) == 8
    assert (max(shown["frames"]) - min(shown["frames"]) < max(filmed["frames"])) == (value < 1)
    if value < 1:
        assert "moves right" in verdicts(app)["≈ TSM"]


def test_networks_that_are_not_asked_are_not_shown():
    app = whole(open_page(networks="tsm.2d"))
    assert list(verdicts(app)) == ["= 2D", "≠ TSM"]
    assert app.header[0].value == "Backwards: no difference to 2D; another answer from TSM."


def test_every_choice_comes_from_the_address():
    app = whole(
        open_page(clip="leaf falls", order="shuffled", seed="3", speed="half", mirror="on", networks="3d")
    )
    assert app.selectbox(key="lab_clip").value == "leaf falls"
    assert app.segmented_control(key="lab_order").value == "shuffled"
    assert app.segmented_control(key="lab_speed").value == 0.5
    assert app.toggle(key="lab_mirror").value is True
    assert len(verdicts(app)) == 1


@pytest.mark.parametrize("nonsense", ["", "../../etc/passwd", "<script>", "-1", "x" * 5000])
def test_nonsense_in_the_address_falls_back(nonsense, opened):
    names = ("clip", "order", "seed", "frame", "speed", "mirror", "networks", "window")
    app = whole(open_page(**dict.fromkeys(names, nonsense)))
    assert app.header[0].value == opened.header[0].value


@pytest.mark.parametrize(
    "clip", [name for name, label in bundled_labels().items() if MOTION_LABELS.index(label) < 10]
)
def test_backwards_flips_every_clip_of_a_pair_and_never_2d(clip):
    said = verdicts(whole(open_page(clip=clip)))
    assert "Equal to rounding" in said["= 2D"]
    assert "It flips" in said["≠ TSM"]


def test_a_visitors_clip_is_answered_both_ways_and_can_be_removed():
    app = open_page(networks="2d.tsm")
    content = (SAMPLES / "balloon_rises.mp4").read_bytes()
    whole(app.file_uploader(key="lab_upload").upload("<b>my balloon</b>.mp4", content, "video/mp4").run())
    assert app.query_params["clip"] == "own"
    assert "to moves down" in verdicts(app)["≠ TSM"]
    assert "= 2D" in verdicts(app)
    whole(app.button(key="lab_remove").click().run())
    assert app.selectbox(key="lab_clip").value == plainest(read_results()).clip


def test_what_is_no_video_gets_a_sentence():
    app = open_page()
    app.file_uploader(key="lab_upload").upload("notes.mp4", b"only words\n" * 50, "video/mp4").run()
    assert not app.exception
    assert "not a video" in app.error[0].value


def test_the_table_has_every_score():
    app = open_page(networks="2d.tsm")
    app.session_state["lab_table"] = True
    table = whole(app.run()).dataframe[0].value
    assert list(table[W["column_label"]]) == list(MOTION_LABELS)
    numbers = table.drop(columns=W["column_label"]).to_numpy()
    assert numbers.sum(0) == pytest.approx(np.ones(4), abs=1e-5)
    assert numbers[:, 0] == pytest.approx(numbers[:, 1], abs=1e-5)  # 2D, both ways
    assert np.abs(numbers[:, 2] - numbers[:, 3]).max() > 0.9  # TSM


def test_no_question_is_answered_before_it_is_asked(opened):
    assert opened.button_group(key="lab_question").value in (None, [])
    assert not opened.dataframe


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_proved_and_linked(name):
    app = whole(open_page(question=name, networks="2d"))
    table = app.dataframe[0].value
    assert len(table) > 1
    assert any(text.value == Q[f"answer_{name}"] for text in app.markdown)
    link = next(link for link in app.get("page_link") if link.proto.label == Q[f"link_{name}"])
    assert link.proto.page == QUESTIONS[name].page


def test_offline_weights_answer_the_reversed_motion_online():
    table = whole(open_page(question="online", networks="2d")).dataframe[0].value
    assert table[Q["column_answer"]].tolist()[:2] == ["moves right", "moves left"]


@pytest.fixture(scope="module")
def taken_apart() -> AppTest:
    """The page with its parts open."""
    return whole(open_page(open="shift.inside.maps", networks="tsm"))


def test_parts_are_shut_until_asked_for(opened):
    assert not opened.get("plotly_chart")
    assert len(opened.get("bidi_component")) == 1


def test_a_shift_removed_or_reversed_breaks_what_it_says(taken_apart):
    texts = " ".join(text.value for text in taken_apart.markdown)
    assert INSIDE["about_reversed"] in texts
    assert "**moves left** (100 %); the score of “moves right” falls to 0 %" in texts
    table = next(t.value for t in taken_apart.dataframe if INSIDE["column_reversed"] in t.value)
    rows = dict(zip(table[INSIDE["column_variant"]], table[INSIDE["column_reversed"]], strict=True))
    assert rows[INSIDE["variant_intact"]].startswith("0 of")
    assert rows[INSIDE["variant_reversed"]].startswith(
        "10 of"
    )  # each pair's clips are called by their reversal


def test_the_share_of_the_shift_has_a_bar_and_a_row_for_each_block(taken_apart):
    table = next(t.value for t in taken_apart.dataframe if INSIDE["column_block"] in t.value)
    assert len(table) == 8  # residual blocks of a ResNet-18
    assert (table[INSIDE["fold_both"]] > table[INSIDE["fold_past"]]).iloc[2]


def test_maps_of_2d_and_tsm_and_their_tests(taken_apart):
    players = [json.loads(item.proto.json) for item in taken_apart.get("bidi_component")][1:]
    assert len(players) == 2
    assert players[0]["maps"] != players[1]["maps"]
    assert players[1]["class_label"] == "moves right"
    texts = " ".join(text.value for text in taken_apart.markdown)
    assert MAPS["curves_good"] in texts  # TSM's map beats random orders on this clip
    assert len(taken_apart.success) + len(taken_apart.warning) == 1  # the weights' verdict is always there


def test_a_block_and_a_method_go_to_the_address(taken_apart):
    app = open_page(open="inside", networks="2d", block="4.1")
    assert whole(app).segmented_control(key="lab_block").value == "layer4.1"
    app = open_page(open="maps", networks="2d", method="occlusion", tested="2d")
    assert whole(app).segmented_control(key="lab_method").value == "occlusion"
    assert app.segmented_control(key="lab_tested").value == "motion_tsn"
