"""The page What it buys, through app.py: its opening, every control through the link and back, its tables, no torch."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tsm_demo.analysis.stored_folds import FOLDS
from tsm_demo.ui.text import words
from tsm_demo.viz.published import read_published
from tsm_demo.viz.stored_costs import read_costs
from tsm_demo.viz.time_drawing import SCHEMES

ROOT = Path(__file__).parents[2]
W = words("results")
NONSENSE = ["", "-1", "../../etc/passwd", "<script>", "x" * 5000, "tsm.tsm.", "...."]
TABLES = (
    "results picture",
    "results slopes",
    "results online",
    "results early",
    "results here",
    "results folds",
)


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/results.py")
    app.run()
    assert not app.exception
    return app


def pictures(app: AppTest) -> list[dict[str, Any]]:
    """What the figures in the browser are given, in order."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def bubbles(app: AppTest) -> dict[str, tuple[float, float]]:
    """Cost and accuracy by the first line of the hover, which begins with the label."""
    trace = pictures(app)[0]["data"][0]
    names = [re.match(r"<b>(.*?):", text).group(1) for text in trace["text"]]  # type: ignore[union-attr]
    return dict(zip(names, zip(trace["x"], trace["y"], strict=True), strict=True))


def said(app: AppTest) -> str:
    return " ".join(" ".join(text.value for text in app.markdown).split())


def test_it_opens_with_its_point() -> None:
    app = open_page()
    assert app.title[0].value == W["title"]
    assert app.subheader[0].value == "The same cost, 25.9 points more"  # 45.6 - 19.7
    assert "25.9 points apart at the same cost" in said(app)
    assert "1.2 points over non-local I3D, which takes 10.2 times as many" in said(app)  # 2 x 168 / 33
    shown = bubbles(app)
    assert shown["TSN 8f"] == (33, 19.7)
    assert shown["TSM 8f"] == (33, 45.6)
    assert shown["I3D 32f"] == (306, 41.6)
    assert "TSM+flow" not in shown  # no published cost: named below the picture instead
    assert any("TSM+flow" in caption.value for caption in app.caption)


def test_every_section_is_there() -> None:
    app = open_page()
    assert [head.value for head in app.header] == [words("results_family")["title"]]
    assert len(app.subheader) == len(pictures(app)) == len(TABLES)
    assert len(app.get("image")) == len(SCHEMES)


def test_every_point_says_its_source_and_confidence() -> None:
    for text in pictures(open_page(data="kinetics", trained="all"))[0]["data"][0]["text"]:
        assert "Source: " in text.replace("<br>", " ")
        assert re.search(r"Confidence:(<br>| )(high|medium)\.", text)


@pytest.mark.parametrize(
    ("spelling", "dataset", "gain"), [("v2", "something_v2", "30.8"), ("kinetics", "kinetics", "3.5")]
)
def test_the_data_set_goes_to_the_address_and_comes_back_from_it(
    spelling: str, dataset: str, gain: str
) -> None:
    app = open_page()
    app.segmented_control(key="results_data").set_value(dataset).run()
    assert not app.exception
    assert app.query_params["data"] == spelling
    linked = open_page(data=spelling)
    assert linked.segmented_control(key="results_data").value == dataset
    assert bubbles(linked) == bubbles(app) != bubbles(open_page())
    assert app.subheader[0].value == linked.subheader[0].value == f"The same cost, {gain} points more"


def test_the_metric_goes_to_the_address_and_comes_back_from_it() -> None:
    app = open_page(data="v2")
    app.segmented_control(key="results_metric").set_value("top5").run()
    assert not app.exception
    linked = open_page(data="v2", metric="top5")
    assert bubbles(linked) == bubbles(app)
    assert bubbles(app)["TSM 8f, again"] == (33, 85.39)
    assert app.subheader[0].value == "The same cost, 25.8 points more"  # 85.39 - 59.56


def test_no_metric_is_offered_where_there_is_but_one() -> None:
    app = open_page(metric="top5")
    assert "results_metric" not in {control.key for control in app.segmented_control}
    assert bubbles(app) == bubbles(open_page())


def test_systems_go_to_the_address_and_come_back_from_it() -> None:
    app = open_page()
    app.pills(key="results_systems").set_value(["tsn", "tsm"]).run()
    assert not app.exception
    assert set(bubbles(app)) == {"TSN 8f", "TSM 8f", "TSM 16f", "TSM-En 24f"}
    linked = open_page(systems="tsn.tsm")
    assert linked.pills(key="results_systems").value == ["tsn", "tsm"]
    assert bubbles(linked) == bubbles(app)


