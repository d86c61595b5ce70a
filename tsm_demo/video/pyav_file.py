"""PyAV's view of a file, with damage turned into ends and gaps instead of exceptions."""

from __future__ import annotations  # PyAV's Packet takes a parameter only in its type stubs

from collections.abc import Iterator

import av

from tsm_demo.core.errors import VideoError
from tsm_demo.video.decoding import THREADS

InputFile = av.container.InputContainer


def open_file(path: str, reader: str) -> InputFile:
    """The file, opened by one reader (FFmpeg's name) only; bytes in its tags that are not text do no harm."""
    return av.open(path, format=reader, metadata_errors="replace")


def picture_stream(file: InputFile) -> av.VideoStream:
    """The stream of moving pictures, to be decoded by THREADS threads.

    Raises VideoError where there is none; the cover of a song is none.
    """
    moving = [s for s in file.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    if not moving:
        raise VideoError("The file holds no moving pictures, only sound or a cover: choose a video.")
    best = file.streams.best("video")
    stream = best if best in moving else moving[0]
    if stream.codec_context is None:
        raise VideoError("The clip's codec is unknown here: convert the clip to H.264 in MP4.")
    stream.thread_type = "AUTO"
    stream.thread_count = THREADS
    return stream


def packets(file: InputFile, stream: av.VideoStream) -> Iterator[av.Packet[av.VideoStream]]:
    """The stream's packets as far as they can be read, then an empty one that flushes the decoder."""
    try:
        yield from file.demux(stream)
    except MemoryError:
        raise
    except av.error.FFmpegError:
        return


def decode_packet(packet: av.Packet[av.VideoStream]) -> list[av.VideoFrame] | None:
    """The frames that a packet completes, or None where it is damaged."""
    try:
        return packet.decode()
    except MemoryError:
        raise
    except av.error.FFmpegError:
        return None
