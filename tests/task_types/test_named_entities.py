from __future__ import annotations

import time
import uuid
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from labeling.errors import InvalidAnswer, InvalidJob
from labeling.task_types.base import Answered, Attribute, Category, LabelAttribute, MediaFacts, Question, Verdict, Vote
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.named_entities import NamedEntities
from labeling.task_types.relations import Relation
from labeling.task_types.span import covering

KIND = NamedEntities()
TEXT = "Ada Lovelace of London met Charles Babbage in Turin."
PERSON, PLACE, WORK = range(3)
CATEGORIES = (Category("person"), Category("place"), Category("work"))
LIVES = {"name": "lives in", "from": ["person"], "to": ["place"]}
Q = Question(
    CATEGORIES, MediaFacts("text", text=TEXT), tools=("span",), settings={"relations": [LIVES, {"name": "meets"}]}
)


def ident(number: int) -> str:
    return str(uuid.UUID(int=number))


def span(words: str, category: int = PERSON, number: int | None = None, q: Question = Q) -> Instance:
    start = q.media.text.index(words)
    number = start + 1 if number is None else number
    return Instance(ident(number), "span", category, covering(start, start + len(words), q.media))


def spans(*listed: Instance, relations: tuple[Relation, ...] = ()) -> Instances:
    return Instances(listed, (), relations)


def joined(a: Instance, b: Instance, name: str = "lives in", number: int = 900) -> Relation:
    return Relation(ident(number), a.id, b.id, name)


def asked(*answers: Instances, q: Question = Q) -> Answered[Instances]:
    return Answered(q, tuple(Vote(f"w{place}", answer) for place, answer in enumerate(answers)))


def verdict(*answers: Instances, q: Question = Q) -> Verdict[Instances]:
    return KIND.consolidate(asked(*answers, q=q), KIND.skills([]))


def covered(answer: Instances) -> list[tuple[str, int]]:
    return [(one.geometry.text, one.category) for one in answer.instances]


# Reading


def test_offsets_are_what_python_slices_whatever_stands_in_the_text() -> None:
    text = (
        "\ufeff\U0001f468\U0001f3fb\u200d\U0001f692 firemen\r\ncafe\u0301 \u05d7\u05d9\u05e4\u05d4 \u6771\u4eac\u0301"
    )
    q = replace(Q, media=MediaFacts("text", text=text))
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            parsed = KIND.parse(KIND.dump(spans(Instance(ident(1), "span", 0, covering(start, end, q.media)))), q)
            assert parsed.instances[0].geometry.text == text[start:end]


def test_the_error_says_where_the_covered_text_begins_to_differ() -> None:
    raw = KIND.dump(spans(span("Charles Babbage")))
    raw["instances"][0]["geometry"]["text"] = "Charles Cabbage"
    with pytest.raises(InvalidAnswer, match="differs at character 35"):
        KIND.parse(raw, Q)


def test_a_very_long_span_is_checked_to_its_last_character() -> None:
    q = replace(Q, media=MediaFacts("text", text="\u6771" * 999_999 + "."))
    whole = KIND.dump(spans(Instance(ident(1), "span", 0, covering(0, 1_000_000, q.media))))
    assert KIND.parse(whole, q).instances[0].geometry.end == 1_000_000
    whole["instances"][0]["geometry"]["text"] = "\u6771" * 1_000_000
    with pytest.raises(InvalidAnswer, match="differs at character 999,999"):
        KIND.parse(whole, q)


def test_half_of_a_character_is_no_covered_text() -> None:
    raw = KIND.dump(spans(span("Ada")))
    raw["instances"][0]["geometry"]["text"] = "\ud83d"
    with pytest.raises(InvalidAnswer) as caught:
        KIND.parse(raw, Q)
    assert caught.value.pointer == "/instances/0/geometry/text"


