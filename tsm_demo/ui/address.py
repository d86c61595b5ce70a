"""A control's value in the page's address: under a name and in a spelling of its own, which links may rely on."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
# In the session state: parameters written since the browser last led, "" for none; whether this run is due to that.
WRITTEN, LEADING = "address_written", "address_leading"


def follow_address() -> None:
    """Let the browser's address lead again, for it came by a link, by Back, or by hand; app.py calls this first.

    With every message the browser sends its address as it was at that moment. A second click within the time that an
    answer takes would bring the address from before the first one, and undo it: until the browser leads again, what
    was written here counts.
    """
    if not st.session_state.pop(LEADING, False):
        st.session_state[WRITTEN] = {}
    _catch_up()


def write_address(**parameters: str | None) -> None:
    """Write parameters into the address; None takes one out."""
    st.session_state[WRITTEN] = _written() | {name: text or "" for name, text in parameters.items()}
    st.session_state[LEADING] = True
    _catch_up()


def read_address(parameter: str) -> str:
    """What stands in the address; "" where there is nothing."""
    return str(_written().get(parameter, st.query_params.get(parameter, "")))


def _written() -> dict[str, str]:
    return dict(st.session_state.get(WRITTEN, {}))


def _catch_up() -> None:
    """Have the browser's address say what was written."""
    for name, text in _written().items():
        if not text:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != text:
            st.query_params[name] = text


@dataclass(frozen=True, eq=False)
class _InAddress:
    """What every control in the address has: its page, and the name of its parameter.

    Streamlit's own binding spells a value as its menu shows it, and drops bound values on the way from one page to
    another; a link from a lecture note needs spellings that do not change with the words on the page.
    """

    page: str
    parameter: str

    @property
    def key(self) -> str:
        """Of the widget, in the session state."""
        return f"{self.page}_{self.parameter}"

    @property
    def _spelled(self) -> str:
        return read_address(self.parameter)

    def _set(self, value: Any, on_change: Callable[[], None]) -> dict[str, Any]:
        """Set the widget to a value; returns what it is called with."""
        st.session_state.pop(LEADING, None)
        _catch_up()
        st.session_state[self.key] = value
        return {"key": self.key, "on_change": on_change}


@dataclass(frozen=True, eq=False)
class Linked(_InAddress):
    """A control with a few values: every value that it takes, by its spelling in the address."""

    spellings: Mapping[str, Any]
    default: Any

    @property
    def values(self) -> list[Any]:
        return list(self.spellings.values())

    def asked(self) -> Any:
        """The value that stands in the address; the default where there is none, or nonsense."""
        return self.spellings.get(self._spelled, self.default)

    def put(self, value: Any) -> None:
        """Write one of the values into the address; any other is left out."""
        for spelling, candidate in self.spellings.items():
            if candidate == value:
                write_address(**{self.parameter: spelling})

    def widget(self) -> dict[str, Any]:
        """What a select box, slider or segmented control with these values is called with.

        Sets the widget to what the address asks for: it is the one truth, also for the browser's Back.
        """
        return {"options": self.values, **self.switch()}

    def switch(self) -> dict[str, Any]:
        """What a toggle is called with, where the values are False and True; else as `widget`."""
        return self._set(self.asked(), self._to_address)

    def _to_address(self) -> None:
        value = st.session_state[self.key]
        if value is None:  # a choice that was taken back
            write_address(**{self.parameter: None})
        self.put(value)


@dataclass(frozen=True, eq=False)
class LinkedNumber(_InAddress):
    """A control for a whole number, from `least` (0 or more) to `most`, spelled in the address in plain digits."""

    least: int
    most: int
    default: int

    def asked(self) -> int:
        """The number that stands in the address; the default where there is none, nonsense, or one out of range."""
        if not WHOLE_NUMBER.fullmatch(self._spelled):
            return self.default
        number = int(self._spelled)
        return number if self.least <= number <= self.most else self.default

    def put(self, value: int) -> None:
        """Write a number into the address."""
        write_address(**{self.parameter: str(value)})

    def widget(self) -> dict[str, Any]:
        """What a number input is called with; sets it to what the address asks for, as `Linked.widget` does."""
        return {
            "min_value": self.least,
            "max_value": self.most,
            "step": 1,
            **self._set(self.asked(), self._to_address),
        }

    def _to_address(self) -> None:
        self.put(st.session_state[self.key])


@dataclass(frozen=True, eq=False)
class LinkedSet(_InAddress):
    """A control that takes several values: in the address they stand side by side, "tsn.tsm"."""

    spellings: Mapping[str, Any]
    default: Sequence[Any] | None = None  # None: all there are

    def asked(self, options: Sequence[Any] | None = None) -> list[Any]:
        """Those that stand in the address; where there is none of them, the default.

        Args:
            options: what can be chosen now, in its order; None: all values.
        """
        options = list(self.spellings.values()) if options is None else options
        named = [self.spellings.get(part) for part in self._spelled.split(".")]
        found = [option for option in options if option in named]
        return found or list(options if self.default is None else self.default)

    def widget(self, options: Sequence[Any] | None = None) -> dict[str, Any]:
        """What pills or a multi-select are called with; sets it to what the address asks for, as `Linked.widget` does."""
        every = list(self.spellings.values()) if options is None else list(options)
        return {"options": every, **self._set(self.asked(options), self._to_address)}

    def _to_address(self) -> None:
        chosen = st.session_state[self.key]
        spelled = [spelling for spelling, value in self.spellings.items() if value in chosen]
        write_address(**{self.parameter: ".".join(spelled)})
