"""Temperatures found again after logits were scaled, and calibration errors worked out by hand."""

import pytest
import torch

from tsm_demo.analysis.calibration import calibration_error, fit_temperature, share_right


def drawn(count: int = 20_000, classes: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits, and labels drawn from their softmax: perfectly calibrated."""
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(count, classes, generator=generator)
    return logits, torch.multinomial(logits.softmax(1), 1, generator=generator)[:, 0]


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_that_was_put_in_comes_out(temperature: float) -> None:
    logits, labels = drawn()
    assert fit_temperature(logits * temperature, labels) == pytest.approx(temperature, rel=0.03)


def test_scores_drawn_from_themselves_are_calibrated_until_they_are_sharpened() -> None:
    logits, labels = drawn()
    assert calibration_error(logits, labels) < 0.015
    assert calibration_error(3 * logits, labels) > 0.1
    assert calibration_error(3 * logits, labels, temperature=3) == pytest.approx(
        calibration_error(logits, labels), abs=1e-3
    )


def test_calibration_error_by_hand() -> None:
    # Two classes: scores 0.9 (three clips, two right) and 0.6 (one clip, wrong).
    odds = torch.tensor([[9.0, 1], [9, 1], [1, 9], [6, 4]]).log()
    labels = torch.tensor([0, 1, 1, 1])
    assert calibration_error(odds, labels) == pytest.approx((abs(2 - 2.7) + abs(0 - 0.6)) / 4)


def test_share_right_counts_only_scores_in_the_range() -> None:
    odds = torch.tensor([[9.0, 1], [6, 4], [4, 6], [6, 4]]).log()
    labels = torch.tensor([0, 0, 1, 1])
    assert share_right(odds, labels, 0.5, 0.7) == (pytest.approx(2 / 3), 3)
    assert share_right(odds, labels, 0.7, 0.8) == (0.0, 0)
