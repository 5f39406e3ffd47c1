from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Answered, Attribute, Category, LabelAttribute, MediaFacts, Question, Verdict, Vote
from labeling.task_types.image_classification_multilabel import ImageClassificationMultilabel
from labeling.task_types.several_classes import Choices
from labeling.task_types.text_classification_multilabel import TextClassificationMultilabel

NAMES = (Category("water"), Category("boat"), Category("fog"), Category("reeds"))
Q = Question(NAMES, MediaFacts("image", 64, 48))
MAY_BE_NONE = Question(NAMES, MediaFacts("image", 64, 48), settings={"allow_none": True})
KIND = ImageClassificationMultilabel()


def asked(q: Question = Q, **votes: Iterable[int]) -> Answered[Choices]:
    return Answered(q, tuple(Vote(worker, Choices(tuple(chosen))) for worker, chosen in votes.items()))


def test_none_of_the_classes_is_an_answer_only_where_the_lead_allows_it() -> None:
    with pytest.raises(InvalidAnswer) as caught:
        KIND.parse({"categories": []}, Q)
    assert caught.value.pointer == "/categories"
    assert KIND.parse({"categories": []}, MAY_BE_NONE) == Choices(())


def test_classes_are_kept_ascending_and_each_once() -> None:
    assert KIND.parse({"categories": [3, 0]}, Q) == Choices((0, 3))
    with pytest.raises(InvalidAnswer) as caught:
        KIND.parse({"categories": [3, 0, 3]}, Q)
    assert caught.value.pointer == "/categories/2"


def test_each_class_is_decided_by_itself() -> None:
    verdict = KIND.consolidate(asked(ana=(0, 1), ben=(0, 1), cem=(0, 2)), {})
    assert verdict.answer == Choices((0, 1))
    assert verdict.parts["0"] > verdict.parts["1"] > 0.5 > verdict.parts["2"]
    assert verdict.confidence < min(verdict.parts["0"], verdict.parts["1"])


def test_a_class_that_somebody_chose_and_few_believe_stands_in_the_manifest_with_its_confidence() -> None:
    verdict = KIND.consolidate(asked(ana=(0, 1), ben=(0, 1), cem=(0, 2)), {})
    written = KIND.to_manifest(verdict, Q)
    assert written.value == [0, 1, 2]
    assert written.metadata["class-map"] == {"0": "water", "1": "boat", "2": "fog"}
    assert written.metadata["confidence-map"] == {part: round(sure, 2) for part, sure in verdict.parts.items()}
    assert KIND.from_manifest(written, Q) == verdict.answer
    assert KIND.from_manifest(LabelAttribute(written.value, written.metadata), Q) == Choices((0, 1, 2))


def test_of_workers_who_share_no_class_one_class_is_left_where_there_must_be_one() -> None:
    torn = {"ana": (0,), "ben": (1,), "cem": (2,)}
    verdict = KIND.consolidate(asked(**torn), {})
    assert len(verdict.answer.categories) == 1
    assert verdict == KIND.consolidate(asked(**dict(reversed(torn.items()))), {})
    assert KIND.consolidate(asked(MAY_BE_NONE, **torn), {}).answer == Choices(())


def test_the_one_class_that_must_be_left_is_the_one_of_the_worker_whom_the_others_bear_out() -> None:
    job = [asked(good=(i % 4,), x=(i % 4,), y=(i % 4,), bad=((i + 1) % 4,)) for i in range(40)]
    skills = KIND.skills(job)
    assert skills["good"].accuracy > 0.9 > skills["bad"].accuracy
    assert KIND.consolidate(asked(bad=(2,), good=(1,)), skills).answer == Choices((1,))


def test_gold_answers_teach_who_is_right() -> None:
    gold = [Answered(Q, asked(ana=(i % 4,), ben=((i + 1) % 4,)).votes, known=Choices((i % 4,))) for i in range(20)]
    skills = KIND.skills(gold)
    assert skills["ana"].accuracy > skills["ben"].accuracy
    assert (len(skills), skills["ana"].answers) == (2, 20)


def test_the_models_voice_counts_for_each_class() -> None:
    torn = asked(ana=(0, 1), ben=(0,))
    told = Answered(Q, torn.votes, prior=np.array([0.9, 0.95, 0.02, 0.02]))
    assert KIND.consolidate(told, {}).answer == Choices((0, 1))
    assert KIND.consolidate(told, {}).parts["1"] > KIND.consolidate(torn, {}).parts["1"]


def test_confidence_is_written_as_zero_when_one_worker_answered() -> None:
    for votes, written in ((0, 0.88), (1, 0), (2, 0.88)):
        attribute = KIND.to_manifest(Verdict(Choices((1,)), 0.8765, votes=votes), Q)
        assert attribute.metadata["confidence-map"] == {"1": written}


def test_class_names_decide_over_numbers_of_another_order() -> None:
    attribute = LabelAttribute([0, "1"], {"class-map": {"0": "reeds", "1": "boat"}})
    assert KIND.from_manifest(attribute, Q) == Choices((1, 3))


@pytest.mark.parametrize("value", [0, {"a": 1}, None, "0", [7], [[0]], [0, 0], []])
def test_a_label_that_is_no_list_of_the_jobs_classes_is_refused(value: object) -> None:
    with pytest.raises(InvalidAnswer):
        KIND.from_manifest(LabelAttribute(value, {}), Q)


def test_the_objects_attributes_are_voted_whatever_the_classes_and_come_back_from_a_manifest() -> None:
    light = Attribute("light", "choice", scope="object", choices=("day", "night"), required=True)
    q = Question(NAMES, Q.media, attributes=(light,))
    votes = [Vote("ana", Choices((0,), (("light", "day"),))), Vote("ben", Choices((1,), (("light", "night"),)))]
    votes.append(Vote("cem", Choices((0, 2), (("light", "day"),))))
    verdict = KIND.consolidate(Answered(q, tuple(votes)), {})
    assert verdict.answer.attributes == (("light", "day"),)
    written = KIND.to_manifest(verdict, q)
    assert written.ours["object-attributes"] == {"light": "day"}
    assert KIND.from_manifest(written, q) == verdict.answer
    assert KIND.from_manifest(LabelAttribute(written.value, written.metadata), q).attributes == ()


def test_workers_answers_name_the_classes_in_the_crowd_elements_words() -> None:
    expected = {"labels": ["water", "reeds"]}
    assert KIND.worker_answer(Choices((0, 3)), Q) == {"crowd-image-classifier-multi-select": expected}
    text = TextClassificationMultilabel().worker_answer(Choices((0, 3)), Q)
    assert text == {"crowd-classifier-multi-select": expected}
