"""How many views of a clip one answer is the mean of: stretches of time, and squares cut out of each frame."""

from dataclasses import dataclass

from tsm_demo.core.errors import ShapeError

CROPS = (1, 3, 10)
MOST_CLIPS = 10


@dataclass(frozen=True, slots=True)
class Views:
    """`clips` samples of frames, and of each `crops` squares of `size` pixels a side."""

    clips: int = 1
    crops: int = 1
    size: int = 224

    def __post_init__(self) -> None:
        """Raises ShapeError for views that cannot be cut."""
        if self.crops not in CROPS or self.clips not in range(1, MOST_CLIPS + 1) or self.size < 1:
            raise ShapeError(
                f"A clip can be seen in 1 to {MOST_CLIPS} samples of 1, 3 or 10 crops; not in {self}."
            )

    @property
    def count(self) -> int:
        """Forward passes that one answer takes."""
        return self.clips * self.crops

    def cost_factor(self, size: int) -> float:
        """How many times the multiply-adds of one view of `size` pixels a side: they grow with the pixels."""
        return self.count * (self.size / size) ** 2
