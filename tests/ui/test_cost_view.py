"""What the page on cost says follows from the counts, and how many clips fit is the last number that does."""

from dataclasses import replace

import pytest

from tsm_demo.analysis.cost import cost
from tsm_demo.analysis.machine import Machine
from tsm_demo.analysis.timing import Measurement, Runs, Setup, Subject
from tsm_demo.analysis.training_memory import training_memory
from tsm_demo.models.registry import ModelSpec
from tsm_demo.ui.cost_choices import CostChoice
from tsm_demo.ui.cost_growth_view import as_table, grown
from tsm_demo.ui.cost_memory_view import GIB, most_clips
from tsm_demo.ui.cost_view import Timings, counted, finding, panels
from tsm_demo.ui.cost_where_view import layer_table, listed, opened
from tsm_demo.ui.text import words

W = words("cost")
CHOICE = CostChoice(
    depth=18,
    frames=4,
    size=64,
    batch=2,
    fold_div=8,
    phase="inference",
    unit="mac",
    kinds=("2d", "tsm", "3d"),
    added=(),
)
MACHINE = Machine("a processor", 2, 2**34, "Linux", "3.11", "2.14", 2)


def timed(*seconds: float) -> Measurement:
    """Five runs each of 2D and TSM, as long as said."""
    names = ("tsn_resnet18", "tsm_resnet18")
    runs = {
        Subject.of(ModelSpec(name)): Runs((sec,) * 5, 1) for name, sec in zip(names, seconds, strict=True)
    }
    return Measurement(MACHINE, Setup(4, 64, 2), runs, 0.0, "2026-11-24")


def test_bars_are_the_counts_and_their_ratios():
    shown = counted(CHOICE, W)
    macs, params, memory, time = panels(shown, CHOICE, Timings((), ()), W)
    own = {
        key: cost(ModelSpec(name), 4, 64, 2)
        for key, name in (("2D", "tsn_resnet18"), ("3D", "cnn3d_resnet18"))
    }
    by_name = {bar.name: bar for bar in macs.bars}
    assert by_name["3D"].value == own["3D"].macs
    assert by_name["3D"].ratio == f"× {own['3D'].macs / own['2D'].macs:.2f}"
    assert [bar.ratio for bar in macs.bars[:2]] == ["× 1", "× 1"]
    assert [bar.value for bar in params.bars] == [item.cost.params for item in shown]
    assert [bar.value for bar in memory.bars] == [item.cost.peak_bytes for item in shown]
    assert time.bars == ()


def test_training_shows_training_memory_and_flops_are_doubled():
    learning = replace(CHOICE, phase="training", unit="flop")
    shown = counted(learning, W)
    macs, _, memory, _ = panels(shown, learning, Timings((), ()), W)
    assert [bar.value for bar in macs.bars] == [2 * item.cost.macs for item in shown]
    specs = [item.cost.spec for item in shown]
    assert [bar.value for bar in memory.bars] == [training_memory(s, 4, 64, 2).peak_bytes for s in specs]


def test_a_visitors_own_timing_comes_before_the_reference():
    shown = counted(CHOICE, W)
    for own, expected, whose in (
        ((), 0.3, "a processor"),
        ((timed(0.1, 0.2),), 0.2, W["panel_latency_here"]),
    ):
        panel = panels(shown, CHOICE, Timings(own, (timed(0.15, 0.3),)), W)[3]
        assert panel.bars[1].value == expected
        assert panel.bars[1].ratio == "× 2"
        assert whose in panel.detail
        assert panel.bars[2].value is None  # 3D was not timed
    elsewhere = replace(CHOICE, size=112)
    assert panels(counted(elsewhere, W), elsewhere, Timings((timed(1, 2),), ()), W)[3].bars == ()


def test_the_sentence_says_equal_only_of_equals(monkeypatch: pytest.MonkeyPatch):
    assert "exactly as many MACs as 2D" in finding(CHOICE, W)
    from tsm_demo.ui import cost_view

    def dearer(spec: ModelSpec, *size: int):
        found = cost(spec, *size)
        return replace(found, macs=found.macs + 1) if spec.name.startswith("tsm_") else found

    monkeypatch.setattr(cost_view, "cost", dearer)
    assert "exactly" not in finding(CHOICE, W)


def test_an_opened_layer_shows_its_arithmetic():
    rows = listed(cost(ModelSpec("tsm_resnet18"), 4, 64), "macs", "mac")
    by_name = {layer.name: layer for layer in rows}
    text = opened(by_name["layer1.0.conv1"], words("cost_where"))
    assert f"{4 * 16 * 16 * 64 * 64 * 3 * 3:,} MACs = 4 × 16 × 16 × 64 × 64 × 3 × 3" in text
    assert "multiplies nothing: 0 MACs" in opened(by_name["layer1.0.shift"], words("cost_where"))
    table = layer_table(rows, "flop", words("cost_where"))
    assert table["FLOPs"] == [2 * layer.macs for layer in rows]


def test_lines_grow_with_the_frames_and_leave_out_what_cannot_be():
    choice = replace(CHOICE, added=("i3d_resnet50",))
    lines = grown(counted(choice, W), choice, "frames")
    flat = next(line for line in lines if line.name == "2D")
    assert [value / flat.values[0] for value in flat.values] == [at / flat.at[0] for at in flat.at]
    inflated = next(line for line in lines if line.name == W["relative_i3d_resnet50"])
    assert list(inflated.at) == [8, 16, 32, 64]  # it takes 5 frames at least
    assert as_table(lines, "frames")[inflated.name][0] is None


@pytest.mark.parametrize("card_gib", [6, 80])
@pytest.mark.parametrize("name", ["tsn_resnet18", "tsm_resnet18", "cnn3d_resnet18"])
def test_the_most_clips_fit_and_one_more_does_not(name: str, card_gib: int):
    spec = ModelSpec(name)
    clips = most_clips(card_gib, spec, 8, 112)

    def taken(batch: int) -> int:
        traced = training_memory(spec, 8, 112, batch)
        return traced.peak_bytes + 3 * traced.gradient_bytes  # weights, and AdamW's two moments

    assert taken(clips) <= card_gib * GIB < taken(clips + 1)
