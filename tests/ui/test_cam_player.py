"""The player's payload: what is packed in Python is what a browser unpacks."""

import base64
import io
import json
import string
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import tsm_demo.ui.components.cam_player as package
from tsm_demo.core.errors import ShapeError
from tsm_demo.ui.components.cam_player import PlayerWords, player_payload

WORD_BY_NAME: dict[str, Any] = {field.name: field.name for field in fields(PlayerWords)}
WORDS = PlayerWords(**WORD_BY_NAME | {"places": tuple("abcdefghi")})


def jpeg(width: int = 480, height: int = 270, seed: int = 0) -> bytes:
    """A picture with fine texture all over: about as hard to compress as a real frame."""
    texture = np.random.default_rng(seed).normal(128, 22, (height, width, 3)).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(texture).save(file, "JPEG", quality=80)
    return file.getvalue()


def pack(**change: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "frames": [jpeg(seed=frame) for frame in range(4)],
        "maps": np.random.default_rng(7).random((4, 7, 5), dtype=np.float32),
        "times_sec": [0.125, 0.375, 0.625, 0.875],
        "frame_scores": [0.1, 0.2, 0.7, 1.0],
        "class_label": "moves right",
        "words": WORDS,
        "key": "player",
    }
    return player_payload(**given | change)


def unpack_maps(payload: dict[str, Any]) -> np.ndarray:
    """Read the maps as the browser does: unsigned, 16 bits, low byte first, parts of the maximum."""
    data = base64.b64decode(payload["maps"])
    cells = [data[at] + 256 * data[at + 1] for at in range(0, len(data), 2)]
    shape = (len(payload["frames"]), payload["map_height"], payload["map_width"])
    return np.array(cells, dtype=np.float64).reshape(shape) / 65535 * payload["maps_max"]


def test_frames_travel_unchanged_and_their_size_is_told() -> None:
    payload = pack()
    assert [base64.b64decode(frame) for frame in payload["frames"]] == [jpeg(seed=n) for n in range(4)]
    assert (payload["width"], payload["height"]) == (480, 270)


@pytest.mark.parametrize("scale", [1.0, 37.5, 1e-6])
def test_maps_survive_to_within_a_255th_of_their_maximum(scale: float) -> None:
    maps = scale * np.random.default_rng(3).random((4, 14, 9)).astype(np.float32)
    payload = pack(maps=maps)
    assert payload["maps_max"] == maps.max()
    assert np.abs(unpack_maps(payload) - maps).max() < maps.max() / 255


def test_a_frame_at_a_hundredth_of_the_maximum_can_be_stretched_to_its_own_scale() -> None:
    maps = np.random.default_rng(3).random((4, 7, 7)).astype(np.float32)
    maps[2] *= 0.01
    weak = unpack_maps(pack(maps=maps))[2]
    assert np.abs(weak / weak.max() - maps[2] / maps[2].max()).max() < 1 / 255


def test_zero_maps_stay_zero() -> None:
    payload = pack(maps=np.zeros((4, 7, 7), dtype=np.float32))
    assert payload["maps_max"] == 0
    assert not unpack_maps(payload).any()


def test_eight_textured_frames_weigh_less_than_700_kilobytes_as_json() -> None:
    payload = pack(
        frames=[jpeg(480, 270, seed) for seed in range(8)],
        maps=np.ones((8, 14, 14), dtype=np.float32),
        times_sec=range(8),
        frame_scores=np.ones(8),
    )
    assert len(json.dumps(payload)) < 700_000


def test_numpy_numbers_become_plain_json() -> None:
    payload = pack(times_sec=np.arange(4, dtype=np.float32), frame_scores=np.ones(4, dtype=np.float32))
    assert json.loads(json.dumps(payload))["times_sec"] == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "change",
    [
        {"frames": [jpeg()] * 3},
        {"maps": np.ones((5, 7, 7), dtype=np.float32)},
        {"maps": np.ones((4, 49), dtype=np.float32)},
        {"maps": np.array(1.0)},
        {"times_sec": [0.0]},
        {"frame_scores": [0.5] * 8},
        {"frames": [], "maps": np.ones((0, 7, 7)), "times_sec": [], "frame_scores": []},
    ],
)
def test_what_does_not_fit_together_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ShapeError, match="a map, a time and a score for each frame"):
        pack(**change)


def test_frames_of_two_sizes_are_refused() -> None:
    with pytest.raises(ShapeError, match="differ in size"):
        pack(frames=[jpeg()] * 3 + [jpeg(240, 135)])


@pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf])
def test_maps_that_are_no_heat_are_refused(bad: float) -> None:
    maps = np.ones((4, 7, 7), dtype=np.float32)
    maps[1, 2, 3] = bad
    with pytest.raises(ValueError, match="finite and at least 0"):
        pack(maps=maps)


def test_each_word_is_used_by_the_player() -> None:
    folder = Path(package.__file__).parent
    source = (folder / "player.js").read_text("utf-8") + (folder / "player.html").read_text("utf-8")
    unused = [
        f.name for f in fields(PlayerWords) if f"words.{f.name}" not in source and f'"{f.name}"' not in source
    ]
    assert unused == []


def test_the_markup_holds_no_sentence_of_its_own() -> None:
    markup = (Path(package.__file__).parent / "player.html").read_text("utf-8")
    outside_tags = "".join(part.split(">", 1)[-1] for part in markup.split("<"))
    assert not set(outside_tags) & set(string.ascii_letters)


def test_the_player_mounts_in_a_page() -> None:
    def page() -> None:
        import io
        from dataclasses import fields
        from typing import Any

        import numpy as np
        from PIL import Image

        from tsm_demo.ui.components.cam_player import PlayerWords, cam_player

        file = io.BytesIO()
        Image.new("RGB", (480, 270)).save(file, "JPEG")
        words: dict[str, Any] = {field.name: field.name for field in fields(PlayerWords)}
        cam_player(
            frames=[file.getvalue()] * 2,
            maps=np.ones((2, 7, 7), dtype=np.float32),
            times_sec=[0.0, 0.5],
            frame_scores=[0.2, 0.8],
            class_label="moves right",
            words=PlayerWords(**words | {"places": tuple("abcdefghi")}),
            key="player",
        )

    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    (player,) = app.get("bidi_component")
    assert player.proto.component_name == "tsm_demo.cam_player"
    assert json.loads(player.proto.json)["class_label"] == "moves right"
