"""Networks ready to answer: where their weights come from, and that they may be shared."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from tests.models.tiny_network import PICTURE_SIZE, embed_tiny_networks, save_tiny_network, tiny_network
from tsm_demo.core.errors import ModelError
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.models import list_models
from tsm_demo.models.networks import list_networks, load_network, open_network


@pytest.fixture(autouse=True)
def tiny_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embed_tiny_networks(tmp_path, monkeypatch)


def test_names() -> None:
    assert list_networks() == ["motion", "motion_tsn", "motion_online", "motion_3d", *list_models()]
    assert {"tsn_resnet18", "tsm_resnet50", "tsm_online_resnet18"} <= set(list_networks())


@pytest.mark.parametrize(
    ("wanted", "file", "name", "architecture", "weights", "classes"),
    [
        ("motion", None, "motion", "tsm_resnet18", "embedded", 12),
        ("motion_tsn", None, "motion_tsn", "tsn_resnet18", "embedded", 12),
        ("tsn_resnet18", None, "tsn_resnet18", "tsn_resnet18", "random", 400),
        ("motion", "own.safetensors", "tsm_online_resnet18", "tsm_online_resnet18", "file", 12),
    ],
)
def test_kinds_of_weights(
    tmp_path: Path, wanted: str, file: str | None, name: str, architecture: str, weights: str, classes: int
) -> None:
    save_tiny_network(tmp_path / "own.safetensors", "tsm_online_resnet18")
    network = load_network(wanted, tmp_path / file if file else None)
    assert (network.name, network.weights) == (name, weights)
    assert network.facts.spec.name == architecture
    assert len(network.facts.labels) == network.facts.spec.num_classes == classes
    if weights == "random":
        assert all("untrained" in label for label in network.facts.labels)
        assert (network.facts.picture_size, network.facts.sampling) == (224, "segments")
    else:
        assert network.facts.labels == MOTION_LABELS
        assert (network.facts.picture_size, network.facts.sampling) == (PICTURE_SIZE, "windows")


@pytest.mark.parametrize(("name", "frames", "size"), [("c3d", 16, 112), ("i3d_inception", 64, 224)])
def test_random_weights_are_used_with_the_usual_input(name: str, frames: int, size: int) -> None:
    with torch.device("meta"):
        network = open_network(name)
    assert (network.facts.spec.n_segment, network.facts.picture_size) == (frames, size)
    assert network.model.spec == network.facts.spec


@pytest.mark.parametrize("name", ["motion", "tsn_resnet18"])
def test_ready_and_safe_to_share(name: str) -> None:
    model = load_network(name).model
    assert not any(module.training for module in model.modules())
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert {value.dtype for value in model.state_dict().values()} == {torch.float32, torch.int64}


def test_the_weights_are_those_of_the_file() -> None:
    loaded, saved = load_network("motion").model.state_dict(), tiny_network().state_dict()
    assert loaded.keys() == saved.keys()
    for name, value in saved.items():
        expected = value.half().float() if value.is_floating_point() else value
        assert torch.equal(loaded[name], expected)


def test_one_object_however_it_is_asked_for(tmp_path: Path) -> None:
    shared = load_network()
    assert shared is load_network("motion") is load_network(name="motion") is load_network("motion", None)
    assert load_network("tsn_resnet18") is load_network("tsn_resnet18", checkpoint=None)
    file = tmp_path / "motion.safetensors"
    assert load_network(checkpoint=file) is load_network("motion", Path(str(file))) is not shared
    assert open_network() is not shared


def test_one_object_for_all_who_come_first_at_once() -> None:
    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(load_network, ["motion"] * 8))
    assert all(network is got[0] for network in got)


def test_no_such_network(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"'tsm_resnet34'; choose one of motion, motion_tsn, "):
        load_network("tsm_resnet34")
    with pytest.raises(ModelError, match=r"none\.safetensors"):
        load_network("motion", tmp_path / "none.safetensors")


def test_a_file_that_appears_later_is_found(tmp_path: Path) -> None:
    late = tmp_path / "late.safetensors"
    with pytest.raises(ModelError):
        load_network("motion", late)
    save_tiny_network(late)
    assert load_network("motion", late).weights == "file"
