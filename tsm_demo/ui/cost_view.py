"""The costs of the chosen networks as a visitor sees them: panels of bars and the sentences above and below."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tsm_demo.analysis.cost import Cost, cost
from tsm_demo.analysis.timing import Measurement, Setup, Spread, Subject, is_clear
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.models.registry import ModelSpec, usual_input
from tsm_demo.ui.cost_choices import KINDS, PHASES, CostChoice
from tsm_demo.viz.cost_bars import Bar, Panel
from tsm_demo.viz.families import look_of
from tsm_demo.viz.quantity import amount, duration, nbytes, three_digits, times

FLOPS_PER_MAC = {"mac": 1, "flop": 2}


@dataclass(frozen=True, slots=True)
class Timings:
    """What was timed: on this machine by the visitor, and beforehand as a reference."""

    own: Sequence[Measurement]  # the newest first
    reference: Sequence[Measurement]

    def of(self, cost: Cost) -> tuple[Measurement, bool] | None:
        """A measurement of this network at this clip, the visitor's own first, and whether it is that."""
        setup, subject = Setup(cost.frames, cost.size, cost.batch), Subject.of(cost.spec)
        known = [*((timed, True) for timed in self.own), *((timed, False) for timed in self.reference)]
        for timed, here in known:
            if timed.setup == setup and subject in timed.runs:
                return timed, here
        return None


@dataclass(frozen=True, slots=True)
class Counted:
    """A network that is shown, with its cost."""

    key: str  # "2d", "tsm", "3d", or the registered name of a relative
    name: str
    colour: str
    cost: Cost
    refused: str  # why it is not counted at the page's T and size; "" where it is


def spec_of(name: str, choice: CostChoice) -> ModelSpec:
    """What to build for a registered name: the shift's share where the network has one."""
    return ModelSpec(name, fold_div=choice.fold_div) if name.startswith("tsm_") else ModelSpec(name)


def count(key: str, choice: CostChoice, words: Mapping[str, str]) -> Counted:
    """The cost of one network at the page's clip; at its usual clip where it cannot take that."""
    ours = key in KINDS
    spec = spec_of(choice.architecture(key) if ours else key, choice)
    name = words[f"net_{key}" if ours else f"relative_{key}"]
    colour = look_of(spec.name).colour
    try:
        return Counted(key, name, colour, cost(spec, choice.frames, choice.size, choice.batch), "")
    except TsmDemoError as refusal:
        usual = usual_input(spec.name)
        return Counted(key, name, colour, cost(spec, usual.frames, usual.size, choice.batch), str(refusal))


def counted(choice: CostChoice, words: Mapping[str, str]) -> list[Counted]:
    """Every network that is shown."""
    return [count(key, choice, words) for key in (*choice.kinds, *choice.added)]


def unit_name(unit: str) -> str:
    """ "mac" to "MACs"."""
    return f"{unit.upper()}s"


def finding(choice: CostChoice, words: Mapping[str, str]) -> str:
    """The page's point in its numbers; always of the three, shown or not."""
    two_d, tsm, three_d = (count(kind, choice, words).cost for kind in KINDS)
    equal = two_d.macs == tsm.macs and two_d.params == tsm.params
    return words["finding" if equal else "finding_unequal"].format(
        frames=choice.frames,
        size=choice.size,
        unit=unit_name(choice.unit),
        count=amount(two_d.macs * FLOPS_PER_MAC[choice.unit]),
        times=three_digits(three_d.macs / two_d.macs),
    )


def panels(
    shown: Sequence[Counted], choice: CostChoice, timings: Timings, words: Mapping[str, str]
) -> list[Panel]:
    """MACs, parameters, memory and time of every network that is shown, each against 2D."""
    against = count(KINDS[0], choice, words)
    return [
        Panel(
            words["panel_macs"].format(unit=unit_name(choice.unit)),
            words["panel_macs_detail"].format(
                clips=clips(choice.batch, words), frames=choice.frames, size=choice.size
            ),
            _bars(shown, against, lambda cost: cost.macs * FLOPS_PER_MAC[choice.unit], amount),
        ),
        Panel(
            words["panel_params"],
            words["panel_params_detail"],
            _bars(shown, against, lambda cost: cost.params, amount),
        ),
        Panel(
            words[f"panel_memory_{choice.phase}"],
            words[f"panel_memory_{choice.phase}_detail"],
            _bars(shown, against, lambda cost: memory(cost, choice.phase), nbytes),
        ),
        _time_panel(shown, against, timings, words),
    ]


def _bars(
    shown: Sequence[Counted],
    against: Counted,
    figure: Callable[[Cost], int | None],
    written: Callable[[float], str],
) -> list[Bar]:
    """One kind of cost of every network; those at a clip of their own have no ratio, but for what no clip changes."""
    base = figure(against.cost)
    found = []
    for item in shown:
        value = figure(item.cost)
        comparable = not item.refused or value == item.cost.params
        ratio = times(value / base) if value is not None and base and comparable else ""
        found.append(Bar(item.name, item.colour, value, "–" if value is None else written(value), ratio))
    return found


def _time_panel(
    shown: Sequence[Counted], against: Counted, timings: Timings, words: Mapping[str, str]
) -> Panel:
    """Every network's median; ratios only within one measurement."""
    found, details = [], []
    for item in shown:
        timed, here = timings.of(item.cost) or (None, False)
        if timed is None:
            found.append(Bar(item.name, item.colour, None, words["panel_latency_missing"]))
            continue
        runs, base = timed.runs[Subject.of(item.cost.spec)], timed.runs.get(Subject.of(against.cost.spec))
        sec = runs.time().median
        found.append(
            Bar(item.name, item.colour, sec, duration(sec), around(runs.ratio(base)) if base else "")
        )
        details.append(
            words["panel_latency_here" if here else "panel_latency_reference"].format(
                machine=timed.machine.processor
            )
        )
    if not details:
        return Panel(words["panel_latency"], words["panel_latency_none"], ())
    return Panel(words["panel_latency"], "; ".join(dict.fromkeys(details)), found)


def around(ratio: Spread) -> str:
    """One number, or what half of the rounds lie between when they do not agree on one."""
    if is_clear(ratio):
        return times(ratio.median)
    return f"× {three_digits(ratio.low)} – {three_digits(ratio.high)}"


def memory(cost: Cost, phase: str) -> int | None:
    """Peak bytes while it answers, or while it learns; None where it cannot learn."""
    return cost.peak_bytes if phase == PHASES[0] else cost.training_peak_bytes


def clips(batch: int, words: Mapping[str, str]) -> str:
    """ "one clip", "8 clips"."""
    return words["one_clip"] if batch == 1 else words["clips"].format(count=batch)


def moved(choice: CostChoice, words: Mapping[str, str]) -> str:
    """What the shift does cost."""
    return words["moved"].format(moved=nbytes(count(KINDS[1], choice, words).cost.shift_bytes))


def refusals(shown: Sequence[Counted], words: Mapping[str, str]) -> list[str]:
    """A sentence for each network that is counted at a clip of its own."""
    return [
        words["own_input"].format(
            name=item.name, why=item.refused, frames=item.cost.frames, size=item.cost.size
        )
        for item in shown
        if item.refused
    ]
