"""What a job asks, as it comes in a body: classes by name alone or with their look, attributes and skeleton."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.api.base import Body
from labeling.formats.categories import KEYS, categories_from_names
from labeling.task_types.base import Attribute, Category, Json

KINDS: Final = ("choice", "number", "text", "tick")
SCOPES: Final = ("object", "frame", "instance", "track")
MOST: Final = 100


class AttributeIn(Body):
    name = serializers.CharField(max_length=256)
    kind = serializers.ChoiceField(choices=KINDS)
    scope = serializers.ChoiceField(choices=SCOPES, required=False, help_text="object; of a class's own: instance")
    choices = serializers.ListField(child=serializers.CharField(max_length=256), max_length=MOST, default=list)
    minimum = serializers.FloatField(allow_null=True, default=None)
    maximum = serializers.FloatField(allow_null=True, default=None)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]  # a field's name, not its option


class CategoryIn(Body):
    name = serializers.CharField(max_length=256)
    colour = serializers.IntegerField(required=False, help_text="1 to 12; by its place")
    key = serializers.CharField(required=False, allow_blank=True, max_length=1, help_text="a digit; the next free one")
    attributes = AttributeIn(many=True, required=False, help_text="of its instances alone")
    skeleton = serializers.DictField(required=False, allow_null=True, help_text='{"points": [...], "edges": [[a, b]]}')


WHOLE: Final = {
    "type": "object",
    "description": "As attributes of the job, but for the scope, which is instance",
    "properties": {
        "name": {"type": "string", "maxLength": 256},
        "colour": {"type": "integer", "minimum": 1, "maximum": 12},
        "key": {"type": "string", "maxLength": 1},
        "attributes": {"type": "array", "items": {"type": "object"}},
        "skeleton": {
            "type": "object",
            "properties": {
                "points": {"type": "array", "items": {"type": "string"}},
                "edges": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
            },
        },
    },
    "required": ["name"],
}


@extend_schema_field({"oneOf": [{"type": "string", "maxLength": 256}, WHOLE]})
class NameOrCategory(serializers.Field[Any, Any, Any, Any]):
    """A class's name, or an object that says more of it."""

    def to_internal_value(self, data: Any) -> Json:
        if isinstance(data, dict):
            body = CategoryIn(data=data)
            body.is_valid(raise_exception=True)
            return dict(body.validated_data)
        name = serializers.CharField(max_length=256).run_validation(data)
        return {"name": name}

    def to_representation(self, value: Any) -> Any:
        return value


def attributes_of(rows: Sequence[Json], *, scope: str) -> tuple[Attribute, ...]:
    """`scope` where a row says none."""
    return tuple(Attribute(**{"scope": scope, **row, "choices": tuple(row["choices"])}) for row in rows)


def categories_of(rows: Sequence[Json], *, min_count: int) -> tuple[Category, ...]:
    """Raises InvalidJob about names; the rest is checked as the job is made."""
    plain = categories_from_names([row["name"] for row in rows], min_count=min_count, where="categories")
    taken = {row.get("key") for row in rows}
    free = iter([key for key in KEYS if key not in taken])
    return tuple(
        replace(
            one,
            colour=row.get("colour", one.colour),
            key=row["key"] if "key" in row else next(free, ""),
            attributes=attributes_of(row.get("attributes", ()), scope="instance"),
            skeleton=row.get("skeleton"),
        )
        for one, row in zip(plain, rows, strict=True)
    )
