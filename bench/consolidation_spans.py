"""Spans of texts: simulated workers on news texts, consolidated in four ways."""

from __future__ import annotations

import json
import time
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeling.quality.matching import match
from labeling.task_types.base import Answered, Category, MediaFacts, Question, Verdict, Vote
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.named_entities import NamedEntities
from labeling.task_types.span import SPAN, covering
from labeling.task_types.words import tokens

TYPE = NamedEntities()
CATEGORIES = tuple(Category(name) for name in ("person", "organisation", "place", "other"))
TEXTS = 150  # a job; each worker answers all
ALIKE = 0.5  # overlap from which two spans count as met
NESTED = 0.15  # of the spans of several words, those that hold another one
Tokens = tuple[int, int, int]
"""First token, one past the last, class."""
Job = list[Answered[Instances]]


@dataclass(frozen=True)
class Simulated:
    """How one worker marks: chance to miss a span, false ones a text, chance to shift each end (by one or two words),
    chance to name it wrongly."""

    miss: float
    false: float
    shift: float
    confuse: float


@dataclass(frozen=True)
class Text:
    question: Question
    places: np.ndarray
    truth: Instances
    spans: Sequence[Tokens]


def measure_spans(folder: Path, seeds: range) -> list[dict[str, object]]:
    """Prints exact and overlap F1 of each method; returns the bars."""
    texts = [line["source"] for line in map(json.loads, (folder / "truth.manifest").open(encoding="utf-8"))]
    print(f"\n{'workers':>7} {'method':<18} {'exact F1':>9} {'overlap F1':>11} {'spans/true':>11} {'CPU s':>6}")
    bars: list[dict[str, object]] = []
    for count in (3, 5):
        rows = [_seed(texts, count, seed) for seed in seeds]
        scores = {name: np.mean([row[name] for row in rows], axis=0) for name in rows[0]}
        for name, (exact, overlap, share, seconds) in scores.items():
            print(f"{count:>7} {name:<18} {exact:>9.3f} {overlap:>11.3f} {share:>11.3f} {seconds:>6.2f}")
        worst = min(row["own"][0] - row["best worker"][0] for row in rows)
        print(f"{count:>7} own above the best worker in exact F1, worst seed: {worst:+.3f}")
        print(f"{count:>7} own: {_calibration(texts, count, seeds)}")
        bars += _bars(count, scores)
    return bars


def _bars(count: int, scores: dict[str, np.ndarray]) -> list[dict[str, object]]:
    return [
        {
            "name": f"spans, {count} workers: {what} F1 against {rival}",
            "value": round(float(scores["own"][place]), 3),
            "unit": "",
            "target": f"> {scores[rival][place]:.3f}",
            "holds": bool(scores["own"][place] > scores[rival][place]),
        }
        for place, what in enumerate(("exact", "overlap"))
        for rival in ("best worker", "exact vote", "union")
    ]


def exact_vote(job: Job) -> list[Instances]:
    """What more than half marked, to the letter and under one name."""
    return [_kept(asked, lambda times, workers: times * 2 > workers) for asked in job]


def union(job: Job) -> list[Instances]:
    """All that anybody marked."""
    return [_kept(asked, lambda *_: True) for asked in job]


def own(job: Job) -> list[Instances]:
    return [verdict.answer for verdict in verdicts(job)]


def verdicts(job: Job) -> list[Verdict[Instances]]:
    skills = TYPE.skills(job)
    return [TYPE.consolidate(asked, skills) for asked in job]


METHODS: dict[str, Callable[[Job], list[Instances]]] = {"exact vote": exact_vote, "union": union, "own": own}


def _kept(asked: Answered[Instances], enough: Callable[[int, int], bool]) -> Instances:
    times: Counter[tuple[int, int, int]] = Counter()
    for vote in asked.votes:
        times.update((one.geometry.start, one.geometry.end, one.category) for one in vote.answer.instances)
    kept = [place for place, count in sorted(times.items()) if enough(count, len(asked.votes))]
    return Instances(tuple(_instance(*place, asked.question) for place in kept))


def _seed(texts: Sequence[str], count: int, seed: int) -> dict[str, list[float]]:
    """Method -> exact F1, overlap F1, spans for each true one, CPU seconds."""
    made, job = _job(texts, count, seed)
    truths = [text.truth for text in made]
    single = [[asked.votes[place].answer for asked in job] for place in range(count)]
    scores = {"best worker": [*max(_quality(answers, truths, job) for answers in single), 0.0]}
    for name, method in METHODS.items():
        started = time.process_time()
        answers = method(job)
        scores[name] = [*_quality(answers, truths, job), time.process_time() - started]
    return scores


