"""Windows labelled by eye: the table that is read, and what is counted right and flipped."""

from pathlib import Path

import pytest

from tests.models.tiny_network import save_tiny_network
from tests.video.clip_factory import write_clip
from tsm_demo.analysis.predict import predict
from tsm_demo.analysis.real_windows import LabelledWindow, SeenWindow, Tally, look_at, read_table, tallies
from tsm_demo.core.errors import VideoError
from tsm_demo.models.networks import open_network

HEADER = "clip,start_sec,end_sec,label,note\n"
WINDOW = LabelledWindow("a.mp4", 0.0, 2.0, "moves up")
TABLE = Path(__file__).parents[2] / "evaluation" / "real_windows.csv"


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "windows.csv"
    path.write_text(text)
    return path


def test_a_table_is_read_with_its_unlabelled_windows(tmp_path: Path) -> None:
    rows = read_table(
        table(tmp_path, HEADER + 'a.mp4,0,2,moves up,"a lift, seen from below"\na.mp4,1,3,,cut\n')
    )
    assert rows == [WINDOW, LabelledWindow("a.mp4", 1.0, 3.0, "")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("clip,start\na.mp4,0\n", "needs the columns"),
        (HEADER + "a.mp4,soon,2,moves up,\n", "needs the columns"),
        (HEADER + "a.mp4,0,2,flies,\n", "labels that are none: flies"),
    ],
)
def test_a_table_that_is_none(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(VideoError, match=sentence):
        read_table(table(tmp_path, text))


@pytest.mark.parametrize(
    ("answer", "score", "backwards", "right", "confident", "flips"),
    [
        ("moves up", 0.9, "moves down", True, True, True),
        ("moves up", 0.5, "moves down", True, False, True),
        ("moves down", 0.9, "moves down", False, True, False),
        ("moves down", 0.9, "turns clockwise", False, True, False),
        ("stays still", 0.9, "stays still", False, False, True),  # reversal makes no other label of it
    ],
)
def test_right_confident_and_flipped(
    answer: str, score: float, backwards: str, right: bool, confident: bool, flips: bool
) -> None:
    seen = SeenWindow(WINDOW, answer, score, backwards)
    assert (seen.right, seen.confident_of_a_pair, seen.flips) == (right, confident, flips)


def test_each_window_gets_the_answer_that_predict_gives(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", 100, fps=25)  # 4 s: windows from 0, 1 and 2 s
    weights = save_tiny_network(tmp_path / "tiny.safetensors")
    rows = [LabelledWindow("a.mp4", start, start + 2, "moves up") for start in (0.0, 2.0)]
    seen = list(look_at(open_network(checkpoint=weights), rows, tmp_path))
    forwards, backwards = (
        predict(tmp_path / "a.mp4", checkpoint=weights, reverse=reverse) for reverse in (False, True)
    )
    for window, index in zip(seen, (0, 2), strict=True):
        best = forwards.windows[index].top[0]
        assert (window.answer, window.score) == (best.label, pytest.approx(best.score))
        assert window.backwards == backwards.windows[index].top[0].label
    late = [LabelledWindow("a.mp4", 1.5, 3.5, "")]
    with pytest.raises(VideoError, match=r"no window that starts at 1\.5 s"):
        list(look_at(open_network(checkpoint=weights), late, tmp_path))


def test_the_table_that_comes_with_the_project_can_be_read() -> None:
    rows = read_table(TABLE)
    assert sum(bool(row.label) for row in rows) >= 40
    assert all(row.end_sec > row.start_sec >= 0 for row in rows)


def test_what_is_counted() -> None:
    def look(
        clip: str, label: str, answer: str, score: float = 0.9, backwards: str = "moves down"
    ) -> SeenWindow:
        return SeenWindow(LabelledWindow(clip, 0.0, 2.0, label), answer, score, backwards)

    seen = [
        look("a.mp4", "moves up", "moves up"),  # right, flips
        look("a.mp4", "moves up", "moves down"),  # wrong, and its reversal gets the same label
        look("a.mp4", "moves up", "moves up", 0.5),  # right, not confident
        look("b.mp4", "comes closer", "stays still"),  # wrong; is its own reversal, so nothing to flip
        look(
            "b.mp4", "comes closer", "comes closer", 0.9, "goes away"
        ),  # right, flips: half of b.mp4 is right
        look("c.mp4", "stays still", "stays still"),  # right, does not move
        look("c.mp4", "", "moves up"),  # not plain; flips
    ]
    assert tallies(seen) == (
        Tally("right label", 4, 6),
        Tally("right where it moves", 3, 5),
        Tally("clips mostly right", 1, 2),
        Tally("confident and flips", 3, 4),
    )
    assert [tally.trials for tally in tallies([])] == [0, 0, 0, 0]
