"""The parts of Time lab that compute much: each opens when it is asked for, and a link can open it."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.ui.address import LinkedSet, write_address
from tsm_demo.ui.clips import Clip

PARTS = ("shift", "inside", "maps")
OPEN = LinkedSet("lab", "open", {part: part for part in PARTS}, default=())


def show_parts(clip: Clip, window: int, words: Mapping[str, str]) -> None:
    """Every part, shut unless the address says otherwise; their code brings torch, so it is imported when they open."""

    def shift() -> None:
        from tsm_demo.ui.lab_shift_view import show_variants

        show_variants(clip, window)

    def inside() -> None:
        from tsm_demo.ui.lab_share_view import show_share

        show_share(clip, window)

    def maps() -> None:
        from tsm_demo.ui.lab_maps_view import show_maps

        show_maps(clip, window)

    for part, show in zip(PARTS, (shift, inside, maps), strict=True):
        show_part(part, words[f"part_{part}"], show, words["problem_next"])


def show_part(part: str, title: str, show: Callable[[], None], problem_next: str) -> None:
    """An expander; `show` draws into it, and is not called while it is shut."""
    key = f"{OPEN.key}_{part}"
    st.session_state[key] = part in OPEN.asked()
    with st.expander(title, key=key, on_change=partial(_to_address, part, key)) as expander:
        if expander.open:
            try:
                show()
            except TsmDemoError as error:
                st.error(str(error))
                st.markdown(problem_next)


def _to_address(part: str, key: str) -> None:
    others = [name for name in OPEN.asked() if name != part]
    opened = {*others, *([part] if st.session_state[key] else [])}
    write_address(**{OPEN.parameter: ".".join(name for name in PARTS if name in opened)})
