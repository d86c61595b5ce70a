"""A visitor's own weights: uploaded, read in a process of its own, kept while there is room."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.serving.reading import MOST_BYTES, read_apart
from tsm_demo.ui.text import words

OWN = "own"  # in the address, and in the session state
UPLOAD_KEY, SAID_KEY = "weights_upload", "weights_said"
TYPES = ["pth", "pt", "tar", "bin", "safetensors"]
MOST_KEPT = 4  # of all visitors' files; each has some 100 MB


@dataclass(frozen=True, slots=True)
class OwnWeights:
    """A file that has been read: as safetensors at `path`, and what had to be assumed of it."""

    name: str
    path: Path
    notes: tuple[str, ...]


@st.cache_resource(show_spinner=False)
def _shelf() -> tuple[TemporaryDirectory[str], dict[Path, tuple[str, ...]]]:
    """The folder of all visitors' files, which goes with the server, and the notes on each of them."""
    return TemporaryDirectory(prefix="tsm-weights-"), {}


def own_weights() -> OwnWeights | None:
    """The visitor's file, if it has one and it is still here."""
    own: OwnWeights | None = st.session_state.get(OWN)
    return own if own and own.path.is_file() else None


def own_notes() -> tuple[str, ...]:
    """What had to be assumed of the visitor's file."""
    own = own_weights()
    return own.notes if own else ()


def show_upload() -> bool:
    """The uploader, and what came of the last file; True when a new file has just been read."""
    W = words("your_clip_network")
    file = st.file_uploader(
        W["upload"].format(megabytes=MOST_BYTES >> 20),
        type=TYPES,
        key=UPLOAD_KEY,
        max_upload_size=MOST_BYTES >> 20,
    )
    st.caption(W["upload_note"])
    if file is None:
        return False
    content = file.getvalue()
    shelf, notes = _shelf()
    path = Path(shelf.name) / f"{sha256(content + file.name.encode()).hexdigest()}.safetensors"
    known = st.session_state.get(SAID_KEY, (None, None))
    if known[0] == path:
        if known[1]:
            st.error(known[1])
        return False
    try:
        with st.spinner(W["reading"]):
            if not path.is_file():
                notes[path] = read_apart(content, file.name, path)
        st.session_state[OWN] = OwnWeights(file.name, path, notes.get(path, ()))
        st.session_state[SAID_KEY] = path, None
        _make_room(path)
    except TsmDemoError as error:
        st.session_state[SAID_KEY] = path, str(error)
        st.error(str(error))
        return False
    return True


def _make_room(newest: Path) -> None:
    """Drop the files that were read longest ago."""
    files = sorted(newest.parent.glob("*.safetensors"), key=lambda path: path.stat().st_mtime)
    for old in files[:-MOST_KEPT]:
        old.unlink(missing_ok=True)
