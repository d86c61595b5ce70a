"""The zoo says of each published checkpoint what its publishers say, and what it says can be used."""

import json
import re
from pathlib import Path

import pytest
import torch
from torchvision.models.video import R3D_18_Weights

from tests.models.foreign_states import mit_state, torchvision_network
from tsm_demo.core.errors import ModelError
from tsm_demo.models import build_model, load_checkpoint
from tsm_demo.models.weight_facts import published_facts
from tsm_demo.models.zoo import DEFAULT, DEFAULT_FOR_TIME, ZOO, list_zoo, read_labels, zoo_entry
from tsm_demo.video.tensors import IMAGENET_MEAN, IMAGENET_STD

ENTRIES = [zoo_entry(name) for name in list_zoo()]


def test_the_defaults_are_those_of_the_published_tables() -> None:
    by_default, for_time = zoo_entry(DEFAULT), zoo_entry(DEFAULT_FOR_TIME)
    assert (by_default.accuracy[0].top1, by_default.dataset) == (73.18, "Kinetics-400")
    assert (for_time.accuracy[0].top1, for_time.dataset) == (62.72, "Something-Something V2")
    assert zoo_entry("tsn_r50_8f_sthv2").accuracy[0].top1 == 35.51
    assert list_zoo()[0] == DEFAULT


def test_what_the_issue_asks_for_is_there() -> None:
    wanted = {
        ("Kinetics-400", "tsm_resnet50", 8),
        ("Kinetics-400", "tsm_resnet50", 16),
        ("Kinetics-400", "tsm_resnet50_nl", 8),
        ("Kinetics-400", "tsn_resnet50", 8),
        *((f"Something-Something V{v}", f"tsm_resnet{depth}", 8) for v in (1, 2) for depth in (50, 101)),
        *((name, "tsm_resnet50", 8) for name in ("Jester", "UCF101", "HMDB51")),
    }
    for source in ("MMAction2", "MIT"):
        here = {(e.dataset, e.spec.name, e.spec.n_segment) for e in ENTRIES if e.source == source}
        missing = {
            what
            for what in wanted - here
            if source == "MMAction2" or what[0] not in ("Jester", "UCF101", "HMDB51")
        }
        assert not missing
    attentions = {e.spec.attention for e in ENTRIES if e.spec.name == "tsm_resnet50_nl"}
    assert attentions == {"embedded_gaussian", "gaussian", "dot_product"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_whole(entry) -> None:  # type: ignore[no-untyped-def]
    assert re.fullmatch(r"[a-z0-9_]+", entry.name)
    assert entry.file_name == entry.url.split("/")[-1]
    if entry.source == "MMAction2":  # the name of the file ends in the beginning of its checksum
        assert re.fullmatch(rf"https://download\.openmmlab\.com/mmaction/.*-{entry.sha256}\.pth", entry.url)
        assert re.fullmatch("[0-9a-f]{8}", entry.sha256)
        assert entry.licence == "Apache-2.0"
    else:
        assert re.fullmatch(r"https://hanlab18\.mit\.edu/projects/tsm/models/TSM_\w+\.pth", entry.url)
        assert (entry.sha256, entry.licence) == ("", "MIT")
    assert len(entry.labels()) == len(set(entry.labels())) == entry.spec.num_classes
    with torch.device("meta"):
        model = build_model(entry.spec.name, entry.spec.num_classes, attention=entry.spec.attention)
    tensors = 4 * sum(value.numel() for value in model.parameters())
    assert tensors <= entry.nbytes <= 1.02 * tensors * (2 if entry.source == "MIT" else 1)
    assert (entry.mean, entry.std) == (IMAGENET_MEAN, IMAGENET_STD)
    assert (entry.sampling == "dense") == (entry.frame_stride is not None)
    for accuracy in entry.accuracy:
        assert 10 < accuracy.top1 < (accuracy.top5 or 100) <= 100
        assert "frames x" in accuracy.protocol
    facts = published_facts(entry)
    assert (facts.picture_size, facts.short_side, facts.spec) == (entry.crop, 256, entry.spec)


def test_names_and_files_are_one_each() -> None:
    assert len({entry.url for entry in ENTRIES}) == len({entry.title for entry in ENTRIES}) == len(list_zoo())
    rows = json.loads((ZOO / "zoo.json").read_text(encoding="utf-8"))["checkpoints"]
    assert [row["name"] for row in rows] == list_zoo()


def test_labels_stand_in_each_checkpoints_own_order() -> None:
    assert read_labels("kinetics400.txt") == tuple(R3D_18_Weights.KINETICS400_V1.meta["categories"])
    assert zoo_entry("tsm_r50_8f_sthv1").labels()[0] == "Holding something"  # MMAction2's own order
    assert list(zoo_entry("mit_tsm_r50_8f_sthv1").labels()) == sorted(read_labels("sthv1.txt"))
    assert list(read_labels("sthv2.txt")) == sorted(read_labels("sthv1.txt"))
    assert read_labels("jester.txt")[:2] == ("Swiping Left", "Swiping Right")


def test_an_unknown_name() -> None:
    with pytest.raises(
        ModelError, match="no published checkpoint called 'tsm'; choose one of tsm_r50_8f_k400, "
    ):
        zoo_entry("tsm")


def test_a_file_under_its_published_name_is_used_as_published(tmp_path: Path) -> None:
    entry = zoo_entry("mit_tsm_r50_16f_sthv2")
    state = mit_state(torchvision_network(50, 174, "blockres", 16))
    torch.save({"state_dict": state}, tmp_path / entry.file_name)
    loaded = load_checkpoint(tmp_path / entry.file_name)
    assert (loaded.facts, loaded.notes) == (published_facts(entry), ())
    assert loaded.facts.spec.n_segment == 16
    other = {
        name.replace(".net.", "."): value for name, value in state.items()
    }  # the name lies: this one is TSN
    torch.save({"state_dict": other}, tmp_path / entry.file_name)
    loaded = load_checkpoint(tmp_path / entry.file_name)
    assert loaded.facts.spec.name == "tsn_resnet50"
    assert len(loaded.notes) == 1
