"""How accurate the embedded networks are on Motion-12, as measured by this project; read without torch."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tsm_demo.core.interval import interval

MOTION12 = Path(__file__).parents[1] / "assets" / "results" / "motion12.json"  # the model card's figures


@dataclass(frozen=True, slots=True)
class Measured:
    """Right answers of twelve labels on held-out clips, and the command that counted them."""

    network: str
    hits: int
    clips: int
    command: str

    @property
    def share(self) -> float:
        return self.hits / self.clips

    @property
    def percent(self) -> str:
        """To one decimal, halves upwards: 141 of 2000 is "7.1"."""
        tenths = (2000 * self.hits + self.clips) // (2 * self.clips)
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share."""
        return interval(self.share, self.clips)


@lru_cache(maxsize=1)
def read_motion12() -> tuple[Measured, ...]:
    """One entry an embedded network, in the order of the file."""
    stored = json.loads(MOTION12.read_text(encoding="utf-8"))["networks"]
    return tuple(Measured(network=name, **found) for name, found in stored.items())
