"""A convolution drawn as SVG: the kernel over the input maps, the output maps, and the frames that it runs on.

Each factor of the cost is one group of the drawing, `<g data-factor="...">`, so that a style sheet can colour and light
exactly what the factor counts. What belongs to no factor is drawn outside the groups. Lengths are in view box units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from tsm_demo.core.conv_arithmetic import ConvLayer

FACTORS = ("frames", "positions", "cout", "cin", "kernel", "depth")
NAMES = ("input", "output", "in", "out")  # words in the picture beside the factors
CELLS, PLANES, FRAMES = 12, 5, 8  # at most so many pixels a side, maps in a stack, and frames are drawn
WIDTH, HEIGHT = 448, 372
SIDE, TOP = 156, 62  # the longest side and the upper edge of a front map
DEEPER = (9, -7)  # from a map to the next behind it
LEFT, GAP = 6, 44  # of the input; from its stack to the output
TILE, STEP, ROWS = (
    22,
    28,
    (290, 346),
)  # a frame; from a frame to the next; upper edges of input and output frames
FIRST_FRAME = 44  # what is left of the frames


@dataclass(frozen=True, slots=True)
class Drawn:
    """How much of a layer the picture shows; a smaller number than the layer's own means that the rest is cut off."""

    rows: int  # pixels of the input, from its upper left corner
    columns: int
    out_rows: int
    out_columns: int
    in_maps: int
    out_maps: int
    frames: int


