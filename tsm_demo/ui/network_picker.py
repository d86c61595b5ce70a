"""Choosing the network that answers, and how it looks at the clip."""

from collections.abc import Callable

import streamlit as st

from tsm_demo.analysis.cost import cost
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.models.cache import is_cached, list_cached
from tsm_demo.models.weight_facts import WeightFacts
from tsm_demo.models.zoo import list_zoo, zoo_entry
from tsm_demo.ui.address import Linked
from tsm_demo.ui.asked import Asked
from tsm_demo.ui.own_weights import OWN, own_weights
from tsm_demo.ui.text import words

NETWORKS = {  # of the embedded ones: in the address, and in the menu
    "TSM": "motion",
    "2D": "motion_tsn",
    "online TSM": "motion_online",
    "3D": "motion_3d",
}
FRAMES = (4, 8, 16, 32)
PAGE, NEXT = "clip", "ask_next"


def pick_network(forget_view: Callable[[], None]) -> Asked:
    """What the address asks for: an embedded network, a published one that is here, or the visitor's own.

    Args:
        forget_view: called when another one is chosen: what was chosen of the last one's answer means nothing now.
    """
    W = words("your_clip_network")
    menu = _menu()
    chosen = _select(menu, forget_view)
    if chosen in NETWORKS.values():
        return Asked(chosen)
    own = own_weights()
    asked = Asked(OWN, own.path) if chosen == OWN and own else Asked(chosen)
    try:
        facts = asked.network().facts
    except TsmDemoError:
        return asked  # the answer says why
    frames, views = _linked_frames(facts), Linked(PAGE, "views", {"quick": False, "thorough": True}, False)
    taken = st.segmented_control(
        W["frames"],
        format_func=lambda count: (
            W["frames_trained"].format(count=count) if count == facts.spec.n_segment else str(count)
        ),
        required=True,
        help=W["frames_help"],
        **frames.widget(),
    )
    thorough = facts.thorough is not None and st.segmented_control(
        W["views"],
        format_func=lambda many: _views_said(facts, taken, many),
        required=True,
        help=W["views_help"],
        **views.widget(),
    )
    return Asked(
        asked.model, asked.checkpoint, None if taken == facts.spec.n_segment else taken, bool(thorough)
    )


def ask(model: str) -> None:
    """Have the page ask another network from its next run on."""
    st.session_state[NEXT] = model


def missing_network() -> str | None:
    """A published network that the page's address asks for, and that is not here."""
    asked = st.query_params.get("model", "")
    return asked if asked in list_zoo() and not is_cached(asked) else None


def title_of(model: str) -> str:
    """What a network is called on the page."""
    if model == OWN:
        own = own_weights()
        return words("your_clip_network")["own"].format(name=own.name if own else "")
    return (
        zoo_entry(model).title if model in list_zoo() else next(k for k, v in NETWORKS.items() if v == model)
    )


def _menu() -> dict[str, str]:
    """Every network that can be asked now, by its spelling in the address."""
    here = [name for name in list_zoo() if name in list_cached()]
    return {**NETWORKS, **{name: name for name in here}, **({OWN: OWN} if own_weights() else {})}


def _select(menu: dict[str, str], forget_view: Callable[[], None]) -> str:
    W = words("your_clip_network")
    linked = Linked(PAGE, "model", menu, NETWORKS["TSM"])
    if (following := st.session_state.pop(NEXT, None)) is not None:
        linked.put(following)
        forget_view()
    widget = linked.widget()
    to_address = widget.pop("on_change")

    def changed() -> None:
        to_address()
        forget_view()

    titles = {model: title_of(model) for model in menu.values()}
    model: str = st.selectbox(
        W["network"],
        format_func=lambda model: titles.get(model, model),
        help=W["network_help"],
        on_change=changed,
        **widget,
    )
    return model


def _linked_frames(facts: WeightFacts) -> Linked:
    counts = sorted({*FRAMES, facts.spec.n_segment})
    return Linked(PAGE, "frames", {str(count): count for count in counts}, facts.spec.n_segment)


def _views_said(facts: WeightFacts, frames: int, many: bool) -> str:
    """A choice of views, with how many forward passes and multiply-adds one answer takes."""
    W = words("your_clip_network")
    macs = cost(facts.spec, frames, facts.picture_size).macs
    if not many or facts.thorough is None:
        return W["views_quick"].format(macs=f"{macs / 1e9:.0f}")
    macs = int(macs * facts.thorough.cost_factor(facts.picture_size))
    return W["views_thorough"].format(views=facts.thorough.count, macs=f"{macs / 1e9:,.0f}")
