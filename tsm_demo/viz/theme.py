"""One look for all figures: colours, fonts, margins, for light and dark."""

import plotly.graph_objects as go

# Okabe and Ito's palette: told apart by the colour-blind. Orange and blue mean the shift's two directions elsewhere.
LINES = ("#0072B2", "#E69F00", "#009E73")
DASHES = ("solid", "dash", "dot")  # never colour alone
QUIET = "#8A94A0"  # readable on white and on near-black
FAINT = "rgba(138,148,160,0.16)"  # an empty cell

# Where a shifted cell's value came from: the same on every page.
FUTURE = "#E69F00"
PAST = "#0072B2"
STAYS = "#8A94A0"
INK = {FUTURE: "#1B2430", PAST: "#FFFFFF", STAYS: "#1B2430"}  # letters on a cell of that colour


def plain(figure: go.Figure, height: int) -> go.Figure:
    """Take away what a figure does not need. Text colours are left to the page's theme."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        hoverlabel={"namelength": -1},
    )
    figure.update_xaxes(fixedrange=True, showgrid=False, zeroline=False)
    figure.update_yaxes(fixedrange=True, showgrid=False, zeroline=False)
    return figure


def faded(colour: str, alpha: float) -> str:
    """ "#009E73" and 0.5 to "rgba(0,158,115,0.5)"."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
