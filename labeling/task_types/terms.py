"""A term list: words whose class is known beforehand, found in a text as suggestions for people."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from labeling.errors import InvalidJob
from labeling.task_types.base import Category, Json, Question, Verdict
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.span import SPAN, covering
from labeling.task_types.words import JOINER, is_ideographic, is_mark

KEY: Final = "terms"
MOST: Final = 5_000
LONGEST: Final = 200  # characters of a term
MOST_FOUND: Final = 5_000  # in one text
HEAD: Final = 2  # characters by which terms are looked up


@dataclass(frozen=True)
class Term:
    text: str
    category: int
    ignore_case: bool = False


def term_settings() -> Json:
    """JSON Schema of the setting."""
    item = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": LONGEST},
            "category": {"type": "string", "minLength": 1},
            "ignore_case": {"type": "boolean", "default": False},
        },
        "required": ["text", "category"],
        "additionalProperties": False,
    }
    return {
        "type": "array",
        "items": item,
        "maxItems": MOST,
        "default": [],
        "description": "Words whose class is known: they are suggested wherever they stand in a text.",
    }


def check_terms(settings: Json, categories: Sequence[Category]) -> None:
    """What the schema can't say. Raises InvalidJob."""
    known = {one.name for one in categories}
    for place, one in enumerate(settings.get(KEY, ())):
        if one["category"] not in known:
            raise InvalidJob(
                f'The term "{one["text"]}" has the class "{one["category"]}", which this job has not.',
                where=f"settings/{KEY}/{place}/category",
                todo=f"Choose of: {', '.join(sorted(known))}.",
            )


def terms_of(q: Question) -> tuple[Term, ...]:
    places = {category.name: place for place, category in enumerate(q.categories)}
    return tuple(
        Term(one["text"], places[one["category"]], one.get("ignore_case", False))
        for one in q.settings.get(KEY, ())
        if one["category"] in places
    )


def found_terms(q: Question, terms: Sequence[Term], seed: str = "") -> Verdict[Instances]:
    """Every place where a term stands for itself: no letter before or after it (but scripts that put no spaces between
    words), no half of a character. Where several begin the longest counts; within it nothing else is looked for.

    Ids follow from `seed` and the place, so that asking twice gives equal answers.
    """
    found: dict[tuple[int, int, int], Instance] = {}
    for ignore_case in (False, True):
        fold = _lower if ignore_case else str
        known = {fold(one.text): one.category for one in terms if one.ignore_case == ignore_case}
        for start, end in _places(q.media.text, fold(q.media.text) if known else "", known):
            category = known[fold(q.media.text[start:end])]
            ident = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed} {start} {end} {category}"))
            found[start, end, category] = Instance(ident, SPAN.name, category, covering(start, end, q.media))
    listed = tuple(found[key] for key in sorted(found)[:MOST_FOUND])
    return Verdict(Instances(listed), 1.0, {one.id: 1.0 for one in listed})


def _lower(text: str) -> str:
    """As long as before, one character of each, so that places stay what they are."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(one if len(one.lower()) > 1 else one.lower() for one in text)


def _places(text: str, folded: str, known: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """One pass over the text, however many terms there are: those that begin like it are looked up by their length."""
    lengths: dict[str, list[int]] = {}
    for term in sorted(known, key=len, reverse=True):
        sizes = lengths.setdefault(term[:HEAD], [])
        if len(term) not in sizes:
            sizes.append(len(term))
    place = 0
    while place < len(folded):
        begun = (*lengths.get(folded[place : place + HEAD], ()), *lengths.get(folded[place], ()))
        ends = (place + size for size in begun if folded[place : place + size] in known)
        end = next((end for end in ends if _apart(text, place, end)), None)
        if end is not None:
            yield place, end
        place = end or place + 1


def _apart(text: str, start: int, end: int) -> bool:
    """Whether nothing of what stands there goes on before or after it."""
    if end > len(text):
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    if (after and is_mark(after)) or before == JOINER:
        return False
    return not any(_bordering(a) and _bordering(b) for a, b in ((before, text[start]), (text[end - 1], after)))


def _bordering(character: str) -> bool:
    """Whether it is of a word that spaces tell from others."""
    if not character:
        return False
    return (character.isalnum() or character == "_" or is_mark(character)) and not is_ideographic(character)
