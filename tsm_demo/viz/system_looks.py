"""The colours of the published systems: one a family, the same in every picture that shows them."""

from types import MappingProxyType

from tsm_demo.viz.families import OTHER, THREE_D, TSM, TWO_D

# Okabe and Ito's, without orange and blue, which mean future and past. Every mark also has its name beside it.
SYSTEMS = MappingProxyType(
    {
        "tsn": TWO_D.colour,
        "tsm": TSM.colour,
        "i3d": THREE_D.colour,
        "c3d": THREE_D.colour,
        "trn": OTHER.colour,
        "lstm": OTHER.colour,
        "eco": "#D55E00",
        "gst": "#F0E442",
    }
)
OUTLINE = "#5B6470"  # around every bubble: yellow is faint on white
