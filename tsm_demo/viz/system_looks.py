"""The colours of the published systems: one a family, the same in every picture that shows them."""

from types import MappingProxyType

from tsm_demo.viz.theme import QUIET

TSM_GREEN = "#009E73"
THREE_D = "#CC79A7"
# Okabe and Ito's, without orange and blue, which mean future and past. Every mark also has its name beside it.
SYSTEMS = MappingProxyType(
    {
        "tsn": QUIET,
        "tsm": TSM_GREEN,
        "i3d": THREE_D,
        "c3d": THREE_D,
        "trn": "#56B4E9",
        "lstm": "#56B4E9",
        "eco": "#D55E00",
        "gst": "#F0E442",
    }
)
OUTLINE = "#5B6470"  # around every bubble: yellow is faint on white
