"""The bars are as long as what they stand for, and read without seeing them."""

from html.parser import HTMLParser

from tsm_demo.viz.cost_bars import Bar, Panel, cost_bars


class Reader(HTMLParser):
    """Collects each table as a screen reader meets it: its caption, and a list of cells for every row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.captions: list[str] = []
        self.widths: list[float] = []
        self._open: list[str] = []

    def handle_starttag(self, tag, attributes):
        self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "caption":
            self.captions.append("")
        style = dict(attributes).get("style", "")
        if "width:" in style:
            self.widths.append(float(style.split("width:")[1].split("%")[0]))

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, text):
        if "caption" in self._open:
            self.captions[-1] += text
        elif "tr" in self._open:
            self.rows[-1][-1] += text


def read(*panels: Panel) -> Reader:
    reader = Reader()
    reader.feed(cost_bars(panels))
    return reader


def test_lengths_are_shares_of_the_longest():
    bars = [Bar("2D", "#111111", 10, "10 G", "× 1"), Bar("3D", "#222222", 25, "25 G", "× 2.50")]
    reader = read(Panel("MACs", "for one clip", bars))
    assert reader.widths == [40, 100]
    assert reader.rows == [["2D", "10 G", "× 1"], ["3D", "25 G", "× 2.50"]]
    assert reader.captions == ["MACsfor one clip"]


def test_what_is_not_known_has_words_and_no_bar():
    reader = read(Panel("Time", "", [Bar("C3D", "#111111", None, "not timed")]))
    assert reader.widths == []
    assert reader.rows == [["C3D", "not timed", ""]]


def test_every_panel_has_its_own_scale_and_nothing_is_no_division():
    reader = read(
        Panel("a", "", [Bar("x", "#111111", 5, "5")]),
        Panel("b", "", [Bar("x", "#111111", 0, "0")]),
    )
    assert reader.widths == [100, 0]


def test_names_cannot_become_markup():
    reader = read(Panel("<b>", "", [Bar("<script>", "#111111", 1, "1 & 2")]))
    assert reader.rows == [["<script>", "1 & 2", ""]]
