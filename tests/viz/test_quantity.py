"""Numbers as people read them."""

import pytest

from tsm_demo.viz.quantity import amount, duration, nbytes, times


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (1000, "1 k"),
        (24_327_632, "24.3 M"),
        (32_704_339_968, "32.7 G"),
        (999_960, "1.00 M"),
        (126_782_000_000, "127 G"),
        (1.5e15, "1,500 T"),
    ],
)
def test_an_amount(number, read):
    assert amount(number) == read


@pytest.mark.parametrize(
    ("number", "read"),
    [(0, "0 B"), (1023, "1,023 B"), (1024, "1 KiB"), (102_760_448, "98 MiB"), (3 * 2**29, "1.50 GiB")],
)
def test_bytes(number, read):
    assert nbytes(number) == read


@pytest.mark.parametrize(
    ("ratio", "read"),
    [(1, "× 1"), (2.9612, "× 2.96"), (1.003, "× 1.0030"), (0.9981, "× 0.9981"), (12.34, "× 12.3")],
)
def test_a_ratio_that_is_not_one_is_never_written_as_one(ratio, read):
    assert times(ratio) == read


@pytest.mark.parametrize(("sec", "read"), [(0.2194, "219 ms"), (1.73, "1.73 s"), (0.99999, "1.00 s")])
def test_a_duration(sec, read):
    assert duration(sec) == read
