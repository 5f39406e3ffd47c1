"""What explanations are measured against: the average object, and the names of the columns."""

import numpy as np
import pytest

from labeling.errors import BadRequest
from labeling.learners.background import background_of, load_background, save_background
from labeling.learners.sources import Made, features_of
from labeling.learners.terms import Terms, packed, unpacked
from labeling.learners.text import named_text_features
from tests.learners.test_run import prepare, run

ODD = ["a line\nbreak", "half \ud83d of a pair", "a tab\there", "İstanbul", ""]


def test_every_column_of_a_text_has_its_term():
    rows, (words, grams) = named_text_features(["goal goal match", "court match"], classes=77)
    assert words.terms == ("court", "goal", "match")
    assert rows.shape[1] == len(words.terms) + len(grams.terms)
    assert rows[1].toarray()[0, 0] > 0
    assert rows[0].toarray()[0, 0] == 0
    assert len(grams.idf) == len(grams.terms)


def test_a_block_without_a_vocabulary_keeps_its_one_column():
    rows, (words, _) = named_text_features(["...", "!!"], classes=77)
    assert words.terms == ("",)
    assert rows.shape[1] == 1 + len(named_text_features(["...", "!!"], classes=77)[1][1].terms)


def test_terms_are_kept_as_they_are_even_odd_ones():
    _, terms = named_text_features(ODD, classes=77)
    again = unpacked(packed(terms))
    assert [(one.analyzer, one.terms) for one in again] == [(one.analyzer, one.terms) for one in terms]


def test_terms_and_numbers_that_do_not_fit_are_refused():
    arrays = packed((Terms("word", ("a", "b"), np.ones(2, dtype=np.float32)),))
    with pytest.raises(ValueError, match="2 terms, and 1 numbers"):
        unpacked({**arrays, "word_idf": np.ones(1, dtype=np.float32)})


def test_the_cache_of_features_keeps_the_terms(tmp_path):
    prepare(tmp_path / "run")
    first, second = (features_of(tmp_path / "run", medium="text", classes=2, cache=tmp_path / "kept") for _ in range(2))
    assert (tmp_path / "kept.npz").exists()
    assert first.terms[0].terms == second.terms[0].terms == tuple(sorted(first.terms[0].terms))
    assert np.array_equal(first.terms[0].idf, second.terms[0].idf)
    assert (first.features != second.features).nnz == 0


def test_a_run_leaves_the_mean_of_its_pool_and_the_terms(tmp_path):
    run(prepare(tmp_path))
    kept = load_background((tmp_path / "background.npz").read_bytes())
    made = features_of(tmp_path, medium="text", classes=2, cache=None)
    assert np.allclose(kept.mean, made.features.toarray().mean(axis=0), atol=1e-7)
    rows = made.features.toarray()
    assert np.allclose(kept.spread, np.abs(rows - rows.mean(axis=0)).mean(axis=0), atol=1e-7)
    assert kept.terms[0].terms == made.terms[0].terms
    assert kept.class_means is None


def test_models_of_one_pool_share_one_file(tmp_path):
    for name, count in (("a", 12), ("b", 6)):
        labels = np.array([0, 0, 0, 1, 1, 1] * 2 + [-1] * 18)
        labels[count:] = -1
        run(prepare(tmp_path / name, labels=labels))
    a, b = ((tmp_path / name / "background.npz").read_bytes() for name in ("a", "b"))
    assert a == b


def test_dense_features_keep_the_mean_of_each_class_and_the_whole_where_there_is_none(tmp_path):
    features = np.array([[0, 1], [2, 1], [4, 4]], dtype=np.float32)
    kept = background_of(features, np.array([0, 0, 2]), classes=3)
    assert kept.mean.tolist() == [2, 2]
    assert kept.spread.tolist() == pytest.approx([4 / 3, 4 / 3])
    assert kept.class_means.tolist() == [[1, 1], [2, 2], [4, 4]]
    save_background(tmp_path / "b.npz", Made(features, np.ones(3, bool), (), "d"), np.array([0, 0, 2]), classes=3)
    again = load_background((tmp_path / "b.npz").read_bytes())
    assert np.array_equal(again.class_means, kept.class_means)


@pytest.mark.parametrize("raw", [b"", b"PK torn", b"nothing of ours"])
def test_bytes_that_are_no_background_are_refused_in_a_sentence(raw):
    with pytest.raises(BadRequest, match="can't be read"):
        load_background(raw)
