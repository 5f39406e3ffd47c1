"""Spans as a learner learns them: one tag a token."""

from __future__ import annotations

import math
import uuid

import numpy as np

from labeling.task_types.base import Floats, Learnable, Question, Target, Verdict
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.span import SPAN, covering
from labeling.task_types.tags import flattened, likeliest, span_sureness, spans_of, sureness, tag_count, tags_of
from labeling.task_types.words import tokens


class LearnableSpans(Learnable[Instances]):
    """A machine label has no overlaps, whole tokens, no attributes and no relations."""

    target = Target.TOKENS

    def encode(self, answer: Instances, q: Question) -> Floats:
        """(tokens, tags), 1 at each token's tag; of overlapping spans the outermost."""
        spans = [(one.geometry.start, one.geometry.end, one.category) for one in answer.instances]
        tags = tags_of(tokens(q.media.text), flattened(spans))
        return np.asarray(np.eye(tag_count(len(q.categories)))[tags], dtype=float)

    def decode(self, scores: Floats, q: Question) -> Verdict[Instances]:
        """scores: (tokens, tags) probabilities. The confidence is the chance that all tags are right. Raises ValueError
        on another shape."""
        places = tokens(q.media.text)
        if scores.shape != (len(places), tag_count(len(q.categories))):
            raise ValueError(f"Scores of shape {scores.shape} for {len(places)} tokens.")
        tags = likeliest(scores)
        found = spans_of(tags)
        made = []
        for first, after, category in found:
            span = covering(int(places[first][0]), int(places[after - 1][1]), q.media)
            ident = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{span.start} {span.end} {category} {span.text}"))
            made.append(Instance(ident, SPAN.name, category, span))
        parts = {one.id: sure for one, sure in zip(made, span_sureness(scores, found), strict=True)}
        sure = math.exp(float(np.log(np.maximum(sureness(scores, tags), 1e-9)).sum()))
        return Verdict(Instances(tuple(made)), min(sure, 1.0), parts)