def _calibration(texts: Sequence[str], count: int, seeds: range) -> str:
    """Whether a span's confidence is the share of such spans that are real, to the class."""
    told, right = [], []
    for seed in seeds:
        made, job = _job(texts, count, seed)
        for text, verdict in zip(made, verdicts(job), strict=True):
            found, true = verdict.answer.instances, text.truth.instances
            pairs = SPAN.similarity(
                [one.geometry for one in found], [one.geometry for one in true], ALIKE, text.question
            )
            met = {
                int(pairs[0][at]) for at in match(*pairs) if found[pairs[0][at]].category == true[pairs[1][at]].category
            }
            told += [verdict.parts[one.id] for one in found]
            right += [place in met for place in range(len(found))]
    return f"confidence {np.mean(told):.3f}, right {np.mean(right):.3f}"


def _job(texts: Sequence[str], count: int, seed: int) -> tuple[list[Text], Job]:
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(texts), TEXTS, replace=False)
    made = [_text(texts[place], rng) for place in chosen]
    team = [_worker(rng) for _ in range(count)]
    job = [
        Answered(
            text.question, tuple(Vote(f"worker-{place}", _marks(one, text, rng)) for place, one in enumerate(team))
        )
        for text in made
    ]
    return made, job


def _worker(rng: np.random.Generator) -> Simulated:
    """Skills vary as people's do: most are careful, some are not."""
    return Simulated(
        miss=float(rng.beta(2, 14)),
        false=float(rng.gamma(2, 0.25)),
        shift=float(rng.beta(2, 16)),
        confuse=float(rng.beta(2, 18)),
    )


def _text(source: str, rng: np.random.Generator) -> Text:
    """The truth: runs of capitalised words, of a class that follows from the words; some hold another span."""
    places = tokens(source)
    words = [source[start:end] for start, end in places]
    spans: list[Tokens] = []
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and words[last][0].isupper():
            last += 1
        if last > first:
            spans.append((first, last, _class(words[first:last])))
            if last - first > 1 and rng.random() < NESTED:
                spans.append((last - 1, last, (_class(words[first:last]) + 1) % len(CATEGORIES)))
        first = last + 1
    question = Question(CATEGORIES, MediaFacts("text", text=source), tools=("span",))
    return Text(question, places, _answer(spans, places, question), spans)


def _class(words: Sequence[str]) -> int:
    return zlib.crc32(" ".join(words).encode()) % len(CATEGORIES)


def _marks(worker: Simulated, text: Text, rng: np.random.Generator) -> Instances:
    made: list[Tokens] = []
    most = len(text.places)
    for first, last, category in text.spans:
        if rng.random() < worker.miss:
            continue
        ends = [first, last]
        for side in (0, 1):
            if rng.random() < worker.shift:
                ends[side] += int(rng.choice([-2, -1, -1, 1, 1, 2]))
        begin = min(max(ends[0], 0), most - 1)
        named = int(rng.integers(len(CATEGORIES))) if rng.random() < worker.confuse else category
        made.append((begin, min(max(ends[1], begin + 1), most), named))
    for _ in range(rng.poisson(worker.false)):
        begin = int(rng.integers(most))
        made.append((begin, min(begin + int(rng.integers(1, 4)), most), int(rng.integers(len(CATEGORIES)))))
    return _answer(made, text.places, text.question)


def _answer(spans: Sequence[Tokens], places: np.ndarray, q: Question) -> Instances:
    whole = {(int(places[a][0]), int(places[b - 1][1]), category) for a, b, category in spans}
    return Instances(tuple(_instance(*one, q) for one in sorted(whole)))


def _instance(start: int, end: int, category: int, q: Question) -> Instance:
    return Instance(str(uuid.uuid4()), SPAN.name, category, covering(start, end, q.media))


def _quality(answers: Sequence[Instances], truths: Sequence[Instances], job: Job) -> tuple[float, float, float]:
    """Exact F1, F1 of spans of one class that overlap by half, spans for each true one."""
    exact = overlap = given = true = 0
    for answer, truth, asked in zip(answers, truths, job, strict=True):
        exact += len(_places(answer) & _places(truth))
        for category in range(len(CATEGORIES)):
            sides = [[one.geometry for one in side.instances if one.category == category] for side in (answer, truth)]
            overlap += len(match(*SPAN.similarity(sides[0], sides[1], ALIKE, asked.question)))
        given, true = given + len(answer.instances), true + len(truth.instances)
    return 2 * exact / (given + true), 2 * overlap / (given + true), given / true


def _places(answer: Instances) -> set[tuple[int, int, int]]:
    return {(one.geometry.start, one.geometry.end, one.category) for one in answer.instances}
