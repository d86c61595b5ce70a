"""Wilson's interval against published tables."""

import pytest

from tsm_demo.core.interval import interval


# Newcombe, Statistics in Medicine 17 (1998), table I, method 3: the score interval without continuity correction.
@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilsons_interval(hits: int, count: int, low: float, high: float) -> None:
    assert interval(hits / count, count) == pytest.approx((low, high), abs=6e-5)
