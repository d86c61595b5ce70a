"""The page Your clip, through app.py: what a visitor reads and chooses, and what the address holds of it."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.ui.clips import bundled_labels
from tsm_demo.ui.text import words

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_videos"
W = words("your_clip")


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/your_clip.py")
    return app.run()


def answered(app: AppTest) -> str:
    """The headline, after checking that the page is whole."""
    assert not app.exception
    assert not app.error
    return app.header[0].value


@pytest.fixture(scope="module")
def opened() -> AppTest:
    return open_page()


def player(app: AppTest) -> dict:
    """What the player in the browser is given."""
    return json.loads(app.get("bidi_component")[0].proto.json)


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return app.file_uploader(key="upload").upload(name, content, "video/mp4").run()


def test_a_bundled_clip_is_there_and_answered_already(opened):
    assert answered(opened) == "moves right"
    assert opened.selectbox(key="clip").value == "ball rolls right"
    assert any("backwards **moves left**" in text.value for text in opened.markdown)
    assert any("trained on drawn clips" in text.value for text in opened.markdown)


def test_backwards_flips_the_answer():
    app = open_page()
    app.segmented_control(key="order").set_value("backwards").run()
    assert answered(app) == "moves left"


def test_the_2d_network_gives_both_orders_one_answer():
    app = open_page(model="2D")
    forwards = answered(app)
    app.segmented_control(key="order").set_value("backwards").run()
    assert answered(app) == forwards
    assert any("both orders get the same answer" in text.value for text in app.markdown)


@pytest.mark.parametrize(("model", "says"), [("online TSM", "one frame back"), ("3D", "every convolution")])
def test_the_other_ways_to_see_time(model, says):
    app = open_page(model=model)
    assert answered(app)
    assert any(says in caption.value for caption in app.caption)


def test_every_choice_comes_from_the_address():
    app = open_page(clip="leaf falls", model="2D", order="backwards", layer="layer3", explain="moves up")
    assert not app.exception
    assert app.selectbox(key="clip").value == "leaf falls"
    assert app.selectbox(key="clip_model").value == "motion_tsn"
    assert app.segmented_control(key="order").value == "backwards"
    assert app.segmented_control(key="layer").value == "layer3"
    assert app.selectbox(key="explain").value == "moves up"


@pytest.mark.parametrize("nonsense", ["", "../../etc/passwd", "<script>", "-1", "x" * 5000])
def test_nonsense_in_the_address_falls_back(nonsense):
    names = ("clip", "model", "order", "layer", "explain", "window", "span")
    app = open_page(**dict.fromkeys(names, nonsense))
    assert answered(app) == "moves right"


def test_every_bundled_clip_opens_from_its_link():
    for name in bundled_labels():
        app = open_page(clip=name)
        answered(app)
        assert app.selectbox(key="clip").value == name


def test_an_upload_becomes_the_chosen_clip_and_a_removed_one_gives_way():
    app = upload(open_page(), "my ball.mp4", (SAMPLES / "ball_rolls_right.mp4").read_bytes())
    assert app.selectbox(key="clip").value == W["own"]
    assert answered(app) == "moves right"
    app.file_uploader(key="upload").clear().run()
    assert app.selectbox(key="clip").value == "ball rolls right"
    assert answered(app) == "moves right"


def test_an_upload_outlives_a_change_of_page():
    app = upload(open_page(), "my balloon.mp4", (SAMPLES / "balloon_rises.mp4").read_bytes())
    headline = answered(app)
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/your_clip.py").run()
    assert app.selectbox(key="clip").value == W["own"]
    assert answered(app) == headline


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "empty"), (b"just some words\n" * 40, "not a video"), (b"\0" * 4096, "not a video")],
)
def test_what_is_no_video_gets_a_sentence_and_the_page_goes_on(content, sentence):
    app = upload(open_page(), "holiday.mp4", content)
    assert not app.exception
    assert len(app.error) == 1
    assert sentence in app.error[0].value
    app.selectbox(key="clip").set_value("ball rolls right").run()
    assert answered(app) == "moves right"


def test_a_long_clip_has_windows_to_choose_and_a_span_to_trim(long_clip):
    app = upload(open_page(), "long.mp4", long_clip)
    assert not app.exception
    assert not app.warning
    assert app.select_slider(key="window").options == [
        W["surest"],
        *(f"{at:.1f} s" for at in (0, 1, 2, 3, 4, 4.4)),
    ]
    app.select_slider(key="window").set_value("2.0 s").run()
    assert not app.exception
    assert player(app)["times_sec"][0] == pytest.approx(2.125, abs=0.05)
    app.select_slider(key="span").set_value((1.0, 3.5)).run()  # up to 3 s: one window
    assert not app.exception
    assert "window" not in [slider.key for slider in app.select_slider]
    assert player(app)["times_sec"][0] == pytest.approx(1 + 2.5 / 16, abs=0.05)
    app.selectbox(key="clip").set_value("leaf falls").run()  # short: nothing to trim
    assert not app.exception
    app.selectbox(key="clip").set_value(W["own"]).run()
    assert app.select_slider(key="span").value == (0.0, 6.4)


def test_any_class_and_layer_can_be_explained():
    app = open_page()
    maps = {player(app)["maps"]}
    for label in MOTION_LABELS[2:6]:
        app.selectbox(key="explain").set_value(label).run()
        assert player(app)["class_label"] == label
        maps.add(player(app)["maps"])
    app.segmented_control(key="layer").set_value("layer3").run()
    maps.add(player(app)["maps"])
    assert len(maps) == 6  # every class and layer has maps of its own
    assert answered(app) == "moves right"  # what is explained does not change the answer


def test_another_clip_starts_with_its_own_best_label():
    app = open_page()
    app.selectbox(key="explain").set_value("stays still").run()
    app.selectbox(key="clip").set_value("leaf falls").run()
    assert app.selectbox(key="explain").value == W["best_label"]


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory) -> bytes:
    """6.4 seconds: a grey ground over which a square wanders."""
    import numpy as np

    from tsm_demo.video.animate import to_mp4

    frames = np.full((24, 96, 128, 3), 90, np.uint8)
    for at, frame in enumerate(frames):
        frame[30:60, 4 * at : 4 * at + 30] = (220, 60, 40)
    return to_mp4(frames, 0.25)
