"""What a person sets for themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import Body, Door, me, read
from labeling.flow.keys import set_keys


class KeysIn(Body):
    keys = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=60), max_length=8),
        help_text='{command: [keys]}, like {"box": ["r"], "undo": ["Ctrl+z"]}',
    )


class KeysOut(serializers.Serializer[Any]):
    keys = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class KeysView(Door):
    scope: ClassVar[str] = "work"

    @extend_schema(operation_id="keys_read", responses=KeysOut)
    def get(self, request: Request) -> Response:
        """Your own keyboard map of the editor; commands that it leaves out have their usual keys."""
        return Response({"keys": me(request).keys})

    @extend_schema(operation_id="keys_replace", request=KeysIn, responses=KeysOut)
    def put(self, request: Request) -> Response:
        """Replace your keyboard map. An empty one brings the usual keys back."""
        return Response({"keys": set_keys(me(request), read(KeysIn, request)["keys"])})
