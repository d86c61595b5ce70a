"""The reference timing waits for a quiet machine, unless told not to, and writes what it measured."""

import pytest

from scripts import precompute_timing
from tests.analysis.test_timing import measured


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, list]:
    """What the command did: how long it slept, which requests it measured, what it wrote."""
    done: dict[str, list] = {"slept": [], "measured": [], "written": []}
    loads = [3.0, 0.6, 0.5]  # quiet at the third look, and from then on
    monkeypatch.setattr(
        precompute_timing, "load_average", lambda: loads.pop(0) if len(loads) > 1 else loads[0]
    )
    monkeypatch.setattr(precompute_timing.time, "sleep", done["slept"].append)

    def apart(request, on_stage):
        done["measured"].append(request)
        return measured(two_d=[0.1] * 5, tsm=[0.2] * 5)

    monkeypatch.setattr(precompute_timing, "measure_apart", apart)
    monkeypatch.setattr(precompute_timing, "write_reference", done["written"].extend)
    return done


def test_it_waits_until_other_work_has_ended(told, capsys):
    assert precompute_timing.main([]) == 0
    assert len(told["slept"]) == 2
    assert told["measured"] == precompute_timing.requests()
    assert len(told["written"]) == 3
    said = capsys.readouterr().out
    assert "the load average is 3.0" in said
    assert "200.0 ms (200.0 to 200.0)  x 2.000" in said


def test_it_can_be_told_not_to_wait(told):
    assert precompute_timing.main(["--now"]) == 0
    assert told["slept"] == []
    assert len(told["measured"]) == 3
