"""The stored reach: what the embedded networks give now, and what theory allows."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scripts.precompute_reach import measure
from tsm_demo.core.temporal_reach import BLOCKS, temporal_reach
from tsm_demo.models.checkpoints import EMBEDDED
from tsm_demo.viz import stored_reach
from tsm_demo.viz.stored_reach import KINDS, REACH, read_reach, write_reach

ROOT = Path(__file__).parents[2]
STALE = (
    "tsm_demo/assets/shift/reach.json does not fit the embedded weights or the sample clip any more. "
    "Bring it up to date with: .venv/bin/python -m scripts.precompute"
)
OUTPUT = 5  # the output frame that is measured again: all take a minute a network


@pytest.mark.parametrize("network", KINDS)
def test_the_networks_reach_so_far(network):
    stored = read_reach()[network]
    strength = measure(network, [OUTPUT])[
        :, 0
    ]  # (depths, T); in other units, for each depth is divided by its largest
    assert ((strength > 0) == (stored[:, OUTPUT] > 0)).all(), STALE
    for now, before in zip(strength, stored[:, OUTPUT], strict=True):
        np.testing.assert_allclose(now / now.max(), before / before.max(), atol=0.01, err_msg=STALE)


@pytest.mark.parametrize(("network", "kind"), KINDS.items())
def test_it_is_what_theory_allows(network, kind):
    stored = read_reach()[network]
    assert stored.shape == (BLOCKS + 1, 8, 8)
    assert ((stored > 0) == temporal_reach(kind, 8)).all()
    assert (stored.max((1, 2)) == 1).all()


def test_all_embedded_networks_are_there():
    assert set(KINDS) == set(EMBEDDED)
    assert REACH.stat().st_size < 30_000


def test_what_is_written_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(stored_reach, "REACH", tmp_path / "reach.json")
    write_reach({network: matrices * 7 for network, matrices in read_reach().items()})
    assert (tmp_path / "reach.json").read_text() == REACH.read_text()


def test_a_weak_dependence_is_not_rounded_to_none(tmp_path, monkeypatch):
    monkeypatch.setattr(stored_reach, "REACH", tmp_path / "reach.json")
    write_reach(dict.fromkeys(KINDS, np.array([[[1.0, 1.2345e-9], [0.0, 0.5]]])))
    assert read_reach.__wrapped__()["motion"].tolist() == [[[1.0, 1.23e-9], [0.0, 0.5]]]


def test_what_is_read_cannot_be_changed_by_a_visitor():
    with pytest.raises(ValueError, match="read-only"):
        read_reach()["motion"][0] = 1


def test_reading_it_needs_no_torch():
    script = (
        "import sys; from tsm_demo.viz.stored_reach import read_reach; read_reach(); "
        "print([m for m in ('torch', 'streamlit', 'plotly') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
