"""Learning spans from tokens: what is found, how sure, and in which order."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from labeling.errors import BadRequest
from labeling.learners.model_files import load_model
from labeling.learners.run import read_learned, run
from labeling.learners.token_features import tokens_of
from labeling.learners.tokens import LearnedTokens, code_of, learn_tokens
from labeling.task_types.tags import Stretch, likeliest, spans_of

NAMES = ("Ada", "Bo", "Cem", "Dua", "Eva", "Finn", "Gil", "Hana", "Ivo", "Jun")
TOWNS = ("Oban", "Bath", "Lyon", "Kyoto", "Turku", "Graz", "Pisa", "Cork", "Brno", "Faro")
VERBS = ("left", "saw", "likes", "knew")


def documents(count: int, seed: int = 1) -> tuple[list[str], list[list[Stretch]]]:
    """Sentences whose grammar says who is a person (class 0) and what a town (class 1)."""
    rng = np.random.default_rng(seed)
    texts, truths = [], []
    for _ in range(count):
        name, town, verb = (str(rng.choice(words)) for words in (NAMES, TOWNS, VERBS))
        first = f"\u6771 {name} {'Smith ' if rng.random() < 0.5 else ''}"
        text = f"{first}{verb} the town of {town}."
        texts.append(text)
        end = len(first) - 1
        truths.append([(2, end, 0), (text.index(town, end), text.index(town, end) + len(town), 1)])
    return texts, truths


def learned(count: int, known: int, **more: object):  # type: ignore[no-untyped-def]
    texts, truths = documents(count)
    spans = [truth if place < known else None for place, truth in enumerate(truths)]
    closed = np.zeros(count, dtype=bool)
    result = learn_tokens(texts, spans, closed, classes=2, ask=5, seed=3, **more)  # type: ignore[arg-type]
    return texts, truths, result


def test_spans_of_documents_that_nobody_has_read_are_found() -> None:
    texts, truths, (found, model) = learned(300, 80)
    right = found.predicted == np.array([code_of(truth) for truth in truths])
    assert right[80:].mean() > 0.95
    assert model is not None
    made = tokens_of(texts)
    places = made.places[made.of(200)]
    spans = spans_of(likeliest(found.scores(200)))
    assert [(int(places[a][0]), int(places[b - 1][1]), c) for a, b, c in spans] == truths[200]
    assert found.proba.shape == (300, 2)
    assert (found.proba[80:] > 0.5).all()


def test_out_of_fold_answers_come_from_models_that_did_not_see_the_document() -> None:
    texts, truths = documents(60)
    rng = np.random.default_rng(0)
    shuffled = [truths[place] if place % 2 else [] for place in rng.permutation(60)]  # labels that nothing explains
    spans = [truth and [(0, len(texts[place]) - 1, place % 2)] for place, truth in enumerate(shuffled)]
    found, _ = learn_tokens(texts, spans, np.zeros(60, dtype=bool), classes=2, ask=1, seed=1)
    codes = np.array([code_of(one) for one in spans])
    assert (found.predicted == codes).mean() - (found.oof_predicted == codes).mean() > 0.1


def test_equal_texts_and_given_groups_are_held_out_together() -> None:
    """Forty copies of one text under two answers: with a copy on the other side the fold would be known by heart."""
    texts = ["Ada saw Oban."] * 40 + documents(40)[0]
    spans = [[(0, 3, 1)]] * 40 + documents(40)[1]
    found, _ = learn_tokens(texts, spans, np.zeros(80, dtype=bool), classes=2, ask=1, seed=1)
    codes = np.array([code_of(one) for one in spans])
    assert not (found.oof_predicted[:40] == codes[:40]).any()
    assert (found.oof_predicted[40:] == codes[40:]).mean() > 0.8


def test_the_score_is_the_chance_to_be_right() -> None:
    texts, truths = documents(400)
    noisy = np.random.default_rng(5).random(400) < 0.3
    texts = [text.replace("the town of ", "") if odd else text for text, odd in zip(texts, noisy, strict=True)]
    truths = [
        [truth[0]] if odd else truth for truth, odd in zip(truths, noisy, strict=True)
    ]  # without its cue a town is none: half of them are learned late
    spans = [truth if place < 120 else None for place, truth in enumerate(truths)]
    found, _ = learn_tokens(texts, spans, np.zeros(400, dtype=bool), classes=2, ask=1, seed=1)
    right = found.predicted[120:] == np.array([code_of(one) for one in truths[120:]])
    assert abs(found.score[120:].mean() - right.mean()) < 0.1
    assert ((found.score >= 0) & (found.score <= 1)).all()


def test_the_least_sure_documents_are_asked_next_and_none_that_is_closed() -> None:
    texts, truths = documents(100)
    texts[70] = "Zoe Zed zipped zones of Zagreb, Zug."
    spans = [truth if place < 50 else None for place, truth in enumerate(truths)]
    closed = np.zeros(100, dtype=bool)
    found, _ = learn_tokens(texts, spans, closed, classes=2, ask=3, seed=1)
    assert 70 in found.picks.tolist()
    closed[70] = True
    again, _ = learn_tokens(texts, spans, closed, classes=2, ask=3, seed=1)
    assert 70 not in again.picks.tolist()
    assert (again.picks >= 50).all()


def test_overlapping_spans_are_learned_flat_and_never_right() -> None:
    texts, truths = documents(60)
    nested = [[*truth, (truth[0][0], truth[1][1], 1)] for truth in truths]
    found, _ = learn_tokens(texts, nested, np.zeros(60, dtype=bool), classes=2, ask=1, seed=1)
    assert not (found.oof_predicted == np.array([code_of(one) for one in nested])).any()


def test_same_arguments_give_the_same_numbers() -> None:
    first, second = learned(60, 20)[2], learned(60, 20)[2]
    assert np.array_equal(first[0].tags, second[0].tags)
    assert np.array_equal(first[0].picks, second[0].picks)


def test_before_anybody_has_looked_documents_are_picked_and_nothing_is_said() -> None:
    _, _, (found, model) = learned(30, 0)
    assert (found.trained, model, len(found.picks)) == (False, None, 5)
    assert found.scores(3).shape == (0, 5)


@pytest.mark.parametrize("texts", [["Ada", ""], ["Ada", " \r\n"]])
def test_documents_without_a_token_are_never_labeled_by_machine(texts: list[str]) -> None:
    found, _ = learn_tokens(texts, [[(0, 3, 0)], None], np.zeros(2, dtype=bool), classes=1, ask=2, seed=1)
    assert found.readable.tolist() == [True, False]
    assert found.score[1] == 0
    assert len(found.picks) == 0
    assert found.scores(1).shape == (0, 3)


def test_documents_in_which_nobody_found_anything_teach_too() -> None:
    texts, _ = documents(20)
    found, _ = learn_tokens(texts, [[] for _ in texts], np.zeros(20, dtype=bool), classes=2, ask=1, seed=1)
    assert (found.predicted == code_of([])).all()


def test_arguments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="1 answers for 2 documents"):
        learn_tokens(["a", "b"], [None], np.zeros(2, dtype=bool), classes=1, ask=1, seed=1)


def folder_of(place: Path, spans: str | None = None) -> Path:
    texts, truths = documents(60)
    known = "".join(json.dumps(one if place < 30 else None) + "\n" for place, one in enumerate(truths))
    (place / "params.json").write_text(json.dumps({"medium": "text", "classes": 2, "seed": 1, "ask": 5}))
    np.savez(place / "inputs.npz", labels=np.full(60, -1), closed=np.zeros(60, dtype=bool))
    (place / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    (place / "spans.jsonl").write_text(known if spans is None else spans)
    return place


def test_a_folder_with_spans_is_learned_from_and_read_back(tmp_path: Path) -> None:
    metrics = run(folder_of(tmp_path))
    found = read_learned(tmp_path)
    assert isinstance(found, LearnedTokens)
    assert (metrics["features"], metrics["labeled"], found.trained) == ("tokens-1", 30, True)
    assert load_model(tmp_path / "model.skops").classes == 5
    assert np.allclose(found.scores(59).sum(axis=1), 1, atol=0.01)


@pytest.mark.parametrize("spans", ["nonsense\n", "[[0, 3]]\n" * 60, "null\n"])
def test_a_folder_whose_spans_are_damaged_is_refused(tmp_path: Path, spans: str) -> None:
    with pytest.raises(BadRequest, match=r"can't be read|answers for 60"):
        run(folder_of(tmp_path, spans))
    assert not (tmp_path / "metrics.json").exists()
