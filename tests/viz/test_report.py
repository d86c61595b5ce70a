"""The report is one file: it parses, asks for nothing, and no name or label gets out of its text."""

from html.parser import HTMLParser

import numpy as np
import pytest

from tsm_demo.viz.answer_card import Way, answer_bars, answer_courses
from tsm_demo.viz.report import NetworkPart, Picture, Report, report_html
from tsm_demo.viz.two_answers import ScoredClip, TwoAnswers

VOID = {"meta", "img", "br", "link", "input"}
HOSTILE = [
    '<script src="https://example.org/x.js"></script>.mp4',
    '"><img src=x onerror=alert(1)>',
    "</title></style><iframe src='//example.org'>",
    "${facts} $title & &lt;b&gt; \N{RIGHT-TO-LEFT OVERRIDE}4pm.\x00",
]


class Reader(HTMLParser):
    """Tags with their attributes, and the text; a tag that is not closed in its turn is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


def scored(best: int) -> ScoredClip:
    scores = np.full(12, 0.01, np.float32)
    scores[best] = 0.89
    return ScoredClip(scores, np.tile(scores, (8, 1)))


def report(word: str) -> Report:
    """A report in which every text is `word`."""
    both = TwoAnswers(scored(0), scored(1))
    frames = np.random.default_rng(0).integers(0, 255, (8, 30, 40, 3), np.uint8)
    way = Way(word, (word,) * 8)
    part = NetworkPart(
        word, word, answer_bars(both, "motion", word), answer_courses(both, "motion", (way, way), word)
    )
    pictures = [Picture(frames, word)]
    return Report(word, word, pictures, [part], pictures, word, {word: [word, 0.125]}, word, [(word, word)])


@pytest.mark.parametrize("word", HOSTILE)
def test_a_hostile_name_or_label_stays_text(word):
    plain, hostile = Reader(report_html(report("plain"))), Reader(report_html(report(word)))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert [sorted(attrs) for _, attrs in hostile.tags] == [sorted(attrs) for _, attrs in plain.tags]
    assert hostile.text.count(word) == plain.text.count("plain")
    assert {attrs.get("aria-label") for _, attrs in hostile.tags} == {None, word}


def test_it_asks_for_nothing():
    page = Reader(report_html(report("plain")))
    asked = [
        value or ""
        for _, attrs in page.tags
        for name, value in attrs.items()
        if name in ("src", "href", "srcset", "data", "action", "poster")
    ]
    assert len(asked) == 4  # two pictures, two courses
    assert all(address.startswith("data:image/") for address in asked)
    assert "url(" not in report_html(report("plain"))
    assert "@import" not in report_html(report("plain"))
    policy = next(attrs["content"] for tag, attrs in page.tags if "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_it_holds_the_scores_to_the_last_digit():
    tiny = float(np.float32(0.1) + np.float32(7.450580596923828e-09))
    page = report("plain")
    shown = Reader(
        report_html(
            Report(page.title, "", page.pictures, page.networks, (), "", {"score": [tiny]}, "", page.facts)
        )
    )
    assert np.float32(shown.words[shown.words.index("score") + 1]) == np.float32(tiny)
