"""The cost of a convolution as a product beside its picture: a factor, or a line of the count, lights what it counts."""

from dataclasses import asdict, dataclass
from pathlib import Path

from streamlit.components.v2 import component

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line of arithmetic."""

    text: str
    kind: str = ""  # a factor's name, "result", or "" for what stands between


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of the whole product."""

    name: str
    number: str
    label: str
    note: str  # what it counts in the picture


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the count."""

    title: str
    parts: tuple[Part, ...]
    lit: tuple[str, ...]  # factors that have been counted once it is done
    note: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a family of networks pays for the layer; the ratios are to 2D."""

    family: str  # "2d", "tsm" or "3d"
    name: str
    macs: str
    share: float  # 0..1, the length of its bar
    against_image: str
    against_clip: str
    moved: str


@dataclass(frozen=True, slots=True)
class ConvCount:
    """All that the component shows."""

    factors: tuple[Factor, ...]  # those of 2D, and at the end that of 3D
    products: tuple[str, str]  # in 2D and in 3D
    lines: tuple[Line, ...]
    results: tuple[Result, ...]
    picture: str  # SVG, as `tsm_demo.viz.conv_picture` draws it
    alt: str
    words: dict[str, str]


_mount = component(
    "tsm_demo.conv_count",
    html=(_FOLDER / "conv_count.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "conv_count.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "conv_count.js").read_text(encoding="utf-8"),
)


def conv_count(shown: ConvCount, key: str) -> None:
    """Show the count. The same key with other data keeps what is lit."""
    _mount(key=key, data=asdict(shown))
