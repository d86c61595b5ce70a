"""The code that the page shows is run, and does what the network does; the ledger is counted by hand and cell by cell."""

import pytest
import torch

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_steps import ledger, set_up_code, shift_steps
from tsm_demo.core.shift_table import MODES, source_frames
from tsm_demo.ui.shift_choices import CHANNELS, FOLDS, FRAMES

EVERY_FOLD = [(mode, fold_div) for mode in MODES for fold_div in FOLDS.values]


@pytest.mark.parametrize(("mode", "fold_div"), EVERY_FOLD)
def test_the_code_shown_is_the_shift(mode: str, fold_div: int) -> None:
    for T in FRAMES.values:
        for C in CHANNELS.values:
            x = torch.arange(1.0, 2 * T * C * 2 + 1).view(
                2, T, C, 1, 2
            )  # every value is unique, none is zero
            names = {"torch": torch, "x": x, "C": C}
            lines = [*set_up_code(fold_div), *(step.code for step in shift_steps(C, fold_div, mode))]
            exec("\n".join(lines), names)
            assert torch.equal(names["out"].flatten(0, 1), temporal_shift(x.flatten(0, 1), T, fold_div, mode))


@pytest.mark.parametrize(("mode", "fold_div"), EVERY_FOLD)
def test_each_line_fills_its_own_channels_from_its_own_offset(mode: str, fold_div: int) -> None:
    T, C = 5, 24
    x = torch.arange(1.0, T * C + 1).view(1, T, C, 1, 1)
    for step in shift_steps(C, fold_div, mode):
        names = {"torch": torch, "x": x, "C": C}
        exec("\n".join([*set_up_code(fold_div), step.code]), names)
        out = names["out"][0, :, :, 0, 0]
        for t in range(T):
            for c in range(C):
                comes = step.first <= c < step.end and 0 <= t + step.offset < T
                assert out[t, c] == (x[0, t + step.offset, c, 0, 0] if comes else 0)


@pytest.mark.parametrize(("mode", "fold_div"), EVERY_FOLD)
def test_the_lines_fill_every_channel_once(mode: str, fold_div: int) -> None:
    steps = shift_steps(40, fold_div, mode)
    assert [c for step in steps for c in range(step.first, step.end)] == list(range(40))


def test_the_ledger_of_the_opening_picture() -> None:
    # 8 frames, 16 channels, two folds of 2: 7 x 2 cells move each way, 2 + 2 are empty, 2 + 2 fall off, 8 x 12 stay.
    found = ledger(source_frames(8, 16, 8))
    assert (found.moved, found.own, found.zero_filled, found.lost) == (28, 96, 4, 4)
    online = ledger(source_frames(8, 16, 8, "online"))
    assert (online.moved, online.own, online.zero_filled, online.lost) == (14, 112, 2, 2)


@pytest.mark.parametrize(("mode", "fold_div"), EVERY_FOLD)
def test_the_ledger_against_a_tensor_of_unique_cells(mode: str, fold_div: int) -> None:
    for T, C in [(2, 8), (3, 16), (8, 24), (16, 64)]:
        x = torch.arange(1.0, T * C + 1).view(T, C, 1, 1)
        before, after = x.flatten().tolist(), temporal_shift(x, T, fold_div, mode).flatten().tolist()
        found = ledger(source_frames(T, C, fold_div, mode))
        assert found.own == sum(a == b for a, b in zip(before, after, strict=True))
        assert found.zero_filled == after.count(0.0)
        assert found.moved == T * C - found.own - found.zero_filled
        assert found.lost == len(set(before) - set(after))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ShapeError):
        shift_steps(16, 1)
    with pytest.raises(ShapeError):
        shift_steps(16, 8, "sideways")
