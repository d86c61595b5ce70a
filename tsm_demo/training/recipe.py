"""The recipe of the embedded weights as data: stages from easy to full difficulty, small pictures to full size."""

from dataclasses import dataclass

from tsm_demo.core.errors import ModelError

PICTURE_SIZE = 112  # pixels a side that the finished networks see
HELD_OUT_SEED = 1_000_000_000  # clips from here on are never trained on
LAST_SEED = 79  # every seed has 12 million clips of its own, and all stay below HELD_OUT_SEED
CALIBRATION_SEED = 1_100_000_000  # held out too, and measured on by nothing else


@dataclass(frozen=True, slots=True)
class Member:
    """One network of the embedded family."""

    name: str
    architecture: str
    width: int = 64


NETWORKS = {  # by what --network takes
    "tsm": Member("motion", "tsm_resnet18"),
    "tsn": Member("motion_tsn", "tsn_resnet18"),
    "online": Member("motion_online", "tsm_online_resnet18"),
    "3d": Member("motion_3d", "cnn3d_resnet18", width=32),  # at full width its file would be 66 MB
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of training with one data mix and one learning-rate cycle."""

    name: str
    clips: int  # how many are seen; a scene and its reversal count as two
    size: int  # pixels a side
    easy_share: float  # the rest is drawn at standard difficulty
    learning_rate: float  # peak of the one-cycle schedule
    last_stride: int  # of layer4; 2 while pictures are small, 1 for finer maps at the end
    hard_share: float = 0.0  # of all clips, drawn smaller, slower and more disturbed


# A network that starts with hard clips stays at chance for long, so the easy ones come first, and small.
FROM_SCRATCH = (
    Stage("easy", 30_024, 32, 1.0, 1.5e-3, last_stride=2),
    Stage("mixed", 12_024, 48, 0.2, 6e-4, last_stride=2),
    Stage("larger", 20_016, 64, 0.05, 5e-4, last_stride=2),
    Stage("full size", 15_012, PICTURE_SIZE, 0.03, 4e-4, last_stride=1, hard_share=0.15),
)
# For a network that starts from another one's weights.
TUNING = (
    Stage("larger", 12_024, 64, 0.05, 5e-4, last_stride=2),
    Stage("full size", 10_008, PICTURE_SIZE, 0.03, 4e-4, last_stride=1, hard_share=0.15),
)
SHORT_TUNING = (
    Stage("larger", 5_040, 64, 0.05, 5e-4, last_stride=2),
    Stage("full size", 1_800, PICTURE_SIZE, 0.03, 3e-4, last_stride=1),
)
# For weights that have been through a schedule and still learn.
LONGER = (Stage("longer", 54_000, PICTURE_SIZE, 0.03, 4e-4, last_stride=1, hard_share=0.15),)
SCHEDULES = {  # by what --schedule takes
    "from-scratch": FROM_SCRATCH,
    "tuning": TUNING,
    "short-tuning": SHORT_TUNING,
    "longer": LONGER,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the outcome of a training run."""

    network: str = "tsm"  # a key of NETWORKS
    stages: tuple[Stage, ...] = FROM_SCRATCH
    batch_clips: int = 36
    weight_decay: float = 0.02
    gradient_limit: float = 5.0
    seed: int = 0
    fold_div: int = 8
    n_segment: int = 8
    width: int | None = None  # None: the network's own
    bfloat16: bool = (
        False  # convolve in bfloat16: a third of the time on processors that have it, else slower
    )

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= LAST_SEED:
            raise ModelError(f"The seed is {self.seed}; choose one from 0 to {LAST_SEED}.")
