"""What can be fetched: two networks that know more, beside an answer, and all published ones in a list."""

from collections.abc import Mapping, Sequence

import streamlit as st

from tsm_demo.models.cache import cache_folder, is_cached
from tsm_demo.models.zoo import DEFAULT, DEFAULT_FOR_TIME, ZooEntry, list_zoo, zoo_entry
from tsm_demo.serving.fetch import Fetching
from tsm_demo.ui import fetches
from tsm_demo.ui.asked import Asked
from tsm_demo.ui.network_picker import ask, missing_network
from tsm_demo.ui.own_weights import OWN, own_notes, show_upload
from tsm_demo.ui.text import words

POLL_SEC = 0.5
OFFER = "offer"
OFFERED = (DEFAULT, DEFAULT_FOR_TIME)
KNOWN = {  # data set -> what its classes are about
    "Kinetics-400": "people",
    "Something-Something V1": "things",
    "Something-Something V2": "things",
    "Jester": "gestures",
    "UCF101": "sports",
    "HMDB51": "everyday",
}


def show_offer() -> None:
    """Beside an answer of an embedded network: what would know more, one click away."""
    W = words("your_clip_network")
    with st.container(border=True):
        if missing := missing_network():  # what a link has asked for
            st.markdown(W["missing"])
            _show((missing,), OFFER)
        else:
            st.markdown(W["offer"])
            _show(OFFERED, OFFER)


def show_more() -> None:
    """Every published network with its facts, and the way to one's own weights; closed until it is asked for."""
    W = words("your_clip_network")
    with st.expander(W["more"], on_change="rerun", key="more_networks") as more:
        if not more.open:
            return
        names = sorted(list_zoo(), key=lambda name: not is_cached(name))
        name = st.selectbox(W["published"], names, format_func=_row, key="published")
        entry = zoo_entry(name)
        st.markdown(_facts(entry, W))
        _show((name,), "list")
        st.caption(W["cache"].format(folder=cache_folder()))
        if show_upload():
            ask(OWN)
            st.rerun()


def show_asked(asked: Asked) -> None:
    """What is known of the network that answers, when it is not an embedded one."""
    W = words("your_clip_network")
    if asked.checkpoint is not None:
        st.markdown(" ".join([W["about_own"], *own_notes()]))
    else:
        st.markdown(_facts(zoo_entry(asked.model), W))


def _show(names: Sequence[str], place: str) -> None:
    """The same fragment with and without a running download: a poll that comes late finds it still there."""
    going = _going(names)
    if name := fetches.arrived(names):
        ask(name)  # what was fetched answers at once
        st.rerun()
    st.fragment(_controls, run_every=POLL_SEC if going else None)(names, place, going)


def _going(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name for name in names if fetches.going(name))


def _controls(names: Sequence[str], place: str, before: frozenset[str]) -> None:
    if _going(names) != before:
        st.rerun()  # begun, or ended: there is something else to show
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column:
            _control(zoo_entry(name), place)


def _control(entry: ZooEntry, place: str) -> None:
    """A button to fetch it; while it comes, its progress and a way to give up; a button to ask it once it is here."""
    W = words("your_clip_network")
    running = fetches.going(entry.name)
    if running is not None:
        st.progress(_share(running), text=_told(running, W))
        st.button(
            W["cancel"], key=f"cancel_{place}_{entry.name}", on_click=fetches.give_up, args=(entry.name,)
        )
        return
    if place == OFFER:  # elsewhere the facts stand above
        st.caption(_short(entry, W))
    if is_cached(entry.name):
        if st.button(W["ask"], key=f"ask_{place}_{entry.name}"):
            ask(entry.name)
            st.rerun()
        return
    st.button(
        W["fetch"].format(megabytes=f"{entry.nbytes / 1e6:.0f}"),
        key=f"fetch_{place}_{entry.name}",
        on_click=fetches.begin,
        args=(entry.name,),
    )
    if said := fetches.trouble(entry.name):
        st.error(said)


def _short(entry: ZooEntry, W: Mapping[str, str]) -> str:
    return W["knows"].format(
        title=entry.title,
        classes=entry.spec.num_classes,
        what=W[f"what_{KNOWN[entry.dataset]}"],
        top1=entry.accuracy[0].top1,
    )


def _share(running: Fetching) -> float:
    stage = running.stage
    if stage is None or not stage.whole_bytes:
        return 0.0
    return min(1.0, stage.done_bytes / stage.whole_bytes)


def _told(running: Fetching, W: Mapping[str, str]) -> str:
    stage = running.stage
    if stage is None:
        place = running.place()
        return W["step_wait"].format(place=place) if place else W["step_start"]
    left = "" if stage.left_sec is None else W["left"].format(seconds=f"{stage.left_sec:.0f}")
    return W[f"step_{stage.step}"].format(
        done=f"{stage.done_bytes / 1e6:.1f}",
        whole=f"{(stage.whole_bytes or zoo_entry(running.request.name).nbytes) / 1e6:.1f}",
        speed=f"{stage.bytes_per_sec / 1e6:.1f}",
        left=left,
    )


def _row(name: str) -> str:
    W = words("your_clip_network")
    entry = zoo_entry(name)
    here = W["here"] if is_cached(name) else W["megabytes"].format(megabytes=f"{entry.nbytes / 1e6:.0f}")
    return f"{here} · {entry.title}"  # what a phone cuts off is not whether it is here


def _facts(entry: ZooEntry, W: Mapping[str, str]) -> str:
    repository, _, rest = entry.reported_in.partition("@")
    measured = "; ".join(W["accuracy"].format(top1=one.top1, protocol=one.protocol) for one in entry.accuracy)
    return W["about"].format(
        title=entry.title,
        source=entry.source,
        dataset=entry.dataset,
        what=W[f"what_{KNOWN[entry.dataset]}"],
        classes=entry.spec.num_classes,
        accuracy=measured,
        licence=entry.licence,
        link=f"https://github.com/{repository}/blob/{rest.replace(' ', '/')}",
    )
