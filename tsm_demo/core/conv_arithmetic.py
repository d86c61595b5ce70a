"""What one convolution multiplies and adds, in 2D on every frame and in 3D on the same frames (arithmetic only)."""

from dataclasses import dataclass, fields

from tsm_demo.core.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Count:
    """How many numbers are multiplied and how many are added."""

    multiplications: int
    additions: int

    @property
    def flops(self) -> int:
        """Both; a little less than twice the multiplications, while there is no bias."""
        return self.multiplications + self.additions

    def times(self, values: int) -> "Count":
        """The count of so many values that each cost this."""
        return Count(self.multiplications * values, self.additions * values)


@dataclass(frozen=True, slots=True)
class ConvLayer:
    """A convolution of a ResNet on a clip: kernel K x K without a bias, padding K // 2 with zeros.

    Raises ShapeError for a size below 1, and for an even kernel, which has no middle.
    """

    kernel: int  # K
    in_channels: int  # C_in
    out_channels: int  # C_out
    height: int  # H of the input
    width: int  # W of the input
    frames: int  # T
    stride: int = 1  # in space; in time it is always 1

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ShapeError(f"{field.name} is {getattr(self, field.name)}: give 1 or more.")
        if self.kernel % 2 == 0:
            raise ShapeError(f"kernel is {self.kernel}: give an odd number, so that the kernel has a middle.")

    @property
    def out_height(self) -> int:
        return _out_size(self.height, self.kernel, self.stride)

    @property
    def out_width(self) -> int:
        return _out_size(self.width, self.kernel, self.stride)

    @property
    def positions(self) -> int:
        """Places of the kernel on one frame: the pixels of one output map."""
        return self.out_height * self.out_width


def value_count(layer: ConvLayer, depth: int = 1) -> Count:
    """One output value: C_in K² products where the kernel is one frame deep, and one addition fewer to sum them.

    Args:
        layer: the convolution.
        depth: frames that the kernel sees: 1 in 2D, K where the layer is inflated to 3D.

    Zeros of the padding are multiplied like any other number, as PyTorch's counter has it too.
    Source of inflation: I3D, arXiv:1705.07750, section 2.4.
    """
    products = layer.in_channels * layer.kernel**2 * depth
    return Count(products, products - 1)


def map_count(layer: ConvLayer) -> Count:
    """One output map of one image, in 2D: a value at each position."""
    return value_count(layer).times(layer.positions)


def image_count(layer: ConvLayer) -> Count:
    """All C_out maps of one image, in 2D."""
    return map_count(layer).times(layer.out_channels)


def clip_count(layer: ConvLayer, depth: int = 1) -> Count:
    """All maps of T frames; `depth` as in `value_count`.

    The 3D kernel, too, has T positions in time: it is padded with K // 2 frames of zeros at each end, with stride 1.
    """
    return value_count(layer, depth).times(layer.positions * layer.out_channels * layer.frames)


def _out_size(size: int, kernel: int, stride: int) -> int:
    return (size + 2 * (kernel // 2) - kernel) // stride + 1
