"""The state dicts of MIT's and MMAction2's TSM and TSN, in their own spelling, told apart and renamed into ours.

Nothing but the names and the shapes is asked: how deep the network is, which blocks shift (the wrapper of a shifted layer
is called `net`) and where, whether it has non-local blocks (`block` is the wrapper), and how many classes it knows.

Sources: mit-han-lab/temporal-shift-module at 1f6a834b, ops/models.py, ops/temporal_shift.py and ops/non_local.py;
open-mmlab/mmaction2 at 4d6c9347 and v0.24.1, mmaction/models/backbones/resnet_tsm.py; mmcv, cnn/bricks/non_local.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from tsm_demo.core.errors import ModelError
from tsm_demo.core.placement import IN_PLACE, RESIDUAL
from tsm_demo.models.registry import EMBEDDED_GAUSSIAN, GAUSSIAN, ModelSpec
from tsm_demo.models.resnet import BLOCKS_PER_STAGE, shifted_blocks
from tsm_demo.models.tsm_nl import PLACES

Spelling = Literal["MMAction2", "MIT"]
Place = tuple[int, int]  # stage from 0, block

# Once the wrappers are taken out of a name: what it is here. The first rule that fits is the one.
RULES: dict[Spelling, tuple[tuple[str, str], ...]] = {
    "MIT": (
        (r"new_fc\.(\w+)", r"fc.\1"),
        (r"base_model\.(.+)\.nl\.(g|phi)\.0\.(\w+)", r"\1.non_local.\2.\3"),
        (r"base_model\.(.+)\.nl\.theta\.(\w+)", r"\1.non_local.theta.\2"),
        (r"base_model\.(.+)\.nl\.W\.0\.(\w+)", r"\1.non_local.out.\2"),
        (r"base_model\.(.+)\.nl\.W\.1\.(\w+)", r"\1.non_local.bn.\2"),
        (r"base_model\.(.+)", r"\1"),
    ),
    "MMAction2": (
        (r"cls_head\.fc_cls\.(\w+)", r"fc.\1"),
        (r"backbone\.(.+)\.non_local_block\.(g|phi)\.0\.conv\.(\w+)", r"\1.non_local.\2.\3"),
        (r"backbone\.(.+)\.non_local_block\.theta\.conv\.(\w+)", r"\1.non_local.theta.\2"),
        (r"backbone\.(.+)\.non_local_block\.conv_out\.conv\.(\w+)", r"\1.non_local.out.\2"),
        (r"backbone\.(.+)\.non_local_block\.conv_out\.bn\.(\w+)", r"\1.non_local.bn.\2"),
        (r"backbone\.(.+)\.downsample\.conv\.(\w+)", r"\1.downsample.0.\2"),
        (r"backbone\.(.+)\.downsample\.bn\.(\w+)", r"\1.downsample.1.\2"),
        (r"backbone\.((?:.+\.)?)conv(\d)\.conv\.(\w+)", r"\1conv\2.\3"),
        (r"backbone\.((?:.+\.)?)conv(\d)\.bn\.(\w+)", r"\1bn\2.\3"),
    ),
}
OPENINGS: dict[Spelling, tuple[str, ...]] = {
    "MIT": ("base_model.", "new_fc."),
    "MMAction2": ("backbone.", "cls_head."),
}
WRAPPERS = re.compile(r"(?<=\.)(?:net|block)\.")
BLOCK = re.compile(r"layer([1-4])\.(\d+)\.")
SHIFTED_CONV = re.compile(r"\.layer([1-4])\.(\d+)\.(?:block\.)?conv1\.(?:conv\.)?net\.")
SHIFTED_BLOCK = re.compile(r"\.layer([1-4])\.(\d+)\.net\.")
POOLED_STAGE = re.compile(r"\.layer[1-4]\.net\.\d")


@dataclass(frozen=True, slots=True)
class ForeignWeights:
    """What was recognised.

    Attributes:
        spec: T is the network's usual one, and the fold 1/8: neither can be seen in the tensors.
        tensors: under this project's names.
        names: each of these to the one in the file.
    """

    spelling: Spelling
    spec: ModelSpec
    tensors: dict[str, Tensor]
    names: dict[str, str]


def spelling_of(names: Mapping[str, object]) -> Spelling | None:
    """Whose names these are; None if nobody's that is known."""
    bare = [name.removeprefix("module.") for name in names]
    return next(
        (who for who, openings in OPENINGS.items() if any(n.startswith(openings) for n in bare)), None
    )


