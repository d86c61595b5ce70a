"""A measurement on the page: what machine it was taken on, times and peaks as figures, with claims that it bears out."""

from collections.abc import Mapping

import streamlit as st

from tsm_demo.analysis.timing import Measurement, Spread, Subject, is_clear
from tsm_demo.ui.measurements import Known
from tsm_demo.ui.picture_card import Table, show_picture
from tsm_demo.viz.timing import MIB, Row, axis_end_ms, ms, times_figure, weights_figure

GIB = 1024**3
BUSY = 0.25  # load a core, from which on a visitor is told that the machine was busy

Labels = Mapping[Subject, str]


def show_measured(found: Known, labels: Labels, W: Mapping[str, str]) -> None:
    """Whose numbers they are, then times and peaks; `labels` in the order of the rows."""
    measured = found.measurement
    base = measured.base()
    missing = [label for subject, label in labels.items() if subject not in measured.runs]
    said = [
        W["whose_own" if found.own else "whose_reference"].format(
            date=measured.date, machine=machine_words(measured, W)
        )
    ]
    said += [W["busy"]] if measured.load_before >= BUSY * measured.machine.cores else []
    said += [W["missing"].format(networks=", ".join(missing))] if missing else []
    st.markdown(" ".join(said))
    left, right = st.columns(2, border=True)
    with left:
        _show_times(measured, base, labels, W)
    with right:
        _show_peaks(measured, base, labels, W)


def _show_times(measured: Measurement, base: Subject, labels: Labels, W: Mapping[str, str]) -> None:
    ratios = {subject: runs.ratio(measured.runs[base]) for subject, runs in measured.runs.items()}
    factors = {subject: clear_times(ratio, W) for subject, ratio in ratios.items()}
    rows, items = [], []
    for subject, runs in measured.runs.items():
        time, label = runs.time(), labels[subject]
        factor = "" if subject == base else W["note_factor"].format(factor=factors[subject])
        rows.append(Row(subject.name, label, ms(time.median) + factor, runs))
        items.append(
            W["time_item"].format(
                network=label, median=ms(time.median), low=ms(time.low), high=ms(time.high), factor=factor
            )
        )

    def table() -> Table:
        spreads = [runs.time() for runs in measured.runs.values()]
        columns: Table = {W["network"]: [labels[subject] for subject in measured.runs]}
        for part in ("median", "low", "high"):
            columns[W[f"table_{part}"]] = [round(1000 * getattr(spread, part), 2) for spread in spreads]
        columns[W["table_fastest"]] = [round(1000 * min(r.seconds), 2) for r in measured.runs.values()]
        columns[W["table_factor"].format(base=labels[base])] = [_between(r) for r in ratios.values()]
        return columns

    beyond = any(1000 * max(row.runs.seconds) > axis_end_ms(rows) for row in rows)
    unclear = any(factor != times(ratios[subject].median) for subject, factor in factors.items())
    look = [
        W["time_look"],
        *([W["time_beyond"]] if beyond else []),
        *([W["time_unclear"]] if unclear else []),
    ]
    show_picture(
        "measure times",
        _claim("time", factors, base, labels, W),
        " ".join(look).format(rounds=measured.rounds),
        times_figure(rows, W["time_axis"]),
        W["time_alt"].format(rounds=measured.rounds, items="; ".join(items)),
        W["time_source" if len(rows) > 1 else "time_source_alone"].format(base=labels[base]),
        W["table"],
        table,
    )


def _show_peaks(measured: Measurement, base: Subject, labels: Labels, W: Mapping[str, str]) -> None:
    peaks = {subject: runs.peak_bytes for subject, runs in measured.runs.items()}
    ratios = {subject: peak / max(peaks[base], 1) for subject, peak in peaks.items()}
    factors = {subject: times(ratio) for subject, ratio in ratios.items()}
    rows = []
    for subject, runs in measured.runs.items():
        factor = "" if subject == base else W["note_factor"].format(factor=factors[subject])
        rows.append(
            Row(subject.name, labels[subject], W["mib"].format(mib=mib(runs.peak_bytes)) + factor, runs)
        )
    show_picture(
        "measure peaks",
        _claim("peak", factors, base, labels, W),
        W["peak_look"],
        weights_figure(rows, W["peak_axis"]),
        W["peak_alt"].format(items="; ".join(f"{row.label}: {row.note}" for row in rows)),
        W["peak_source"],
        W["table"],
        lambda: {
            W["network"]: [labels[subject] for subject in peaks],
            W["table_peak"]: list(peaks.values()),
            W["table_share"].format(base=labels[base]): [round(ratio, 3) for ratio in ratios.values()],
        },
    )


def _claim(
    kind: str, factors: Mapping[Subject, str], base: Subject, labels: Labels, W: Mapping[str, str]
) -> str:
    """What was found, as a title; of a single network there is nothing to compare."""
    others = [
        W["claim_item"].format(network=labels[subject], factor=factor)
        for subject, factor in factors.items()
        if subject != base
    ]
    if not others:
        return W[f"{kind}_alone"].format(network=labels[base])
    return W[f"{kind}_claim"].format(items=", ".join(others), base=labels[base])


def machine_words(measured: Measurement, W: Mapping[str, str]) -> str:
    """The machine, and how busy it was, in a sentence without its full stop."""
    machine = measured.machine
    return W["machine"].format(
        processor=machine.processor,
        cores=many("core", machine.cores, W),
        memory=f"{machine.memory_bytes / GIB:.0f}" if machine.memory_bytes else "?",
        system=machine.system,
        python=machine.python,
        torch=machine.torch,
        threads=many("thread", machine.threads, W),
        load=f"{measured.load_before:.1f}",
    )


def many(what: str, count: int, W: Mapping[str, str]) -> str:
    return W[f"{what}_{'one' if count == 1 else 'many'}"].format(count=count)


def _between(ratio: Spread) -> str:
    return f"{ratio.median:.3f} ({ratio.low:.3f}–{ratio.high:.3f})"


def times(factor: float) -> str:
    """1.0342 to "1.03", 12.34 to "12.3"."""
    return f"{factor:.{2 if factor < 9.995 else 1}f}"


def clear_times(ratio: Spread, W: Mapping[str, str]) -> str:
    """One number, or what half of the rounds lie between when they do not agree on one."""
    if is_clear(ratio):
        return times(ratio.median)
    return W["range"].format(low=times(ratio.low), high=times(ratio.high))


def mib(nbytes: int) -> str:
    """89915392 to "85.8"; 40000 to "0.04"."""
    value = nbytes / MIB
    return f"{value:.{1 if value >= 0.95 else 2}f}"
