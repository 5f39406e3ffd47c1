"""Why a proposal says what it says, for who holds the object; what a model version goes by, for who leads the job."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Door, me
from labeling.flow import why
from labeling.jobs.access import access_model, access_own_assignment
from labeling.jobs.clock import database_now
from labeling.learners.why import Reasons

DIGITS: Final = 5
MOST_WORDS: Final = 300
UNEXPLAINED: Final = OpenApiResponse(description="unexplained: the model has no reasons to give")


class WordOut(serializers.Serializer[Any]):
    start = serializers.IntegerField(help_text="Code points")
    end = serializers.IntegerField()
    weight = serializers.FloatField(help_text="Log-odds; below 0 it speaks against")


class ReasonsOut(serializers.Serializer[Any]):
    category = serializers.IntegerField()
    expected = serializers.FloatField(help_text="The class's score for the average object, in log-odds")
    margin = serializers.FloatField(help_text="For this one: expected + words or regions + rest")
    rest = serializers.FloatField(help_text="Of what is not shown: words that the text lacks, or too weak ones")
    words = WordOut(many=True, help_text="Of a text, in its order")
    regions = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        allow_null=True,
        help_text="Of a picture, upright: rows of equal regions",
    )


class WhyOut(serializers.Serializer[Any]):
    model = serializers.CharField()
    reasons = ReasonsOut(many=True)


class TermOut(serializers.Serializer[Any]):
    term = serializers.CharField()
    weight = serializers.FloatField(help_text="Log-odds: the mean size of its contribution over the job's texts")


class ClassWhyOut(serializers.Serializer[Any]):
    category = serializers.IntegerField()
    name = serializers.CharField()
    speaks_for = TermOut(many=True)
    speaks_against = TermOut(many=True)
    parts_for = TermOut(many=True, help_text="Pieces of words, where they are counted; a blank is an edge")
    parts_against = TermOut(many=True)
    regions = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        allow_null=True,
        help_text="Mean over the pictures that the model gives this class",
    )
    unexplained = serializers.CharField(allow_blank=True, help_text="Why there is nothing to say of this class")


class ModelWhyOut(serializers.Serializer[Any]):
    model = serializers.CharField()
    classes = ClassWhyOut(many=True)


class WhyView(Door):
    scope = "work"

    @extend_schema(
        operation_id="assignment_why",
        responses={200: WhyOut, 409: UNEXPLAINED, 410: OpenApiResponse(description="lease-lost")},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The reasons for the proposal that is shown with your lease. 404 where none is shown."""
        found = why.why_of(access_own_assignment(pk, me(request)), now=database_now())
        return Response({"model": found.model, "reasons": [reasons_as_json(*one) for one in found.reasons]})


class ModelWhyView(Door):
    @extend_schema(operation_id="model_why", responses={200: ModelWhyOut, 409: UNEXPLAINED})
    def get(self, request: Request, pk: int, number: int) -> Response:
        """What a model version goes by, class by class."""
        version = access_model(pk, number, me(request))
        return Response(
            {"model": version.title, "classes": [_class(one) for one in why.pulls_of(version.job, version)]}
        )


def reasons_as_json(category: int, reasons: Reasons) -> dict[str, Any]:
    """The strongest words, and what all else adds up to."""
    strongest = sorted(reasons.words, key=lambda word: -abs(word.weight))[:MOST_WORDS]
    shown = sorted(strongest, key=lambda word: word.start)
    told = sum(word.weight for word in shown)
    if reasons.regions is not None:
        told += float(reasons.regions.sum())
    return {
        "category": category,
        "expected": round(reasons.expected, DIGITS),
        "margin": round(reasons.margin, DIGITS),
        "rest": round(reasons.margin - reasons.expected - told, DIGITS),
        "words": [{"start": one.start, "end": one.end, "weight": round(one.weight, DIGITS)} for one in shown],
        "regions": None if reasons.regions is None else reasons.regions.round(DIGITS).tolist(),
    }


def _class(one: why.ClassPull) -> dict[str, Any]:
    pull = one.pull
    lists = {name: getattr(pull, name) for name in ("speaks_for", "speaks_against", "parts_for", "parts_against")}
    return {
        "category": one.category.place,
        "name": one.category.name,
        **{
            name: [{"term": term, "weight": round(weight, DIGITS)} for term, weight in terms]
            for name, terms in lists.items()
        },
        "regions": None if pull.regions is None else pull.regions.round(DIGITS).tolist(),
        "unexplained": one.unexplained,
    }
