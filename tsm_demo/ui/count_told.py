"""The count of a layer as a visitor reads it: product, lines, results and picture with their words; no torch."""

from collections.abc import Mapping
from string import Formatter

from tsm_demo.core.conv_arithmetic import ConvLayer, Count, clip_count, image_count, map_count, value_count
from tsm_demo.core.shift_bytes import new_tensor_bytes
from tsm_demo.core.shift_table import fold_width
from tsm_demo.ui.components.conv_count import ConvCount, Factor, Line, Part, Result
from tsm_demo.viz.conv_picture import FACTORS, conv_picture, drawn
from tsm_demo.viz.shift_cost import mib

# Lines of the count, each with the factors that it has counted when it is done.
LINES = {
    "value": ("cin", "kernel"),
    "map": ("cin", "kernel", "positions"),
    "image": ("cin", "kernel", "positions", "cout"),
    "clip": ("cin", "kernel", "positions", "cout", "frames"),
    "deep": ("cin", "kernel", "depth"),
    "deep_clip": FACTORS,
}
BROWSER_WORDS = (
    *("product_2d", "product_3d", "note_all", "back", "next", "step", "step_all", "step_factor"),
    *("against_image", "against_clip", "moved"),
)
FAMILIES = ("2d", "tsm", "3d")


def counts(layer: ConvLayer) -> dict[str, Count]:
    """What each of LINES comes to."""
    return {
        "value": value_count(layer),
        "map": map_count(layer),
        "image": image_count(layer),
        "clip": clip_count(layer),
        "deep": value_count(layer, layer.kernel),
        "deep_clip": clip_count(layer, layer.kernel),
    }


def number_of(noun: str, number: int, words: Mapping[str, str]) -> str:
    """ "1 channel", "1,024 channels"."""
    one, many = words[f"count_{noun}"].split(" | ")
    return f"{number:,} {one if number == 1 else many}"


def filled(layer: ConvLayer, words: Mapping[str, str]) -> dict[str, Part]:
    """All that a line or a sentence may name, with the factor that it belongs to."""
    places = number_of("position", layer.positions, words).split(" ")[-1]
    found = {
        "cin": Part(number_of("channel", layer.in_channels, words), "cin"),
        "cout": Part(number_of("channel", layer.out_channels, words), "cout"),
        "kernel": Part(f"{layer.kernel} × {layer.kernel}", "kernel"),
        "positions": Part(f"{layer.out_height} × {layer.out_width} {places}", "positions"),
        "frames": Part(number_of("frame", layer.frames, words), "frames"),
        "depth": Part(number_of("deep", layer.kernel, words), "depth"),
        "seen": Part(number_of("frame", layer.kernel, words)),
        "k": Part(str(layer.kernel)),
        "t": Part(str(layer.frames)),
        "kt": Part(f"{layer.kernel * layer.frames:,}"),
        "height": Part(str(layer.height)),
        "width": Part(str(layer.width)),
    }
    for line, count in counts(layer).items():
        found[line] = Part(number_of("multiplication", count.multiplications, words), "result")
        found[f"{line}_number"] = Part(f"{count.multiplications:,}")
        found[f"{line}_adds"] = Part(number_of("addition", count.additions, words))
    return found


def sentence(name: str, layer: ConvLayer, words: Mapping[str, str]) -> str:
    """A section of the words with the layer's numbers; the variant NAME_1 where there is one and K is 1."""
    name = f"{name}_1" if layer.kernel == 1 and f"{name}_1" in words else name
    clip = clip_count(layer)
    return words[name].format(
        **{field: part.text for field, part in filled(layer, words).items()},
        flops=f"{clip.flops:,}",
        twice=f"{2 * clip.multiplications:,}",
        values=f"{2 * clip.multiplications - clip.flops:,}",
    )


