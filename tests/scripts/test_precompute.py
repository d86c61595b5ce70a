"""One command brings up to date all that pages have stored of networks."""

from scripts import (
    precompute,
    precompute_costs,
    precompute_lab,
    precompute_orders,
    precompute_reach,
    precompute_start,
)


def test_it_computes_what_the_pages_show(monkeypatch):
    done = []
    monkeypatch.setattr(precompute_start, "precompute", lambda: done.append("start"))
    monkeypatch.setattr(precompute_reach, "precompute", lambda: done.append("reach"))
    monkeypatch.setattr(precompute_costs, "precompute", lambda: done.append("costs"))
    monkeypatch.setattr(precompute_orders, "precompute", lambda: done.append("orders"))
    monkeypatch.setattr(precompute_lab, "precompute", lambda: done.append("lab"))
    assert precompute.main() == 0
    assert done == ["start", "reach", "costs", "orders", "lab"]
