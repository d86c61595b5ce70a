"""Parameters and multiply-adds of our networks at their usual clip: counted beforehand, read without torch."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

COSTS = Path(__file__).parents[1] / "assets" / "cost" / "networks.json"  # scripts/precompute.py writes it


@dataclass(frozen=True, slots=True)
class NetworkCost:
    """One clip (1, frames, 3, size, size) through one network."""

    params: int
    macs: int
    frames: int
    size: int


@lru_cache(maxsize=1)
def read_costs() -> MappingProxyType[str, NetworkCost]:
    """Network to its cost: every name of `list_models()`, and the embedded ones with twelve labels."""
    stored = json.loads(COSTS.read_text(encoding="utf-8"))
    return MappingProxyType({name: NetworkCost(**found) for name, found in stored.items()})


def write_costs(costs: Mapping[str, NetworkCost]) -> None:
    """The file that `read_costs` reads; one network a line."""
    lines = [f" {json.dumps(name)}: {json.dumps(asdict(cost))}" for name, cost in costs.items()]
    COSTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
