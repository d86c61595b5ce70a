"""The rules that keep the code readable, checked on its source: layers, sizes, docstrings, deprecations."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = (
    "core",
    "video",
    "models",
    "analysis",
    "training",
    "serving",
    "viz",
    "ui",
)  # each may use those before it
COMMAND_LINE = ("commands", "__main__")  # of tsm_demo: may use every layer that draws no page
MAX_LINES = 260
ALLOWED_IN = {"streamlit": {"ui", "pages", "app"}, "plotly": {"viz"}}
DEPRECATED = re.compile(r"use_container_width|\bexperimental_\w+|components\.v1|\bst\.cache\b")

LIBRARY = sorted(ROOT.glob("tsm_demo/**/*.py"))
PAGES = [*ROOT.glob("*.py"), *sorted(ROOT.glob("pages/**/*.py"))]
SOURCE = [
    *LIBRARY,
    *PAGES,
    *sorted(ROOT.glob("scripts/**/*.py")),
    *sorted(ROOT.glob("sample_videos/**/*.py")),
]


def module_name(path: Path) -> str:
    """tsm_demo/core/shift.py -> tsm_demo.core.shift; a package keeps __init__: relative imports resolve."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported(source: str, module: str) -> Iterator[str]:
    """The full dotted name of all that a module's source imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            base += node.module.split(".") if node.module else []
            yield from (".".join([*base, alias.name]) for alias in node.names)


def layer(module: str) -> str:
    """The layer of a dotted name: core ... ui, pages, app; "" for tsm_demo itself and what is not ours."""
    first, *rest = module.split(".")
    if first == "tsm_demo":
        return rest[0] if rest and rest[0] in (*LAYERS, *COMMAND_LINE) else ""
    return first if first in ("pages", "app") else ""


def may_import(importer: str, target: str) -> bool:
    """Whether imports point down: from a layer to itself or to one below it."""
    order = ["", *LAYERS[:-1], *COMMAND_LINE, LAYERS[-1], "pages", "app"]
    return order.index(target) <= order.index(importer)


def violations(source: str, module: str) -> list[str]:
    """Each import of a module that a layer rule forbids, in words."""
    here = layer(module)
    wrong = []
    for name in imported(source, module):
        if not may_import(here, layer(name)):
            wrong.append(f"{module} imports {name}, which is above it")
        package = name.split(".")[0]
        if here not in ALLOWED_IN.get(package, {here}):
            wrong.append(f"{module} imports {package}, which belongs in {sorted(ALLOWED_IN[package])}")
    return wrong


def docstring_trouble(source: str) -> str | None:
    """What is wrong with a module's docstring: it opens with one sentence, in a paragraph of its own."""
    tree = ast.parse(source)
    opening = " ".join((ast.get_docstring(tree) or "").split("\n\n")[0].split())
    if not opening:
        return "no docstring" if tree.body else None  # an empty __init__.py needs none
    if not opening.endswith("."):
        return "the opening sentence has no full stop"
    return "it opens with more than one sentence" if re.search(r"[.!?] +[A-Z]", opening) else None


@pytest.mark.parametrize("path", [*LIBRARY, *PAGES], ids=module_name)
def test_imports_point_down(path: Path) -> None:
    assert not violations(path.read_text(encoding="utf-8"), module_name(path))


@pytest.mark.parametrize("path", SOURCE, ids=module_name)
def test_module_is_small_and_says_what_it_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MAX_LINES
    assert docstring_trouble(source) is None


@pytest.mark.parametrize("path", [*LIBRARY, *PAGES], ids=module_name)
def test_no_deprecated_streamlit(path: Path) -> None:
    assert not DEPRECATED.findall(path.read_text(encoding="utf-8"))


def test_every_part_of_the_library_has_a_layer() -> None:
    parts = {path.relative_to(ROOT / "tsm_demo").parts[0].removesuffix(".py") for path in LIBRARY}
    assert parts <= {*LAYERS, *COMMAND_LINE, "__init__"}


def test_core_needs_no_torch_but_for_the_shift_itself() -> None:
    modules = [module_name(path).removesuffix(".__init__") for path in LIBRARY if path.parent.name == "core"]
    modules.remove("tsm_demo.core.shift")
    check = (
        f"import sys, {', '.join(modules)}; print([m for m in ('torch', 'streamlit') if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tsm_demo.core.shift", "import tsm_demo.video.decode as d"),
        ("tsm_demo.core.shift", "from tsm_demo import ui"),
        ("tsm_demo.core.shift", "from ..models import registry"),
        ("tsm_demo.core.__init__", "from ..models.registry import build_model"),
        ("tsm_demo.models.resnet", "def late():\n    from tsm_demo.analysis.predict import predict"),
        ("tsm_demo.__init__", "from . import core"),
        ("tsm_demo.__main__", "from tsm_demo.ui import state"),
        ("tsm_demo.ui.state", "import pages.start"),
        ("tsm_demo.viz.bars", "import streamlit as st"),
        ("tsm_demo.ui.charts", "from plotly import graph_objects"),
        ("pages.start", "import plotly.express as px"),
    ],
)
def test_the_check_sees_a_wrong_import(module: str, source: str) -> None:
    assert len(violations(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "tsm_demo.models.resnet",
            "import tsm_demo.core.shift as s\nfrom ..core import shift\nfrom . import registry",
        ),
        (
            "tsm_demo.core.__init__",
            "from .shift_table import source_frames\nfrom tsm_demo import __version__",
        ),
        ("tsm_demo.__main__", "from tsm_demo.viz.overlay import draw\nfrom .training import recipe"),
        ("tsm_demo.viz.bars", "import plotly.graph_objects as go\nimport numpy as np"),
        ("pages.start", "import streamlit as st\nfrom tsm_demo.ui import state"),
        ("app", "import streamlit as st\nimport pages.start"),
    ],
)
def test_the_check_passes_right_imports(module: str, source: str) -> None:
    assert violations(source, module) == []


@pytest.mark.parametrize(
    ("source", "fits"),
    [
        ('"""One idea, in a sentence."""\nx = 1', True),
        ('"""One idea, over\ntwo lines.\n\nAnd then details. Many."""', True),
        ("", True),
        ("x = 1", False),
        ('"""No full stop"""', False),
        ('"""One idea. Another one."""', False),
    ],
)
def test_the_docstring_check(source: str, fits: bool) -> None:
    assert (docstring_trouble(source) is None) == fits


def test_the_deprecation_check() -> None:
    assert DEPRECATED.search("st.dataframe(t, use_container_width=True)")
    assert DEPRECATED.search("import streamlit.components.v1 as components")
    assert DEPRECATED.search("st.experimental_rerun()")
    assert not DEPRECATED.search("st.cache_data(); st.components.v2.component('x')")
