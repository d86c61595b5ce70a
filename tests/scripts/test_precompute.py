"""One command brings up to date all that pages have stored of the embedded networks."""

from scripts import precompute, precompute_reach, precompute_start


def test_it_computes_what_both_pages_show(monkeypatch):
    done = []
    monkeypatch.setattr(precompute_start, "precompute", lambda: done.append("start"))
    monkeypatch.setattr(precompute_reach, "precompute", lambda: done.append("reach"))
    assert precompute.main() == 0
    assert done == ["start", "reach"]
