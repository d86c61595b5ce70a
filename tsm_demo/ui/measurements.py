"""What has been measured: a visitor's own in the session, the running one, and the reference until then."""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from tsm_demo.analysis.stored_timing import reference_timings
from tsm_demo.analysis.timing import Measurement, Setup, Subject
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.models.registry import ModelSpec
from tsm_demo.serving.line import CancelledError, Line
from tsm_demo.serving.measuring import MeasureRequest, Measuring, measuring_line

RUNNING, OWN, SAID = "measuring", "measurements", "measure_said"  # in the session state
KEPT = 8  # of a visitor's measurements, the newest first


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to show of some networks."""

    measurement: Measurement  # of these networks alone, in their order; some may be missing
    own: bool  # taken by this visitor on this machine; else the reference


@st.cache_resource(show_spinner=False)
def _line() -> Line:
    return measuring_line()


def begin(specs: Iterable[ModelSpec], setup: Setup) -> None:
    """Ask for a measurement; a full line leaves its sentence. Nothing else in the interface starts one."""
    st.session_state.pop(SAID, None)
    request = MeasureRequest(tuple({Subject.of(spec): spec for spec in specs}.values()), setup)
    try:
        st.session_state[RUNNING] = Measuring(_line(), request)
    except TsmDemoError as error:
        st.session_state[SAID] = _asked(request.specs, setup), str(error)


def running() -> Measuring | None:
    """The visitor's measurement that waits or runs; what has ended is put away first."""
    found: Measuring | None = st.session_state.get(RUNNING)
    if found is None or not found.ended():
        return found
    del st.session_state[RUNNING]
    asked = _asked(found.request.specs, found.request.setup)
    try:
        st.session_state[OWN] = [found.result(), *own()][:KEPT]
    except CancelledError:
        st.session_state[SAID] = asked, ""
    except TsmDemoError as error:
        st.session_state[SAID] = asked, str(error)
    return None


def own() -> list[Measurement]:
    """The visitor's measurements, the newest first."""
    return list(st.session_state.get(OWN, ()))


def trouble(specs: Iterable[ModelSpec], setup: Setup) -> str | None:
    """Why the last one gave nothing, if it was asked of these: a sentence, "" when it was given up; else None."""
    asked, said = st.session_state.get(SAID, (None, None))
    return said if asked == _asked(specs, setup) else None


def _asked(specs: Iterable[ModelSpec], setup: Setup) -> tuple[Setup, frozenset[Subject]]:
    return setup, frozenset(Subject.of(spec) for spec in specs)


def known(specs: Iterable[ModelSpec], setup: Setup) -> Known | None:
    """The visitor's own measurement on such a clip that has most of these networks, the newest first; else the reference.

    Call it before the page draws what it is about: a measurement that has just ended counts.
    """
    running()
    subjects = [Subject.of(spec) for spec in specs]
    for mine, measurements in ((True, own()), (False, reference_timings())):
        found = [m.only(subjects) for m in measurements if m.setup == setup]
        if best := max(filter(None, found), key=lambda m: len(m.runs), default=None):
            return Known(best, mine)
    return None
