"""The look of a kind of network: one colour and one mark on every page about cost."""

from dataclasses import dataclass

from tsm_demo.viz.theme import QUIET


@dataclass(frozen=True, slots=True)
class Look:
    """Never colour alone: the mark differs too."""

    colour: str
    symbol: str  # of Plotly's markers


TWO_D = Look(QUIET, "circle")
TSM = Look("#009E73", "diamond")
THREE_D = Look("#CC79A7", "square")
OTHER = Look("#56B4E9", "triangle-up")
BEGINNINGS = {"tsn_": TWO_D, "tsm_": TSM, "cnn3d_": THREE_D, "c3d": THREE_D, "i3d_": THREE_D, "r3d_": THREE_D}


def look_of(network: str) -> Look:
    """By the network's name in the registry."""
    return next((look for start, look in BEGINNINGS.items() if network.startswith(start)), OTHER)
