"""The weights that come with the app: what they say of the sample clips, forwards and backwards."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.seeing import read_for
from tsm_demo.core.labels import MOTION_LABELS, reversed_label
from tsm_demo.models.checkpoints import ASSETS, EMBEDDED
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
