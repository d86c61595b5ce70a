"""What the grid shows is what the network does, for every state of its controls, and words and numbers follow."""

import json
from itertools import product

import pytest
import torch

from tsm_demo.core.placement import PLACEMENTS
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import MODES, source_frames
from tsm_demo.ui.components.shift_grid import Tiles, payload
from tsm_demo.ui.shift_choices import CHANNELS, FOLDS, FRAMES, ShiftChoice, fold_share
from tsm_demo.ui.shift_view import alternative, exhibit, summary, table
from tsm_demo.ui.text import words

W = words("shift")
OPENING = ShiftChoice(8, 16, 8, "bidirectional", "residual")
LARGEST = ShiftChoice(16, 64, 8, "bidirectional", "residual")


@pytest.mark.parametrize(("fold_div", "mode"), list(product(FOLDS.values, MODES)))
def test_the_last_state_is_the_shift_at_every_size_offered(fold_div: int, mode: str) -> None:
    for T, C in product(FRAMES.values, CHANNELS.values):
        x = torch.arange(1, T * C + 1).view(T, C, 1, 1)
        shifted = temporal_shift(x, T, fold_div, mode)[:, :, 0, 0].tolist()
        source = exhibit(ShiftChoice(T, C, fold_div, mode, "residual"), W).source
        drawn = [[int(x[s, c]) if s >= 0 else 0 for c, s in enumerate(row)] for row in source]
        assert drawn == shifted


def test_the_lines_are_those_of_the_mode() -> None:
    assert [(line.first, line.end, line.offset) for line in exhibit(OPENING, W).steps] == [
        (0, 2, 1),
        (2, 4, -1),
        (4, 16, 0),
    ]
    online = ShiftChoice(8, 16, 4, "online", "residual")
    assert [(line.first, line.end, line.offset) for line in exhibit(online, W).steps] == [
        (0, 4, -1),
        (4, 16, 0),
    ]


@pytest.mark.parametrize(
    ("fold_div", "mode", "share"),
    [
        (8, "bidirectional", "1/8 each way, 1/4 of all"),
        (16, "bidirectional", "1/16 each way, 1/8 of all"),
        (2, "bidirectional", "1/2 each way, all of all"),
        (8, "online", "1/8 from the past"),
        (0, "bidirectional", "none"),
        (0, "online", "none"),
    ],
)
def test_the_share_that_moves(fold_div: int, mode: str, share: str) -> None:
    assert fold_share(fold_div, mode, W) == share


def test_the_sentence_with_the_numbers() -> None:
    said = summary(OPENING, W)
    assert "of 128 cells 28 change their frame, 4 are filled with zero, 4 values fall off" in said
    assert "Multiplications: **0**" in said
    assert "all 128 cells stay" in summary(ShiftChoice(8, 16, 0, "online", "residual"), W)


@pytest.mark.parametrize(("fold_div", "mode"), list(product(FOLDS.values, MODES)))
def test_each_step_has_a_text_with_nothing_left_to_fill_in(fold_div: int, mode: str) -> None:
    choice = ShiftChoice(5, 8, fold_div, mode, "in_place")
    shown = exhibit(choice, W)
    told = shown.words["told"]
    assert len(told) == len(shown.steps) + 1
    assert len({"{" in text for text in (*told, alternative(choice, W), summary(choice, W))}) == 1
    assert not any("{" in text for text in (*told, alternative(choice, W), summary(choice, W)))
    assert ("Nothing to move" in " ".join(told)) == any(line.end == line.first for line in shown.steps)
    assert ("knows nothing of its neighbours" in told[-1]) == (fold_div in (0, 16))  # 8 // 16 is no channel


def test_the_legend_names_only_what_is_there() -> None:
    def kinds(choice: ShiftChoice) -> list[tuple[str, str]]:
        return [(entry.kind, entry.detail) for entry in exhibit(choice, W).legend]

    assert kinds(OPENING) == [
        ("1", "channels 0–1"),
        ("-1", "channels 2–3"),
        ("0", "channels 4–15"),
        ("zero", ""),
    ]
    assert kinds(ShiftChoice(8, 8, 8, "bidirectional", "residual"))[0] == ("1", "channel 0")
    assert kinds(ShiftChoice(8, 16, 2, "bidirectional", "residual")) == [
        ("1", "channels 0–7"),
        ("-1", "channels 8–15"),
        ("zero", ""),
    ]
    assert kinds(ShiftChoice(8, 16, 0, "bidirectional", "residual")) == [("0", "channels 0–15")]


@pytest.mark.parametrize("mode", MODES)
def test_the_table_says_what_the_picture_shows(mode: str) -> None:
    choice = ShiftChoice(6, 24, 4, mode, "residual")
    source = source_frames(6, 24, 4, mode)
    columns = list(table(choice, W).values())
    assert columns[0] == [str(t) for t in range(6)]
    for line, column in zip(exhibit(choice, W).steps, columns[1:], strict=True):
        for t in range(6):
            said = {column[t]}
            assert said == {
                "zero" if s < 0 else f"frame {s}'s" for s in source[t, line.first : line.end].tolist()
            }


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_shortcut_is_named(placement: str) -> None:
    shown = exhibit(ShiftChoice(8, 16, 8, "bidirectional", placement), W)
    assert shown.placement == placement
    assert ("nothing of the frame is lost" in shown.words["placement"]) == (placement == "residual")


def test_the_largest_grid_is_small_on_the_wire() -> None:
    assert len(json.dumps(payload(exhibit(LARGEST, W)))) < 20_000


def test_pictures_travel_as_text() -> None:
    data = payload(exhibit(OPENING, W, Tiles(b"sheet", b"film")))
    assert (data["sheet"], data["film"]) == ("c2hlZXQ=", "ZmlsbQ==")
    assert (data["T"], data["C"]) == (8, 16)
    assert "sheet" not in payload(exhibit(OPENING, W))
