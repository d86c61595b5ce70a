"""Measurements as JSON: there and back, garbage, and the reference that ships."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.precompute_timing import requests
from tests.analysis.test_timing import measured
from tsm_demo.analysis import stored_timing
from tsm_demo.analysis.stored_timing import as_json, from_json, reference_timings, write_reference
from tsm_demo.analysis.timing import Setup, Subject, shift_overheads

ROOT = Path(__file__).parents[2]


def test_there_and_back():
    found = measured(two_d=[0.1, 0.2, 0.3, 0.4, 0.5], naive=[0.2, 0.2, 0.2, 0.2, 0.25])
    assert from_json(json.loads(json.dumps(as_json(found)))) == found


@pytest.mark.parametrize(
    "garbage",
    [None, 7, "text", [], {}, {"runs": []}, {"runs": [{}]}, {"runs": {"a": 1}}],
)
def test_garbage_is_a_value_error(garbage):
    with pytest.raises(ValueError):  # noqa: PT011
        from_json(garbage)


@pytest.mark.parametrize(
    ("field", "value"),
    [("machine", {"processor": "x"}), ("setup", {}), ("load_before", "much"), ("runs", []), ("runs", [[]])],
)
def test_a_spoilt_field_is_a_value_error(field, value):
    stored = as_json(measured(two_d=[0.1] * 5)) | {field: value}
    with pytest.raises(ValueError):  # noqa: PT011
        from_json(stored)


def test_a_file_of_several(tmp_path, monkeypatch):
    monkeypatch.setattr(stored_timing, "TIMING", tmp_path / "cost" / "timing.json")
    several = (measured(two_d=[0.1] * 5, tsm=[0.2] * 5), measured(naive=[0.3] * 6))
    write_reference(several)
    try:
        assert reference_timings() == several
    finally:
        reference_timings.cache_clear()


def test_the_reference_holds_what_its_command_measures():
    for request, stored in zip(requests(), reference_timings(), strict=True):
        assert stored.setup == request.setup
        assert list(stored.runs) == [Subject.of(spec) for spec in request.specs]
    assert {8, 2} == set(shift_overheads(reference_timings()[0]))
    assert reference_timings()[0].setup == Setup(8, 224, 1)


def test_the_reference_says_where_it_is_from():
    for stored in reference_timings():
        machine = stored.machine
        assert all((machine.processor, machine.cores, machine.memory_bytes, machine.system, machine.threads))
        assert machine.torch[0].isdigit()
        assert stored.date.startswith("20")


def test_reading_it_needs_no_torch():
    script = (
        "import sys; from tsm_demo.analysis.stored_timing import reference_timings; "
        "print(len(reference_timings()), 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["3", "False"]
