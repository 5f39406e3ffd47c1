"""One round of learning spans: logistic regression over tokens, out of fold by document.

A document is right when all its spans are, to the letter and the class. What is learned is flat, of overlapping spans
the outermost, and whole tokens: a document with others is never right, out of fold or later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from labeling.learners.classifier import FOLDS, Classifier, fit, folds_of
from labeling.learners.groups import key_of, merged
from labeling.learners.query import cold_start
from labeling.learners.rounds import Bools, Floats, Ints, Learned
from labeling.learners.text import text_features
from labeling.learners.threads import one_thread
from labeling.learners.token_features import Tokens, tokens_of
from labeling.task_types.tags import Stretch, flattened, likeliest, spans_of, sureness, tag_count, tags_of
from labeling.task_types.words import Ranges

FEW = 10  # right or wrong documents below which nothing is learned of what makes one right


@dataclass(frozen=True)
class LearnedTokens(Learned):
    """`predicted` is the code of all spans (`code_of`), `proba` (N, classes) the chance that a class occurs at all, and
    `confidence` the chance that every tag is right. tags: (tokens, tags) probabilities of all documents in one row,
    as they decide; begins: (N + 1,) where each document's tokens begin."""

    tags: NDArray[np.float16]
    begins: Ints

    def scores(self, document: int) -> Floats:
        """(tokens, tags) of one document; an untrained round knows none."""
        return self.tags[self.begins[document] : self.begins[document + 1]].astype(np.float64)


def learn_tokens(
    texts: Sequence[str],
    spans: Sequence[Sequence[Stretch] | None],
    closed: Bools,
    *,
    classes: int,
    ask: int,
    seed: int,
    groups: Ints | None = None,
) -> tuple[LearnedTokens, Classifier | None]:
    """Train on every document whose spans people have marked, cold.

    texts: N documents; spans: N, in code points, None where nobody has looked. closed: (N,) True = never pick. groups:
    (N,) keys of documents that belong together, -1 for none; equal texts always do. Least sure documents are asked
    next. Same arguments, same numbers. Raises ValueError when the arguments don't fit.
    """
    if not len(texts) == len(spans) == len(closed):
        raise ValueError(f"{len(spans)} answers for {len(texts)} documents")
    made = tokens_of(texts)
    readable = np.diff(made.begins) > 0
    known = np.array([one is not None for one in spans], dtype=np.bool_)
    labelled = np.flatnonzero(known & readable).astype(np.int64)
    candidates = np.flatnonzero(~known & ~closed & readable).astype(np.int64)
    if not len(labelled):
        return _untrained(_cold(texts, candidates, ask, classes=classes, seed=seed), readable, classes), None
    tags = [tags_of(made.places[made.of(one)], flattened(spans[one] or ())) for one in labelled.tolist()]
    right = np.array([code_of(spans[one] or ()) for one in labelled.tolist()], dtype=np.int64)
    held_out = _out_of_fold(made, labelled, tags, _together(texts, groups, labelled), classes=classes, seed=seed)
    model = fit(made.features[made.rows(labelled)], np.concatenate(tags), classes=tag_count(classes), seed=seed)
    kept = model.probabilities(made.features).astype(np.float16)  # what is kept decides
    everything = np.split(kept.astype(np.float64), made.begins[1:-1])
    said = _Said.of(everything, made, range(len(texts)))
    held = _Said.of(held_out, made, labelled.tolist())
    rightness = _Rightness(held.described, held.codes == right)
    learned = LearnedTokens(
        trained=True,
        picks=candidates[np.argsort(said.confidence[candidates], kind="stable")[:ask]],
        proba=_occur(everything, classes).astype(np.float32),
        predicted=said.codes,
        confidence=said.confidence,
        score=np.where(readable, rightness(said.described, said.confidence), 0.0),
        readable=readable,
        oof_index=labelled,
        oof_proba=_occur(held_out, classes),
        oof_predicted=held.codes,
        oof_score=rightness(held.described, held.confidence),
        tags=kept,
        begins=made.begins,
    )
    return learned, model


def _cold(texts: Sequence[str], candidates: Ints, ask: int, *, classes: int, seed: int) -> Ints:
    if not len(candidates):
        return candidates
    return cold_start(text_features(texts, classes=classes), candidates, ask, seed=seed)


