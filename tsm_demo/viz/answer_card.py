"""A network's two answers as HTML: top labels as pairs of bars, and their course from frame to frame.

Plain HTML rather than a chart: it is there at once, follows the theme's text colour, and a report can hold it.
Curves are SVG inside an image, since Streamlit takes SVG out of HTML.
Whatever comes from outside is escaped here.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.viz.theme import QUIET, faded
from tsm_demo.viz.two_answers import TwoAnswers

COLOURS = {"motion_tsn": QUIET, "motion": "#009E73", "motion_online": "#56B4E9", "motion_3d": "#CC79A7"}
SECOND = "#D55E00"  # the other label's line, which is dashed as well
WIDTH, HEIGHT, EDGE = 160, 66, 4  # of a course, in units of the drawing
LONGEST_TICK = 2  # letters
STYLE = """<style>
.lab-card { font-size: .9rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.lab-bars { display: grid; grid-template-columns: minmax(0, 1fr) 3.4em; gap: 2px .4rem; align-items: center; }
.lab-label { grid-column: 1 / -1; margin-top: .35rem; }
.lab-bar { height: .6rem; border-radius: .2rem; background: rgba(138,148,160,.16); overflow: hidden; }
.lab-bar i { display: block; height: 100%; box-sizing: border-box; border-radius: .2rem; min-width: 2px; }
.lab-number { text-align: right; font-size: .8rem; }
.lab-courses { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; margin-top: .8rem; }
.lab-courses img { display: block; width: 100%; }
.lab-ticks { display: flex; font-size: .68rem; text-align: center; }
.lab-ticks span { flex: 1 1 0; min-width: 0; }
.lab-small { font-size: .8rem; opacity: .85; }
.lab-key { display: flex; flex-wrap: wrap; gap: 0 1rem; }
.lab-key i { display: inline-block; width: 22px; margin-right: .3rem; vertical-align: middle; }
</style>"""


@dataclass(frozen=True, slots=True)
class Way:
    """How the frames were shown."""

    name: str
    numbers: tuple[str, ...]  # of the frames, in the order in which they were shown


def answer_bars(both: TwoAnswers, network: str, alt: str, same: bool = False) -> str:
    """Top labels, each with an outlined bar for the clip as filmed above a full one as shown; `same`: only the one."""
    colour = COLOURS[network]
    looks = [f"background:{faded(colour, 0.25)};border:1.5px solid {colour}", f"background:{colour}"]
    rows = []
    for label in both.top_labels():
        rows.append(f'<span class="lab-label">{escape(MOTION_LABELS[label])}</span>')
        for way, look in list(zip((both.filmed, both.shown), looks, strict=True))[same:]:
            score = float(way.scores[label])
            rows.append(
                f'<span class="lab-bar"><i style="width:{100 * score:.2f}%;{look}"></i></span>'
                f'<span class="lab-number">{100 * score:.0f} %</span>'
            )
    return f'<div class="lab-card lab-bars" role="img" aria-label="{escape(alt)}">{"".join(rows)}</div>'


def answer_courses(both: TwoAnswers, network: str, ways: tuple[Way, Way], alt: str) -> str:
    """The best labels' scores frame by frame, as filmed on the left, as shown on the right."""
    labels = list(dict.fromkeys([both.filmed.best, both.shown.best]))
    inks = (COLOURS[network], SECOND)
    panels = [
        f'<div><span class="lab-small">{escape(way.name)}</span>'
        f'<img alt="" src="{_course(scored.frame_scores[:, labels], inks)}">'
        f'<div class="lab-ticks">{_ticks(way.numbers)}</div></div>'
        for way, scored in zip(ways, (both.filmed, both.shown), strict=True)
    ]
    keys = [
        f'<span><i style="border-top:3px {look} {ink}"></i>{escape(MOTION_LABELS[label])}</span>'
        for label, ink, look in zip(labels, inks, ("solid", "dashed"), strict=False)
    ]
    return (
        f'<div class="lab-card" role="img" aria-label="{escape(alt)}">'
        f'<div class="lab-courses">{"".join(panels)}</div>'
        f'<div class="lab-key lab-small">{"".join(keys)}</div></div>'
    )


def _ticks(numbers: Sequence[str]) -> str:
    """A column for each frame; long numbers have room in every other one only."""
    step = 2 if max(map(len, numbers)) > LONGEST_TICK else 1
    return "".join(f"<span>{'' if at % step else escape(number)}</span>" for at, number in enumerate(numbers))


def _course(scores: NDArray[np.float32], inks: tuple[str, str]) -> str:
    """(T, at most 2) scores as the address of an SVG picture: one line a label, the second dashed."""
    T, height = len(scores), HEIGHT - 2 * EDGE
    drawn = [
        f'<path d="M0 {EDGE + level * height}H{WIDTH}" stroke="{QUIET}" stroke-opacity=".4"/>'
        for level in (0, 0.5, 1)
    ]
    for column, ink, dash in zip(scores.T, inks, ("", ' stroke-dasharray="5 3"'), strict=False):
        points = [
            (WIDTH * (frame + 0.5) / T, EDGE + (1 - float(score)) * height)
            for frame, score in enumerate(column)
        ]
        placed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(f'<polyline points="{placed}" fill="none" stroke-width="2" stroke="{ink}"{dash}/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{ink}"/>' for x, y in points]
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(drawn)}</svg>'
    return f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}"
