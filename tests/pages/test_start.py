"""The page Start, through app.py: what it shows of a clip both ways, the choice of another, and the way on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from tsm_demo.ui.clips import bundled_labels
from tsm_demo.ui.start_view import NAMES
from tsm_demo.ui.text import words
from tsm_demo.viz.both_orders import plainest, read_results

ROOT = Path(__file__).parents[2]
W = words("start")


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> dict[str, Any]:
    """What the exhibit in the browser is given."""
    (exhibit,) = app.get("bidi_component")
    return json.loads(exhibit.proto.json)


def labels(app: AppTest) -> list[list[str]]:
    """Each network's label: forwards, backwards."""
    forwards, backwards = ([said["label"] for said in way["said"]] for way in shown(app)["ways"])
    return [list(pair) for pair in zip(forwards, backwards, strict=True)]


def linked_clip(app: AppTest) -> str:
    (link,) = app.get("page_link")
    assert link.proto.page == "your_clip"
    return parse_qs(link.proto.query_string)["clip"][0]


def test_it_opens_with_its_point():
    app = open_page()
    assert "backwards" in app.title[0].value
    (flat, flat_reversed), (tsm, tsm_reversed) = labels(app)
    assert flat == flat_reversed
    assert tsm != tsm_reversed
    assert [verdict["sign"] for verdict in shown(app)["verdicts"]] == ["=", "≠"]
    assert [said["mark"] for way in shown(app)["ways"] for said in way["said"][1:]] == [W["right"]] * 2


def test_the_frames_are_the_same_in_the_other_order():
    forwards, backwards = shown(open_page())["ways"]
    assert forwards["frames"] == list(range(1, 9))
    assert backwards["frames"] == forwards["frames"][::-1]


@pytest.mark.parametrize("name", bundled_labels())
def test_every_clip_opens_from_its_link_with_its_own_answers(name):
    app = open_page(clip=name)
    (result,) = (result for result in read_results() if result.clip == name)
    assert app.selectbox[0].value == name
    assert labels(app) == [
        [answer.best.label for answer in result.answers[network].orders] for network in NAMES
    ]
    assert name in shown(app)["ways"][1]["picture"]
    assert linked_clip(app) == name


def test_another_clip_is_shown_linked_and_in_the_address():
    app = open_page()
    before = shown(app)["film"]
    other = next(name for name in bundled_labels() if name != app.selectbox[0].value)
    app.selectbox[0].set_value(other).run()
    assert not app.exception
    assert shown(app)["film"] != before
    assert linked_clip(app) == other
    assert app.query_params["clip"] == other


@pytest.mark.parametrize("nonsense", ["", "../../etc/passwd", "<script>", "x" * 5000])
def test_nonsense_in_the_address_falls_back(nonsense):
    assert open_page(clip=nonsense).selectbox[0].value == plainest(read_results()).clip


def test_your_clip_follows_the_link_whatever_was_chosen_there_before():
    app = open_page()
    app.switch_page("pages/your_clip.py").run(timeout=120)
    app.selectbox(key="clip").set_value("leaf falls").run()
    app.selectbox(key="explain").set_value("stays still").run()
    app.switch_page("pages/start.py").run()
    app.query_params["clip"] = next(iter(bundled_labels()))  # as the link does
    app.switch_page("pages/your_clip.py").run()
    assert app.selectbox(key="clip").value == next(iter(bundled_labels()))
    assert app.selectbox(key="explain").value == words("your_clip")["best_label"]


def test_start_imports_no_torch():
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=30).run(); "
        "assert app.get('bidi_component'); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
