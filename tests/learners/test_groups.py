import time

import numpy as np
import pytest
from PIL import Image
from scipy import sparse

from labeling.learners.groups import groups_of, key_of, merged, near_duplicates
from labeling.learners.images import image_features
from labeling.learners.text import text_features

WORDS = [f"word{number}" for number in range(400)]


def some_texts(count, *, words=20, seed=0):
    generator = np.random.default_rng(seed)
    return [" ".join(generator.choice(WORDS, words, replace=False)) for _ in range(count)]


def photograph(seed):
    """Coarse noise, smoothly drawn large: as unlike another one as two photographs."""
    noise = np.random.default_rng(seed).integers(0, 256, (7, 7, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((120, 120), Image.Resampling.BICUBIC)


def test_texts_that_differ_by_a_word_are_one_group_and_others_are_alone():
    texts = some_texts(200)
    copies = [f"{text} own{number}" for number, text in enumerate(texts[:50])]
    groups = near_duplicates(text_features([*texts, *copies], classes=2))
    assert (groups[:50] == groups[200:]).mean() > 0.95
    assert len(set(groups[:200].tolist())) == 200


def test_case_punctuation_and_order_make_no_difference():
    texts = [*some_texts(30), "The Cat, sat on a mat!", "on a mat the cat sat"]
    groups = near_duplicates(text_features(texts, classes=2))
    assert groups[30] == groups[31]


def test_texts_without_a_known_word_are_not_twins_of_each_other():
    assert len(set(near_duplicates(text_features(["...", "!!", "a b", "a b"], classes=2)).tolist())) == 3


def test_a_picture_saved_again_is_a_twin_and_another_one_is_not():
    pictures = [photograph(seed) for seed in range(40)]
    again = [one.resize((170, 170)).point(lambda level: min(255, int(1.03 * level))) for one in pictures[:20]]
    grown = [np.asarray(one) for one in (*pictures, *again)]
    groups = near_duplicates(image_features(len(grown), lambda place: grown[place])[0])
    assert (groups[:20] == groups[40:]).mean() >= 0.9
    assert len(set(groups[:40].tolist())) == 40


def test_what_all_have_in_common_makes_nobody_a_twin():
    generator = np.random.default_rng(0)
    scene = 30 + generator.normal(size=50)
    rows = (scene + generator.normal(size=(100, 50))).astype(np.float32)
    assert len(set(near_duplicates(rows).tolist())) == 100


@pytest.mark.parametrize("rows", [np.ones((20, 4), np.float32), sparse.csr_matrix(np.ones((20, 4), np.float32))])
def test_where_nearly_all_are_alike_nobody_is(rows):
    assert len(set(near_duplicates(rows).tolist())) == 20


@pytest.mark.parametrize("rows", [np.zeros((0, 4), np.float32), sparse.csr_matrix((0, 4), dtype=np.float32)])
def test_no_rows_no_groups(rows):
    assert near_duplicates(rows).shape == (0,)


def test_the_same_rows_give_the_same_groups():
    rows = text_features([*some_texts(100), *some_texts(100)], classes=2)
    assert np.array_equal(near_duplicates(rows), near_duplicates(rows))


def test_groups_that_share_a_member_are_one():
    by_video = np.array([7, 7, -1, -1, 9, -1])
    by_likeness = np.array([0, 1, 1, 2, 3, 4])
    assert merged(by_video, by_likeness).tolist() == [0, 0, 0, 1, 2, 3]


def test_a_given_group_counts_among_the_labelled_only():
    rows = np.eye(6, dtype=np.float32)[[0, 3, 5]]
    groups = groups_of(rows, np.array([4, 4, 4, 4, -1, -1]), np.array([0, 3, 5]))
    assert groups[0] == groups[1] != groups[2]


def test_a_name_gives_the_same_key_everywhere():
    assert key_of("clip-7") == key_of("clip-7") != key_of("clip-8")
    assert key_of("clip-7") == 2538453507669159725
    assert key_of("") == -1


def test_a_thousand_equal_rows_do_not_take_a_million_comparisons():
    rows = text_features([*["all the same words"] * 4000, *some_texts(5000)], classes=2)
    begun = time.process_time()
    groups = near_duplicates(rows)
    assert time.process_time() - begun < 3
    assert len(set(groups[:4000].tolist())) == 1
