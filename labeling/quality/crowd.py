"""What the votes of a whole job say of its workers, and one object's class from its votes and that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from labeling.quality import dawid_skene, one_coin
from labeling.quality.posterior import FEW, POWERS, log_sum, normalised, strangeness, tempering, voice
from labeling.quality.votes import Floats, Ints, VoteTable, vote_table
from labeling.quality.voting import best

ENOUGH = 4  # answers a worker and class from which confusion matrices are learned
LOUDEST = 1.8  # weights of a mean worker that one worker's vote may have, where giants are cut
FULL_VOICE = 0.75  # how far a model is believed before the job has shown it


class Skill(ABC):
    """What is believed of one worker: `accuracy`, the chance of a right answer, from `answers` of theirs."""

    accuracy: float
    answers: int

    @abstractmethod
    def says(self, answer: int, n_classes: int) -> Floats:
        """(classes,): logarithm of how likely this worker answers so, for each true class."""

    @abstractmethod
    def numbers(self, n_classes: int) -> int:
        """How many numbers are learned of a worker."""


@dataclass(frozen=True)
class Coin(Skill):
    accuracy: float = one_coin.EXPECTED
    answers: int = 0

    def says(self, answer: int, n_classes: int) -> Floats:
        wrong = np.log((1 - self.accuracy) / max(n_classes - 1, 1))
        told = np.full(n_classes, wrong)
        told[answer] = np.log(self.accuracy)
        return told

    def numbers(self, n_classes: int) -> int:
        return 1


@dataclass(frozen=True)
class Matrix(Skill):
    """`confusion`: (true class, answer), rows adding up to 1."""

    accuracy: float
    answers: int
    confusion: Floats = field(compare=False, repr=False)

    def says(self, answer: int, n_classes: int) -> Floats:
        return np.asarray(np.log(self.confusion[:, answer]), dtype=float)

    def numbers(self, n_classes: int) -> int:
        return n_classes * (n_classes - 1)


@dataclass(frozen=True)
class Crowd(Mapping[str, Skill]):
    """Skill by worker id; `stranger` stands for everyone else. `log_shares`: (classes,), or None for flat."""

    workers: Mapping[str, Skill] = field(default_factory=dict)
    stranger: Skill = field(default_factory=Coin)
    log_shares: Floats | None = field(default=None, compare=False)
    tempering: float = FULL_VOICE

    def __getitem__(self, worker: str) -> Skill:
        return self.workers[worker]

    def __iter__(self) -> Iterator[str]:
        return iter(self.workers)

    def __len__(self) -> int:
        return len(self.workers)

    def of(self, worker: str) -> Skill:
        return self.workers.get(worker, self.stranger)


Votes = Sequence[tuple[str, int]]


def learn(
    votes: Sequence[Votes],
    n_classes: int,
    *,
    priors: Sequence[Floats | None] | None = None,
    known: Sequence[int | None] | None = None,
    coins: bool = False,
) -> Crowd:
    """The skills of a job. votes[i]: object i's (worker id, class) pairs; priors[i]: a model's (classes,) voice on it;
    known[i]: its class where that is certain. The order of objects and of votes never matters.

    One-coin while there are fewer than 4 answers a worker and class, confusion matrices from there on, unless `coins`:
    matrices need objects that were not chosen by what people say of them, and do not lean on each other. The model's
    voice joins in further passes, as far as the workers of the one before bear it out; coins are fitted beside matrices
    then, and the better explanation of the votes is kept.
    """
    priors = priors or [None] * len(votes)
    known = known or [None] * len(votes)
    votes, priors, known = _in_order(votes, priors, known)
    table = vote_table(votes, n_classes)
    if not len(table.objects):
        return Crowd()
    certain = np.array([-1 if one is None else one for one in known], dtype=np.intp)
    enough = len(table.objects) >= ENOUGH * table.n_workers * n_classes
    fit = _matrices if enough and not coins else _coins
    crowd, likelihood = fit(table, None, certain)
    if all(prior is None for prior in priors):
        return crowd
    heard = np.array([np.full(n_classes, np.nan) if prior is None else prior for prior in priors], dtype=float)
    return _listen(table, heard, certain, likelihood, (fit,) if fit is _coins else (_coins, _matrices))


Fit = Callable[[VoteTable, Floats | None, Ints | None], tuple["Crowd", Floats]]


def _listen(table: VoteTable, heard: Floats, certain: Ints, likelihood: Floats, fits: Sequence[Fit]) -> Crowd:
    """The crowd with a model's voice in it: uphill from the power that workers learned without it give, since both can
    explain the same disagreement, less of the one by more of the other."""
    found: dict[int, tuple[float, Crowd]] = {}

    def at(place: int) -> float:
        if place not in found:
            told = voice(heard, POWERS[place])
            made = [one(table, told, certain) for one in fits]
            worth, number = max((_evidence(table, told, *one), number) for number, one in enumerate(made))
            found[place] = worth - strangeness(POWERS[place]), made[number][0]
        return found[place][0]

    place = POWERS.index(tempering(heard, likelihood))
    few = int((~np.isnan(heard).any(axis=1)).sum()) < FEW
    while not few and (best_place := max(range(max(0, place - 1), min(len(POWERS), place + 2)), key=at)) != place:
        place = best_place
    at(place)
    crowd = found[place][1]
    return Crowd(crowd.workers, crowd.stranger, crowd.log_shares, POWERS[place])


def halfway(crowd: Crowd) -> Crowd:
    """`crowd` of coins, each half way to the mean worker: for skills that say less of the matter than they seem to."""
    mean = crowd.stranger.accuracy
    workers = {name: Coin((one.accuracy + mean) / 2, one.answers) for name, one in sorted(crowd.workers.items())}
    return Crowd(workers, crowd.stranger, crowd.log_shares, crowd.tempering)


def evened(crowd: Crowd, n_classes: int) -> Crowd:
    """`crowd` of coins without giants: nobody's vote weighs more than 1.8 of those of a worker of the mean accuracy, so
    that two such who agree are never overruled by one."""
    most = LOUDEST * max(float(one_coin.log_odds(np.array(crowd.stranger.accuracy), n_classes)), 0.0)
    loudest = 1 / (1 + max(n_classes - 1, 1) * np.exp(-most))
    workers = {
        name: Coin(min(one.accuracy, float(loudest)), one.answers) for name, one in sorted(crowd.workers.items())
    }
    return Crowd(workers, crowd.stranger, crowd.log_shares, crowd.tempering)


def decide(votes: Votes, crowd: Crowd, n_classes: int, prior: Floats | None = None) -> tuple[int, float, Floats]:
    """One object's class, its probability, and (classes,) probabilities of all.

    Without a model's voice only a class that somebody chose can win, so that a single vote stands as it is and
    unanimous ones always win. With one, the model may outvote people: an audit of the machine must not pass it.
    Raises ValueError when there is neither a vote nor a voice.
    """
    if not votes and prior is None:
        raise ValueError("There is nothing to consolidate: no vote and no model's voice.")
    ordered = sorted(votes)
    scores = np.zeros(n_classes) if crowd.log_shares is None else crowd.log_shares.copy()
    for worker, answer in ordered:
        scores += crowd.of(worker).says(answer, n_classes)
    if prior is not None:
        scores += voice(np.asarray(prior, dtype=float)[None, :], crowd.tempering)[0]
    posterior = normalised(scores)
    backers: dict[int, list[str]] = {}
    for worker, answer in ordered:
        backers.setdefault(answer, []).append(worker)
    places = sorted(backers) if prior is None else range(n_classes)
    chosen = places[best([float(scores[one]) for one in places], [backers.get(one, []) for one in places])]
    return chosen, float(posterior[chosen]), posterior


def _in_order(
    votes: Sequence[Votes], priors: Sequence[Floats | None], known: Sequence[int | None]
) -> tuple[Sequence[Votes], Sequence[Floats | None], Sequence[int | None]]:
    """The objects by content: sums in floating point depend on their order in the last digit."""
    keys = [
        (sorted(one), -1 if sure is None else sure, [] if prior is None else list(prior))
        for one, prior, sure in zip(votes, priors, known, strict=True)
    ]
    order = sorted(range(len(votes)), key=keys.__getitem__)
    return [votes[i] for i in order], [priors[i] for i in order], [known[i] for i in order]


def _evidence(table: VoteTable, told: Floats, crowd: Crowd, likelihood: Floats) -> float:
    """How well a crowd explains the votes beside the model, less half a logarithm of the votes for each number in it.

    told: (objects, classes), the model's logarithms. Source: the Bayesian information criterion of Schwarz 1978.
    """
    base = told if crowd.log_shares is None else told + crowd.log_shares
    explained = float(log_sum(np.log(normalised(base)) + likelihood).sum())
    numbers = sum(one.numbers(table.n_classes) for one in crowd.workers.values())
    if crowd.log_shares is None:  # coins: `likelihood` counts from the chance of each wrong answer
        accuracy = np.array([crowd.workers[name].accuracy for name in table.names])
        explained += float(np.log((1 - accuracy[table.workers]) / max(table.n_classes - 1, 1)).sum())
    return explained - 0.5 * numbers * float(np.log(len(table.objects)))


def _coins(table: VoteTable, heard: Floats | None, known: Ints | None) -> tuple[Crowd, Floats]:
    learned = one_coin.one_coin(table, voice=heard, known=known)
    answered = table.answers_per_worker()
    workers = {
        name: Coin(float(accuracy), int(answers))
        for name, accuracy, answers in zip(table.names, learned.accuracy, answered, strict=True)
    }
    return Crowd(workers, Coin(learned.pooled)), one_coin.log_likelihood(table, learned.accuracy)


def _matrices(table: VoteTable, heard: Floats | None, known: Ints | None) -> tuple[Crowd, Floats]:
    learned = dawid_skene.dawid_skene(table, voice=heard, known=known)
    answered = table.answers_per_worker()
    accuracies = np.einsum("k,wkk->w", learned.shares, learned.confusion)
    workers = {
        name: Matrix(float(accuracies[place]), int(answered[place]), learned.confusion[place])
        for place, name in enumerate(table.names)
    }
    stranger = Matrix(float(learned.shares @ np.diag(learned.pooled)), 0, learned.pooled)
    likelihood = dawid_skene.log_likelihood(table, learned.confusion)
    return Crowd(workers, stranger, np.log(learned.shares)), likelihood