def recognise(state: Mapping[str, Tensor], spelling: Spelling) -> ForeignWeights:
    """Rename the tensors and work out the network.

    Raises ModelError for a network that is not one of ours, and for names of which two would be one; whether all tensors
    are there and of the right shape is seen when they are put into the network.
    """
    names: dict[str, str] = {}
    tensors: dict[str, Tensor] = {}
    for foreign, value in state.items():
        own = _own_name(foreign.removeprefix("module."), spelling)
        if own in names:
            raise ModelError(f"Two tensors claim the same place: {names[own][:80]!r} and {foreign[:80]!r}.")
        names[own], tensors[own] = foreign, _without_time(own, value)
    _fold_biases(tensors, names)
    return ForeignWeights(spelling, _spec(list(state), tensors), tensors, names)


def _own_name(foreign: str, spelling: Spelling) -> str:
    bare = WRAPPERS.sub("", foreign)
    for pattern, template in RULES[spelling]:
        if match := re.fullmatch(pattern, bare):
            return match.expand(template)
    return foreign


def _without_time(own: str, value: Tensor) -> Tensor:
    """The 1x1x1 kernels of non-local blocks as 1x1 ones."""
    if ".non_local." in own and value.ndim == 5 and value.shape[2:] == (1, 1, 1):
        return value[..., 0]
    return value


def _fold_biases(tensors: dict[str, Tensor], names: dict[str, str]) -> None:
    """MIT's last 1x1 of a non-local block has a bias before its batch norm: the norm's mean takes it in."""
    for name in [name for name in tensors if name.endswith(".non_local.out.bias")]:
        mean = name.replace(".out.bias", ".bn.running_mean")
        if mean in tensors and tensors[mean].shape == tensors[name].shape:
            tensors[mean] = tensors[mean] - tensors.pop(name)
            del names[name]


def _spec(foreign: list[str], tensors: dict[str, Tensor]) -> ModelSpec:
    if any(POOLED_STAGE.search(name) for name in foreign):
        raise ModelError(
            "This network halves its frames on the way (temporal pooling), which none here does."
        )
    stem, head = tensors.get("conv1.weight"), tensors.get("fc.weight")
    if stem is None or head is None or stem.ndim != 4 or head.ndim != 2:
        raise ModelError(
            "The file lacks the first convolution or the classifier of a ResNet (`conv1` and `fc` here): only "
            "ResNet-18, -50 and -101 can be read."
        )
    if stem.shape[1] != 3:
        raise ModelError(
            f"This network looks at {stem.shape[1]} channels a frame, not at red, green and blue: it may be one for "
            "optical flow, which cannot be used here."
        )
    depth = _depth(tensors)
    shifted = _places(SHIFTED_CONV, foreign), _places(SHIFTED_BLOCK, foreign)
    if all(shifted):
        raise ModelError("This network shifts both within and around its blocks, which none here does.")
    placement = IN_PLACE if shifted[1] else RESIDUAL
    found = shifted[0] | shifted[1]
    expected = shifted_blocks(depth, placement)
    if found and found != expected:
        odd = ", ".join(f"layer{stage + 1}.{index}" for stage, index in sorted(found ^ expected)[:8])
        raise ModelError(f"Its shift is not where TSM-ResNet-{depth} has it: look at {odd}.")
    common = {
        "num_classes": head.shape[0],
        "width": stem.shape[0],
        "placement": placement if found else RESIDUAL,
    }
    attending = {place for name in tensors if ".non_local." in name for place in _places(BLOCK, [name])}
    if not attending:
        return ModelSpec(f"{'tsm' if found else 'tsn'}_resnet{depth}", **common)  # type: ignore[arg-type]
    if depth != 50 or attending != set(PLACES):
        raise ModelError(f"Only ResNet-50 with non-local blocks at {_told(PLACES)} can be read.")
    embedded = any(".non_local.theta." in name for name in tensors)
    return ModelSpec(
        "tsm_resnet50_nl",
        fold_div=8 if found else 0,
        attention=EMBEDDED_GAUSSIAN if embedded else GAUSSIAN,
        **common,  # type: ignore[arg-type]
    )


def _depth(tensors: Mapping[str, Tensor]) -> int:
    """From the blocks in each stage, and whether they have a third convolution."""
    places = _places(BLOCK, tensors)
    counts = tuple(len({index for at, index in places if at == stage}) for stage in range(4))
    deep = any(re.fullmatch(r"layer\d\.\d+\.conv3\.weight", name) for name in tensors)
    for depth, known in BLOCKS_PER_STAGE.items():
        if known == counts and deep == (depth != 18):
            return depth
    raise ModelError(
        f"It has {', '.join(map(str, counts))} blocks {'with' if deep else 'without'} a third convolution in its four "
        "stages: only ResNet-18, -50 and -101 can be read."
    )


def _places(pattern: re.Pattern[str], names: Mapping[str, object] | list[str]) -> set[Place]:
    matches = (pattern.search(name) for name in names)
    return {(int(match[1]) - 1, int(match[2])) for match in matches if match}


def _told(places: tuple[Place, ...]) -> str:
    return ", ".join(f"layer{stage + 1}.{index}" for stage, index in places)
