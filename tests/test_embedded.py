"""The weights that come with the app: what they say of the sample clips, forwards and backwards."""

import csv
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import pytest
import torch

from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.seeing import read_for
from tsm_demo.core.labels import MOTION_LABELS, reversed_label
from tsm_demo.models import answering
from tsm_demo.models.checkpoints import ASSETS, EMBEDDED
from tsm_demo.models.computing import Computing
from tsm_demo.models.networks import load_network
from tsm_demo.training.recipe import NETWORKS

SAMPLES = Path(__file__).parents[1] / "sample_videos"
ROWS = [(row["file"], row["label"]) for row in csv.DictReader((SAMPLES / "labels.csv").open(newline=""))]


def both_ways(model: str, file: str):
    network = load_network(model)
    clip = read_for(network, SAMPLES / file)
    return answer_clip(network, clip), answer_clip(network, clip, reverse=True)


@pytest.mark.parametrize(("file", "label"), ROWS)
def test_tsm_names_every_sample_clip_and_its_reversal(file, label):
    forwards, backwards = both_ways("motion", file)
    assert forwards.top[0].label == label
    assert backwards.top[0].label == MOTION_LABELS[reversed_label(MOTION_LABELS.index(label))]


@pytest.mark.parametrize(("file", "label"), ROWS)
def test_2d_cannot_tell_a_clip_from_its_reversal(file, label):
    forwards, backwards = both_ways("motion_tsn", file)
    np.testing.assert_allclose(forwards.window_scores, backwards.window_scores, atol=1e-5)


@pytest.fixture
def in_bfloat16(monkeypatch):
    monkeypatch.setattr(answering, "computing", lambda: Computing(torch.device("cpu"), torch.bfloat16, 1))
    monkeypatch.setattr(answering, "_forms", WeakKeyDictionary())


@pytest.mark.parametrize("model", EMBEDDED)
@pytest.mark.parametrize(("file", "label"), ROWS)
def test_bfloat16_gives_every_sample_clip_the_same_label_both_ways(model, file, label, request):
    exact = both_ways(model, file)
    request.getfixturevalue("in_bfloat16")
    rounded = both_ways(model, file)
    for expected, found in zip(exact, rounded, strict=True):
        assert not np.array_equal(found.window_scores, expected.window_scores)  # it was computed otherwise
        assert found.top[0].label == expected.top[0].label
        np.testing.assert_allclose(found.window_scores, expected.window_scores, atol=0.05)


@pytest.mark.parametrize(("file", "label"), ROWS)
def test_2d_cannot_tell_a_clip_from_its_reversal_in_bfloat16_either(file, label, in_bfloat16):
    forwards, backwards = both_ways("motion_tsn", file)
    np.testing.assert_allclose(forwards.window_scores, backwards.window_scores, atol=1e-5)


@pytest.mark.parametrize("model", EMBEDDED)
def test_the_facts_are_in_the_file(model):
    facts = load_network(model).facts
    assert facts.labels == MOTION_LABELS
    assert facts.picture_size == 112
    assert facts.spec.n_segment == 8
    assert facts.clips_seen > 0
    assert facts.accuracy is not None


def test_the_family_is_one_network_four_ways():
    specs = {model: load_network(model).facts.spec for model in EMBEDDED}
    assert {model: (spec.name, spec.width) for model, spec in specs.items()} == {
        member.name: (member.architecture, member.width) for member in NETWORKS.values()
    }
    assert sum((ASSETS / f"{model}.safetensors").stat().st_size for model in EMBEDDED) < 90e6
