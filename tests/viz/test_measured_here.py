"""What the page says of the embedded networks is what the model card says."""

import re
from pathlib import Path

import pytest

from tsm_demo.models.checkpoints import EMBEDDED
from tsm_demo.viz.measured_here import Measured, read_motion12

CARD = (Path(__file__).parents[2] / "docs" / "model_card.md").read_text(encoding="utf-8")


def matrix(network: str) -> list[list[int]]:
    """Its table of answers, a row a label."""
    rows = re.search(rf"\n`{network}`\n\n((?:    .+\n)+)", CARD)
    assert rows is not None
    return [[int(n) for n in re.findall(r"\d+", line)] for line in rows.group(1).splitlines()]


def test_every_embedded_network_is_there():
    assert {found.network for found in read_motion12()} == set(EMBEDDED)


@pytest.mark.parametrize("found", read_motion12(), ids=lambda found: found.network)
def test_hits_are_the_diagonal_of_the_card_s_answers(found: Measured):
    answers = matrix(found.network)
    assert found.hits == sum(row[label] for label, row in enumerate(answers))
    assert found.clips == sum(map(sum, answers))


@pytest.mark.parametrize("found", read_motion12(), ids=lambda found: found.network)
def test_the_interval_is_the_one_on_the_card(found: Measured):
    row = re.search(rf"\| `{found.network}` \| [\d.]+ % \(([\d.]+) to ([\d.]+)\)", CARD)
    assert row is not None
    assert [f"{100 * bound:.1f}" for bound in found.bounds] == list(row.groups())


@pytest.mark.parametrize("found", read_motion12(), ids=lambda found: found.network)
def test_the_command_names_the_network(found: Measured):
    assert found.command.startswith(f"python -m tsm_demo evaluate {found.network}")


@pytest.mark.parametrize(
    ("hits", "clips", "percent"),
    [
        (141, 2000, "7.1"),
        (1926, 2000, "96.3"),
        (0, 3, "0.0"),
        (1, 3, "33.3"),
        (3, 3, "100.0"),
        (2, 3, "66.7"),
    ],
)
def test_percent_rounds_halves_upwards(hits: int, clips: int, percent: str):
    assert Measured("motion", hits, clips, "").percent == percent