def test_five_thousand_spans_on_a_million_characters_are_read_and_merged_in_moments() -> None:
    generator = np.random.default_rng(3)
    q = replace(Q, media=MediaFacts("text", text="Ferry to Oban. " * 66_667))
    starts = generator.integers(0, 999_000, 5_000)
    lengths = np.where(generator.random(5_000) < 0.01, 900, generator.integers(1, 60, 5_000))
    answers = []
    for worker in range(5):
        shift = generator.integers(0, 3, 5_000) * (generator.random(5_000) < 0.2)
        made = {
            (int(start), int(start + length), place % 3): Instance(
                ident(worker * 10_000 + place),
                "span",
                place % 3,
                covering(int(start), int(start + length), q.media),
            )
            for place, (start, length) in enumerate(zip(starts + shift, lengths, strict=True))
        }
        answers.append(Instances(tuple(made.values())))
    raws = [KIND.dump(answer) for answer in answers]
    began = time.process_time()
    parsed = [KIND.parse(raw, q) for raw in raws]
    assert (time.process_time() - began) / 5 < 1
    began = time.process_time()
    job = [asked(*parsed, q=q)]
    made = KIND.consolidate(job[0], KIND.skills(job))
    assert time.process_time() - began < 12
    assert 4_500 < len(made.answer.instances) < 5_100
    assert KIND.parse(KIND.dump(made.answer), q) == made.answer


# What an audit counts


def test_only_the_very_same_spans_are_right() -> None:
    people = spans(span("Ada Lovelace"), span("London", PLACE))
    assert KIND.right(spans(span("London", PLACE, 50), span("Ada Lovelace", number=51)), people, Q)
    assert not KIND.right(spans(span("Ada"), span("London", PLACE)), people, Q)
    assert not KIND.right(spans(span("Ada Lovelace"), span("London")), people, Q)
    assert not KIND.right(spans(span("Ada Lovelace")), people, Q)
    assert not KIND.right(spans(*people.instances, span("Turin", PLACE)), people, Q)


def test_a_job_may_be_content_with_overlap() -> None:
    eased = replace(Q, settings={"right_from": 0.5})
    people, machine = spans(span("Charles Babbage")), spans(span("Charles Babbage in"))
    assert KIND.right(machine, people, eased)
    assert not KIND.right(machine, people, Q)
    assert not KIND.right(spans(span("Charles")), people, eased)


def test_where_relations_are_asked_for_they_must_be_right_too() -> None:
    ada, london = span("Ada Lovelace"), span("London", PLACE)
    people = spans(ada, london, relations=(joined(ada, london),))
    assert not KIND.right(spans(ada, london), people, Q)
    other = span("Ada Lovelace", number=70), span("London", PLACE, 71)
    assert KIND.right(spans(*other, relations=(joined(*other, number=72),)), people, Q)
    assert not KIND.right(spans(*other, relations=(joined(*other, "meets", number=72),)), people, Q)


# Consolidation


def test_most_decide_what_is_a_span_and_where_it_ends() -> None:
    made = verdict(
        spans(span("Ada Lovelace"), span("London", PLACE)),
        spans(span("Ada Lovelace of"), span("London", PLACE), span("met", WORK)),
        spans(span("Ada Lovelace"), span("London", PLACE)),
    )
    assert covered(made.answer) == [("Ada Lovelace", PERSON), ("London", PLACE)]
    assert set(made.parts) == {one.id for one in made.answer.instances}
    assert all(confidence > 0.5 for confidence in made.parts.values())


def test_spans_that_nest_stay_two_and_most_decide_their_classes() -> None:
    nested = span("Ada Lovelace of London"), span("London", PLACE)
    made = verdict(spans(*nested), spans(*nested), spans(nested[0], span("London", WORK)))
    assert covered(made.answer) == [("Ada Lovelace of London", PERSON), ("London", PLACE)]


def test_one_place_may_have_two_classes_and_keeps_both() -> None:
    both = span("London", PLACE, 1), span("London", WORK, 2)
    swapped = span("London", WORK, 3), span("London", PLACE, 4)
    made = verdict(spans(*both), spans(*swapped), spans(*both))
    assert sorted(covered(made.answer)) == [("London", PLACE), ("London", WORK)]


def test_clusters_that_come_out_as_the_same_span_become_one() -> None:
    wide, narrow = span("Ada Lovelace of London met"), span("Ada")
    first = spans(wide, span("Lovelace", number=61))
    made = verdict(first, spans(span("Lovelace", number=62)), spans(span("Lovelace", number=63), narrow))
    ranges = [(one.category, one.geometry) for one in made.answer.instances]
    assert len(set(ranges)) == len(ranges)
    assert KIND.parse(KIND.dump(made.answer), Q) == made.answer


