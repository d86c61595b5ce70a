"""Words: every section that the code asks for is there, every section that is there is asked for."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from tsm_demo.analysis.measure import Stage
from tsm_demo.core.placement import PLACEMENTS
from tsm_demo.core.shift_table import MODES
from tsm_demo.core.temporal_reach import STEPS
from tsm_demo.ui.clip_picker import NETWORKS
from tsm_demo.ui.components.cam_player import PlayerWords
from tsm_demo.ui.shift_choices import CELLS
from tsm_demo.ui.shift_view import BROWSER_WORDS, KIND_OF, READINGS
from tsm_demo.ui.text import FOLDER, words
from tsm_demo.ui.why_view import BLOCKS_TO_COPY

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (FOLDER / "en").glob("*.md"))
SHIFT_PARTS = ("choices", "explorer", "maps", "view")
# Sections whose name is put together at run time.
COMPOSED = {
    "your_clip": {
        *(f"player_{field.name}" for field in fields(PlayerWords)),
        *(f"step_{step}" for step in ("decode", "forward", "explain")),
        *(f"download_{kind}" for kind in ("webp", "gif", "mp4")),
        *(f"course_{model}" for model in NETWORKS.values()),
        *("both_flip", "both_same", "both_same_2d", "both_same_own", "both_other"),
    },
    "start": {
        *("2d", "tsm", "forwards", "backwards", "picture_forwards", "picture_backwards"),
        *("same_scores", "same_label", "differ", "unsure_one", "unsure_both"),
        *("right", "wrong", "right_none", "right_one", "right_both", "right_own"),
    },
    "shift": {
        *BROWSER_WORDS,
        *(f"reading_{name}" for name in READINGS.values()),
        *(f"{part}_{kind}" for part in ("told", "legend", "alt") for kind in KIND_OF.values()),
        *("told_nothing", "told_own_alone", "sum", "sum_nothing", "range_none", "range_one", "range_many"),
        *(f"mode_{mode}" for mode in MODES),
        *(f"cells_{cells}" for cells in CELLS),
        *(f"placement_{name}{end}" for name in PLACEMENTS for end in ("", "_text")),
        *("trip_fold", "trip_fold_online", "trip_fold_title", "trip_way_title"),
        *("trip_place_title", "trip_online_title"),
    },
    "shift_why": {
        *("taps_some", "taps_none", "taps_sum_bidirectional", "taps_sum_online", "taps_sum_none"),
        *(f"reach_{kind}" for kind in STEPS),
        *("placement_some", "placement_none", *(f"placement_{placement}" for placement in PLACEMENTS)),
        *(f"cost_{block}" for block in BLOCKS_TO_COPY),
    },
    "cost_measure": {
        *(f"step_{step}" for step in get_args(get_type_hints(Stage)["step"])),
        *(f"{what}_{many}" for what in ("clip", "frame", "core", "thread") for many in ("one", "many")),
        *(f"{kind}_{end}" for kind in ("time", "peak") for end in ("claim", "alone")),
        *(f"table_{part}" for part in ("median", "low", "high")),
        *("whose_own", "whose_reference", "time_source", "time_source_alone"),
    },
}
FILES_OF = {  # of a page, or of a part of one; Your clip has all the rest of the interface code
    "start": ("pages/start.py", "app.py", "tsm_demo/ui/start_view.py"),
    "shift": ("pages/shift.py", "app.py", *(f"tsm_demo/ui/shift_{part}.py" for part in SHIFT_PARTS)),
    "shift_why": ("tsm_demo/ui/why_view.py",),
    "cost_measure": ("tsm_demo/ui/measure_view.py", "tsm_demo/ui/measured_view.py"),
}


def asked_for(page: str) -> set[str]:
    """Sections named in the page's script and in the interface code that it calls."""
    own = {ROOT / file for files in FILES_OF.values() for file in files}
    rest = [path for path in sorted((ROOT / "tsm_demo" / "ui").glob("*.py")) if path not in own]
    files = [ROOT / file for file in FILES_OF.get(page, ())] or [ROOT / "pages" / f"{page}.py", *rest]
    found = set()
    for file in files:
        source = file.read_text()
        pattern = (
            rf'words\("{page}"\)\["(\w+)"\]' if file.name == "app.py" else r'\b(?:W|words|page)\["(\w+)"\]'
        )
        found |= set(re.findall(pattern, source)) | set(re.findall(rf'words\("{page}"\)\["(\w+)"\]', source))
    return found | COMPOSED.get(page, set())


@pytest.mark.parametrize("page", PAGES)
def test_the_words_and_the_code_fit_together(page):
    there = set(words(page)) - {"nav"}
    assert asked_for(page) - {"nav"} == there


@pytest.mark.parametrize("page", PAGES)
def test_no_section_is_empty(page):
    assert all(words(page).values())


def test_words_cannot_be_changed_by_a_visitor():
    with pytest.raises(TypeError):
        words("start")["title"] = "mine"
