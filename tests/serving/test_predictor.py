"""The line in front of the model: order, places, progress, errors, cancelling, a full line."""

import threading
from pathlib import Path

import pytest

from tsm_demo.core.errors import VideoError
from tsm_demo.serving.line import BusyError, CancelledError, JobError
from tsm_demo.serving.predictor import Predictor

CLIP = Path("clip.mp4")


class Gate:
    """A job that starts, and goes on when it is let."""

    def __init__(self):
        self.started, self.let = threading.Event(), threading.Event()

    def __call__(self, path, report):
        report("decode", 0.25)
        self.started.set()
        assert self.let.wait(10)
        report("forward", 1.0)
        return path.name


def test_a_job_gets_its_clip_and_gives_back_its_result():
    assert Predictor().submit(CLIP, lambda path, report: path.name).result() == "clip.mp4"


def test_jobs_run_one_at_a_time_in_the_order_of_their_coming():
    line, gate, ran = Predictor(), Gate(), []
    first = line.submit(CLIP, gate)
    assert gate.started.wait(10)
    tickets = [line.submit(CLIP, lambda path, report, n=n: ran.append(n)) for n in range(3)]
    assert [first.place(), *(ticket.place() for ticket in tickets)] == [0, 1, 2, 3]
    assert not tickets[0].wait(0.05)
    gate.let.set()
    assert all(ticket.wait(10) for ticket in tickets)
    assert ran == [0, 1, 2]
    assert [ticket.place() for ticket in tickets] == [0, 0, 0]


def test_progress_is_what_the_job_reported_last():
    line, gate = Predictor(), Gate()
    ticket = line.submit(CLIP, gate)
    assert gate.started.wait(10)
    assert ticket.progress() == ("decode", 0.25)
    gate.let.set()
    assert ticket.wait(10)
    assert ticket.progress() == ("forward", 1.0)


def test_what_a_job_raises_reaches_its_visitor_and_nobody_else():
    line = Predictor()

    def broken(path, report):
        raise VideoError("not a video")

    bad, good = line.submit(CLIP, broken), line.submit(CLIP, lambda path, report: 1)
    with pytest.raises(VideoError, match="not a video"):
        bad.result()
    assert good.result() == 1


def test_a_full_line_says_so_at_once():
    line, gate = Predictor(longest_line=2), Gate()
    line.submit(CLIP, gate)
    assert gate.started.wait(10)
    for _ in range(2):
        line.submit(CLIP, lambda path, report: None)
    with pytest.raises(BusyError, match="try again"):
        line.submit(CLIP, lambda path, report: None)
    gate.let.set()


def test_a_cancelled_job_stops_at_its_next_report():
    line, gate = Predictor(), Gate()
    ticket = line.submit(CLIP, gate)
    assert gate.started.wait(10)
    ticket.cancel()
    gate.let.set()
    with pytest.raises(CancelledError):
        ticket.result()


def test_a_waiting_job_that_is_cancelled_never_runs():
    line, gate, ran = Predictor(), Gate(), []
    line.submit(CLIP, gate)
    assert gate.started.wait(10)
    ticket = line.submit(CLIP, lambda path, report: ran.append(1))
    ticket.cancel()
    gate.let.set()
    with pytest.raises(CancelledError):
        ticket.result()
    assert ran == []


def test_a_cancelled_job_leaves_its_place_to_the_next():
    line, gate = Predictor(longest_line=2), Gate()
    line.submit(CLIP, gate)
    assert gate.started.wait(10)
    first, second = (line.submit(CLIP, lambda path, report: None) for _ in range(2))
    assert second.place() == 2
    first.cancel()
    assert second.place() == 1
    line.submit(CLIP, lambda path, report: None)  # there is room again
    gate.let.set()


def test_an_unexpected_failure_becomes_a_sentence_and_a_line_in_the_log(caplog):
    def broken(path, report):
        raise ZeroDivisionError("a detail for the log")

    with pytest.raises(JobError, match="Try another one") as caught:
        Predictor().submit(CLIP, broken).result()
    assert "a detail" not in str(caught.value)
    assert "a detail for the log" in caplog.text
