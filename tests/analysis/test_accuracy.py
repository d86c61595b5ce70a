"""Accuracies of logits made by hand, and ties within a pair counted as half."""

import torch
from torch import Tensor, nn

from tsm_demo.analysis.accuracy import judge, motion_accuracy, motion_logits
from tsm_demo.video.motion_script import EASY
from tsm_demo.video.synthetic import motion_clips
from tsm_demo.video.tensors import normalise
from tsm_demo.video.textures import texture_bank


def logits(*scores: dict[int, float]) -> Tensor:
    """(N, 12): the scores that are named, -9 for all other labels."""
    rows = torch.full((len(scores), 12), -9.0)
    for row, named in enumerate(scores):
        for label, score in named.items():
            rows[row, label] = score
    return rows


def test_a_perfect_network() -> None:
    seen = judge(10 * torch.eye(12), torch.arange(12))
    assert (seen.clips, seen.within_pair_clips) == (12, 10)
    assert (seen.top1, seen.which_pair, seen.within_pair) == (1, 1, 1)
    assert torch.equal(torch.tensor(seen.confusion), torch.eye(12, dtype=torch.int64))


def test_a_network_that_sees_pairs_but_no_order() -> None:
    labels = torch.arange(10)
    seen = judge(logits(*({label: 3, label ^ 1: 3} for label in range(10))), labels)
    assert (seen.which_pair, seen.within_pair) == (1, 0.5)  # each a tie
    assert seen.top1 == 0.5  # the first of two equal scores is the answer


def test_right_within_the_pair_though_the_answer_is_another() -> None:
    seen = judge(logits({4: 1, 0: 3}, {1: 2, 0: 1, 10: 5}), torch.tensor([4, 0]))
    assert seen.top1 == 0
    assert seen.which_pair == 0
    assert seen.within_pair == 0.5  # 4 is above 5, but 0 is not above 1


def test_the_two_labels_without_a_reversal_count_for_top1_only() -> None:
    seen = judge(logits({10: 1}, {10: 1}, {6: 2, 7: 1}, {7: 2, 6: 1}), torch.tensor([10, 11, 6, 6]))
    assert seen.top1 == 0.5
    assert (seen.within_pair_clips, seen.which_pair, seen.within_pair) == (2, 1, 0.5)


def test_confusion_holds_label_then_answer() -> None:
    seen = judge(logits({3: 1}, {3: 1}, {11: 1}), torch.tensor([2, 2, 0]))
    assert seen.confusion[2][3] == 2
    assert seen.confusion[0][11] == 1
    assert sum(map(sum, seen.confusion)) == seen.clips == 3


class Brightness(nn.Module):
    """Scores that depend on the clip alone: its mean, rounded, is the answer."""

    def forward(self, clips: Tensor) -> Tensor:
        self.shape = clips.shape
        return torch.eye(12)[(clips.mean((1, 2, 3, 4)) * 50).long() % 12]


def test_clips_are_drawn_fed_and_judged() -> None:
    seeds, model = range(100, 130), Brightness()  # more than fit into one pass
    clips = motion_clips(seeds, 16, 4, EASY)
    expected = judge(model(normalise(clips.frames)), clips.labels)
    assert motion_accuracy(model, seeds, 16, EASY, n_segment=4) == expected
    assert model.shape[1:] == (4, 3, 16, 16)
    assert sum(any(answers) for answers in zip(*expected.confusion, strict=True)) > 3  # many answers, not one
    assert expected.clips == 30


def test_other_textures_are_drawn_where_asked_for() -> None:
    asked = []

    def bank(number: int) -> Tensor:
        asked.append(number)
        return texture_bank(number + 1)

    seeds = range(100, 106)
    logits, _ = motion_logits(Brightness(), seeds, 16, EASY, n_segment=4, bank=bank)
    clips = motion_clips(seeds, 16, 4, EASY, bank=lambda number: texture_bank(number + 1))
    assert torch.equal(logits, Brightness()(normalise(clips.frames)))
    assert asked