def drawn(layer: ConvLayer) -> Drawn:
    """The part of a layer that is drawn."""
    rows, columns = min(layer.height, CELLS), min(layer.width, CELLS)
    return Drawn(
        rows,
        columns,
        -(-rows // layer.stride),
        -(-columns // layer.stride),
        min(layer.in_channels, PLANES),
        min(layer.out_channels, PLANES),
        min(layer.frames, FRAMES),
    )


def conv_picture(layer: ConvLayer, labels: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The picture.

    Args:
        layer: what is drawn, as far as `drawn` says.
        labels: what is written at each of FACTORS, with its number.
        names: what is written for each of NAMES; the last two stand beside the frames.

    Returns:
        SVG of WIDTH x HEIGHT: windows have the class "window", pixels of the output "pixel", frames "frame".
    """
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><defs><pattern id="zeros" width="5" height="5"'
        ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" /></pattern></defs>'
        f"{_maps(layer, labels, names)}{_frames(layer, labels, names)}</svg>"
    )


def _maps(layer: ConvLayer, labels: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The input's stack with the kernel in it, and the output's."""
    shown, rim = drawn(layer), layer.kernel // 2
    high = shown.rows + rim * (
        1 if shown.rows < layer.height else 2
    )  # padding is not drawn where the map is cut off
    wide = shown.columns + rim * (1 if shown.columns < layer.width else 2)
    pixel = min(30.0, SIDE / max(high, wide))
    middle = TOP + SIDE / 2
    x, y = float(LEFT), middle - high * pixel / 2
    out_x = LEFT + SIDE + PLANES * DEEPER[0] + GAP
    out_y = middle - shown.out_rows * pixel / 2
    row, column = (
        (shown.out_rows - 1) // 2,
        (shown.out_columns - 1) // 2,
    )  # of the output value that is looked at
    size = layer.kernel * pixel
    window_x, window_y = x + column * layer.stride * pixel, y + row * layer.stride * pixel
    value_x, value_y = out_x + column * pixel, out_y + row * pixel
    out_wide, out_high = shown.out_columns * pixel, shown.out_rows * pixel
    depth = shown.in_maps - 1

    input_stack = _stack(x, y, wide * pixel, high * pixel, shown.in_maps)
    output_stack = _stack(out_x, out_y, out_wide, out_high, shown.out_maps)
    kernel = _rect(window_x, window_y, size, size, "window") + _grid(
        window_x, window_y, layer.kernel, layer.kernel, pixel
    )
    pixels = "".join(
        _rect(out_x + c * pixel, out_y + r * pixel, pixel, pixel, "pixel")
        for r in range(shown.out_rows)
        for c in range(shown.out_columns)
    )
    sight = "".join(
        _sight(window_x + size, window_y + end * size, value_x, value_y + end * pixel) for end in (0, 1)
    )
    return "".join(
        (
            _text(LEFT, 18, names["input"]),
            _text(out_x, 18, names["output"]),
            input_stack,
            _rect(x, y, wide * pixel, high * pixel, "zeros") if rim else "",
            _rect(x + rim * pixel, y + rim * pixel, shown.columns * pixel, shown.rows * pixel, "map"),
            _grid(x + rim * pixel, y + rim * pixel, shown.rows, shown.columns, pixel),
            output_stack,
            _rect(out_x, out_y, out_wide, out_high, "map"),
            _grid(out_x, out_y, shown.out_rows, shown.out_columns, pixel),
            _group(
                "cin",
                _behind(x, y, wide * pixel, high * pixel, shown.in_maps),
                _rod(window_x, window_y, size, depth),
                _label(LEFT + 50, 18, labels["cin"]),
            ),
            _group(
                "cout",
                _behind(out_x, out_y, out_wide, out_high, shown.out_maps),
                _label(out_x + 58, 18, labels["cout"]),
            ),
            _group("positions", pixels, _label(out_x, out_y + out_high + 20, labels["positions"])),
            sight,
            _rect(value_x, value_y, pixel, pixel, "value"),
            _group("kernel", kernel, _label(window_x, y + high * pixel + 20, labels["kernel"])),
        )
    )


def _frames(layer: ConvLayer, labels: Mapping[str, str], names: Mapping[str, str]) -> str:
    """T frames in and T out: each from its own in 2D, from K in 3D."""
    shown, deep = drawn(layer).frames, layer.kernel // 2
    left = FIRST_FRAME + deep * STEP  # zeros before the first frame have room there
    middle = (shown - 1) // 2  # the output frame that is looked at
    over, under = ROWS

    def tile(frame: int, top: float, kind: str) -> str:
        return _rect(left + frame * STEP, top, TILE, TILE, kind)

    def reach(source: int, target: int) -> str:
        ends = [left + frame * STEP + TILE / 2 for frame in (source, target)]
        return _sight(ends[0], over + TILE, ends[1], under)

    seen = range(middle - deep, middle + deep + 1)
    zeros = [*range(-deep, 0), *(range(shown, shown + deep) if shown == layer.frames else ())]
    cut = [] if shown == layer.frames else [_text(left + shown * STEP, top + 15, "…") for top in ROWS]
    time = range(shown)
    return "".join(
        (
            _text(LEFT, over + 16, names["in"]),
            _text(LEFT, under + 16, names["out"]),
            *cut,
            *(
                tile(frame, over, "map frame") + tile(frame, under, "map") + reach(frame, frame)
                for frame in time
            ),
            _group(
                "frames",
                *(tile(frame, under, "frame") for frame in time),
                _label(FIRST_FRAME, over - 14, labels["frames"]),
            ),
            _group(
                "depth",
                *(tile(frame, over, "zeros frame") for frame in zeros),
                *(reach(frame, middle) for frame in seen),
                *(_rect(left + frame * STEP + 6, over + 6, 10, 10, "window") for frame in seen),
                _label(FIRST_FRAME + 120, over - 14, labels["depth"]),
            ),
            tile(middle, under, "value"),
        )
    )


def _stack(x: float, y: float, wide: float, high: float, maps: int) -> str:
    """Maps one behind the other, the last one drawn first."""
    return "".join(
        _rect(x + k * DEEPER[0], y + k * DEEPER[1], wide, high, "map") for k in reversed(range(maps))
    )


def _behind(x: float, y: float, wide: float, high: float, maps: int) -> str:
    """What is seen of the maps behind the front one: a strip above it and one to its right."""
    dx, dy = DEEPER
    strip = f"v{dy}h{_n(wide)}v{_n(high)}h{-dx}v{_n(-high - dy)}h{_n(dx - wide)}z"
    return "".join(
        f'<path class="plane" d="M{_n(x + k * dx)} {_n(y + (k - 1) * dy)}{strip}" />' for k in range(1, maps)
    )


def _rod(x: float, y: float, side: float, depth: int) -> str:
    """The sides of the window's way through the maps behind, as if these were of glass."""
    dx, dy = depth * DEEPER[0], depth * DEEPER[1]
    back = f"M{_n(x)} {_n(y)}l{dx} {dy}h{_n(side)}l{-dx} {-dy}z"
    right = f"M{_n(x + side)} {_n(y)}l{dx} {dy}v{_n(side)}l{-dx} {-dy}z"
    return f'<path class="rod" d="{back}{right}" />' if depth else ""


def _grid(x: float, y: float, rows: int, columns: int, pixel: float) -> str:
    """The lines between pixels."""
    down = "".join(f"M{_n(x + c * pixel)} {_n(y)}v{_n(rows * pixel)}" for c in range(1, columns))
    across = "".join(f"M{_n(x)} {_n(y + r * pixel)}h{_n(columns * pixel)}" for r in range(1, rows))
    return f'<path class="grid" d="{down}{across}" />'


def _sight(x: float, y: float, to_x: float, to_y: float) -> str:
    """A line from what the kernel sees to what becomes of it."""
    return f'<path class="sight" d="M{_n(x)} {_n(y)}L{_n(to_x)} {_n(to_y)}" />'


def _group(factor: str, *parts: str) -> str:
    return f'<g data-factor="{factor}">{"".join(parts)}</g>'


def _rect(x: float, y: float, wide: float, high: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" />'


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>'


def _label(x: float, y: float, text: str) -> str:
    """Words on a plate, in the factor's colour."""
    plate = f'<rect class="plate" x="{_n(x)}" y="{_n(y - 15)}" width="{_n(12 + 7.2 * len(text))}" height="21" rx="4" />'
    return plate + _text(x + 6, y, text)


def _n(length: float) -> str:
    """Shortest spelling of a length to a tenth."""
    return f"{length:.1f}".removesuffix(".0")
