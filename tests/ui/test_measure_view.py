"""Measure it here: nothing runs until it is asked to, the words are what the numbers bear out, old results say so."""

import time
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from tests.analysis.test_timing import MACHINE, measured
from tsm_demo.analysis.measure import MeasureError, Stage
from tsm_demo.analysis.stored_timing import reference_timings
from tsm_demo.analysis.timing import Measurement, Spread, Subject
from tsm_demo.models.registry import ModelSpec
from tsm_demo.serving import measuring
from tsm_demo.ui import measurements
from tsm_demo.ui.measured_view import clear_times, machine_words, mib, times
from tsm_demo.ui.text import words
from tsm_demo.video import supervise

W = words("cost_measure")
PAGE = """
import streamlit as st
from tsm_demo.models.registry import ModelSpec
from tsm_demo.ui.measure_view import show_measure
names = st.query_params.get("names", "tsn_resnet50 tsm_resnet50").split()
labels = {"tsn_resnet50": "2D", "tsm_resnet50": "TSM", "cnn3d_resnet50": "3D", "tsm_resnet101": "deep"}
show_measure({labels[name]: ModelSpec(name) for name in names}, int(st.query_params.get("frames", 8)), 224)
"""
ASKED = measured(two_d=[0.1] * 5, tsm=[0.2] * 5)

Answer = Callable[..., Measurement]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Answer], list]]:
    """Put a function in the worker's place; gives the list of requests that it gets."""
    requests: list = []

    def put(answer: Answer) -> list:
        def apart(request, on_stage, on_poll) -> Measurement:
            requests.append(request)
            return answer(on_stage, on_poll)

        monkeypatch.setattr(measuring, "measure_apart", apart)
        return requests

    measurements._line.clear()
    yield put
    measurements._line.clear()


