"""A control's value in the page's address: under a name and in a spelling of its own, which links may rely on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st


@dataclass(frozen=True, eq=False)
class Linked:
    """One control: its parameter in the address, and every value that it takes by its spelling there.

    Streamlit's own binding spells a value as its menu shows it, and drops bound values on the way from one page to
    another; a link from a lecture note needs spellings that do not change with the words on the page.
    """

    page: str
    parameter: str
    spellings: Mapping[str, Any]
    default: Any

    @property
    def values(self) -> list[Any]:
        return list(self.spellings.values())

    @property
    def key(self) -> str:
        """Of the widget, in the session state."""
        return f"{self.page}_{self.parameter}"

    def asked(self) -> Any:
        """The value that stands in the address; the default where there is none, or nonsense."""
        return self.spellings.get(st.query_params.get(self.parameter, ""), self.default)

    def widget(self) -> dict[str, Any]:
        """What a select box, slider or segmented control with these values is called with.

        Sets the widget to what the address asks for: it is the one truth, also for the browser's Back.
        """
        st.session_state[self.key] = self.asked()
        return {"options": self.values, "key": self.key, "on_change": self._to_address}

    def _to_address(self) -> None:
        value = st.session_state[self.key]
        for spelling, candidate in self.spellings.items():
            if candidate == value:
                st.query_params[self.parameter] = spelling
