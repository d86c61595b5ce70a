"""Labels stay off bubbles and off each other, checked corner by corner, in random pictures and in the page's own."""

import random

import pytest

from tsm_demo.viz.label_places import LINE, Box, Bubble, half_width, label_places

WIDTH, HEIGHT = 300.0, 400.0


def corners(x, y, wide, high):
    return x - wide, x + wide, y - high, y + high


def meet(one, other):
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def labels(bubbles, lines=()):
    """(left, right, top, bottom) of every label."""
    places = label_places(bubbles, WIDTH, HEIGHT, lines)
    return [
        corners(b.x + right, b.y + down, half_width(b.text), LINE / 2)
        for b, (right, down) in zip(bubbles, places, strict=True)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_nothing_covers_anything_where_there_is_room(seed):
    draw = random.Random(seed)
    cells = draw.sample([(column, row) for column in range(3) for row in range(6)], 9)
    bubbles = [
        Bubble(50 + 95 * column, 40 + 62 * row, draw.uniform(4, 14), "ABC 8f"[: draw.randint(3, 6)])
        for column, row in cells
    ]
    found = labels(bubbles)
    discs = [corners(b.x, b.y, b.radius, b.radius) for b in bubbles]
    for i, box in enumerate(found):
        assert not any(meet(box, disc) for disc in discs)
        assert not any(meet(box, other) for other in found[:i])
        assert 0 <= box[0] < box[1] <= WIDTH
        assert 0 <= box[2] < box[3] <= HEIGHT


def test_a_lone_label_stands_to_the_right():
    (box,) = labels([Bubble(100, 100, 10, "TSM")])
    assert box[0] > 110
    assert (box[2] + box[3]) / 2 == 100


def test_at_the_right_edge_it_stands_elsewhere():
    (box,) = labels([Bubble(290, 100, 10, "TSM")])
    assert box[1] <= WIDTH


def test_a_line_is_kept_clear():
    line = Box(130, 100, 2, 300)
    (box,) = labels([Bubble(100, 100, 10, "a long name")], [line])
    assert not meet(box, corners(line.x, line.y, line.half_width, line.half_height))


def test_in_a_crowd_labels_step_back():
    bubbles = [Bubble(150, 200 + 9 * i, 8, f"TSM {i}") for i in range(4)]
    found = labels(bubbles)
    assert not any(meet(one, other) for i, one in enumerate(found) for other in found[:i])
