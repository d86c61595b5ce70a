"""What Start shows of a clip: its sentences say what the answers are, whatever the weights will be."""

import string
from dataclasses import replace
from pathlib import Path

import pytest

import tsm_demo.ui.components.two_ways as package
from tsm_demo.core.score import Score
from tsm_demo.ui.start_view import exhibit
from tsm_demo.ui.text import words
from tsm_demo.viz.both_orders import Answer, BothAnswers, read_results

W = words("start")
FOLDER = Path(package.__file__).parent
BALL = next(result for result in read_results() if result.label == "moves right")
STILL = next(result for result in read_results() if result.label == "stays still")


def says(forwards: str, backwards: str, clear: tuple[bool, bool] = (True, True), moved: float = 0.0):
    return BothAnswers(
        Answer((Score(forwards, 0.8),), clear[0]), Answer((Score(backwards, 0.8 + moved),), clear[1])
    )


def shown(clip, both: BothAnswers):
    """The exhibit, when both networks say this."""
    return exhibit(replace(clip, answers={"motion_tsn": both, "motion": both}), W)


@pytest.mark.parametrize(
    ("clip", "both", "sign", "sections"),
    [
        (BALL, says("moves right", "moves left"), "≠", ["differ", "right_both"]),
        (BALL, says("moves left", "moves right"), "≠", ["differ", "right_none"]),
        (BALL, says("moves right", "moves up"), "≠", ["differ", "right_one"]),
        (BALL, says("moves right", "moves right"), "=", ["same_scores", "right_one"]),
        (BALL, says("moves left", "moves left"), "=", ["same_scores", "right_one"]),
        (BALL, says("moves up", "moves up"), "=", ["same_scores", "right_none"]),
        (BALL, says("moves up", "moves up", moved=0.01), "=", ["same_label", "right_none"]),
        (
            BALL,
            says("moves up", "moves up", (False, False)),
            "=",
            ["same_scores", "right_none", "unsure_both"],
        ),
        (BALL, says("moves right", "moves left", (True, False)), "≠", ["differ", "right_both", "unsure_one"]),
        (STILL, says("stays still", "stays still"), "=", ["same_scores", "right_own"]),
    ],
)
def test_the_verdict_is_what_the_answers_are(clip, both, sign, sections):
    for verdict in shown(clip, both).verdicts:
        assert verdict.sign == sign
        assert verdict.text == " ".join(W[section] for section in sections)


def test_each_answer_stands_under_its_way_with_its_score_and_mark():
    forwards, backwards = shown(BALL, says("moves right", "moves right")).ways
    for way, right in ((forwards, True), (backwards, False)):
        assert [said.network for said in way.said] == [W["2d"], W["tsm"]]
        for said in way.said:
            assert (said.label, said.share, said.percent) == ("moves right", 0.8, "80 %")
            assert (said.right, said.mark) == (right, W["right" if right else "wrong"])
    assert "moves right" in forwards.shows
    assert "moves left" in backwards.shows


def test_frames_keep_their_shape_and_pace():
    shows = exhibit(BALL, W)
    assert shows.aspect == pytest.approx(480 / 360)
    assert shows.frame_sec == pytest.approx((BALL.frame_times_sec[-1] - BALL.frame_times_sec[0]) / 7)


def test_the_markup_holds_no_sentence_of_its_own():
    markup = (FOLDER / "two_ways.html").read_text("utf-8")
    outside_tags = "".join(part.split(">", 1)[-1] for part in markup.split("<"))
    assert not set(outside_tags) & set(string.ascii_letters)


def test_each_text_of_the_markup_is_a_field():
    markup = (FOLDER / "two_ways.html").read_text("utf-8")
    for part, kind in (("way", package.Way), ("said", package.Said), ("verdict", package.Verdict)):
        template = markup.split(f'<template class="{part}">')[1].split("</template>")[0]
        named = {text.split('"')[0] for text in template.split('data-text="')[1:]}
        assert named <= set(kind.__dataclass_fields__)
        assert named
