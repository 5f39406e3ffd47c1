"""The part of `run` that learns spans: where `spans.jsonl` lies beside the texts, a line a text, in the same order:
[[start, end, class], ...] in code points, or null where nobody has looked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from labeling.errors import BadRequest
from labeling.learners.classifier import Classifier
from labeling.learners.rounds import Bools, Ints
from labeling.learners.tokens import LearnedTokens, code_of, learn_tokens
from labeling.task_types.tags import Stretch

SPANS = "spans.jsonl"


def has_spans(folder: Path) -> bool:
    return (folder / SPANS).exists()


def learn_spans(
    folder: Path, closed: Bools, *, classes: int, ask: int, seed: int, groups: Ints | None
) -> tuple[LearnedTokens, Classifier | None, dict[str, Any]]:
    """Train on the folder's spans. The record is what a run says of its out-of-fold answers. Raises BadRequest."""
    texts, spans = _texts(folder), _spans(folder)
    try:
        learned, model = learn_tokens(texts, spans, closed, classes=classes, ask=ask, seed=seed, groups=groups)
    except ValueError as problem:
        raise BadRequest(str(problem), where=SPANS) from problem
    people = np.array([code_of(spans[place] or ()) for place in learned.oof_index.tolist()], dtype=np.int64)
    right = learned.oof_predicted == people
    digest = hashlib.sha256(("tokens-1\n" + "\n".join(json.dumps(text) for text in texts)).encode()).hexdigest()
    record = {
        "source_digest": digest,
        "readable": int(learned.readable.sum()),
        "temperature": None,
        "oof_accuracy": round(float(right.mean()), 6) if len(right) else None,
        "features": "tokens-1",
    }
    return learned, model, record


def _texts(folder: Path) -> list[str]:
    try:
        lines = (folder / "texts.jsonl").read_text(encoding="utf-8").split("\n")
        return [json.loads(line)["text"] for line in lines if line]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BadRequest(f"The texts can't be read: {problem!r}.", where="texts.jsonl") from problem


def _spans(folder: Path) -> list[list[Stretch] | None]:
    try:
        lines = (folder / SPANS).read_text(encoding="utf-8").split("\n")
        read = [json.loads(line) for line in lines if line]
        return [None if one is None else [(int(a), int(b), int(c)) for a, b, c in one] for one in read]
    except (OSError, ValueError, TypeError) as problem:
        raise BadRequest(f"The spans can't be read: {problem!r}.", where=SPANS) from problem
