"""The shift as a visitor sees it: table, code, legend and sentences for one state of the controls; no torch."""

from collections.abc import Mapping

from tsm_demo.core.shift_steps import Ledger, Step, ledger, set_up_code, shift_steps
from tsm_demo.core.shift_table import MODES, ZERO_FILLED, source_frames
from tsm_demo.ui.components.shift_grid import Legend, ShiftGrid, Tiles
from tsm_demo.ui.shift_choices import ShiftChoice, fold_share

BROWSER_WORDS = (
    *("frame", "play", "pause", "back", "next", "scrub", "count", "count_before", "index", "index_zero"),
    *("box_shift", "box_conv", "lens_frame", "lens_own", "lens_now", "lens_zero"),
)
READINGS = {"1": "next", "-1": "previous", "0": "own", "zero_first": "zero_first", "zero_last": "zero_last"}
KIND_OF = {1: "next", -1: "previous", 0: "own"}


def exhibit(choice: ShiftChoice, words: Mapping[str, str], tiles: Tiles | None = None) -> ShiftGrid:
    """All that the grid shows."""
    source = source_frames(choice.n_segment, choice.channels, choice.fold_div, choice.mode)
    steps = shift_steps(choice.channels, choice.fold_div, choice.mode)
    said: dict[str, object] = {name: words[name] for name in BROWSER_WORDS}
    said["reading"] = {kind: words[f"reading_{name}"] for kind, name in READINGS.items()}
    said["told"] = told(choice, steps, words)
    said["placement"] = words[f"placement_{choice.placement}_text"]
    said["board"] = alternative(choice, words)
    return ShiftGrid(
        source=source.tolist(),
        set_up=set_up_code(choice.fold_div),
        steps=steps,
        placement=choice.placement,
        legend=legend(steps, words),
        words=said,
        tiles=tiles,
    )


def legend(steps: tuple[Step, ...], words: Mapping[str, str]) -> tuple[Legend, ...]:
    """What the colours mean, with the channels that they stand for; colours without a cell are left out."""
    found = [
        Legend(str(step.offset), words[f"legend_{KIND_OF[step.offset]}"], channel_range(step, words))
        for step in steps
        if step.end > step.first
    ]
    if any(step.offset and step.end > step.first for step in steps):
        found.append(Legend("zero", words["legend_zero"], ""))
    return tuple(found)


def channel_range(step: Step, words: Mapping[str, str]) -> str:
    """ "channels 2–3", "channel 4", "no channel"."""
    count = step.end - step.first
    name = ("range_none", "range_one")[count] if count < 2 else "range_many"
    return words[name].format(first=step.first, last=step.end - 1)


def told(choice: ShiftChoice, steps: tuple[Step, ...], words: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence or two before the first line, and for each line."""
    found = [words["told_before"].format(T=choice.n_segment, C=choice.channels)]
    for step in steps:
        name = KIND_OF[step.offset] if step.end > step.first else "nothing"
        if step.end - step.first == choice.channels:
            name = "own_alone"
        found.append(
            words[f"told_{name}"].format(channels=channel_range(step, words), last=choice.n_segment - 1)
        )
    return tuple(found)


def tally(choice: ShiftChoice) -> Ledger:
    """What becomes of the cells."""
    return ledger(source_frames(choice.n_segment, choice.channels, choice.fold_div, choice.mode))


def summary(choice: ShiftChoice, words: Mapping[str, str]) -> str:
    """The whole shift in a sentence with its numbers."""
    found = tally(choice)
    name = "sum_nothing" if found.moved + found.zero_filled == 0 else "sum"
    return words[name].format(
        cells=choice.n_segment * choice.channels,
        moved=found.moved,
        zero=found.zero_filled,
        lost=found.lost,
        share=fold_share(choice.fold_div, choice.mode, words),
    )


def alternative(choice: ShiftChoice, words: Mapping[str, str]) -> str:
    """The picture for those who cannot see it."""
    steps = shift_steps(choice.channels, choice.fold_div, choice.mode)
    parts = [
        words[f"alt_{KIND_OF[step.offset]}"].format(channels=channel_range(step, words))
        for step in steps
        if step.end > step.first
    ]
    opening = words["alt"].format(T=choice.n_segment, C=choice.channels)
    return " ".join([opening, *parts, words["alt_keys"]])


def table(choice: ShiftChoice, words: Mapping[str, str]) -> dict[str, list[str]]:
    """The picture as a table: for every frame, the frame that each group of channels now comes from."""
    source = source_frames(choice.n_segment, choice.channels, choice.fold_div, choice.mode)
    columns = {words["table_frame"]: [str(t) for t in range(choice.n_segment)]}
    for step in shift_steps(choice.channels, choice.fold_div, choice.mode):
        if step.end > step.first:
            name = f"{channel_range(step, words)}: {words[f'legend_{KIND_OF[step.offset]}']}"
            columns[name] = [
                words["table_zero"] if s == ZERO_FILLED else words["table_cell"].format(s=s)
                for s in source[:, step.first].tolist()
            ]
    return columns


def fraction_note(choice: ShiftChoice, words: Mapping[str, str]) -> str:
    """What "1/8" means here, where people trip."""
    name = "trip_fold_online" if choice.mode == MODES[1] else "trip_fold"
    return words[name]