def test_relations_are_voted_on_by_those_who_saw_both_ends() -> None:
    ada, london, turin = span("Ada Lovelace"), span("London", PLACE), span("Turin", PLACE)
    lives = joined(ada, london)
    made = verdict(
        spans(ada, london, turin, relations=(lives, joined(ada, turin, number=901))),
        spans(ada, london, turin, relations=(lives,)),
        spans(london, turin),
    )
    assert covered(made.answer) == [("Ada Lovelace", PERSON), ("London", PLACE), ("Turin", PLACE)]
    assert [(one.source, one.target, one.type) for one in made.answer.relations] == [(ada.id, london.id, "lives in")]


def test_a_relation_that_the_voted_classes_do_not_allow_is_left_out() -> None:
    ada, london = span("Ada Lovelace"), span("London", PLACE)
    other = span("London", WORK)
    made = verdict(spans(ada, london, relations=(joined(ada, london),)), spans(ada, other), spans(ada, other))
    assert covered(made.answer) == [("Ada Lovelace", PERSON), ("London", WORK)]
    assert made.answer.relations == ()


def test_classes_of_the_document_are_voted_on_like_any_choice() -> None:
    q = replace(
        Q, attributes=(Attribute("topic", "choice", "object", ("travel", "work")), Attribute("old", "tick", "object"))
    )
    said = [(("topic", "work"), ("old", True)), (("topic", "travel"), ("old", True)), (("topic", "work"),)]
    made = verdict(*(Instances((), values) for values in said), q=q)
    assert made.answer.attributes == (("topic", "work"), ("old", True))


# Manifest


def test_covered_texts_relations_and_ids_stand_in_ours_and_come_back() -> None:
    ada, london = span("Ada Lovelace"), span("London", PLACE)
    answer = spans(ada, london, relations=(joined(ada, london),))
    written = KIND.to_manifest(Verdict(answer, 0.9, {ada.id: 0.75}, votes=3), Q)
    assert written.metadata == {"entities": [{"confidence": 0.75}, {"confidence": 0.9}]}
    assert written.ours["texts"] == ["Ada Lovelace", "London"]
    assert written.ours["relations"] == [{"id": ident(900), "from": ada.id, "to": london.id, "type": "lives in"}]
    assert KIND.from_manifest(written, Q) == answer


def test_a_manifest_whose_covered_text_does_not_match_is_refused() -> None:
    written = KIND.to_manifest(Verdict(spans(span("Ada Lovelace")), 0.9, votes=3), Q)
    moved = replace(Q, media=MediaFacts("text", text=f"\ufeff{TEXT}"))
    with pytest.raises(InvalidAnswer, match="covered text"):
        KIND.from_manifest(written, moved)
    assert KIND.from_manifest(LabelAttribute(written.value, written.metadata), moved).instances  # nothing to check by


@pytest.mark.parametrize(
    ("entity", "pointer"),
    [
        ({"label": "person", "startOffset": 0, "endOffset": 99}, "/instances/0/geometry/end"),
        ({"label": "person", "startOffset": 4, "endOffset": 4}, "/instances/0/geometry/end"),
        ({"label": "person", "startOffset": True, "endOffset": 4}, "/instances/0/geometry/start"),
        ({"label": "person", "startOffset": -1, "endOffset": 4}, "/instances/0/geometry/start"),
        ({"label": "person", "startOffset": 0.5, "endOffset": 4}, "/instances/0/geometry/start"),
        ({"label": "person", "endOffset": 4}, "/instances/0/geometry/start"),
        ({"label": "boat", "startOffset": 0, "endOffset": 3}, "/annotations/entities/0/label"),
        ({"label": None, "startOffset": 0, "endOffset": 3}, "/annotations/entities/0/label"),
        ({"label": ["person"], "startOffset": 0, "endOffset": 3}, "/annotations/entities/0/label"),
        ({"startOffset": 0, "endOffset": 3}, "/annotations/entities/0/label"),
        ("person", "/annotations/entities/0"),
    ],
)
def test_a_wrong_entity_of_a_manifest_is_named(entity: object, pointer: str) -> None:
    value = {"annotations": {"entities": [entity], "labels": [{"label": "person"}]}}
    with pytest.raises(InvalidAnswer) as caught:
        KIND.from_manifest(LabelAttribute(value, {}), Q)
    assert caught.value.pointer == pointer