def test_with_no_system_chosen_all_come_back() -> None:
    app = open_page(systems="tsm")
    app.pills(key="results_systems").set_value([]).run()
    assert not app.exception
    assert bubbles(app) == bubbles(open_page())


def test_who_trained_goes_to_the_address_and_comes_back_from_it() -> None:
    app = open_page(data="v2")
    assert not [name for name in bubbles(app) if "again" in name]
    app.segmented_control(key="results_trained").set_value("all").run()
    assert not app.exception
    assert app.query_params["trained"] == "all"
    linked = open_page(data="v2", trained="all")
    assert linked.segmented_control(key="results_trained").value == "all"
    assert bubbles(linked) == bubbles(app)
    assert bubbles(app)["TSN 8f, again"] == (33, 28.59)


def test_only_the_ones_trained_again_have_a_top_5_accuracy() -> None:
    app = open_page(data="kinetics", metric="top5", trained="first")
    assert set(bubbles(app)) == {"TSN 8f, again", "TSM 8f, again", "I3D 32f, again"}
    assert "results_trained" not in {control.key for control in app.segmented_control}


def test_the_scale_goes_to_the_address_and_comes_back_from_it() -> None:
    app = open_page()
    app.segmented_control(key="results_cost").set_value("linear").run()
    assert not app.exception
    kinds = [pictures(shown)[0]["layout"]["xaxis"]["type"] for shown in (app, open_page(cost="linear"))]
    assert kinds == ["linear", "linear"]
    assert pictures(open_page())[0]["layout"]["xaxis"]["type"] == "log"


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_the_address_falls_back(nonsense: str) -> None:
    app = open_page(**dict.fromkeys(("data", "metric", "trained", "cost"), nonsense))
    assert bubbles(app) == bubbles(open_page())
    assert bubbles(open_page(systems=nonsense))


@pytest.mark.parametrize("name", TABLES[:-1])
def test_a_table_is_made_when_it_is_opened_and_has_sources(name: str) -> None:
    app = open_page()
    assert not app.dataframe
    app.session_state[f"{name} table"] = True
    app.run()
    assert not app.exception
    (table,) = app.dataframe
    assert "source" in table.value.columns or "command" in table.value.columns
    assert not table.value[table.value.columns[-2]].isna().any()


def test_the_fold_fraction_has_every_run_and_says_which_share_was_best() -> None:
    app = open_page()
    app.session_state["results folds table"] = True
    app.run()
    (table,) = app.dataframe
    stored = json.loads(FOLDS.read_text())["runs"]
    assert len(table.value) == len(stored) == 21
    shares: dict[int, list[float]] = {}
    for run in stored:
        if run["placement"] == "residual":
            shares.setdefault(run["fold_div"], []).append(run["hits"] / run["clips"])
    best = max(shares, key=lambda fold_div: sum(shares[fold_div]))
    assert f"**1/{best} each way** is right most often ({sum(shares[best]) / 3:.0%}".replace(
        "%", " %"
    ) in said(app)
    assert (0, 0.5) in {(run["fold_div"], run["pair_hits"] / run["pair_clips"]) for run in stored}


def test_the_table_of_the_picture_has_every_system_of_the_data_set() -> None:
    app = open_page()
    app.session_state["results picture table"] = True
    app.run()
    table = app.dataframe[0].value
    rows = read_published().of("something_v1")
    assert list(table["top-1"]) == [row.top1 for row in rows]
    assert set(table["confidence"]) == {"high", "medium"}


def test_the_family_shows_what_our_counter_counted() -> None:
    app = open_page()
    assert len([text for text in app.markdown if "not built by us" in text.value]) == 2  # TRN, ECO
    for network in ("tsn_resnet50", "cnn_lstm_resnet50", "c3d", "i3d_inception", "gst_resnet50"):
        cost = read_costs()[network]
        assert f"**{cost.params / 1e6:.1f} M** parameters, **{cost.macs / 1e9:.1f} G** multiply-adds" in said(
            app
        )
    app.session_state["results family table"] = True
    app.run()
    assert set(app.dataframe[0].value["system"]) == {"TSN", "LRCN", "TRN", "C3D", "I3D", "ECO", "GST", "TSM"}


def test_the_blog_post_s_claim_stands_beside_the_table_s_figures() -> None:
    note = said(open_page())
    gains = [3.5, 4.2, 8.8, 26.8, 31.3, 13.1]
    assert "none of the 6 differences lies there" in note
    assert f"their plain mean is {sum(gains) / len(gains):.1f}" in note


def test_nothing_imports_torch() -> None:
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=30); "
        "app.switch_page('pages/results.py').run(); assert not app.exception; "
        "assert app.get('plotly_chart'); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
