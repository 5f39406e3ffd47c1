"""Why a linear model says what it says: how far each feature moves a class, against the average object of the pool.

For a linear model this is exact and needs no sampling: weight * (value - mean of the pool). These are the SHAP values
of independent features (Lundberg and Lee 2017, section 4.1); they add up to the class's margin less its mean margin.
For people they are added up by what a person sees: the words of a text, the regions of a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.errors import Conflict
from labeling.learners.background import Background
from labeling.learners.classifier import Classifier, Floats, Ints
from labeling.learners.images import BINS, CELL, CELLS, COLOUR_GRID, SIDE, WIDTH, Pixels, image_features
from labeling.learners.lexicon import Lexicon
from labeling.learners.spans import Word, laid_on, words_of

Told = tuple[tuple[str, float], ...]
Rows = NDArray[np.floating[Any]]
LONGEST = 200_000  # characters: half a second of work
TRAIN_AGAIN = "The next version that is trained here can be explained."


class Unexplained(Conflict):
    """There is a model, and no explanation of what it says."""

    code = "unexplained"


@dataclass(frozen=True)
class Reasons:
    """Of one object and one class, in log-odds: `expected` + every contribution = `margin`.

    expected: the class's margin for the average object. absent: what the features that the object lacks add up to.
    """

    expected: float
    margin: float
    absent: float = 0.0
    words: tuple[Word, ...] = ()  # of a text, in its order
    regions: Floats | None = None  # (CELLS, CELLS) of an upright picture, row by row


@dataclass(frozen=True)
class Pull:
    """What a class goes by. Terms with the mean size of their contribution over the pool, the strongest first, below 0
    for those that speak against it. regions: (CELLS, CELLS), the mean over the pictures that get this class.
    """

    speaks_for: Told = ()
    speaks_against: Told = ()
    parts_for: Told = ()  # pieces of words, where they are counted
    parts_against: Told = ()
    regions: Floats | None = None


def weights_of(model: Classifier, category: int) -> tuple[Floats, float]:
    """Weights (f,) and intercept of a class's margin; of two classes one is the other, mirrored. Raises Unexplained."""
    if model.estimator is None:
        raise Unexplained(
            "This model has seen one class only, so nothing speaks for or against it.",
            todo="It has more to go by when people have found a second class.",
        )
    places = np.flatnonzero(model.seen == category)
    if not len(places):
        raise Unexplained("This model has never seen this class.", todo=TRAIN_AGAIN)
    place = int(places[0])
    if len(model.seen) == 2:
        sign = 1.0 if place == 1 else -1.0
        return sign * model.estimator.coef_[0].astype(np.float64), sign * float(model.estimator.intercept_[0])
    return model.estimator.coef_[place].astype(np.float64), float(model.estimator.intercept_[place])


def contributions(weights: Floats, rows: Rows, mean: Floats) -> Floats:
    """weights (f,), rows (n, f) dense, mean (f,). Returns (n, f)."""
    return np.asarray((rows - mean) * weights, dtype=np.float64)


def regions_of(contributed: Floats) -> Floats:
    """(WIDTH,) of one picture -> (CELLS, CELLS): gradients lie on their cell, colours evenly on their larger square."""
    edges = contributed[: CELLS**2 * BINS].reshape(CELLS, CELLS, BINS).sum(axis=2)
    colours = contributed[CELLS**2 * BINS :].reshape(COLOUR_GRID, COLOUR_GRID, 3).sum(axis=2)
    step = SIDE // COLOUR_GRID
    by_pixel = np.repeat(np.repeat(colours / step**2, step, axis=0), step, axis=1)
    return np.asarray(edges + by_pixel.reshape(CELLS, CELL, CELLS, CELL).sum(axis=(1, 3)), dtype=np.float64)


class Explainer:
    """One model version, ready to be asked. Raises Unexplained for a model whose features are not of our making."""

    def __init__(self, model: Classifier, background: Background) -> None:
        self.model = model
        self.background = background
        self.lexicon = Lexicon(background.terms)
        features = self.lexicon.width if background.terms else WIDTH
        known = len(background.mean) if model.estimator is None else model.estimator.coef_.shape[1]
        if not features == known == len(background.mean):
            raise Unexplained("This model goes by features that can't be shown to people.", todo=TRAIN_AGAIN)

    def of_text(self, text: str, category: int) -> Reasons:
        """Reasons for `category` in `text`; spans are code points. A word has its own weight, and its share of the
        pieces of words that lie on it. Raises Unexplained."""
        self._is_of(text=True)
        if len(text) > LONGEST:
            raise Unexplained(
                f"This text has {len(text):,} characters; reasons are worked out for up to {LONGEST:,}.",
                todo="Decide by reading it.",
            )
        weights, intercept = weights_of(self.model, category)
        mean = self.background.mean
        found = self.lexicon.read(text)
        present = found.values * weights[found.columns]
        offset = mean[found.columns] * weights[found.columns]
        by_column = dict(zip(found.columns.tolist(), (present - offset).tolist(), strict=True))
        expected = float(mean @ weights)
        return Reasons(
            expected=intercept + expected,
            margin=intercept + float(present.sum()),
            absent=float(offset.sum()) - expected,
            words=words_of(text, laid_on(text, found.places, by_column)),
        )

    def of_image(self, pixels: Pixels, category: int) -> Reasons:
        """Reasons for `category` in an upright picture. Raises Unexplained."""
        self._is_of(text=False)
        weights, intercept = weights_of(self.model, category)
        features, _ = image_features(1, lambda _: pixels)
        contributed = contributions(weights, features, self.background.mean)[0]
        expected = intercept + float(self.background.mean @ weights)
        return Reasons(expected, expected + float(contributed.sum()), regions=regions_of(contributed))

    def pull(self, category: int, *, most: int) -> Pull:
        """What `category` goes by in the whole pool, up to `most` terms of each kind. Raises Unexplained."""
        weights, _ = weights_of(self.model, category)
        if not self.background.terms:
            means = self.background.class_means
            if means is None:
                raise Unexplained("This model keeps no average picture of its classes.", todo=TRAIN_AGAIN)
            return Pull(regions=regions_of((means[category] - self.background.mean) * weights))
        average = weights * self.background.spread
        lists = [_strongest(average, *block, most=most) for block in self.lexicon.blocks()]
        (words_for, words_against), (parts_for, parts_against) = (*lists, ((), ()))[:2]
        return Pull(words_for, words_against, parts_for, parts_against)

    def _is_of(self, *, text: bool) -> None:
        if bool(self.background.terms) is not text:
            raise Unexplained("This model was trained on another kind of object.", todo=TRAIN_AGAIN)


def _strongest(average: Floats, first: int, terms: tuple[str, ...], *, most: int) -> tuple[Told, Told]:
    """Of one block of terms: those that raise the class the most, and those that lower it the most."""
    part = average[first : first + len(terms)]
    order = np.argsort(part, kind="stable")
    ups, downs = order[::-1][:most], order[:most]
    return _told(terms, part, ups[part[ups] > 0]), _told(terms, part, downs[part[downs] < 0])


def _told(terms: tuple[str, ...], part: Floats, places: Ints) -> Told:
    return tuple((terms[place], float(part[place])) for place in places)
