"""Your clip with other networks: fetched by one click from a server on this machine, or a visitor's own file."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.models.published_file import write_published
from tests.models.tiny_network import save_tiny_network
from tests.pages.test_your_clip import answered, open_page, player
from tests.serving.faulty_server import FileServer, serving, stall, status
from tsm_demo.core.views import Views
from tsm_demo.models import zoo
from tsm_demo.models.cache import cached_path
from tsm_demo.models.checkpoints import load_checkpoint, save_checkpoint
from tsm_demo.models.weight_facts import published_facts
from tsm_demo.models.zoo import DEFAULT, zoo_entry
from tsm_demo.serving import fetch
from tsm_demo.serving.http_file import Source
from tsm_demo.ui.text import words

W = words("your_clip_network")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with 400 classes, as MMAction2 publishes it."""
    return write_published(tmp_path_factory.mktemp("published") / "net.pth").read_bytes()


@pytest.fixture(scope="module")
def server(published: bytes) -> Iterator[FileServer]:
    with serving(published) as server:
        yield server


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FileServer, published: bytes) -> Path:
    """An empty one; whatever is fetched comes from the server on this machine."""
    source = Source(server.url, sha256(published).hexdigest()[:8])
    server.asked, server.faults = [], []
    monkeypatch.setattr(fetch, "source_of", lambda entry: source)
    monkeypatch.setenv("TSM_DEMO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def fetched(published: bytes, tmp_path_factory: pytest.TempPathFactory, server: FileServer) -> Path:
    """A cache with the network, as a fetch leaves it."""
    folder = tmp_path_factory.mktemp("fetched")
    request = fetch.FetchRequest.of(DEFAULT, folder)
    fetch.fetch_apart(replace(request, source=Source(server.url, sha256(published).hexdigest()[:8])))
    return folder


@pytest.fixture
def here(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSM_DEMO_CACHE", str(fetched))


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def after(app: AppTest, happened) -> AppTest:
    """The page as a browser that polls has it, once something has happened."""
    until_sec = time.monotonic() + 180  # most machines need five
    while time.monotonic() < until_sec:
        app.run()
        if happened(app):
            return app
        time.sleep(0.2)
    pytest.fail("it did not happen in three minutes")


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def said(app: AppTest) -> str:
    return " ".join(part.value for kind in (app.markdown, app.caption, app.error) for part in kind)


def test_nothing_is_fetched_without_a_click(server, cache):
    app = open_page()
    assert answered(app) == "moves right"
    assert {f"fetch_offer_{DEFAULT}", f"fetch_offer_{zoo.DEFAULT_FOR_TIME}"} <= keys(app)
    assert "400 classes" in said(app)
    assert "73.18 %" in said(app)
    assert server.asked == []
    assert not cache.exists()


def test_one_click_fetches_and_asks(server, cache):
    app = press(open_page(), f"fetch_offer_{DEFAULT}")
    assert answered(app) == "moves right"  # which stays while it comes
    after(app, lambda page: page.selectbox(key="clip_model").value == DEFAULT)
    answered(app)
    assert cached_path(DEFAULT, cache).is_file()
    assert len(server.asked) == 1
    assert app.query_params["model"] == DEFAULT


def test_a_server_without_the_file_gets_a_sentence_and_the_answer_stays(server, cache):
    server.faults = [status(404)]
    app = press(open_page(), f"fetch_offer_{DEFAULT}")
    after(app, lambda page: bool(page.error))
    assert "does not have this file any more" in app.error[0].value
    assert app.header[0].value == "moves right"
    assert f"fetch_offer_{DEFAULT}" in keys(app)  # to try again
    assert not app.exception


def test_giving_up(server, cache):
    server.faults = [stall(10_000)]
    app = press(open_page(), f"fetch_offer_{DEFAULT}")
    after(app, lambda page: bool(server.asked))
    press(app, f"cancel_offer_{DEFAULT}")
    answered(app)
    assert f"fetch_offer_{DEFAULT}" in keys(app)
    assert not cached_path(DEFAULT, cache).exists()


def test_a_fetched_network_answers_and_explains_in_the_same_views(here):
    app = open_page(model=DEFAULT)
    headline = answered(app)
    labels = published_facts(zoo_entry(DEFAULT)).labels
    assert app.selectbox(key="explain").options[1:] == list(labels)
    assert player(app)["class_label"] in labels
    assert (player(app)["width"], player(app)["height"]) == (224, 224)  # the square that it sees
    assert len(player(app)["frames"]) == 8
    assert "knows its 400 classes" in said(app)
    assert "middle square" in said(app)
    app.selectbox(key="explain").set_value("arm wrestling").run()
    assert player(app)["class_label"] == "arm wrestling"
    app.segmented_control(key="layer").set_value("layer3").run()
    assert player(app)["map_height"] == 14
    app.segmented_control(key="order").set_value("backwards").run()
    assert player(app)["is_reversed"]
    answered(app)
    assert headline
    app.selectbox(key="clip_model").set_value("motion").run()  # and back
    app.segmented_control(key="order").set_value("forwards").run()
    assert answered(app) == "moves right"
    assert app.selectbox(key="explain").value == words("your_clip")["best_label"]


def test_another_number_of_frames_is_allowed_and_explained(here):
    app = open_page(model=DEFAULT, frames="4")
    assert not app.exception
    assert len(player(app)["frames"]) == 4
    assert any("trained with 8 frames and is given 4" in warning.value for warning in app.warning)


def test_the_thorough_look_says_what_it_costs(fetched, cache):
    kept = load_checkpoint(cached_path(DEFAULT, fetched))
    fewer = replace(kept.facts, thorough=Views(1, 3, 224))  # crops, to be done in the time of a test
    cache.mkdir()
    save_checkpoint(cached_path(DEFAULT, cache), kept.model, fewer)
    app = open_page(model=DEFAULT, views="thorough", frames="4")
    answered(app)
    # ResNet-50 takes 4.09 G multiply-adds a frame
    assert app.segmented_control(key="clip_views").options == ["once · 16 G", "3 times · 49 G"]
    assert app.segmented_control(key="clip_views").value is True


def test_all_clips_go_with_a_fetched_network(here):
    app = open_page(model=DEFAULT, explain="arm wrestling")
    app.selectbox(key="clip").set_value("leaf falls").run()
    answered(app)
    assert player(app)["class_label"] in published_facts(zoo_entry(DEFAULT)).labels


def test_a_link_to_a_network_that_is_not_here_says_so(cache):
    app = open_page(model="tsm_r50_8f_hmdb51")
    assert answered(app) == "moves right"
    assert "has not been fetched on this machine yet" in said(app)
    assert "fetch_offer_tsm_r50_8f_hmdb51" in keys(app)


def open_more() -> AppTest:
    app = AppTest.from_file(Path(__file__).parents[2] / "app.py", default_timeout=120)
    app.session_state["more_networks"] = True
    app.switch_page("pages/your_clip.py")
    return app.run()


def test_all_published_networks_are_listed_with_their_facts(here, fetched):
    app = open_more()
    listed = app.selectbox(key="published")
    assert len(listed.options) == len(zoo.list_zoo())
    assert listed.options[0].startswith(W["here"])
    assert listed.options[1].startswith("98 MB")
    app = listed.set_value("tsm_r50_8f_sthv2").run()
    assert "62.72 % (8 frames x 2 clips, 3 crops of 256)" in said(app)
    assert "Apache-2.0" in said(app)
    assert str(fetched) in said(app)


def own(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader(key="weights_upload").upload(name, content, "application/octet-stream").run()
    return app.run()


def test_a_visitors_own_weights_answer(published):
    app = own(open_more(), "my_net.pth", published)
    assert app.selectbox(key="clip_model").value == "own"
    answered(app)
    assert "arm wrestling" in app.selectbox(key="explain").options
    assert "T = 8 frames" in said(app)  # what had to be assumed
    app.selectbox(key="clip").set_value("leaf falls").run()
    answered(app)


def test_weights_of_this_project_answer_with_their_own_labels(tmp_path):
    content = save_tiny_network(tmp_path / "tiny.safetensors").read_bytes()
    app = own(open_more(), "tiny.safetensors", content)
    assert app.selectbox(key="clip_model").value == "own"
    answered(app)
    assert "moves up" in app.selectbox(key="explain").options


@pytest.mark.parametrize("content", [b"", b"just some words\n" * 40, b"PK\x03\x04" + b"\0" * 500])
def test_what_is_no_weights_file_gets_a_sentence_and_the_answer_stays(content):
    app = own(open_more(), "net.pth", content)
    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.startswith("The file")
    assert app.header[0].value == "moves right"
    assert json.loads(app.get("bidi_component")[0].proto.json)["class_label"] == "moves right"
