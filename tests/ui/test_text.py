"""Words: every section that the code asks for is there, every section that is there is asked for."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tsm_demo.core.placement import PLACEMENTS
from tsm_demo.core.temporal_reach import STEPS
from tsm_demo.ui.components.cam_player import PlayerWords
from tsm_demo.ui.text import FOLDER, words
from tsm_demo.ui.why_view import BLOCKS_TO_COPY

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (FOLDER / "en").glob("*.md"))
# Sections whose name is put together at run time.
COMPOSED = {
    "your_clip": {
        *(f"player_{field.name}" for field in fields(PlayerWords)),
        *(f"step_{step}" for step in ("decode", "forward", "explain")),
        *(f"download_{kind}" for kind in ("webp", "gif", "mp4")),
        *("course_text", "course_text_2d"),
        *("both_flip", "both_same", "both_same_2d", "both_same_own", "both_other"),
    },
    "start": {
        *("2d", "tsm", "forwards", "backwards", "picture_forwards", "picture_backwards"),
        *("same_scores", "same_label", "differ", "unsure_one", "unsure_both"),
        *("right", "wrong", "right_none", "right_one", "right_both", "right_own"),
    },
    "shift_why": {
        *("taps_some", "taps_none", "taps_sum_bidirectional", "taps_sum_online", "taps_sum_none"),
        *(f"reach_{kind}" for kind in STEPS),
        *("placement_some", "placement_none", *(f"placement_{placement}" for placement in PLACEMENTS)),
        *(f"cost_{block}" for block in BLOCKS_TO_COPY),
    },
}
FILES_OF = {  # of a page, or of a part of one; all others share the rest of the interface code
    "start": ("pages/start.py", "app.py", "tsm_demo/ui/start_view.py"),
    "shift_why": ("tsm_demo/ui/why_view.py",),
}


def asked_for(page: str) -> set[str]:
    """Sections named in the page's script and in the interface code that it calls."""
    own = {ROOT / file for files in FILES_OF.values() for file in files}
    shared = [path for path in sorted((ROOT / "tsm_demo" / "ui").glob("*.py")) if path not in own]
    files = [ROOT / file for file in FILES_OF.get(page, ())] or [ROOT / "pages" / f"{page}.py", *shared]
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
