"""Which network a visitor asks, and how it is to look at the clip."""

from dataclasses import dataclass
from pathlib import Path

from tsm_demo.core.errors import ModelError
from tsm_demo.models.checkpoints import EMBEDDED
from tsm_demo.models.networks import Network, load_network
from tsm_demo.models.video_network import ScoresFrames

WAYS = {"tsn": "motion_tsn", "tsm_online": "motion_online", "cnn3d": "motion_3d"}  # and else TSM


@dataclass(frozen=True, slots=True)
class Asked:
    """Hashable: all that an answer depends on, but for the clip and its part.

    Attributes:
        model: an embedded network, or a published one that is here.
        checkpoint: a visitor's own weights instead.
        frames: T to use instead of the network's own.
        thorough: the mean of many views.
    """

    model: str
    checkpoint: Path | None = None
    frames: int | None = None
    thorough: bool = False

    @property
    def embedded(self) -> bool:
        return self.checkpoint is None and self.model in EMBEDDED

    @property
    def way(self) -> str:
        """In which way the network sees time, by the embedded one that does the same."""
        architecture = self.network().facts.spec.name
        return next((way for start, way in WAYS.items() if architecture.startswith(start)), "motion")

    def network(self) -> Network:
        """The network itself, shared. Raises ModelError when it is not here, or scores no single frames."""
        network = load_network(self.model, self.checkpoint)
        if not isinstance(network.model, ScoresFrames):
            raise ModelError(
                f"{network.name} scores a clip as a whole, and this page needs a score for every frame: ask it with "
                "`python -m tsm_demo predict`."
            )
        return network