def code_of(spans: Sequence[Stretch]) -> int:
    """A number >= 0 for all spans of a document: equal spans, equal numbers, now and later."""
    words = " ".join(f"{first},{after},{category}" for first, after, category in sorted(spans))
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest()) >> 2


def _together(texts: Sequence[str], groups: Ints | None, labelled: Ints) -> Ints:
    equal = np.array([key_of(texts[one]) for one in labelled], dtype=np.int64)
    return merged(equal) if groups is None else merged(equal, groups[labelled])


def _out_of_fold(
    made: Tokens, labelled: Ints, tags: Sequence[Ints], together: Ints, *, classes: int, seed: int
) -> list[Floats]:
    """(tokens, tags) of each labelled document, by a model that saw neither it nor its group."""
    lengths = np.minimum(np.array([len(spans_of(one)) for one in tags], dtype=np.int64), FOLDS)
    folds = folds_of(lengths, seed=seed, groups=together)
    found: list[Floats] = [np.zeros((len(one), tag_count(classes))) for one in tags]
    for fold in np.unique(folds):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        for place in outside:
            found[place][:, 0] = 1.0  # where nothing is left to learn from, nothing is found
        if not len(inside):
            continue
        wanted = np.concatenate([tags[place] for place in inside.tolist()])
        model = fit(made.features[made.rows(labelled[inside])], wanted, classes=tag_count(classes), seed=seed)
        scores = model.probabilities(made.features[made.rows(labelled[outside])])
        parts = np.split(scores, np.cumsum(made.lengths(labelled[outside]))[:-1])
        for place, part in zip(outside, parts, strict=True):
            found[place] = part
    return found


@dataclass(frozen=True)
class _Said:
    codes: Ints
    confidence: Floats
    described: Floats  # (n, 4) what tells a right document from a wrong one

    @classmethod
    def of(cls, scores: Sequence[Floats], made: Tokens, documents: Sequence[int]) -> _Said:
        rows = [_said(one, made.places[made.of(place)]) for one, place in zip(scores, documents, strict=True)]
        codes = np.array([code for code, _ in rows], dtype=np.int64)
        described = np.array([row for _, row in rows], dtype=np.float64).reshape(-1, 4)
        return cls(codes, np.exp(described[:, 0]), described)


def _said(scores: Floats, places: Ranges) -> tuple[int, tuple[float, float, float, float]]:
    """The code, and: the logarithm that all tags are right, that the least sure one is, how many spans and tokens."""
    tags = likeliest(scores)
    spans = [(int(places[a][0]), int(places[b - 1][1]), category) for a, b, category in spans_of(tags)]
    logs = np.log(np.maximum(sureness(scores, tags), 1e-9))
    return code_of(spans), (float(logs.sum()), float(logs.min(initial=0.0)), np.log1p(len(spans)), np.log1p(len(tags)))


class _Rightness:
    """The learned chance that a document is right; the plain confidence where there was too little to learn from."""

    def __init__(self, described: Floats, right: Bools) -> None:
        self.mean, spread = described.mean(axis=0), described.std(axis=0)
        self.spread = np.where(spread > 0, spread, 1.0)
        self.model: LogisticRegression | None = None
        if min(right.sum(), (~right).sum()) >= FEW:
            with one_thread():
                self.model = LogisticRegression(C=1.0, max_iter=300).fit((described - self.mean) / self.spread, right)

    def __call__(self, described: Floats, confidence: Floats) -> Floats:
        if self.model is None:
            return confidence
        return np.asarray(self.model.predict_proba((described - self.mean) / self.spread)[:, 1], dtype=np.float64)


def _occur(scores: Sequence[Floats], classes: int) -> Floats:
    """(n, classes) the chance that a span of the class begins somewhere."""
    rows = [1 - np.prod(1 - one[:, 1::2], axis=0) for one in scores]
    return np.array(rows, dtype=np.float64).reshape(-1, classes)


def _untrained(picks: Ints, readable: Bools, classes: int) -> LearnedTokens:
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    return LearnedTokens(
        trained=False,
        picks=picks,
        proba=np.zeros((0, classes), dtype=np.float32),
        predicted=none,
        confidence=nothing,
        score=nothing,
        readable=readable,
        oof_index=none,
        oof_proba=np.zeros((0, classes)),
        oof_predicted=none,
        oof_score=nothing,
        tags=np.zeros((0, tag_count(classes)), dtype=np.float16),
        begins=np.zeros(len(readable) + 1, dtype=np.int64),
    )
