"""A trained model asked about texts and pictures that it has never seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from labeling.learners.classifier import Classifier, Floats
from labeling.learners.images import Pixels, image_features
from labeling.learners.lexicon import Lexicon


def of_texts(model: Classifier, lexicon: Lexicon, texts: Sequence[str]) -> Floats:
    """(n, classes) calibrated probabilities; the texts are read by the terms that the model was trained with."""
    found = [lexicon.read(text) for text in texts]
    columns = np.concatenate([one.columns for one in found]) if found else np.zeros(0, dtype=np.int64)
    values = np.concatenate([one.values for one in found]) if found else np.zeros(0)
    ends = np.cumsum([0, *(len(one.columns) for one in found)])
    rows = sparse.csr_matrix((values.astype(np.float32), columns, ends), shape=(len(found), lexicon.width))
    return model.probabilities(rows)


def of_images(model: Classifier, pictures: Sequence[Pixels]) -> Floats:
    """(n, classes); pictures upright, uint8."""
    features, _ = image_features(len(pictures), lambda place: pictures[place])
    return model.probabilities(features)
