from __future__ import annotations

import numpy as np
import pytest

from labeling.errors import InvalidAnswer
from labeling.task_types.base import (
    Answered,
    Attribute,
    Category,
    LabelAttribute,
    Learnable,
    MediaFacts,
    Question,
    Target,
    Verdict,
    Vote,
)
from labeling.task_types.classes import Choice
from labeling.task_types.image_classification import ImageClassification
from labeling.task_types.text_classification import TextClassification
from labeling.task_types.video_classification import VideoClassification

Q = Question((Category("travel"), Category("weather"), Category("sport")), MediaFacts("text", text="Ferry to Oban"))
KIND = TextClassification()


def asked(*votes: tuple[str, int]) -> Answered[Choice]:
    return Answered(Q, tuple(Vote(worker, Choice(category)) for worker, category in votes))


@pytest.mark.parametrize(("votes", "written"), [(0, 0.88), (1, 0), (2, 0.88)])
def test_confidence_is_written_as_zero_when_one_worker_answered(votes: int, written: float) -> None:
    """Machine labels have no votes: theirs is the model's score."""
    confidence = KIND.to_manifest(Verdict(Choice(1), 0.8765, votes=votes), Q).metadata["confidence"]
    assert confidence == written


def test_the_posterior_of_one_vote_stays_in_the_verdict() -> None:
    assert KIND.consolidate(asked(("ana", 2)), {}).confidence == pytest.approx(0.85)


@pytest.mark.parametrize("value", [1, "1"])
def test_class_ids_are_read_as_numbers_and_as_strings(value: object) -> None:
    assert KIND.from_manifest(LabelAttribute(value, {}), Q) == Choice(1)


def test_a_class_name_decides_over_a_number_of_another_order() -> None:
    assert KIND.from_manifest(LabelAttribute(0, {"class-name": "sport"}), Q) == Choice(2)


@pytest.mark.parametrize(
    ("value", "metadata"),
    [(0, {"class-name": "music"}), (3, {}), (-1, {}), ([0], {}), ({"a": 1}, {}), (None, {}), (True, {})],
)
def test_a_label_that_names_no_category_is_refused(value: object, metadata: dict[str, str]) -> None:
    with pytest.raises(InvalidAnswer):
        KIND.from_manifest(LabelAttribute(value, metadata), Q)


def test_a_tie_goes_to_the_worker_whom_the_others_bear_out() -> None:
    others = [asked(("good", i % 3), ("x", i % 3), ("y", i % 3), ("bad", (i + 1) % 3)) for i in range(30)]
    skills = KIND.skills(others)
    for right in range(3):
        assert KIND.consolidate(asked(("bad", (right + 1) % 3), ("good", right)), skills).answer == Choice(right)


def test_gold_answers_teach_who_is_right() -> None:
    gold = [Answered(Q, asked(("ana", i % 3), ("ben", (i + 1) % 3)).votes, known=Choice(i % 3)) for i in range(20)]
    skills = KIND.skills(gold)
    assert skills["ana"].accuracy > 0.8 > 0.3 > skills["ben"].accuracy
    assert KIND.consolidate(asked(("ben", 0), ("ana", 2)), skills).answer == Choice(2)


def test_the_models_voice_multiplies_in() -> None:
    torn = asked(("ana", 0), ("ben", 1))
    told = Answered(Q, torn.votes, prior=np.array([0.1, 0.8, 0.1]))
    assert KIND.consolidate(told, {}).answer == Choice(1)
    assert KIND.consolidate(told, {}).confidence > KIND.consolidate(torn, {}).confidence


def test_workers_answers_name_the_class_in_the_crowd_elements_words() -> None:
    assert KIND.worker_answer(Choice(0), Q) == {"crowd-classifier": {"label": "travel"}}
    assert ImageClassification().worker_answer(Choice(0), Q) == {"crowd-image-classifier": {"label": "travel"}}


def test_images_and_texts_are_learned_and_clips_not_yet() -> None:
    assert isinstance(ImageClassification(), Learnable)
    assert KIND.target is Target.CLASS
    assert not isinstance(VideoClassification(), Learnable)


def test_scores_decode_to_the_best_class_with_its_score() -> None:
    verdict = KIND.decode(np.array([0.2, 0.7, 0.1]), Q)
    assert (verdict.answer, verdict.confidence, verdict.votes) == (Choice(1), 0.7, 0)
    with pytest.raises(ValueError, match="3 categories"):
        KIND.decode(np.array([0.2, 0.8]), Q)


def test_the_objects_attributes_are_voted_and_come_back_from_a_manifest() -> None:
    """Whoever chose another class may be right about the light."""
    light = Attribute("light", "choice", scope="object", choices=("day", "night"), required=True)
    q = Question(Q.categories, Q.media, attributes=(light,))
    given = (("ana", 0, "day"), ("ben", 1, "night"), ("cem", 0, "night"))
    votes = tuple(Vote(worker, Choice(category, (("light", value),))) for worker, category, value in given)
    verdict = KIND.consolidate(Answered(q, votes), {})
    assert verdict.answer == Choice(0, (("light", "night"),))
    written = KIND.to_manifest(verdict, q)
    assert written.ours == {"object-attributes": {"light": "night"}}
    assert KIND.from_manifest(written, q) == verdict.answer
    assert KIND.from_manifest(LabelAttribute(written.value, written.metadata), q) == Choice(0)


def test_a_required_attribute_of_the_object_is_missed_at_its_pointer() -> None:
    light = Attribute("light", "tick", scope="object", required=True)
    with pytest.raises(InvalidAnswer) as caught:
        KIND.parse({"category": 0}, Question(Q.categories, Q.media, attributes=(light,)))
    assert caught.value.pointer == "/attributes/light"
