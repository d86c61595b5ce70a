"""Where frames meet in a network, drawn on one and the same small network: eight frames, a stem, four stages, a head.

Rows are frames from top to bottom, columns layers from left to right. A box is one frame's maps in one layer, its width
the channels. What has read other frames than its own row's is coloured; fewer, taller boxes are maps of fewer times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from tsm_demo.viz.system_looks import SYSTEMS
from tsm_demo.viz.theme import FUTURE, PAST, QUIET

FRAMES = 8
WIDTH, HEIGHT = 280, 148
LEFT, TOP = 16, 20  # pixels of the drawing that are left of and above the boxes
ROW, COLUMN = 15, 40  # from one row, or column, to the next
BOX_WIDTH, BOX_HEIGHT = 32, 11
Head = Literal["mean", "lstm", "relations"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One column of boxes."""

    times: int = FRAMES  # how many maps are left of the eight
    mixed: float = 0.0  # share of the channels that read other frames
    shifted: bool = False  # these are moved by a frame, half of them each way, instead of convolved in time


@dataclass(frozen=True, slots=True)
class Scheme:
    """A stem, four stages, and what joins the frames at the end."""

    colour: str
    layers: tuple[Layer, Layer, Layer, Layer, Layer]
    head: Head = "mean"


ALONE = Layer()
SCHEMES = MappingProxyType(
    {
        "tsn": Scheme(SYSTEMS["tsn"], (ALONE,) * 5),
        "lrcn": Scheme(SYSTEMS["lstm"], (ALONE,) * 5, "lstm"),
        "trn": Scheme(SYSTEMS["trn"], (ALONE,) * 5, "relations"),
        "c3d": Scheme(SYSTEMS["c3d"], (Layer(8, 1), Layer(8, 1), Layer(4, 1), Layer(2, 1), Layer(1, 1))),
        "i3d": Scheme(SYSTEMS["i3d"], (Layer(4, 1), Layer(4, 1), Layer(4, 1), Layer(2, 1), Layer(1, 1))),
        "eco": Scheme(SYSTEMS["eco"], (ALONE, ALONE, ALONE, Layer(4, 1), Layer(2, 1))),
        "gst": Scheme(SYSTEMS["gst"], (ALONE, *(Layer(8, 0.25),) * 4)),
        "tsm": Scheme(SYSTEMS["tsm"], (ALONE, *(Layer(8, 0.25, shifted=True),) * 4)),
    }
)


def time_drawing(system: str, columns: Sequence[str]) -> str:
    """An SVG document, readable on light and dark ground.

    Args:
        system: a key of SCHEMES.
        columns: names over the six columns.
    """
    scheme = SCHEMES[system]
    parts = [_letters(name, index) for index, name in enumerate(columns)]
    for index, (layer, before) in enumerate(zip(scheme.layers, (ALONE, *scheme.layers), strict=False)):
        parts += _wires(index, layer, before)
        parts += _boxes(index, layer, scheme.colour)
    parts += _head(scheme)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif">{"".join(parts)}</svg>'
    )


def _letters(name: str, index: int) -> str:
    x = LEFT + index * COLUMN + BOX_WIDTH / 2
    return f'<text x="{x:g}" y="12" font-size="10.5" text-anchor="middle" fill="{QUIET}">{name}</text>'


def _middle(slot: int, times: int) -> float:
    """The height of the middle of one of `times` maps."""
    return TOP + (slot + 0.5) * FRAMES / times * ROW


