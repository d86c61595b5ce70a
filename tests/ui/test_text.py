"""Words: every section that the code asks for is there, every section that is there is asked for."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from tsm_demo.analysis.layer_trace import KINDS as LAYER_KINDS
from tsm_demo.analysis.measure import Stage
from tsm_demo.analysis.question_proofs import MapProof, MemoryProof
from tsm_demo.analysis.shift_variants import VARIANTS
from tsm_demo.core.placement import PLACEMENTS
from tsm_demo.core.sampling import Kind
from tsm_demo.core.shift_table import MODES
from tsm_demo.core.temporal_reach import STEPS
from tsm_demo.models.checkpoints import EMBEDDED
from tsm_demo.serving.acquire import Stage as FetchStage
from tsm_demo.ui.components.cam_player import PlayerWords
from tsm_demo.ui.cost_choices import DEPTHS, PHASES, UNITS
from tsm_demo.ui.cost_choices import KINDS as COST_KINDS
from tsm_demo.ui.cost_choices import RELATIVES as COST_RELATIVES
from tsm_demo.ui.cost_growth_view import POINTS
from tsm_demo.ui.cost_growth_view import SCALES as GROWTH_SCALES
from tsm_demo.ui.cost_where_view import MEASURES
from tsm_demo.ui.count_choices import NUMBERS, PRESETS
from tsm_demo.ui.count_told import BROWSER_WORDS as COUNT_WORDS
from tsm_demo.ui.count_told import FAMILIES, LINES
from tsm_demo.ui.fetch_view import KNOWN
from tsm_demo.ui.lab_choices import ORDERS as LAB_ORDERS
from tsm_demo.ui.lab_choices import SHOWN, SPEED
from tsm_demo.ui.lab_maps_view import METHOD
from tsm_demo.ui.lab_parts import PARTS
from tsm_demo.ui.lab_questions import QUESTIONS
from tsm_demo.ui.network_picker import NETWORKS
from tsm_demo.ui.results_choices import DATA, METRICS, ORDER, SCALES, TRAINED
from tsm_demo.ui.results_family import RELATIVES
from tsm_demo.ui.shift_choices import CELLS
from tsm_demo.ui.shift_view import BROWSER_WORDS, KIND_OF, READINGS
from tsm_demo.ui.text import FOLDER, words
from tsm_demo.ui.why_view import BLOCKS_TO_COPY
from tsm_demo.viz.conv_picture import FACTORS, NAMES
from tsm_demo.viz.published import read_published
from tsm_demo.viz.slopes import KINDS
from tsm_demo.viz.two_answers import Outcome

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (FOLDER / "en").glob("*.md"))
COST_PARTS = ("choices", "explorer", "view")
SHIFT_PARTS = ("choices", "explorer", "maps", "view")
RESULTS_PARTS = ("choices", "measured", "online", "slope", "view")
PUBLISHED = read_published()
# Sections whose name is put together at run time.
COMPOSED = {
    "your_clip": {
        *(f"player_{field.name}" for field in fields(PlayerWords)),
        *(f"step_{step}" for step in ("decode", "forward", "explain")),
        *(f"download_{kind}" for kind in ("webp", "gif", "mp4")),
        *(f"course_{model}" for model in NETWORKS.values()),
        *("both_flip", "both_same", "both_same_2d", "both_same_own", "both_other"),
        *("verdict_unclear", "verdict_unclear_classes", "seen_middle", "seen_whole"),
        *(f"seen_{kind}" for kind in get_args(Kind)),
    },
    "your_clip_network": {
        *(f"step_{step}" for step in get_args(get_type_hints(FetchStage)["step"])),
        *(f"what_{what}" for what in KNOWN.values()),
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
    "cost_count": {
        *COUNT_WORDS,
        *NAMES,
        *(f"{part}_{line}" for part in ("line", "title", "note") for line in LINES),
        *(f"{part}_{factor}" for part in ("name", "note") for factor in FACTORS),
        *(f"preset_{name}" for name in PRESETS),
        *(f"family_{family}" for family in FAMILIES),
        *(f"count_{noun}" for noun in ("position", "channel", "frame", "multiplication", "addition", "deep")),
        *(number.parameter for number in NUMBERS),
        *("part_in", "part_out", "part_frames", "alt", "results", "flops"),
        *("note_deep_1", "note_deep_clip_1", "note_depth_1", "confusion", "confusion_1"),
    },
    "cost": {
        *(f"net_{kind}" for kind in COST_KINDS),
        *(f"relative_{name}" for name in COST_RELATIVES),
        *(
            f"{part}_{phase}{end}"
            for part in ("panel_memory",)
            for phase in PHASES
            for end in ("", "_detail")
        ),
        *(f"{name}{end}" for name in ("depth", "phase", "unit") for end in ("", "_help")),
        *(f"depth_{depth}" for depth in DEPTHS),
        *(f"phase_{phase}" for phase in PHASES),
        *(f"unit_{unit}" for unit in UNITS),
        *("finding", "finding_unequal", "panel_latency_here", "panel_latency_reference"),
        *("fold_none", "fold_both", "fold_all", "one_clip", "clips"),
    },
    "cost_where": {
        *(f"measure_{measure}" for measure in MEASURES),
        *(f"kind_{kind}" for kind in LAYER_KINDS),
        *(f"growth_over_{over}" for over in POINTS),
        *(f"growth_scale_{scale}" for scale in GROWTH_SCALES),
    },
    "results_fold": {*PLACEMENTS},
    "time_lab_maps": {
        *(f"{part}_{method}" for part in ("method", "about") for method in METHOD.spellings),
        *(f"curve_{name}" for name in ("deletion", "insertion", "random")),
        *(f"over_{over}" for over in ("patches", "frames")),
        *("curves_good", "curves_half", "curves_bad", "random_good", "random_bad"),
        *("frames_title", "frames_text", "random_title", "random_text"),
    },
    "time_lab_inside": {
        *(f"{part}_{variant}" for part in ("variant", "about") for variant in VARIANTS),
        *(f"fold_{fold}" for fold in ("future", "past", "both")),
        *("said_same", "said_other"),
    },
    "time_lab_questions": {
        *(f"{part}_{name}" for part in ("ask", "answer", "proof", "link") for name in QUESTIONS),
        *(f"placement_{placement}" for placement in PLACEMENTS),
        *(f"map_{field.name}" for field in fields(MapProof)),
        *(f"memory_{field.name}" for field in fields(MemoryProof)),
        *("kind_offline", "kind_online"),
    },
    "time_lab": {
        *(f"{part}_{order}" for part in ("order", "how") for order in LAB_ORDERS),
        *(f"speed_{speed}" for speed in SPEED.spellings),
        *(f"net_{network}" for network in SHOWN.spellings.values()),
        *(f"head_{part}" for part in ("rounding", "guesses", "keeps", "moved")),
        *(f"verdict_{outcome}" for outcome in get_args(Outcome)),
        *(f"step_{step}" for step in ("begin", "wait", "decode", "forward", "explain")),
        *("verdict_filmed", "how_half", "how_double", "why_order", "why_frames", "stored", "computed"),
        *("key", "key_filmed", *(f"part_{part}" for part in PARTS)),
    },
    "cost_measure": {
        *(f"step_{step}" for step in get_args(get_type_hints(Stage)["step"])),
        *(f"{what}_{many}" for what in ("clip", "frame", "core", "thread") for many in ("one", "many")),
        *(f"{kind}_{end}" for kind in ("time", "peak") for end in ("claim", "alone")),
        *(f"table_{part}" for part in ("median", "low", "high")),
        *("whose_own", "whose_reference", "time_source", "time_source_alone"),
    },
    "results": {
        *("rival_same", "rival_more", "unit_video", "unit_clip", "crop_unknown"),
        *(f"data_{pair.dataset}" for pair in PUBLISHED.pairs),
        *(f"short_{pair.dataset}" for pair in PUBLISHED.pairs),
        *(f"about_{name}" for name in DATA.values),
        *(f"{part}_{metric}" for part in ("axis", "metric") for metric in METRICS),
        *(f"group_{group}" for group in ORDER),
        *(f"trained_{who}" for who in TRAINED),
        *(f"scale_{scale}" for scale in SCALES),
        *(f"crop_{result.crop}" for result in PUBLISHED.results if result.crop),
        *(f"confidence_{result.confidence}" for result in PUBLISHED.results),
        *(f"kind_{kind}" for kind in KINDS),
        *(f"online_{result.network}" for result in PUBLISHED.online),
        *(f"here_{network}" for network in EMBEDDED),
    },
    "results_family": {
        *(f"{part}_{relative.system}" for relative in RELATIVES for part in ("name", "idea", "where")),
        *(f"data_{PUBLISHED.result(id).dataset}" for relative in RELATIVES for id in relative.results),
    },
}
LAB_PARTS = ("choices", "frames", "parts", "report", "view")
FILES_OF = {  # of a page, or of a part of one; Your clip has all the rest of the interface code
    "your_clip_network": tuple(
        f"tsm_demo/ui/{part}.py" for part in ("network_picker", "own_weights", "fetch_view")
    ),
    "start": ("pages/start.py", "app.py", "tsm_demo/ui/start_view.py"),
    "shift": ("pages/shift.py", "app.py", *(f"tsm_demo/ui/shift_{part}.py" for part in SHIFT_PARTS)),
    "shift_why": ("tsm_demo/ui/why_view.py",),
    "cost_count": tuple(f"tsm_demo/ui/count_{part}.py" for part in ("choices", "told", "view")),
    "cost": ("pages/cost.py", "app.py", *(f"tsm_demo/ui/cost_{part}.py" for part in COST_PARTS)),
    "cost_where": ("tsm_demo/ui/cost_where_view.py", "tsm_demo/ui/cost_growth_view.py"),
    "cost_memory": ("tsm_demo/ui/cost_memory_view.py",),
    "results_fold": ("tsm_demo/ui/results_fold.py",),
    "cost_measure": ("tsm_demo/ui/measure_view.py", "tsm_demo/ui/measured_view.py"),
    "results": (
        *("pages/results.py", "app.py"),
        *(f"tsm_demo/ui/results_{part}.py" for part in RESULTS_PARTS),
    ),
    "results_family": ("tsm_demo/ui/results_family.py",),
    "time_lab_maps": ("tsm_demo/ui/lab_maps_view.py",),
    "time_lab_inside": ("tsm_demo/ui/lab_shift_view.py", "tsm_demo/ui/lab_share_view.py"),
    "time_lab_questions": ("tsm_demo/ui/lab_questions.py",),
    "time_lab": ("pages/time_lab.py", "app.py", *(f"tsm_demo/ui/lab_{part}.py" for part in LAB_PARTS)),
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
