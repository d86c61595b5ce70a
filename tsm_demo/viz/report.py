"""A result as one HTML file: it asks for nothing from outside, runs no script, and every word in it is escaped.

Its policy line makes the browser refuse any request, should a name or a label ever find a way past the escaping.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from string import Template

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsm_demo.viz.answer_card import STYLE

ROW_HEIGHT = 140  # pixels of a frame
QUALITY = 82

Facts = Sequence[tuple[str, str]]  # name, value

PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
$style
<style>
:root { color-scheme: light dark; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.45 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; }
figure { margin: 1rem 0; }
figure img { display: block; width: 100%; border-radius: .3rem; }
figcaption { font-size: .9rem; opacity: .85; }
.networks { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; }
.networks > section { padding: 0 1rem 1rem; border: 1px solid rgba(138,148,160,.5); border-radius: .4rem; }
.wide { overflow-x: auto; }
.wide td { white-space: nowrap; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>$title</h1>
<p>$finding</p>
$pictures
<div class="networks">$networks</div>
$overlays
<h2>$scores_title</h2>
<div class="wide">$scores</div>
<h2>$facts_title</h2>
$facts
</body>
</html>
""")


@dataclass(frozen=True, eq=False)
class NetworkPart:
    """One network's part: its name, the verdict, and HTML of `viz.answer_card`, which escapes by itself."""

    name: str
    verdict: str
    bars: str
    courses: str


@dataclass(frozen=True, eq=False)
class Picture:
    """(T, H, W, 3) uint8 frames, drawn side by side, and what they are."""

    frames: NDArray[np.uint8]
    caption: str


@dataclass(frozen=True, eq=False)
class Report:
    """All that the file holds; texts are plain, and may be anything."""

    title: str
    finding: str
    pictures: Sequence[Picture]
    networks: Sequence[NetworkPart]
    overlays: Sequence[Picture]
    scores_title: str
    scores: dict[str, list[object]]  # column -> values
    facts_title: str
    facts: Facts


def report_html(report: Report) -> str:
    """The file."""
    return PAGE.substitute(
        style=STYLE,
        title=escape(report.title),
        finding=escape(report.finding),
        pictures="".join(map(_figure, report.pictures)),
        networks="".join(map(_network, report.networks)),
        overlays="".join(map(_figure, report.overlays)),
        scores_title=escape(report.scores_title),
        scores=_table(report.scores),
        facts_title=escape(report.facts_title),
        facts=_facts(report.facts),
    )


def _figure(picture: Picture) -> str:
    caption = escape(picture.caption)
    return (
        f'<figure><img alt="{caption}" src="data:image/jpeg;base64,{b64encode(_row(picture.frames)).decode()}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _row(frames: NDArray[np.uint8]) -> bytes:
    """(T, H, W, 3) frames side by side as JPEG."""
    height, width = frames.shape[1:3]
    size = max(1, round(ROW_HEIGHT * width / height)), ROW_HEIGHT
    small = [np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BILINEAR)) for frame in frames]
    buffer = BytesIO()
    Image.fromarray(np.hstack(small)).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def _network(part: NetworkPart) -> str:
    return f"<section><h3>{escape(part.name)}</h3><p>{escape(part.verdict)}</p>{part.bars}{part.courses}</section>"


def _table(columns: dict[str, list[object]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(_written(value))}</td>' for value in row)}</tr>"
        for row in zip(*columns.values(), strict=True)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _written(value: object) -> str:
    """Scores with as many digits as float32 has."""
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _facts(facts: Facts) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in facts
    )
    return f"<table>{rows}</table>"
