"""Pieces that the calls of the editor and of the grid share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from labeling.api.base import Body
from labeling.jobs.models import DataObject


class RowId(serializers.IntegerField):
    """An id that a column can hold: SQLite raises OverflowError beyond it."""

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1)


class TokenIn(Body):
    token = serializers.CharField(max_length=200)


class HeldOut(serializers.Serializer[Any]):
    expires_in = serializers.FloatField()
    expires_at = serializers.DateTimeField()


def title_of(data_object: DataObject) -> str:
    """A file's name; a text in its line is the content itself, so its number names it."""
    return data_object.name if data_object.media is not None else f"no. {data_object.position + 1}"


def until(expires_at: datetime | None, now: datetime) -> dict[str, Any]:
    left = max(0.0, (expires_at - now).total_seconds()) if expires_at else 0.0
    return {"expires_in": round(left, 1), "expires_at": expires_at}
