"""The right frames at the right times come back, whatever the container does to time, order or rotation."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from tests.video.clip_factory import HEIGHT, WIDTH, draw, number_of, write_clip
from tsm_demo.core.sampling import SamplingPlan
from tsm_demo.video import decode, decode_pyav
from tsm_demo.video.clip import DecodeLimits
from tsm_demo.video.container import read_container
from tsm_demo.video.decode import SampledClip, read_clip

ODD_TIMES_MS = list(itertools.accumulate(itertools.islice(itertools.cycle([15, 33, 40, 90, 200]), 60)))
OPEN_GROUPS = {"x264-params": "open-gop=1:keyint=12:bframes=3"}


@pytest.fixture
def only_pyav(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "DECODERS", ("pyav",))


def assert_right_frames(clip: SampledClip, times_sec: list[float], duration_sec: float) -> None:
    """Every window holds the frames on screen at the centres of its parts, by a loop over all frames."""
    assert [number_of(frame) for frame in clip.frames] == clip.indices.tolist()
    assert clip.times_sec == pytest.approx([times_sec[k] for k in clip.indices], abs=1.1e-3)
    assert clip.info.frame_count == len(times_sec)
    assert clip.info.duration_sec == pytest.approx(duration_sec, abs=2e-3)
    for window in clip.windows:
        step = (window.end_sec - window.start_sec) / len(window.rows)
        for part, row in enumerate(window.rows):
            centre_sec = window.start_sec + (part + 0.5) * step
            shown = [k for k, at_sec in enumerate(times_sec) if at_sec <= centre_sec + 1e-3]
            assert clip.indices[row] == max(shown, default=0)


EVEN = [k / 30 for k in range(60)]
ODD = [(t - ODD_TIMES_MS[0]) / 1000 for t in ODD_TIMES_MS]


@pytest.mark.parametrize(
    ("name", "how", "times_sec", "duration_sec", "decoder"),
    [
        ("b_frames.mp4", {}, EVEN, 2.0, "decord"),
        (
            "fragmented.mp4",
            {"container_options": {"movflags": "frag_keyframe+empty_moov"}},
            EVEN,
            2.0,
            "decord",
        ),
        ("ten_bits.mov", {"pixels": "yuv420p10le"}, EVEN, 2.0, "decord"),
        ("odd_times.mkv", {"times_ms": ODD_TIMES_MS}, ODD, ODD[-1] + 1 / 30, "decord"),
        ("open_groups.mp4", {"options": OPEN_GROUPS}, EVEN, 2.0, "pyav"),
        (
            "open_groups_odd.mkv",
            {"options": OPEN_GROUPS, "times_ms": ODD_TIMES_MS},
            ODD,
            ODD[-1] + 0.033,
            "pyav",
        ),
        ("no_duration.webm", {"codec": "libvpx-vp9", "container_options": {"live": "1"}}, EVEN, 2.0, "pyav"),
        ("no_timestamps.avi", {"max_b_frames": 2}, EVEN, 2.0, "pyav"),
        ("no_b_frames.avi", {"codec": "mpeg4", "max_b_frames": 0}, EVEN, 2.0, "decord"),
        (
            "animated.gif",
            {"codec": "gif", "pixels": "rgb8", "fps": 25},
            [k / 25 for k in range(60)],
            2.4,
            "decord",
        ),
    ],
)
def test_right_frames(
    tmp_path: Path, name: str, how: dict, times_sec: list[float], duration_sec: float, decoder: str
) -> None:
    clip = read_clip(write_clip(tmp_path / name, **how))
    assert clip.info.decoder == decoder
    assert clip.warnings == ()
    assert_right_frames(clip, times_sec, duration_sec)


@pytest.mark.usefixtures("only_pyav")
@pytest.mark.parametrize("kind", ["windows", "segments"])
def test_pyav_jumps_to_the_right_frames(tmp_path: Path, kind: str) -> None:
    path = write_clip(tmp_path / "clip.mkv", times_ms=ODD_TIMES_MS, options=OPEN_GROUPS)
    clip = read_clip(path, SamplingPlan(kind=kind, n_segment=5, window_sec=0.5, stride_sec=0.5))
    assert_right_frames(clip, ODD, ODD[-1] + 0.033)


def test_windows_share_frames(tmp_path: Path) -> None:
    clip = read_clip(write_clip(tmp_path / "clip.mp4", frames=120))
    assert [(w.start_sec, w.end_sec) for w in clip.windows] == [(0, 2), (1, 3), (2, pytest.approx(4))]
    assert clip.frames.shape == (16, HEIGHT, WIDTH, 3)
    assert clip.windows[0].rows[4:] == clip.windows[1].rows[:4]
    assert [number_of(f) for f in clip.window_frames(1)] == clip.indices[list(clip.windows[1].rows)].tolist()


def test_a_trimmed_clip_is_sampled_inside_the_trim(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=120)
    clip = read_clip(path, SamplingPlan(kind="segments", start_sec=1.0, end_sec=2.0, n_segment=4))
    assert [number_of(frame) for frame in clip.frames] == [33, 41, 48, 56]
    assert [(w.start_sec, w.end_sec) for w in clip.windows] == [(1.0, 2.0)]


@pytest.mark.parametrize("decoder", ["decord", "pyav"])
@pytest.mark.parametrize(("turn_deg", "clockwise_deg"), [(-90, 90), (90, 270), (180, 180)])
def test_rotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoder: str, turn_deg: int, clockwise_deg: int
) -> None:
    # The camera lay on its side: what it stored, turned clockwise as the file asks, is upright.
    stored = [np.rot90(draw(k), clockwise_deg // 90) for k in range(20)]
    path = write_clip(tmp_path / "clip.mov", pictures=stored, turn_deg=turn_deg)
    monkeypatch.setattr(decode, "DECODERS", (decoder,))
    clip = read_clip(path)
    assert (clip.info.width, clip.info.height, clip.info.rotation_deg) == (WIDTH, HEIGHT, clockwise_deg)
    assert [number_of(frame) for frame in clip.frames] == clip.indices.tolist()


@pytest.mark.parametrize(("frames", "warning"), [(3, "only 3 frames"), (1, "a single frame")])
def test_a_clip_shorter_than_a_window_repeats_frames(tmp_path: Path, frames: int, warning: str) -> None:
    clip = read_clip(write_clip(tmp_path / "short.mp4", frames=frames))
    (window,) = clip.windows
    assert [number_of(frame) for frame in clip.frames] == list(range(frames))
    assert list(window.rows) == [k * frames // 16 for k in range(1, 16, 2)]
    assert len(clip.warnings) == 1
    assert warning in clip.warnings[0]


def test_frames_are_shrunk_smoothly_and_never_enlarged(tmp_path: Path) -> None:
    stripes = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    stripes[::2] = 255
    path = write_clip(tmp_path / "stripes.mp4", pictures=[stripes] * 4, options={"crf": "1"})
    small = read_clip(path, SamplingPlan(short_side=40)).frames
    assert small.shape[1:] == (40, 60, 3)
    # Stripes finer than the pixels are an even gray; picking every third row would leave black and white.
    assert np.abs(small.astype(int) - 127).max() < 40
    assert read_clip(path, SamplingPlan(short_side=500)).frames.shape[1:] == (HEIGHT, WIDTH, 3)


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    clip = read_clip(write_clip(tmp_path / "wide.mp4", frames=10, sample_aspect_ratio=2))
    assert (clip.info.width, clip.info.height) == (2 * WIDTH, HEIGHT)
    assert clip.frames.shape[1:] == (HEIGHT, 2 * WIDTH, 3)
    assert [number_of(frame) for frame in clip.frames] == clip.indices.tolist()


def test_frames_are_kept_smaller_when_they_would_not_fit(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    room_bytes = 8 * HEIGHT * WIDTH * 3 // 4
    clip = read_clip(path, limits=DecodeLimits(max_output_bytes=room_bytes))
    assert clip.frames.shape == (8, HEIGHT // 2, WIDTH // 2, 3)
    assert [number_of(frame) for frame in clip.frames] == clip.indices.tolist()
    assert "kept at 64 pixels" in clip.warnings[0]


def test_pyav_converts_only_what_is_asked_for_and_skips_what_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = read_container(str(write_clip(tmp_path / "clip.mp4", frames=120)), DecodeLimits())
    decoded: list[int] = []
    ranks = decode_pyav._Player._rank
    monkeypatch.setattr(decode_pyav._Player, "_rank", lambda *a: decoded.append(ranks(*a)) or decoded[-1])
    converted: list[int] = []
    upright = decode_pyav._upright_rgb
    monkeypatch.setattr(decode_pyav, "_upright_rgb", lambda *a: converted.append(1) or upright(*a))
    got = [rank for rank, _ in decode_pyav.decode(container, [98, 100], lambda: None)]
    assert got == [98, 100]
    assert len(converted) == 2
    assert decoded[0] == 0
    assert min(decoded[1:]) >= 96  # the key frame before 98; nothing between it and the start
    assert len(decoded) < 10


def test_progress_rises_to_one(tmp_path: Path) -> None:
    told: list[float] = []
    read_clip(write_clip(tmp_path / "clip.webm", codec="libvpx-vp9"), on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    "name", ["-y.mp4", "two words.mp4", 'it\'s "so" $(x);&.mp4', "🎬 клип.mp4", "http:x|y.mp4"]
)
def test_names_mean_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "plain.mp4", frames=3).rename(tmp_path / name)
    assert [number_of(frame) for frame in read_clip(name).frames] == [0, 1, 2]
