"""Frames through PyAV, for the clips that decord refuses and for those that decode only in part."""

from collections.abc import Iterator, Sequence

import av
import numpy as np
from numpy.typing import NDArray

from tsm_demo.video.container import Container
from tsm_demo.video.decoding import Alive, BrokenOffError, Frames
from tsm_demo.video.pyav_file import InputFile, decode_packet, open_file, packets, picture_stream

Shown = tuple[int, av.VideoFrame]  # a decoded frame and its rank in order of display


def decode(container: Container, wanted: Sequence[int], alive: Alive) -> Frames:
    """Yield the wanted frames of a clip; see tsm_demo.video.decoding for what is yielded.

    Where a rank has no frame of its own (VP8 has packets that show nothing), the one that is on screen then
    is yielded instead. Only yielded frames are converted to RGB.

    Args:
        wanted: ranks in order of display, ascending.

    Raises BrokenOffError where decoding ends too early, with the number of frames up to there.
    """
    with open_file(container.path, container.reader) as file:
        player = _Player(file, container)
        for rank in wanted:
            player.go_to(rank, alive)
            shown, frame = player.on_screen
            yield shown, _upright_rgb(frame, container.rotation_deg)


class _Player:
    """Decodes forward, jumping to key frames where that saves work; `on_screen` is how far it has come."""

    def __init__(self, file: InputFile, container: Container) -> None:
        self._file = file
        self._container = container
        self._stream = picture_stream(file)
        # FFmpeg numbers the pictures of AVI files in the order of the file: shown frames can only be counted.
        self._counts = container.reader == "avi"
        self._can_jump = not self._counts
        self._coming = self._decode()
        first = next(self._coming, None)
        if first is None:
            raise BrokenOffError(usable=0)
        self.on_screen: Shown = first  # where damage took the very first frames, this stands for them
        self._next: Shown | None = first

    def go_to(self, rank: int, alive: Alive) -> None:
        """Advance until the frame of this rank is on screen; ranks never go back."""
        keys_before = self._container.keyframes[self._container.keyframes <= rank]
        if self._can_jump and self._next and keys_before.size and keys_before[-1] > self._next[0]:
            self._jump(int(keys_before[-1]))
        while self.on_screen[0] < rank:
            if self._next is None:
                raise BrokenOffError(usable=self.on_screen[0] + 1)
            if self._next[0] > rank:
                return
            self.on_screen = self._next
            self._next = next(self._coming, None)
            alive()

    def _jump(self, key: int) -> None:
        """Go on from a key frame; where the file cannot do that, from its beginning, and do not try again."""
        landed = self._land(key)
        if landed is None or landed[0] > key:
            self._can_jump = False
            landed = self._land(0)
        if landed is None:
            raise BrokenOffError(usable=0)
        self.on_screen = self._next = landed

    def _land(self, rank: int) -> Shown | None:
        try:
            self._file.seek(int(self._container.pts[rank]), stream=self._stream)
        except av.error.FFmpegError:
            return None
        self._coming = self._decode()
        return next(self._coming, None)

    def _decode(self) -> Iterator[Shown]:
        """Frames from the file's current position on, in order of display, up to the first damage.

        Damage before the first whole frame is passed over: a clip may begin inside a group of pictures.
        """
        rank = -1
        for packet in packets(self._file, self._stream):
            frames = decode_packet(packet)
            if frames is None and rank >= 0:
                return
            for frame in frames or ():
                if frame.is_corrupt and rank >= 0:
                    return
                if not frame.is_corrupt:
                    rank = self._rank(frame, rank)
                    yield rank, frame

    def _rank(self, frame: av.VideoFrame, previous: int) -> int:
        """The frame's place in order of display, from its timestamp where that can be had."""
        if self._counts or frame.pts is None:
            return previous + 1
        return max(int(np.searchsorted(self._container.pts, frame.pts, side="right")) - 1, previous + 1)


def _upright_rgb(frame: av.VideoFrame, clockwise_deg: int) -> NDArray[np.uint8]:
    return np.rot90(frame.to_ndarray(format="rgb24"), -clockwise_deg // 90)
