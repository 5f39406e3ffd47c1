"""The same questions to every task type. A new type passes this file, or it is not one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Answered, LabelAttribute, Learnable, Question, Target, TaskType, Verdict, Vote
from labeling.task_types.registry import TASK_TYPES, task_type
from labeling.task_types.wire import question_as_json, question_from_json
from tests.task_types.strategies import SUPPLIED
from tests.task_types.strategies.json import arbitrary, damaged

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parents[1]
WORKERS = ("ana", "ben", "cem", "dua", "eva")
generated = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
of_jobs = settings(generated, max_examples=12)
Any_ = TaskType[Any]


@pytest.fixture(params=TASK_TYPES, ids=lambda one: one.name, scope="module")
def kind(request: pytest.FixtureRequest) -> Any_:
    return request.param


def questions(kind: Any_) -> st.SearchStrategy[Question]:
    return SUPPLIED[kind.name].questions()


def answers(kind: Any_, q: Question) -> st.SearchStrategy[Any]:
    return SUPPLIED[kind.name].answers(q)


@st.composite
def jobs(draw: st.DrawFn, kind: Any_) -> list[Answered[Any]]:
    """A few objects of one question, each answered by some of the workers."""
    q = draw(questions(kind))
    job = []
    for _ in range(draw(st.integers(1, 4))):
        workers = draw(st.lists(st.sampled_from(WORKERS), min_size=1, max_size=4, unique=True))
        job.append(Answered(q, tuple(Vote(worker, draw(answers(kind, q))) for worker in workers)))
    return job


def examples(kind: Any_) -> dict[str, Any]:
    return json.loads((HERE / "examples" / f"{kind.name}.json").read_text(encoding="utf-8"))


# What a type says of itself


def test_every_type_supplies_a_strategy_and_an_example_file_and_both_languages_modules(kind: Any_) -> None:
    assert kind.name in SUPPLIED
    assert (HERE / "examples" / f"{kind.name}.json").is_file()
    assert (HOUSE / "labeling" / "task_types" / f"{kind.name.replace('-', '_')}.py").is_file()
    assert (HOUSE / "frontend" / "src" / "task-types" / f"{kind.name}.ts").is_file()


def test_names_and_manifest_types_are_well_formed_and_unique(kind: Any_) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.name)
    assert re.fullmatch(r"groundtruth/[a-z]+(-[a-z]+)*", kind.manifest_type)
    assert kind.title
    assert not kind.title.endswith(".")
    assert kind.min_categories >= 1
    assert kind.lan_suffix in ("", "-ref")
    assert [one.name for one in TASK_TYPES].count(kind.name) == 1
    assert task_type(kind.name) is kind


def test_who_sets_up_a_job_reads_and_sees_what_people_will_do(kind: Any_) -> None:
    assert re.fullmatch(r"[A-Z][^.]+\.", kind.hint)
    assert re.fullmatch(r"[MmLlHhVvCcSsAaZz0-9 .,-]+", kind.picture)
    assert "object" in kind.scopes


def test_settings_have_a_schema_and_none_are_needed(kind: Any_) -> None:
    schema = kind.settings_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({}, schema)


# The example files


def test_examples_parse_and_come_back_as_they_were(kind: Any_) -> None:
    given_ = examples(kind)
    q = question_from_json(given_["question"])
    assert question_as_json(q) == given_["question"]
    schema = jsonschema.Draft202012Validator(kind.schema(q))
    for raw in given_["answers"]:
        assert kind.dump(kind.parse(raw, q)) == raw
        assert schema.is_valid(raw)


def test_invalid_examples_are_refused_at_their_pointer(kind: Any_) -> None:
    given_ = examples(kind)
    q = question_from_json(given_["question"])
    for one in given_["invalid"]:
        with pytest.raises(InvalidAnswer) as caught:
            kind.parse(one["answer"], q)
        assert caught.value.pointer == one["pointer"], one
        assert str(caught.value)


def test_examples_agree_as_much_as_they_say(kind: Any_) -> None:
    given_ = examples(kind)
    q = question_from_json(given_["question"])
    for one in given_["agreement"]:
        assert kind.agreement(kind.parse(one["a"], q), kind.parse(one["b"], q), q) == pytest.approx(one["value"])


def test_examples_stand_in_a_manifest_as_they_say(kind: Any_) -> None:
    given_ = examples(kind)
    q = question_from_json(given_["question"])
    for one in given_["manifest"]:
        written = kind.to_manifest(Verdict(kind.parse(one["answer"], q), 0.9, votes=1), q)
        assert (written.value, written.metadata) == (one["value"], one["metadata"])


# Answers


@generated
@given(data=st.data())
def test_what_is_dumped_parses_to_an_equal_answer(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    answer = data.draw(answers(kind, q))
    again = kind.parse(json.loads(json.dumps(kind.dump(answer))), q)
    assert again == answer
    assert hash(again) == hash(answer)


@generated
@given(data=st.data())
def test_the_schema_accepts_what_parse_accepts(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    schema = kind.schema(q)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(kind.dump(data.draw(answers(kind, q))), schema)


@settings(generated, max_examples=40)
@given(data=st.data())
def test_damaged_answers_are_refused_by_name_or_fit_the_schema(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    raw = data.draw(damaged(kind.dump(data.draw(answers(kind, q)))))
    try:
        answer = kind.parse(raw, q)
    except InvalidAnswer as refused:
        assert not refused.pointer or refused.pointer.startswith("/")  # noqa: PT017 - either outcome is right
        return
    assert jsonschema.Draft202012Validator(kind.schema(q)).is_valid(raw)
    assert kind.parse(kind.dump(answer), q) == answer


@settings(generated, max_examples=40)
@given(data=st.data())
def test_arbitrary_json_raises_nothing_but_invalid_answer(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    raw = data.draw(arbitrary())
    try:
        kind.parse(raw, q)
    except InvalidAnswer:
        return
    assert jsonschema.Draft202012Validator(kind.schema(q)).is_valid(raw)


@generated
@given(data=st.data())
def test_agreement_is_symmetric_in_bounds_and_whole_for_equals(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    a, b = data.draw(answers(kind, q)), data.draw(answers(kind, q))
    assert 0 <= kind.agreement(a, b, q) <= 1
    assert kind.agreement(a, b, q) == pytest.approx(kind.agreement(b, a, q), abs=1e-12)
    assert kind.agreement(a, a, q) == 1
    assert kind.agreement(a, kind.parse(kind.dump(a), q), q) == 1


@generated
@given(data=st.data())
def test_an_answer_is_right_by_itself_and_rightness_is_mutual(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    a, b = data.draw(answers(kind, q)), data.draw(answers(kind, q))
    assert kind.right(a, a, q)
    assert kind.right(a, b, q) == kind.right(b, a, q)


@generated
@given(data=st.data(), seed=st.integers(0, 99))
def test_a_careless_answer_is_valid_and_made_from_its_generator_alone(
    kind: Any_, data: st.DataObject, seed: int
) -> None:
    q = data.draw(questions(kind))
    answer = data.draw(answers(kind, q))
    careless = kind.careless(answer, q, np.random.default_rng(seed))
    kind.parse(kind.dump(careless), q)
    assert careless == kind.careless(answer, q, np.random.default_rng(seed))


# Consolidation


@of_jobs
@given(data=st.data())
def test_neither_the_order_of_votes_nor_of_objects_matters(kind: Any_, data: st.DataObject) -> None:
    job = data.draw(jobs(kind))
    skills = kind.skills(job)
    shuffled = [Answered(one.question, tuple(data.draw(st.permutations(one.votes)))) for one in job]
    again = kind.skills(data.draw(st.permutations(shuffled)))
    for one, other in zip(job, shuffled, strict=True):
        assert kind.consolidate(one, skills) == kind.consolidate(other, again)


@of_jobs
@given(data=st.data())
def test_a_verdict_is_a_valid_answer_with_a_confidence_for_each_part(kind: Any_, data: st.DataObject) -> None:
    job = data.draw(jobs(kind))
    skills = kind.skills(job)
    for one in job:
        verdict = kind.consolidate(one, skills)
        assert kind.parse(kind.dump(verdict.answer), one.question) == verdict.answer
        assert all(0 <= confidence <= 1 for confidence in (verdict.confidence, *verdict.parts.values()))
        dumped = kind.dump(verdict.answer)
        named = {part["id"] for part in dumped.get("instances", [])} | set(map(str, dumped.get("categories", [])))
        assert named == set(verdict.parts) - _weak(kind, verdict, one.question)
        assert verdict.votes == len(one.votes)


@of_jobs
@given(data=st.data())
def test_unanimous_votes_win_whatever_the_job_says_of_the_workers(kind: Any_, data: st.DataObject) -> None:
    job = data.draw(jobs(kind))
    q = job[0].question
    answer = data.draw(answers(kind, q))
    workers = data.draw(st.lists(st.sampled_from([*WORKERS, "a stranger"]), min_size=1, unique=True))
    asked = Answered(q, tuple(Vote(worker, answer) for worker in workers))
    for skills in (kind.skills([*job, asked]), kind.skills([]), {}):
        assert kind.consolidate(asked, skills).answer == answer


@of_jobs
@given(data=st.data())
def test_a_known_answer_is_the_verdict(kind: Any_, data: st.DataObject) -> None:
    job = data.draw(jobs(kind))
    known = data.draw(answers(kind, job[0].question))
    gold = Answered(job[0].question, job[0].votes, known=known)
    verdict = kind.consolidate(gold, kind.skills([gold, *job[1:]]))
    assert (verdict.answer, verdict.confidence) == (known, 1.0)


def test_with_no_vote_at_all_there_is_nothing_to_consolidate(kind: Any_) -> None:
    q = question_from_json(examples(kind)["question"])
    with pytest.raises(ValueError, match="nothing to consolidate"):
        kind.consolidate(Answered(q, ()), kind.skills([]))


@of_jobs
@given(data=st.data())
def test_skills_name_every_worker_of_the_job(kind: Any_, data: st.DataObject) -> None:
    job = data.draw(jobs(kind))
    skills = kind.skills(job)
    assert set(skills) == {vote.worker for one in job for vote in one.votes}
    assert all(0 <= skill.accuracy <= 1 for skill in skills.values())


# Manifests


@generated
@given(data=st.data())
def test_a_manifest_gives_back_what_was_written(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    answer = data.draw(answers(kind, q))
    votes = data.draw(st.integers(0, 3))
    written = kind.to_manifest(Verdict(answer, 0.876, votes=votes), q)
    read = kind.from_manifest(_through_json(written), q)
    again = kind.to_manifest(Verdict(read, 0.876, votes=votes), q)
    assert (again.value, again.metadata, again.ours) == (written.value, written.metadata, written.ours)
    assert again.side_files == written.side_files
    pure = kind.from_manifest(LabelAttribute(written.value, written.metadata, written.side_files), q)
    assert kind.to_manifest(Verdict(pure, 0.876, votes=votes), q).value == written.value
    assert kind.from_manifest(LabelAttribute(written.value, written.metadata, written.side_files), q) == pure


@settings(generated, max_examples=30)
@given(data=st.data())
def test_a_label_of_any_shape_reads_or_is_an_invalid_answer(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    written = kind.to_manifest(Verdict(data.draw(answers(kind, q)), 0.5, votes=2), q)
    value, metadata = data.draw(damaged([written.value, written.metadata]).filter(lambda pair: _is_pair(pair)))
    try:
        answer = kind.from_manifest(LabelAttribute(value, metadata, written.side_files), q)
    except InvalidAnswer:
        return
    kind.to_manifest(Verdict(answer, 0.5, votes=2), q)


@generated
@given(data=st.data())
def test_worker_answers_name_one_widget(kind: Any_, data: st.DataObject) -> None:
    q = data.draw(questions(kind))
    content = kind.worker_answer(data.draw(answers(kind, q)), q)
    assert len(content) == 1
    json.dumps(content)


# Learning


@generated
@given(data=st.data())
def test_what_a_learner_learns_decodes_to_the_answer(kind: Any_, data: st.DataObject) -> None:
    if not isinstance(kind, Learnable):
        return
    q = data.draw(questions(kind))
    answer = data.draw(answers(kind, q))
    learned = np.asarray(kind.encode(answer, q), dtype=float)
    verdict = kind.decode(learned, q)
    assert verdict.votes == 0
    assert verdict.confidence == pytest.approx(1)
    if kind.target == Target.TOKENS:  # what tags have no place for is gone: overlaps, halves of tokens, ids
        assert np.array_equal(kind.encode(verdict.answer, q), learned)
        assert verdict.parts == {one.id: pytest.approx(1) for one in verdict.answer.instances}
    else:
        assert verdict.answer == replace(answer, attributes=())


def _weak(kind: Any_, verdict: Verdict[Any], q: Question) -> set[str]:
    """Parts that are told and not believed: they stand in a manifest, and say so there."""
    return set(map(str, kind.to_manifest(verdict, q).ours.get("weak", [])))


def _through_json(attribute: LabelAttribute) -> LabelAttribute:
    value, metadata, ours = json.loads(json.dumps([attribute.value, attribute.metadata, attribute.ours]))
    return LabelAttribute(value, metadata, attribute.side_files, ours)


def _is_pair(raw: Any) -> bool:
    return isinstance(raw, list) and len(raw) == 2 and isinstance(raw[1], dict)