def opened(**query: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def until(app: AppTest, condition: Callable[[AppTest], bool]) -> None:
    for _ in range(100):
        if condition(app):
            return
        time.sleep(0.05)
        app.run()
        assert not app.exception
    pytest.fail("it did not come to that")


def press(app: AppTest) -> None:
    app.button(key="measure_button").click().run()
    assert not app.exception


def text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


def test_opening_it_starts_no_process_and_shows_the_reference(
    answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(*args: object, **options: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(supervise.subprocess, "Popen", started)
    requests = answered(lambda on_stage, on_poll: ASKED)
    app = opened()
    app.run()
    assert requests == []
    assert len(app.get("plotly_chart")) == 2
    assert "Until you measure, a reference from another machine" in text(app)
    assert reference_timings()[0].machine.processor in text(app)
    assert "Measured here" not in text(app)


def test_a_press_measures_what_is_chosen(answered) -> None:
    requests = answered(lambda on_stage, on_poll: ASKED)
    app = opened()
    press(app)
    until(app, lambda app: "Measured here" in text(app))
    (request,) = requests
    assert [spec.name for spec in request.specs] == ["tsn_resnet50", "tsm_resnet50"]
    assert (request.setup.frames, request.setup.size, request.setup.batch) == (8, 224, 1)
    assert [title.value for title in app.subheader] == [
        "Time: TSM 2.00 times as long as 2D",
        "Memory: TSM 1.00 times as much as 2D",
    ]
    assert "a reference" not in text(app)
    alts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert "2D: median 100 ms, half of the runs between 100 ms and 100 ms; TSM: median 200 ms" in alts[0]


def test_progress_then_cancel(answered) -> None:
    def endless(on_stage, on_poll) -> Measurement:
        on_stage(Stage("time", 1, 0.4, 2, 7))
        while True:
            on_poll()
            time.sleep(0.02)

    answered(endless)
    app = opened()
    press(app)
    until(app, lambda app: app.get("progress")[0].proto.text == "Round 2 of 7: TSM")
    assert app.get("progress")[0].proto.value == 40
    assert not [button for button in app.button if button.key == "measure_button"]
    app.button(key="measure_cancel").click().run()
    until(app, lambda app: W["cancelled"] in text(app))
    assert not app.get("progress")
    assert app.button(key="measure_button")


def test_a_second_visitor_waits_and_is_told_so(answered) -> None:
    def endless(on_stage, on_poll) -> Measurement:
        while True:
            on_poll()
            time.sleep(0.02)

    answered(endless)
    first, second = opened(), opened()
    press(first)
    until(first, lambda app: app.get("progress")[0].proto.text == W["step_start"])
    press(second)
    until(second, lambda app: app.get("progress")[0].proto.text == W["step_wait"].format(place=1))
    for app in (second, first):
        app.button(key="measure_cancel").click().run()


def test_what_went_wrong_is_said_until_the_choice_changes(answered) -> None:
    def refused(on_stage, on_poll) -> Measurement:
        raise MeasureError("TSM on this clip needs more memory.")

    answered(refused)
    app = opened()
    press(app)
    until(app, lambda app: bool(app.error))
    assert app.error[0].value == "TSM on this clip needs more memory."
    app.query_params["frames"] = "4"
    app.run()
    assert not app.error


def test_an_old_result_is_not_taken_for_the_present_choice(answered) -> None:
    answered(lambda on_stage, on_poll: ASKED)
    app = opened()
    press(app)
    until(app, lambda app: "Measured here" in text(app))
    app.query_params["frames"] = "16"
    app.run()
    assert W["changed"] in text(app)
    assert not app.get("plotly_chart")  # the reference has no such clip either
    app.query_params["frames"] = "8"
    app.run()
    assert "Measured here" in text(app)
    assert W["changed"] not in text(app)


def test_what_was_not_measured_is_named(answered) -> None:
    app = opened(names="tsn_resnet50 cnn3d_resnet50 tsm_resnet101")
    assert "Not measured yet: deep." in text(app)
    assert len(app.get("plotly_chart")) == 2
    assert not opened(names="tsm_resnet101").get("plotly_chart")


def test_a_single_network_has_no_factor(answered) -> None:
    app = opened(names="tsm_resnet50")
    assert [title.value for title in app.subheader] == ["Time of TSM", "Memory of TSM"]


def test_tables_hold_the_numbers(answered) -> None:
    answered(lambda on_stage, on_poll: ASKED)
    app = opened()
    press(app)
    until(app, lambda app: "Measured here" in text(app))
    for name in ("times", "peaks"):
        app.session_state[f"measure {name} table"] = True
    app.run()
    times_table, peaks_table = (table.value for table in app.dataframe)
    assert times_table.iloc[:, 1].tolist() == [100, 200]
    assert times_table.iloc[:, 5].tolist() == ["1.000 (1.000–1.000)", "2.000 (2.000–2.000)"]
    assert peaks_table.iloc[:, 1].tolist() == [7, 7]


def test_a_reference_with_more_networks_does_not_hide_ones_own(answered) -> None:
    answered(lambda on_stage, on_poll: ASKED)
    app = opened()
    press(app)
    until(app, lambda app: "Measured here" in text(app))
    app.query_params["names"] = "tsn_resnet50 tsm_resnet50 cnn3d_resnet50"
    app.run()
    assert "Measured here" in text(app)
    assert "Not measured yet: 3D." in text(app)


def test_a_factor_that_rounds_disagree_on_is_a_range() -> None:
    assert clear_times(Spread(1.03, 1.01, 1.05), W) == "1.03"
    assert clear_times(Spread(0.8, 0.62, 1.15), W) == "0.62 to 1.15"


def test_the_machine_in_words() -> None:
    said = machine_words(ASKED, W)
    assert said == (
        "a processor, 2 cores, 1 GiB of memory, a system; Python 3.11, PyTorch 2.14 with 2 threads; load average 0.0 "
        "before it began"
    )
    assert MACHINE.processor in said


@pytest.mark.parametrize(
    ("factor", "written"), [(1.0342, "1.03"), (0.996, "1.00"), (9.99, "9.99"), (12.34, "12.3")]
)
def test_factors(factor, written):
    assert times(factor) == written


@pytest.mark.parametrize(
    ("nbytes", "written"), [(0, "0.00"), (1 << 20, "1.0"), (89_917_440, "85.8"), (41943, "0.04")]
)
def test_mebibytes(nbytes, written):
    assert mib(nbytes) == written


def test_the_page_may_ask_what_is_known_before_it_draws() -> None:
    script = """
import streamlit as st
from tsm_demo.analysis.timing import Setup, Subject
from tsm_demo.models.registry import ModelSpec
from tsm_demo.ui.measurements import known
specs = [ModelSpec("cnn3d_resnet50"), ModelSpec("tsn_resnet50")]
found = known(specs, Setup(8, 224))
st.text(f"{found.own} {[subject.name for subject in found.measurement.runs]} {known(specs, Setup(3, 7))}")
"""
    app = AppTest.from_string(script, default_timeout=30).run()
    assert app.text[0].value == "False ['cnn3d_resnet50', 'tsn_resnet50'] None"
    assert Subject.of(ModelSpec("cnn3d_resnet50")) in reference_timings()[0].runs
