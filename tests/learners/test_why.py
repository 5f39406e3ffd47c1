"""The reasons of a linear model: exact, and laid on what a person sees."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from labeling.learners.background import Background, background_of
from labeling.learners.classifier import Classifier, fit
from labeling.learners.images import CELLS, WIDTH, image_features
from labeling.learners.lexicon import Lexicon, _grams, _words
from labeling.learners.spans import laid_on, words_of
from labeling.learners.text import GRAMS, WORD, named_text_features
from labeling.learners.why import LONGEST, Explainer, Unexplained, contributions, regions_of, weights_of

SPORT = ["late goal wins the match", "the cup match and a goal", "goal, goal and again a goal", "a match of the cup"]
LAW = ["the court heard the case", "a judge of the court", "case closed by a judge", "the jury and the court"]
FOOD = ["bread and soup", "a soup of beans", "fresh bread", "beans on bread"]
TEXTS = [*SPORT, *LAW, *FOOD] * 3
LABELS = np.array(([0] * 4 + [1] * 4 + [2] * 4) * 3)
ANY_TEXT = st.text(max_size=60) | st.text("goal court,soup İΣ\n\t 🚒", max_size=60)


def explained(*, classes=3, used=3, seed=1):
    """An explainer of a model on texts with `used` of `classes` classes; above 20 classes pieces of words count too."""
    features, terms = named_text_features(TEXTS, classes=classes)
    rows = np.flatnonzero(used > LABELS)
    model = fit(features[rows], LABELS[rows], classes=classes, seed=seed)
    predicted = model.probabilities(features).argmax(axis=1)
    return Explainer(model, background_of(features, predicted, classes=classes, terms=terms)), features, model


def drawn(*, size=28, seed=0, count=60):
    """Pictures with a bright stroke left or right."""
    chance = np.random.default_rng(seed)
    labels = chance.integers(0, 2, count)
    pixels = chance.integers(0, 40, (count, size, size)).astype(np.uint8)
    for place, label in enumerate(labels):
        at = size // 4 if label == 0 else 3 * size // 4
        pixels[place, size // 6 : -size // 6, at : at + 2] = 230
    features, _ = image_features(count, lambda i: pixels[i])
    model = fit(features, labels, classes=2, seed=1)
    return Explainer(model, background_of(features, labels, classes=2)), pixels, labels, features, model


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda f: st.tuples(
            st.lists(st.floats(-9, 9), min_size=f, max_size=f),
            st.lists(st.lists(st.floats(-9, 9), min_size=f, max_size=f), min_size=1, max_size=5),
        )
    )
)
def test_contributions_add_up_to_the_margin_less_the_expected_margin(drawn_numbers):
    weights, rows = (np.array(one) for one in drawn_numbers)
    mean = rows.mean(axis=0)
    total = contributions(weights, rows, mean).sum(axis=1)
    assert np.allclose(total, rows @ weights - (rows @ weights).mean(), atol=1e-9)


@settings(max_examples=80, deadline=None)
@given(ANY_TEXT, st.sampled_from([0, 1, 2]))
@pytest.mark.parametrize("classes", [3, 30])
def test_the_words_of_a_text_add_up_whatever_the_text(classes, text, category):
    reasons = KEPT[classes].of_text(text, category)
    total = reasons.expected + reasons.absent + sum(word.weight for word in reasons.words)
    assert total == pytest.approx(reasons.margin, abs=1e-9)
    for word in reasons.words:
        assert text[word.start : word.end].strip() == text[word.start : word.end] != ""


KEPT = {classes: explained(classes=classes)[0] for classes in (3, 30)}


@pytest.mark.parametrize("classes", [3, 30])
@pytest.mark.parametrize("used", [2, 3])
def test_the_margin_is_the_models_own(classes, used):
    explainer, features, model = explained(classes=classes, used=used)
    for row, text in enumerate(TEXTS[:12]):
        margins = np.atleast_1d(model.estimator.decision_function(features[row])[0])
        wanted = [-margins[0], margins[0]] if used == 2 else margins
        got = [explainer.of_text(text, category).margin for category in range(used)]
        assert got == pytest.approx(wanted, abs=1e-5)


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_a_text_is_read_as_the_vectorizers_read_it(text):
    words = TfidfVectorizer(token_pattern=WORD).build_analyzer()(text)
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=GRAMS).build_analyzer()(text)
    lower = text.lower()
    assert Counter(term for term, _, _ in _words(lower)) == Counter(words)
    assert Counter(term for term, _, _ in _grams(lower)) == Counter(grams)
    for term, start, end in [*_words(lower), *_grams(lower)]:
        assert lower[start:end] == term.strip() or lower[start:end] in term
        assert end > start


@pytest.mark.parametrize("classes", [3, 30])
def test_a_text_has_the_values_that_it_was_trained_with(classes):
    features, terms = named_text_features(TEXTS, classes=classes)
    lexicon = Lexicon(terms)
    assert lexicon.width == features.shape[1]
    for row, text in enumerate(TEXTS[:12]):
        found = lexicon.read(text)
        again = sparse.csr_matrix((found.values, (np.zeros_like(found.columns), found.columns)), (1, lexicon.width))
        assert np.allclose(again.toarray(), features[row].toarray(), atol=1e-6)


def test_the_words_of_a_class_speak_for_it_and_others_against():
    explainer, _, _ = explained()
    text = "The goal, in court"
    weights = {text[word.start : word.end]: word.weight for word in explainer.of_text(text, 0).words}
    assert weights["goal"] > 0 > weights["court"]


def test_a_word_that_comes_twice_shares_its_weight_evenly():
    explainer, _, _ = explained()
    words = [word.weight for word in explainer.of_text("goal and goal", 0).words]
    assert words[0] == words[-1] > 0


def test_pieces_of_words_lie_on_the_words_that_hold_them():
    explainer, _, _ = explained(classes=30)
    text = "goals"  # no word of the pool; its pieces are
    (word,) = explainer.of_text(text, 0).words
    assert (word.start, word.end) == (0, 5)
    assert word.weight > 0


def test_code_points_count_not_bytes_nor_units_nor_small_letters():
    text = "👨🏻‍🚒 İ goal"
    explainer, _, _ = explained()
    (word,) = explainer.of_text(text, 0).words
    assert text[word.start : word.end] == "goal"


def test_weights_are_shared_by_characters():
    weights = laid_on("ab cd", [(0, 0, 2), (1, 3, 5), (1, 4, 5)], {0: 1.0, 1: 4.0})
    assert weights.tolist() == [0.5, 0.5, 0, 1.0, 3.0]
    assert [(word.start, word.end, word.weight) for word in words_of("ab cd", weights)] == [(0, 2, 1.0), (3, 5, 4.0)]


def test_of_two_classes_one_is_the_other_mirrored():
    _, _, model = explained(used=2)
    (one, first), (two, second) = weights_of(model, 0), weights_of(model, 1)
    assert np.array_equal(one, -two)
    assert first == -second


@pytest.mark.parametrize("size", [28, 90])
def test_the_regions_of_a_picture_add_up_and_point_to_what_differs(size):
    explainer, pixels, labels, features, model = drawn(size=size)
    for category in (0, 1):
        place = int(np.flatnonzero(labels == category)[0])
        reasons = explainer.of_image(pixels[place], category)
        assert reasons.regions.shape == (CELLS, CELLS)
        assert reasons.expected + reasons.regions.sum() == pytest.approx(reasons.margin, abs=1e-9)
        margin = model.estimator.decision_function(features[place : place + 1])[0] * (1 if category else -1)
        assert reasons.margin == pytest.approx(margin, abs=1e-5)
        left, right = reasons.regions[:, :3].sum(), reasons.regions[:, 4:].sum()
        assert left + right > abs(reasons.regions[:, 3].sum())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_regions_lose_nothing(seed):
    contributed = np.random.default_rng(seed).normal(size=WIDTH)
    assert regions_of(contributed).sum() == pytest.approx(contributed.sum(), abs=1e-9)


def test_a_colour_square_lies_on_the_regions_under_it():
    contributed = np.zeros(WIDTH)
    contributed[-3:] = 1.0  # the lower right square, 7 of 28 px
    regions = regions_of(contributed)
    assert regions[-1, -1] == pytest.approx(3 * 16 / 49)
    assert regions[:5, :].sum() == 0
    assert regions[5, 5] == pytest.approx(3 * 9 / 49), "it lies across a cell"


def explainer_rows():
    return explained()[1].toarray().astype(np.float64)


def test_what_a_class_goes_by_are_its_words():
    explainer, _, _ = explained()
    pull = explainer.pull(0, most=4)
    assert {"goal", "match"} <= {term for term, _ in pull.speaks_for}
    assert {"court", "bread"} <= {term for term, _ in pull.speaks_against}
    assert all(value > 0 for _, value in pull.speaks_for)
    assert all(value < 0 for _, value in pull.speaks_against)
    assert [abs(value) for _, value in pull.speaks_for] == sorted((v for _, v in pull.speaks_for), reverse=True)
    assert len(pull.speaks_for) == 4
    rows = explainer_rows()
    each = contributions(weights_of(explainer.model, 0)[0], rows, rows.mean(axis=0))
    goal = explainer.background.terms[0].terms.index("goal")
    assert dict(pull.speaks_for)["goal"] == pytest.approx(np.abs(each[:, goal]).mean(), abs=1e-6)
    assert pull.parts_for == ()
    assert explained(classes=30)[0].pull(0, most=4).parts_for


def test_what_a_class_of_pictures_goes_by_is_a_mean_over_its_own():
    explainer, pixels, labels, _, _ = drawn()
    pull = explainer.pull(0, most=4)
    each = [explainer.of_image(pixels[place], 0).regions for place in np.flatnonzero(labels == 0)]
    assert np.allclose(pull.regions, np.mean(each, axis=0), atol=1e-6)


def test_what_can_not_be_explained_says_why():
    explainer, _, _ = explained()
    with pytest.raises(Unexplained, match="another kind"):
        explainer.of_image(np.zeros((9, 9), np.uint8), 0)
    with pytest.raises(Unexplained, match="never seen"):
        explained(classes=30)[0].of_text("goal", 29)
    with pytest.raises(Unexplained, match="characters"):
        explainer.of_text("a" * (LONGEST + 1), 0)
    alone = Explainer(Classifier(None, np.array([0]), 2), explainer.background)
    with pytest.raises(Unexplained, match="one class only"):
        alone.of_text("goal", 0)
    with pytest.raises(Unexplained, match="can't be shown"):
        Explainer(explainer.model, Background(np.zeros(5), np.zeros(5), (), None))


@pytest.mark.filterwarnings("ignore")  # of other people's imports
@pytest.mark.parametrize("used", [2, 3])
def test_the_contributions_equal_those_of_shap(used):
    shap = pytest.importorskip("shap", reason="shap has no wheels for this machine")
    explainer, features, model = explained(classes=30, used=used)
    rows = features.toarray().astype(np.float64)
    theirs = shap.LinearExplainer(model.estimator, shap.maskers.Independent(rows, max_samples=len(rows)))
    values, expected = np.asarray(theirs.shap_values(rows)), np.atleast_1d(theirs.expected_value)
    mean = rows.mean(axis=0)
    for category in range(used):
        weights, intercept = weights_of(model, category)
        ours = contributions(weights, rows, mean)
        if used == 2:
            sign = 1 if category else -1
            wanted, base = sign * values, sign * expected[0]
        else:
            wanted, base = values[:, :, category], expected[category]
        assert np.abs(wanted).max() > 0.1
        assert np.allclose(ours, wanted, atol=1e-9)
        assert intercept + mean @ weights == pytest.approx(base, abs=1e-9)
        text = explainer.of_text(TEXTS[0], category)
        assert text.expected == pytest.approx(base, abs=1e-5)
        assert text.absent + sum(word.weight for word in text.words) == pytest.approx(wanted[0].sum(), abs=1e-5)
