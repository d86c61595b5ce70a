"""What a visitor of Time lab can choose, and how each choice is spelled in a link; no torch."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from tsm_demo.ui.address import Linked, LinkedNumber, LinkedSet, write_address
from tsm_demo.ui.clips import UPLOAD_TYPES, Clip, bundled_clip, bundled_labels
from tsm_demo.ui.own_clip import forget_own, keep_own, own_clip
from tsm_demo.viz.both_orders import plainest, read_results

OPENING_CLIP = plainest(read_results()).clip
OWN = "own"  # the visitor's clip, in a link
T = len(read_results()[0].frame_times_sec)  # frames that the embedded networks look at
ORDERS = ("forwards", "backwards", "shuffled", "frozen")
ORDER = Linked("lab", "order", {order: order for order in ORDERS}, "backwards")
SEED = LinkedNumber("lab", "seed", 0, 999_999, 1)
FRAME = LinkedNumber("lab", "frame", 1, T, T // 2)
SPEED = Linked("lab", "speed", {"half": 0.5, "normal": 1.0, "double": 2.0}, 1.0)
MIRROR = Linked("lab", "mirror", {"off": False, "on": True}, False)
SHOWN = LinkedSet(
    "lab", "networks", {"2d": "motion_tsn", "tsm": "motion", "online": "motion_online", "3d": "motion_3d"}
)
WINDOW = "window"
UPLOAD_KEY = "lab_upload"


@dataclass(frozen=True, slots=True)
class Shown:
    """How the clip is shown: what a link holds of it; `frame` is counted from 0."""

    order: str
    seed: int
    frame: int
    speed: float
    mirrored: bool

    @property
    def only_order(self) -> bool:
        """Whether the sampled frames are all shown, once each: then only their order can be another."""
        return self.order != "frozen" and self.speed == 1.0 and not self.mirrored

    @property
    def as_filmed(self) -> bool:
        return self.only_order and self.order == ORDERS[0]


def chosen() -> Shown:
    """What the address asks for."""
    frozen = ORDER.asked() == "frozen"  # what stands still has no speed
    return Shown(
        ORDER.asked(), SEED.asked(), FRAME.asked() - 1, 1.0 if frozen else SPEED.asked(), MIRROR.asked()
    )


def clip_control() -> Linked:
    """The menu of clips: those that are here, and the visitor's."""
    names = [*bundled_labels(), *([OWN] if own_clip() else [])]
    return Linked("lab", "clip", {name: name for name in names}, OPENING_CLIP)


def chosen_clip() -> Clip:
    """The clip that the address asks for."""
    name, own = clip_control().asked(), own_clip()
    return own if own and name == OWN else bundled_clip(name)


def choose(words: Mapping[str, str]) -> None:
    """The controls, in two rows."""
    clip, order, detail = st.columns([3, 4.2, 3.2], gap="medium")
    with clip:
        _choose_clip(words)
    order.segmented_control(
        words["order"],
        format_func=lambda name: words[f"order_{name}"],
        required=True,
        wrap=True,
        **ORDER.widget(),
    )
    with detail:
        if ORDER.asked() == "shuffled":
            st.markdown(words["seed_text"].format(seed=SEED.asked()))
            st.button(words["redraw"], icon=":material/shuffle:", key="lab_redraw", on_click=_redraw)
        if ORDER.asked() == "frozen":
            st.slider(words["frame"], **FRAME.widget())
    own, speed, mirror, networks = st.columns([3, 2.1, 2.1, 3.2], gap="medium", vertical_alignment="bottom")
    with own, st.popover(words["own"], icon=":material/upload:", width="stretch"):
        _choose_own(words)
    speed.segmented_control(
        words["speed"],
        format_func=lambda speed: words[f"speed_{_spelled(SPEED, speed)}"],
        required=True,
        disabled=ORDER.asked() == "frozen",
        **SPEED.widget(),
    )
    mirror.toggle(words["mirror"], **MIRROR.switch())
    networks.pills(
        words["networks"],
        selection_mode="multi",
        format_func=lambda name: words[f"net_{name}"],
        wrap=True,
        **SHOWN.widget(),
    )


def choose_window(starts_sec: list[float], liveliest: int, words: Mapping[str, str]) -> int:
    """Which window of a longer clip is shown; the one in which most changes unless another was chosen."""
    window = LinkedNumber("lab", WINDOW, 0, len(starts_sec) - 1, liveliest)
    if len(starts_sec) > 1:
        st.select_slider(
            words["window"],
            format_func=lambda at: f"{starts_sec[at]:.1f} s",
            options=range(len(starts_sec)),
            **{name: given for name, given in window.widget().items() if name in ("key", "on_change")},
        )
    return window.asked()


def freeze(frame: int) -> None:
    """Show the clip frozen on a frame, counted from 0: what a click on it does."""
    ORDER.put("frozen")
    FRAME.put(frame + 1)


def _spelled(control: Linked, value: object) -> str:
    return next(spelling for spelling, candidate in control.spellings.items() if candidate == value)


def _redraw() -> None:
    SEED.put(secrets.randbelow(SEED.most + 1))


def _choose_clip(words: Mapping[str, str]) -> None:
    own = own_clip()
    st.selectbox(
        words["clip"],
        format_func=lambda name: words["own_clip"].format(name=own.name) if own and name == OWN else name,
        **clip_control().widget(),
    )


def _choose_own(words: Mapping[str, str]) -> None:
    st.file_uploader(words["upload"], type=UPLOAD_TYPES, key=UPLOAD_KEY, on_change=_keep_upload)
    st.caption(words["upload_limits"])
    if own := own_clip():
        st.button(words["remove"].format(name=own.name), key="lab_remove", on_click=_remove_own)


def _keep_upload() -> None:
    """A dropped clip becomes the chosen one."""
    upload = st.session_state[UPLOAD_KEY]
    if upload is None:
        _remove_own()
        return
    keep_own(upload.name, upload.getvalue())
    clip_control().put(OWN)
    write_address(**{WINDOW: None})


def _remove_own() -> None:
    forget_own()
    write_address(**dict.fromkeys(("clip", WINDOW)))
