"""The costs of several networks side by side: panels of horizontal bars, each a table that a screen reader can read.

HTML and not Plotly: the page's first picture is there with its text, wraps on a phone, and its numbers can be copied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """<style>
.cost-panels { display: grid; gap: 1.1rem 2.6rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.cost-panels table { width: 100%; border-collapse: collapse; table-layout: fixed; margin: 0; }
.cost-panels caption { text-align: left; caption-side: top; padding: 0 0 .35rem; }
.cost-panels caption b { font-size: 1.06rem; }
.cost-panels caption span { display: block; font-size: .82rem; opacity: .78; min-height: 1.2em; }
.cost-panels td, .cost-panels th { border: 0; padding: .18rem 0; vertical-align: middle;
  font-weight: 400; text-align: left; }
.cost-panels th { width: 7.2rem; padding-right: .6rem; overflow-wrap: anywhere; line-height: 1.2; }
.cost-panels td.ratio { width: 4.6rem; text-align: right; font-weight: 650; font-variant-numeric: tabular-nums; }
.cost-panels .track { position: relative; height: 1.75rem; border-radius: 3px;
  background: color-mix(in srgb, currentColor 7%, transparent); }
.cost-panels .bar { position: absolute; inset: 0 auto 0 0; min-width: 2px; border-radius: 3px; }
.cost-panels .value { position: absolute; inset: 0 auto 0 0; padding: 0 .5rem; line-height: 1.75rem; white-space: nowrap;
  font-variant-numeric: tabular-nums; font-size: .92rem; }
.cost-panels .inside { color: #12171D; }
.cost-panels .none { opacity: .75; font-style: italic; padding: 0; white-space: normal;
  line-height: 1.25; position: static; }
@media (max-width: 40rem) {
  .cost-panels th { width: 5.6rem; }
  .cost-panels td.ratio { width: 4rem; }
}
</style>"""
INSIDE = 0.62  # share of the track from which a bar is long enough to carry its number


@dataclass(frozen=True, slots=True)
class Bar:
    """One network in one panel.

    Attributes:
        name: of the network.
        colour: of the bar.
        value: how long it is; None: no figure, and `text` says why.
        text: the figure as it is read, with its unit.
        ratio: to the network that the others are measured against, as it is read; "" where it makes no sense.
    """

    name: str
    colour: str
    value: float | None
    text: str
    ratio: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One kind of cost."""

    title: str
    detail: str
    bars: Sequence[Bar]


def cost_bars(panels: Sequence[Panel]) -> str:
    """The panels as HTML; every panel has its own scale, from zero."""
    return f'{STYLE}<div class="cost-panels">{"".join(map(_panel, panels))}</div>'


def _panel(panel: Panel) -> str:
    longest = max((bar.value or 0 for bar in panel.bars), default=0)
    rows = "".join(_row(bar, longest) for bar in panel.bars)
    caption = f"<b>{escape(panel.title)}</b><span>{escape(panel.detail)}</span>"
    return f"<table><caption>{caption}</caption><tbody>{rows}</tbody></table>"


def _row(bar: Bar, longest: float) -> str:
    if bar.value is None:
        drawn = f'<div class="value none">{escape(bar.text)}</div>'
    else:
        share = bar.value / longest if longest else 0
        inside = share >= INSIDE
        place = "" if inside else f"left:{100 * share:.2f}%"
        drawn = (
            f'<div class="track"><div class="bar" style="width:{100 * share:.2f}%;background:{bar.colour}"></div>'
            f'<span class="value{" inside" if inside else ""}" style="{place}">{escape(bar.text)}</span></div>'
        )
    return f'<tr><th scope="row">{escape(bar.name)}</th><td>{drawn}</td><td class="ratio">{escape(bar.ratio)}</td></tr>'
