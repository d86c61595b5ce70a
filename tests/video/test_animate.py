"""What is downloaded holds the frames, in order, each for its time."""

from io import BytesIO

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.video.clip_factory import draw, number_of
from tsm_demo.core.errors import ShapeError
from tsm_demo.video.animate import to_gif, to_jpeg, to_mp4, to_webp

FRAMES = np.stack([draw(k) for k in (3, 77, 5, 130, 8)])


@pytest.mark.parametrize(("write", "kind"), [(to_webp, "WEBP"), (to_gif, "GIF")])
def test_animations(write, kind: str) -> None:
    with Image.open(BytesIO(write(FRAMES, 0.25))) as image:
        assert image.format == kind
        assert image.info["loop"] == 0
        shown = [
            (np.asarray(frame.convert("RGB")), frame.info["duration"])
            for frame in ImageSequence.Iterator(image)
        ]
    assert [number_of(picture) for picture, _ in shown] == [3, 77, 5, 130, 8]
    assert [duration_ms for _, duration_ms in shown] == [250] * 5


def test_a_gif_is_never_too_fast_for_browsers() -> None:
    with Image.open(BytesIO(to_gif(FRAMES, 0.001))) as image:
        assert image.info["duration"] == 20


@pytest.mark.parametrize(("height", "width"), [(128, 192), (127, 191), (1, 1)])
def test_mp4(height: int, width: int) -> None:
    frames = FRAMES[:, :height, :width]
    with av.open(BytesIO(to_mp4(frames, 0.2))) as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        pictures = [frame.to_ndarray(format="rgb24") for frame in file.decode(stream)]
        assert file.duration == pytest.approx(1_000_000, abs=1000)
    assert pictures[0].shape == (height + height % 2, width + width % 2, 3)
    assert len(pictures) == 30
    for k, picture in enumerate(pictures):
        assert np.abs(picture[:height, :width].astype(int) - frames[k // 6]).mean() < 6


def test_jpeg() -> None:
    with Image.open(BytesIO(to_jpeg(FRAMES[1], quality=90))) as image:
        assert image.format == "JPEG"
        assert number_of(np.asarray(image)) == 77
    assert len(to_jpeg(FRAMES[1], quality=10)) < len(to_jpeg(FRAMES[1], quality=95))


@pytest.mark.parametrize("write", [to_webp, to_gif, to_mp4])
@pytest.mark.parametrize(
    ("frames", "seconds_per_frame"),
    [(FRAMES[0], 0.2), (FRAMES[:0], 0.2), (FRAMES / 255, 0.2), (FRAMES, 0.0), (FRAMES, float("nan"))],
)
def test_what_cannot_be_written(write, frames: np.ndarray, seconds_per_frame: float) -> None:
    with pytest.raises(ShapeError):
        write(frames, seconds_per_frame)
