"""A picture under its claim, with what to look at; below it the source, and its numbers when asked for."""

from collections.abc import Callable
from typing import Any

import streamlit as st

PLOT = {"displayModeBar": False}

Table = dict[str, Any]  # column -> values


def show_picture(
    key: str,
    claim: str,
    look: str,
    figure: Any,
    alt: str,
    source: str,
    table_label: str,
    table: Callable[[], Table],
) -> None:
    """Draw it into the container that is open.

    Args:
        key: of the figure, and with " table" of the expander.
        claim: the title.
        look: Markdown, what to look at.
        figure: Plotly's.
        alt: the figure in words.
        source: where the claim comes from.
        table_label, table: the same numbers, made only when a visitor opens them.
    """
    st.subheader(claim, anchor=False)
    st.markdown(look)
    st.plotly_chart(figure, key=key, width="stretch", config=PLOT, alt=alt)
    st.caption(source)
    with st.expander(table_label, on_change="rerun", key=f"{key} table") as shown:
        if shown.open:
            st.dataframe(table(), hide_index=True)