def _wires(index: int, layer: Layer, before: Layer) -> list[str]:
    """Thin lines into a column, one from each map before it; what meets in a taller box runs together."""
    right = LEFT + index * COLUMN
    left = right - COLUMN + BOX_WIDTH if index else right - 8
    lines = []
    for slot in range(before.times):
        y = _middle(slot, before.times)
        to = _middle(slot * layer.times // before.times, layer.times)
        lines.append(_line(left, y, right, to, QUIET, 0.8, 0.45))
    return lines


def _boxes(index: int, layer: Layer, colour: str) -> list[str]:
    """The maps of a layer; of what reads other frames, a band of the colour runs on between the rows."""
    x = LEFT + index * COLUMN
    height = ROW * (FRAMES / layer.times - 1) + BOX_HEIGHT
    mixed = BOX_WIDTH * layer.mixed
    parts = []
    if layer.mixed and not layer.shifted:
        top, bottom = _middle(0, layer.times), _middle(layer.times - 1, layer.times)
        parts.append(_rect(x, top, mixed, bottom - top, f'fill="{colour}" fill-opacity="0.45"'))
    for slot in range(layer.times):
        y = _middle(slot, layer.times) - height / 2
        parts.append(_rect(x, y, BOX_WIDTH, height, f'fill="{QUIET}" fill-opacity="0.25"'))
        if layer.shifted:
            parts += _moved(x, y, mixed / 2, slot)
        elif layer.mixed:
            parts.append(_rect(x, y, mixed, height, f'fill="{colour}"'))
        outline = f'fill="none" stroke="{QUIET}" stroke-width="0.8" stroke-opacity="0.9" rx="1.5"'
        parts.append(_rect(x, y, BOX_WIDTH, height, outline))
    return parts


def _moved(x: float, y: float, width: float, slot: int) -> list[str]:
    """A shift: a slice from the next frame and one from the previous, with a tick from where it came."""
    parts = []
    if slot < FRAMES - 1:
        parts.append(_rect(x, y, width, BOX_HEIGHT, f'fill="{FUTURE}"'))
        parts.append(_line(x + width / 2, y + ROW, x + width / 2, y + BOX_HEIGHT, FUTURE, 2, 1))
    if slot > 0:
        parts.append(_rect(x + width, y, width, BOX_HEIGHT, f'fill="{PAST}"'))
        parts.append(_line(x + 1.5 * width, y - ROW + BOX_HEIGHT, x + 1.5 * width, y, PAST, 2, 1))
    return parts


def _head(scheme: Scheme) -> list[str]:
    """What makes one answer of the last maps."""
    times = scheme.layers[-1].times
    left, x = LEFT + 4 * COLUMN + BOX_WIDTH, LEFT + 5 * COLUMN
    middle = TOP + FRAMES * ROW / 2
    ys = [_middle(slot, times) for slot in range(times)]
    parts = []
    if scheme.head == "lstm":
        for y in ys:
            parts += [_line(left, y, x + 5, y, QUIET, 0.8, 0.45), _disc(x + 9, y, 4, scheme.colour)]
        parts += [_line(x + 9, y, x + 9, y + ROW, scheme.colour, 2.4, 1) for y in ys[:-1]]
        return [*parts, _line(x + 13, ys[-1], x + 26, ys[-1], QUIET, 1.2, 1)]
    if scheme.head == "relations":
        nodes = ((ys[1], (0, 3)), (middle, (1, 4, 6)), (ys[6], (2, 4, 5, 7)))
        for y, rows in nodes:
            parts += [_line(left, ys[row], x + 10, y, scheme.colour, 1.3, 0.9) for row in rows]
            parts += [_disc(x + 10, y, 5, scheme.colour), _line(x + 15, y, x + 26, middle, QUIET, 0.8, 0.6)]
        return parts
    colour = scheme.colour if scheme.layers[-1] == ALONE else QUIET
    for y in ys:
        parts.append(_line(left, y, x + 9, middle, colour, 1.2, 0.8))
    return [*parts, _disc(x + 12, middle, 6, colour), _line(x + 18, middle, x + 26, middle, QUIET, 1.2, 1)]


def _rect(x: float, y: float, width: float, height: float, look: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" {look}/>'


def _disc(x: float, y: float, radius: float, colour: str) -> str:
    look = f'fill="{colour}" stroke="{QUIET}" stroke-width="0.6"'
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" {look}/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, opacity: float) -> str:
    look = f'stroke="{colour}" stroke-width="{width:g}" stroke-opacity="{opacity:g}"'
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" {look}/>'
