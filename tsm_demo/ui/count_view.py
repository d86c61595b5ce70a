"""The section "count it yourself": a layer's cost as a product, factor by factor, in 2D, TSM and 3D."""

import streamlit as st

from tsm_demo.ui.components.conv_count import conv_count
from tsm_demo.ui.count_choices import choose
from tsm_demo.ui.count_told import exhibit, sentence, table
from tsm_demo.ui.text import words


@st.fragment
def show_count(fold_div: int = 8) -> None:
    """Controls, count, and what people mix up. fold_div: of the shift whose bytes are shown beside TSM."""
    W = words("cost_count")
    st.header(W["title"], anchor=False)
    st.markdown(W["point"])
    layer = choose(W)
    conv_count(exhibit(layer, fold_div, W), key="conv_count")
    st.markdown(sentence("confusion", layer, W))
    st.markdown(sentence("flops", layer, W))
    st.caption(W["checked"])
    with st.expander(W["table"], on_change="rerun", key="count_table") as shown:
        if shown.open:
            st.table(table(layer, W))
