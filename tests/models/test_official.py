"""Published networks: every one says how it is fed, as its publisher's configuration does, and is asked for by name."""

from pathlib import Path

import pytest
import torch

from tsm_demo.core.errors import ModelError
from tsm_demo.core.sampling import SamplingPlan
from tsm_demo.core.views import Views
from tsm_demo.models.cache import cached_path
from tsm_demo.models.checkpoints import load_checkpoint, save_checkpoint
from tsm_demo.models.networks import load_network, open_network
from tsm_demo.models.official import read_official
from tsm_demo.models.protocols import protocol_views
from tsm_demo.models.registry import build
from tsm_demo.models.weight_facts import published_facts
from tsm_demo.models.zoo import list_zoo, zoo_entry
from tsm_demo.video.tensors import IMAGENET_MEAN, IMAGENET_STD

NAME = "tsm_r50_8f_hmdb51"


@pytest.mark.parametrize("name", list_zoo())
def test_every_published_network_can_be_fed(name):
    entry = zoo_entry(name)
    facts = published_facts(entry)
    assert len(facts.labels) == len(set(facts.labels)) == facts.spec.num_classes
    assert (entry.mean, entry.std) == (
        IMAGENET_MEAN,
        IMAGENET_STD,
    )  # the only ones that frames are normalised by
    assert facts.thorough.count > 1
    SamplingPlan(facts.spec.n_segment, facts.sampling, facts.thorough.clips, facts.dense_frames)


@pytest.mark.parametrize(
    ("name", "sampling", "picture", "thorough"),
    [
        ("tsm_r50_8f_k400", "segments", 224, Views(1, 10, 224)),
        ("tsm_r50_8f_k400_dense", "dense", 224, Views(10, 10, 224)),
        ("tsm_r50_8f_sthv2", "segments", 224, Views(2, 3, 256)),
        ("tsm_r50_8f_jester", "segments", 256, Views(2, 3, 256)),
        ("tsm_r50_8f_ucf101", "segments", 224, Views(1, 10, 224)),  # only the centre crop was published
        (
            "mit_tsn_r50_k400",
            "segments",
            224,
            Views(1, 10, 224),
        ),  # the dense protocol is not how it was trained
        ("mit_tsm_r50_8f_k400_dense", "dense", 224, Views(10, 3, 256)),
    ],
)
def test_sampling_as_configured(name, sampling, picture, thorough):
    facts = published_facts(zoo_entry(name))
    assert (facts.sampling, facts.picture_size, facts.thorough) == (sampling, picture, thorough)
    assert (facts.short_side, facts.dense_frames) == (256, 64)


def test_other_words_are_no_protocol():
    with pytest.raises(ValueError, match="not worded"):
        protocol_views("some frames, some crops")


def test_what_has_not_been_fetched_says_how_to(tmp_path, monkeypatch):
    monkeypatch.setenv("TSM_DEMO_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match=f"python -m tsm_demo fetch {NAME}"):
        load_network(NAME)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the network, of random weights."""
    folder = tmp_path_factory.mktemp("cache")
    facts = published_facts(zoo_entry(NAME))
    save_checkpoint(cached_path(NAME, folder), build(facts.spec), facts, dtype=torch.float32)
    return folder


def test_what_is_here_is_used_as_published(kept, monkeypatch):
    monkeypatch.setenv("TSM_DEMO_CACHE", str(kept))
    network = open_network(NAME)
    assert (network.name, network.weights, network.notes) == (NAME, "official", ())
    assert network.facts == published_facts(zoo_entry(NAME))
    assert network.facts.labels[0] == "brush_hair"
    cached_path(NAME, kept).rename(kept / "away")
    try:
        with pytest.raises(ModelError, match="not here yet"):
            load_network(NAME)
    finally:
        (kept / "away").rename(cached_path(NAME, kept))


def test_a_damaged_file_in_the_cache_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("TSM_DEMO_CACHE", str(tmp_path))
    cached_path(NAME, tmp_path).write_bytes(b"half of it")
    with pytest.raises(ModelError, match=f"is damaged: delete it, and fetch {NAME} again"):
        open_network(NAME)


def test_another_network_than_was_published_is_refused(tmp_path):
    model = build(published_facts(zoo_entry(NAME)).spec)
    state = {
        f"module.base_model.{name}": value for name, value in model.state_dict().items() if "fc" not in name
    }
    state |= {"module.new_fc.weight": model.fc.weight.detach(), "module.new_fc.bias": model.fc.bias.detach()}
    torch.save({"state_dict": state}, tmp_path / "published.pth")  # without wrappers: a TSN
    assert load_checkpoint(tmp_path / "published.pth").facts.spec.name == "tsn_resnet50"
    with pytest.raises(ModelError, match="not the tsm_resnet50"):
        read_official(tmp_path / "published.pth", NAME)
