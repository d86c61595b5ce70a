"""What a clip's container says before its frames are decoded: kind, size, rotation, times of the frames."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.errors import VideoError
from tsm_demo.video.clip import DecodeLimits
from tsm_demo.video.pyav_file import InputFile, decode_packet, open_file, packets, picture_stream

DAMAGED = (
    "The file is damaged or cut short, and no frame of it can be decoded: export or record the clip again."
)
ACCEPTED = "MP4, MOV, M4V, 3GP, MKV, WebM, AVI or GIF"

# The boxes that files of QuickTime's family (MP4, MOV, 3GP) may begin with, after four bytes of length.
_MOV_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"uuid"}


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """A clip of F frames as its headers and timestamps describe it; ranks count in order of display."""

    path: str
    reader: str  # FFmpeg's name of what reads this kind of file
    pts: NDArray[np.int64]  # (F,) ascending, in units of time_base
    time_base: Fraction
    keyframes: NDArray[np.int64]  # ranks of the frames at which decoding can begin
    duration_sec: float  # from the first frame's appearance to the last one's end
    claimed_sec: float | None  # what the header says
    coded_width: int
    coded_height: int
    width: int  # as displayed: upright, square pixels
    height: int
    rotation_deg: int  # clockwise: 0, 90, 180 or 270

    @property
    def times_sec(self) -> NDArray[np.float64]:
        """(F,) seconds from the first frame."""
        return (self.pts - self.pts[0]) * float(self.time_base)

    @property
    def upright_shape(self) -> tuple[int, int]:
        """(H, W) of a decoded frame once it is turned, its pixels not yet made square."""
        shape = self.coded_height, self.coded_width
        return shape if self.rotation_deg % 180 == 0 else shape[::-1]


def sniff(head: bytes) -> str:
    """FFmpeg's name for the reader of a file that begins with these (at least 12) bytes.

    Only these four readers are ever used: FFmpeg's own guess would also open playlists, which name other
    files to read, on this machine or on the network.

    Raises VideoError for any other beginning.
    """
    if head[4:8] in _MOV_BOXES:
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:11] == b"AVI":
        return "avi"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    raise VideoError(f"This is not a video file that can be read here: choose {ACCEPTED}.")


def read_container(path: str, limits: DecodeLimits) -> Container:
    """Read headers and every packet's timestamp, and decode one frame for its size and rotation.

    Raises VideoError, with the sentence to show, for what is not a video or goes beyond the limits.
    """
    with Path(path).open("rb") as head:
        reader = sniff(head.read(12))
    try:
        with open_file(path, reader) as file:
            stream = picture_stream(file)
            _check_size(stream.width, stream.height, limits)
            time_base = stream.time_base or Fraction(1, 1000)
            claimed_sec = _claimed_sec(file, stream)
            usual_gap_sec = 1 / float(stream.average_rate or 25)
            pixel_aspect = stream.sample_aspect_ratio or Fraction(1)
            pts, durations, is_key = _list_frames(file, stream, limits)
        with open_file(path, reader) as file:
            frame = _first_frame(file)
    except MemoryError:
        raise
    except av.error.FFmpegError as error:
        raise VideoError(DAMAGED) from error

    _check_size(frame.width, frame.height, limits)
    if len(pts) > 1:
        usual_gap_sec = float(np.median(np.diff(pts)) * time_base)
    duration_sec = float((pts[-1] - pts[0]) * time_base) + (float(durations[-1] * time_base) or usual_gap_sec)
    if duration_sec > limits.max_duration_sec:
        most_min = limits.max_duration_sec / 60
        raise VideoError(
            f"The clip lasts {duration_sec / 60:.1f} minutes; at most {most_min:g} are read: cut it first."
        )
    quarter_turns = -round(frame.rotation / 90) % 4  # PyAV counts against the clock
    shown = _square_pixels(frame.width, frame.height, pixel_aspect)
    width, height = shown if quarter_turns % 2 == 0 else shown[::-1]
    return Container(
        path=path,
        reader=reader,
        pts=pts,
        time_base=time_base,
        keyframes=np.flatnonzero(is_key),
        duration_sec=duration_sec,
        claimed_sec=claimed_sec,
        coded_width=frame.width,
        coded_height=frame.height,
        width=width,
        height=height,
        rotation_deg=90 * quarter_turns,
    )


def _claimed_sec(file: InputFile, stream: av.VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return file.duration / av.time_base if file.duration else None


def _list_frames(
    file: InputFile, stream: av.VideoStream, limits: DecodeLimits
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """When each frame appears, how long it stays (0: unknown), if it is a key frame: (F,) each, by pts."""
    listed: list[tuple[int, int, bool]] = []
    for packet in packets(file, stream):
        pts = packet.dts if packet.pts is None else packet.pts
        if packet.size == 0 or packet.is_discard or pts is None:
            continue
        listed.append((pts, packet.duration or 0, packet.is_keyframe))
        if len(listed) > limits.max_frames:
            raise VideoError(f"The clip has more than {limits.max_frames} frames: cut it first.")
    if not listed:
        raise VideoError(DAMAGED)
    columns = np.array(sorted(listed), dtype=np.int64)
    return columns[:, 0], columns[:, 1], columns[:, 2].astype(bool)


def _first_frame(file: InputFile) -> av.VideoFrame:
    """The first frame that can be decoded: its rotation is known only then."""
    for packet in packets(file, picture_stream(file)):
        for frame in decode_packet(packet) or ():
            return frame
    raise VideoError(DAMAGED)


def _check_size(width: int, height: int, limits: DecodeLimits) -> None:
    if max(width, height) > limits.max_width or min(width, height) > limits.max_height:
        most = f"{limits.max_width} × {limits.max_height}"
        raise VideoError(
            f"The clip is {width} × {height} pixels; at most {most} are read: scale it down first."
        )


def _square_pixels(width: int, height: int, pixel_aspect: Fraction) -> tuple[int, int]:
    """The displayed size; pixels more than four times as wide as high, or the reverse, are a mistake."""
    if Fraction(1, 4) <= pixel_aspect <= 4:
        width = round(width * pixel_aspect)
    return width, height
