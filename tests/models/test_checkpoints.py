"""A weights file comes back as it went in, and each file that is none gets a sentence of its own."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.models import build_model, load_checkpoint
from tsm_demo.models.checkpoints import (
    EMBEDDED,
    FACTS_KEY,
    WeightFacts,
    embedded_path,
    motion_facts,
    save_checkpoint,
)
from tsm_demo.models.registry import ModelSpec

SPEC = ModelSpec(
    "tsm_resnet18", num_classes=3, n_segment=4, fold_div=4, placement="in_place", width=8, last_stride=1
)
FACTS = WeightFacts(
    spec=SPEC,
    labels=("walks", "runs", "sits – or lies"),
    picture_size=96,
    seed=7,
    clips_seen=12_345,
    accuracy=0.875,
    temperature=1.25,
    sampling="segments",
)


@pytest.fixture(scope="module")
def model() -> nn.Module:
    torch.manual_seed(3)
    network = build_model(**asdict(SPEC))
    network.bn1.num_batches_tracked.fill_(70_001)  # more than float16 holds
    return network


@pytest.fixture
def file(model: nn.Module, tmp_path: Path) -> Path:
    path = tmp_path / "own.safetensors"
    save_checkpoint(path, model, FACTS)
    return path


def rewrite(path: Path, header: object = None, tensors: dict[str, Tensor] | None = None) -> Path:
    """The same file with another description (None: without one) or other tensors."""
    with safe_open(path, "pt") as opened:
        kept = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a dict
    text = header if isinstance(header, str) else json.dumps(header)
    save_file(tensors or kept, path, metadata=None if header is None else {FACTS_KEY: text})
    return path


def described(**changes: object) -> dict:
    """The description of FACTS as JSON holds it, changed; `spec` is changed entry by entry."""
    facts = json.loads(json.dumps(asdict(FACTS)))
    spec = changes.pop("spec", {})
    facts["spec"] = {**facts["spec"], **spec} if isinstance(spec, dict) else spec
    return {**facts, **changes}


def without(facts: dict, key: str) -> dict:
    return {name: value for name, value in facts.items() if name != key}


def test_weights_come_back_as_float16_holds_them(model: nn.Module, file: Path) -> None:
    loaded, saved = load_checkpoint(file).model.state_dict(), model.state_dict()
    assert loaded.keys() == saved.keys()
    for name, value in saved.items():
        if value.is_floating_point():
            assert loaded[name].dtype == torch.float32
            assert torch.equal(loaded[name], value.to(torch.float16).to(torch.float32))
        else:
            assert torch.equal(loaded[name], value)


def test_the_file_holds_float16_and_counters(file: Path) -> None:
    with safe_open(file, "pt") as opened:
        dtypes = {name: opened.get_tensor(name).dtype for name in opened.keys()}  # noqa: SIM118
    counters = {name for name, dtype in dtypes.items() if dtype == torch.int64}
    assert counters == {name for name in dtypes if name.endswith("num_batches_tracked")}
    assert {dtypes[name] for name in dtypes.keys() - counters} == {torch.float16}


def test_saving_again_changes_nothing(file: Path, tmp_path: Path) -> None:
    loaded = load_checkpoint(file)
    save_checkpoint(tmp_path / "again.safetensors", loaded.model, loaded.facts)
    assert load_checkpoint(tmp_path / "again.safetensors").facts == FACTS
    for name, value in load_checkpoint(tmp_path / "again.safetensors").model.state_dict().items():
        assert torch.equal(value, loaded.model.state_dict()[name])


def test_facts_are_kept(file: Path) -> None:
    assert load_checkpoint(file).facts == FACTS
    assert load_checkpoint(str(file)).facts == FACTS


def test_the_network_is_the_one_described_and_safe_to_share(file: Path) -> None:
    network = load_checkpoint(file).model
    assert network.spec == SPEC
    assert not any(module.training for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert network(torch.zeros(1, 4, 3, 32, 32)).shape == (1, 3)


def test_another_number_of_frames(file: Path) -> None:
    loaded = load_checkpoint(file, n_segment=16)
    assert loaded.model.spec.n_segment == loaded.facts.spec.n_segment == 16
    with pytest.raises(ModelError, match="n_segment"):
        load_checkpoint(file, n_segment=0)


def test_a_state_dict_with_its_facts(model: nn.Module) -> None:
    loaded = load_checkpoint(model.state_dict(), facts=FACTS)
    clip = torch.randn(1, 4, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(loaded.model(clip), model(clip))  # nothing was rounded
    assert not {v.data_ptr() for v in loaded.model.parameters()} & {v.data_ptr() for v in model.parameters()}
    with pytest.raises(ModelError, match="does not say what network it belongs to: it has no description"):
        load_checkpoint(model.state_dict())


def test_the_facts_of_a_motion_network() -> None:
    spec = ModelSpec("tsm_resnet18", num_classes=12)
    facts = motion_facts(spec, 112, seed=3, clips_seen=9, accuracy=0.5)
    assert facts == WeightFacts(spec, MOTION_LABELS, 112, seed=3, clips_seen=9, accuracy=0.5)


def test_embedded_names() -> None:
    for name in EMBEDDED:
        assert embedded_path(name).name == f"{name}.safetensors"
    with pytest.raises(ModelError, match="'moves' is not one of the embedded networks: motion, motion_tsn, "):
        embedded_path("moves")


def test_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.safetensors", tmp_path):  # a folder is no file
        with pytest.raises(ModelError, match=f"There is no weights file called {path.name}"):
            load_checkpoint(path)


@pytest.mark.parametrize("kind", ["empty", "text", "cut"])
def test_other_files(file: Path, kind: str) -> None:
    whole = file.read_bytes()
    file.write_bytes({"empty": b"", "text": b"I am a letter, not weights." * 9, "cut": whole[:-1000]}[kind])
    with pytest.raises(ModelError, match=r"own\.safetensors is not a weights file that can be read: give a"):
        load_checkpoint(file)


def test_a_file_without_a_description(file: Path) -> None:
    with pytest.raises(ModelError, match=r"own\.safetensors does not say what network it belongs to"):
        load_checkpoint(rewrite(file))
    torch.save({"conv1.weight": torch.zeros(1)}, file)
    with pytest.raises(ModelError, match=r"own\.safetensors does not say what network it belongs to"):
        load_checkpoint(file)


@pytest.mark.parametrize(
    "header",
    [
        "no JSON",
        "[" * 100_000,
        [1, 2],
        5,
        without(described(), "spec"),
        without(described(), "labels"),
        without(described(), "picture_size"),
        described(mood="sunny"),
        described(spec={"depth": 18}),
        described(spec="tsm_resnet18"),
        described(labels=3),
    ],
    ids=lambda header: str(header)[:40],
)
def test_a_description_of_another_form(file: Path, header: object) -> None:
    with pytest.raises(ModelError, match=r"description inside own\.safetensors is not one that this version"):
        load_checkpoint(rewrite(file, header))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"spec": {"name": "tsm_resnet34"}}, "no network called 'tsm_resnet34'; choose one of"),
        ({"spec": {"name": ["tsm_resnet18"]}}, "no network called"),
        ({"spec": {"placement": "inside"}}, "placement is 'inside'; choose one of residual"),
        ({"spec": {"width": 0}}, "width must be whole numbers of at least 1"),
        ({"spec": {"width": "8"}}, "width must be whole numbers of at least 1"),
        ({"spec": {"num_classes": 3.0}}, "width must be whole numbers of at least 1"),
        ({"spec": {"n_segment": "8"}}, "width must be whole numbers of at least 1"),
        ({"spec": {"last_stride": 4}}, "last_stride 1 or 2"),
        ({"labels": ["walks"]}, "1 labels for 3 classes"),
    ],
    ids=str,
)
def test_a_description_of_what_cannot_be(file: Path, changes: dict, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        load_checkpoint(rewrite(file, described(**changes)))


def test_a_description_of_an_impossible_fold(file: Path) -> None:
    with pytest.raises(ShapeError, match="fold_div is 1"):
        load_checkpoint(rewrite(file, described(spec={"fold_div": 1})))


@pytest.mark.parametrize(
    "changes",
    [
        {"picture_size": "large"},
        {"picture_size": 0},
        {"temperature": 0},
        {"temperature": "warm"},
        {"temperature": float("nan")},
        {"sampling": "all"},
        {"labels": [1, 2, 3]},
    ],
    ids=str,
)
def test_facts_that_nobody_could_use(file: Path, changes: dict) -> None:
    with pytest.raises(ModelError, match=f"has an unusable {next(iter(changes))}: "):
        load_checkpoint(rewrite(file, described(**changes)))


@pytest.mark.parametrize("kind", ["missing", "extra", "wider", "another depth", "beyond memory"])
def test_tensors_that_do_not_fit(model: nn.Module, file: Path, kind: str) -> None:
    tensors, spec = dict(model.state_dict()), {}
    if kind == "missing":
        del tensors["fc.bias"]
    elif kind == "extra":
        tensors["fc2.bias"] = torch.zeros(3)
    else:
        spec = {
            "wider": {"width": 16},
            "another depth": {"name": "tsm_resnet50"},
            "beyond memory": {"width": 2**62},
        }[kind]
    with pytest.raises(ModelError, match="These weights do not fit tsm_resnet") as caught:
        load_checkpoint(rewrite(file, described(spec=spec), tensors))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 900
    named = {
        "missing": "missing: fc.bias",
        "extra": "left over: fc2.bias",
        "wider": "another shape: conv1.weight (8, 3",
    }
    assert named.get(kind, "") in str(caught.value)