def exhibit(layer: ConvLayer, fold_div: int, words: Mapping[str, str]) -> ConvCount:
    """All that the component shows. fold_div: of the shift before the layer, as `temporal_shift` has it."""
    given = filled(layer, words)
    inside = layer.kernel == 1  # the kernel never reaches over the edge
    notes = {line: sentence(f"note_{line}", layer, words) for line in LINES}
    notes["map"] = words["note_map_inside"] if inside else notes["map"]
    numbers = {
        "frames": layer.frames,
        "positions": f"{layer.out_height} × {layer.out_width}",
        "cout": f"{layer.out_channels:,}",
        "cin": f"{layer.in_channels:,}",
        "kernel": f"{layer.kernel} × {layer.kernel}",
        "depth": layer.kernel,
    }
    factors = tuple(
        Factor(name, str(numbers[name]), words[f"name_{name}"], sentence(f"note_{name}", layer, words))
        for name in FACTORS
    )
    return ConvCount(
        factors=factors,
        products=(given["clip_number"].text, given["deep_clip_number"].text),
        lines=tuple(
            Line(words[f"title_{line}"], arithmetic(words[f"line_{line}"], given), lit, notes[line])
            for line, lit in LINES.items()
        ),
        results=results(layer, fold_div, words),
        picture=conv_picture(layer, {name: given[name].text for name in FACTORS}, words),
        alt=sentence("alt", layer, words),
        words={name: words[name] for name in BROWSER_WORDS}
        | {"part": cut(layer, words), "results": sentence("results", layer, words)},
    )


def arithmetic(line: str, given: Mapping[str, Part]) -> tuple[Part, ...]:
    """A line with its fields filled in, in pieces, so that each factor keeps its colour."""
    parts: list[Part] = []
    for between, field, _, _ in Formatter().parse(line):
        parts += [Part(between)] if between else []
        parts += [given[field]] if field else []
    return tuple(parts)


def results(layer: ConvLayer, fold_div: int, words: Mapping[str, str]) -> tuple[Result, ...]:
    """2D, TSM and 3D on the same frames."""
    found = counts(layer)
    image, clip = found["image"].multiplications, found["clip"].multiplications
    macs = dict(zip(FAMILIES, (clip, clip, found["deep_clip"].multiplications), strict=True))
    moved = dict.fromkeys(FAMILIES, words["moved_none"]) | {"tsm": _moved(layer, fold_div, words)}
    return tuple(
        Result(
            family,
            words[f"family_{family}"],
            f"{macs[family]:,}",
            macs[family] / max(macs.values()),
            f"{macs[family] // image:,} ×",
            f"{macs[family] // clip:,} ×",
            moved[family],
        )
        for family in FAMILIES
    )


def cut(layer: ConvLayer, words: Mapping[str, str]) -> str:
    """What the picture leaves out; "" where it shows all."""
    shown = drawn(layer)
    parts = []
    if (shown.rows, shown.columns) != (layer.height, layer.width):
        parts.append(
            words["part_pixels"].format(
                rows=shown.rows, columns=shown.columns, height=layer.height, width=layer.width
            )
        )
    for name, seen, whole in (
        ("part_in", shown.in_maps, layer.in_channels),
        ("part_out", shown.out_maps, layer.out_channels),
        ("part_frames", shown.frames, layer.frames),
    ):
        if seen < whole:
            parts.append(words[name].format(drawn=seen, all=f"{whole:,}"))
    return words["part"].format(parts=", ".join(parts)) if parts else ""


def table(layer: ConvLayer, words: Mapping[str, str]) -> dict[str, list[str]]:
    """The count as a table: a row for each of LINES; numbers as text, as a browser cannot count so far."""
    found, given = counts(layer), filled(layer, words)
    lines = {line: "".join(part.text for part in arithmetic(words[f"line_{line}"], given)) for line in LINES}
    return {
        words["table_what"]: [words[f"title_{line}"] for line in LINES],
        words["table_factors"]: [lines[line].split(" = ")[0] for line in LINES],
        words["table_multiplications"]: [f"{found[line].multiplications:,}" for line in LINES],
        words["table_additions"]: [f"{found[line].additions:,}" for line in LINES],
    }


def _moved(layer: ConvLayer, fold_div: int, words: Mapping[str, str]) -> str:
    """What the shift before the layer reads and writes, in words."""
    if fold_div == 0:
        return words["moved_none"]
    if fold_width(layer.in_channels, fold_div) == 0:
        return words["moved_few"]
    shape = (layer.frames, layer.in_channels, layer.height, layer.width)
    return words["moved_bytes"].format(mib=mib(new_tensor_bytes(shape, layer.frames, fold_div).copied))