def test_relations_of_other_writers_need_no_ids() -> None:
    ada, london = span("Ada Lovelace"), span("London", PLACE)
    written = KIND.to_manifest(Verdict(spans(ada, london), 0.9, votes=3), Q)
    ours = {**written.ours, "relations": [{"from": ada.id, "to": london.id, "type": "lives in"}]}
    read = KIND.from_manifest(replace(written, ours=ours), Q)
    assert [(one.source, one.target) for one in read.relations] == [(ada.id, london.id)]
    assert read == KIND.from_manifest(replace(written, ours=ours), Q)


def test_a_worker_answer_has_the_form_of_the_service() -> None:
    assert KIND.worker_answer(spans(span("London", PLACE)), Q) == {
        "crowd-entity-annotation": {"entities": [{"endOffset": 22, "label": "place", "startOffset": 16}]}
    }


# Settings


def test_relations_name_classes_of_the_job() -> None:
    good = {"relations": [LIVES, {"name": "meets"}]}
    jsonschema.validate(good, KIND.settings_schema())
    KIND.check_settings(good, CATEGORIES)
    for wrong, where in [
        ([LIVES, LIVES], "settings/relations/1/name"),
        ([{"name": "x", "from": ["boat"]}], "settings/relations/0/from"),
        ([{"name": "x", "to": ["person", "Place"]}], "settings/relations/0/to"),
    ]:
        with pytest.raises(InvalidJob) as caught:
            KIND.check_settings({"relations": wrong}, CATEGORIES)
        assert caught.value.where == where


@pytest.mark.parametrize(
    "settings",
    [
        {"snap": "letters"},
        {"relations": [{"from": ["person"]}]},
        {"relations": [{"name": ""}]},
        {"relations": "lives in"},
        {"terms": [{"text": "", "category": "place"}]},
        {"right_from": 0.2},
        {"colour": 1},
    ],
)
def test_settings_of_another_form_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(settings, KIND.settings_schema())


def test_a_careless_answer_differs_and_is_never_the_same_mistake_for_ever() -> None:
    answer = spans(span("Ada Lovelace"), span("London", PLACE), span("Turin", PLACE))
    made = [KIND.careless(answer, Q, np.random.default_rng(seed)) for seed in range(40)]
    assert all(one != answer for one in made)
    assert len(set(made)) > 5
    assert KIND.careless(spans(), Q, np.random.default_rng(1)) == spans()


# Without overlaps


def test_of_spans_inside_one_another_the_outermost_stays_and_of_crossing_ones_the_surest() -> None:
    wide, inner = span("Ada Lovelace of London", number=1), span("Lovelace", WORK, 2)
    left, right = span("met Charles", WORK, 3), span("Charles Babbage", number=4)
    twin, other = span("Turin", PLACE, 5), span("Turin", WORK, 6)
    related = joined(wide, twin, number=901), joined(inner, twin, "meets", 902)
    parts = {wide.id: 0.6, inner.id: 0.9, left.id: 0.7, right.id: 0.8, twin.id: 0.9, other.id: 0.5}
    whole = Verdict(spans(wide, inner, left, right, twin, other, relations=related), 0.5, parts, 3)
    flat, dropped = KIND.flat(whole)
    assert flat.answer == spans(wide, right, twin, relations=related[:1])
    assert set(flat.parts) == {wide.id, right.id, twin.id}
    assert dropped == 3
    assert KIND.flat(flat) == (flat, 0)


def test_as_marked_a_span_has_its_text_and_the_name_of_its_class() -> None:
    (one,) = KIND.marked(Verdict(spans(span("London", PLACE)), 0.75, votes=2), Q)
    assert (one.text, one.label, one.confidence, (one.start, one.end)) == ("London", "place", 0.75, (16, 22))
