"""A clip that decodes in part is used as far as it goes; one that does not gets its sentence."""

from pathlib import Path

import av
import numpy as np
import pytest

from tests.video.clip_factory import HEIGHT, WIDTH, number_of, write_clip, write_sound
from tsm_demo.core.errors import VideoError
from tsm_demo.core.sampling import SamplingPlan
from tsm_demo.video.clip import DecodeLimits
from tsm_demo.video.container import sniff
from tsm_demo.video.decode import read_clip

FAST_START = {"movflags": "faststart"}  # the index comes before the pictures


def packet_places(path: Path) -> list[tuple[int, int]]:
    """(first byte, bytes) of each packet, in the order of the file."""
    with av.open(path) as file:
        return [(packet.pos, packet.size) for packet in file.demux(video=0) if packet.size]


def damage(path: Path, first_packet: int, end_packet: int) -> Path:
    """Overwrite some packets with zeros."""
    content = bytearray(path.read_bytes())
    for start, size in packet_places(path)[first_packet:end_packet]:
        content[start : start + size] = bytes(size)
    path.write_bytes(content)
    return path


def sentence(path: Path, plan: SamplingPlan | None = None, **limits: float) -> str:
    with pytest.raises(VideoError) as raised:
        read_clip(path, plan or SamplingPlan(), DecodeLimits(**limits))
    text = str(raised.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_what_comes_before_damage_is_used(tmp_path: Path) -> None:
    clip = read_clip(damage(write_clip(tmp_path / "clip.mp4"), 30, 60))
    assert clip.info.decoder == "pyav"
    assert 20 <= clip.info.frame_count <= 30
    assert clip.info.duration_sec == pytest.approx(clip.info.frame_count / 30, abs=1e-3)
    assert [number_of(frame) for frame in clip.frames] == clip.indices.tolist()
    assert len(clip.warnings) == 1
    assert clip.warnings[0].endswith("s of 2.0 s; what comes before is used.")


def test_a_file_cut_short_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", container_options=FAST_START)
    start, size = packet_places(path)[36]
    path.write_bytes(path.read_bytes()[: start + size // 2])
    clip = read_clip(path)
    assert 25 <= clip.info.frame_count <= 37
    assert [number_of(frame) for frame in clip.frames] == clip.indices.tolist()
    assert "2.0 s" in clip.warnings[0]


def test_a_damaged_beginning_is_told(tmp_path: Path) -> None:
    clip = read_clip(damage(write_clip(tmp_path / "clip.mp4"), 0, 3))
    assert clip.frames.shape == (8, HEIGHT, WIDTH, 3)
    assert number_of(clip.frames[-1]) == clip.indices[-1]
    assert "cannot be decoded" in clip.warnings[0]


def test_nothing_that_decodes(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    assert "no frame of it can be decoded" in sentence(damage(path, 0, 60))


def test_an_index_that_was_never_written(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    path.write_bytes(path.read_bytes()[:3000])
    assert "damaged or cut short" in sentence(path)


def test_text_and_nothing_and_no_file(tmp_path: Path) -> None:
    text, empty = tmp_path / "text.mp4", tmp_path / "empty.mp4"
    text.write_text("I am not a video.\n" * 100)
    empty.touch()
    assert "not a video file" in sentence(text)
    assert "empty" in sentence(empty)
    assert "no readable file 'missing.mp4'" in sentence(tmp_path / "missing.mp4")
    assert "is not a file" in sentence(tmp_path)


def test_sound_alone(tmp_path: Path) -> None:
    assert "no moving pictures" in sentence(write_sound(tmp_path / "song.m4a").rename(tmp_path / "song.mp4"))


@pytest.mark.parametrize(
    "head",
    [b"#EXTM3U\n#EXTINF:1\nother.mp4", b"ffconcat version 1.0\nfile other.mp4", b"RIFF\0\0\0\0WAVEfmt "],
)
def test_playlists_are_not_followed(head: bytes) -> None:
    with pytest.raises(VideoError, match="not a video file"):
        sniff(head)


def test_limits_of_the_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    assert "lasts 0.0 minutes; at most 0.025" in sentence(path, max_duration_sec=1.5)
    assert "more than 59 frames" in sentence(path, max_frames=59)
    assert "192 × 128 pixels; at most 128 × 100" in sentence(path, max_width=128, max_height=100)
    assert "choose a shorter part" in sentence(path, max_output_bytes=8 * 20 * 30 * 3)
    # A phone held upright has its longer side on end: the limit turns with it.
    tall = write_clip(tmp_path / "tall.mp4", pictures=[np.zeros((WIDTH, HEIGHT, 3), np.uint8)] * 3)
    assert read_clip(tall, limits=DecodeLimits(max_width=WIDTH, max_height=HEIGHT)).info.height == WIDTH


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "large.mp4").open("wb") as file:
        file.truncate(101 * 1024**2)
    assert "has 101.0 MB; at most 100 MB" in sentence(tmp_path / "large.mp4")


def test_a_start_after_the_end(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    assert "ends after 2.0 s" in sentence(path, SamplingPlan(start_sec=2.5))
