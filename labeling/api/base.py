"""What every view of the API shares: who asks, scopes, and a body whose unknown keys are refused."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final, cast

from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from labeling.api.parsing import MAX_BODY, StorableJson
from labeling.errors import BadRequest
from labeling.workforce.models import ApiToken, User

MOST: Final = 2**63 - 1  # no key of a row is larger


class HasScope(BasePermission):
    """A token does what its scopes say, a signed-in person what their memberships say. Views name their `scope`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not (request.user and request.user.is_authenticated):
            return False
        scope = view.scope_for(request) if isinstance(view, Door) else "lead"
        if isinstance(request.auth, ApiToken) and scope not in request.auth.scopes:
            raise PermissionDenied(f'This token lacks the scope "{scope}".')
        return True


class OneRenderer(BaseContentNegotiation):
    """JSON, or the bytes that were asked for, whatever the client says that it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, _request: Request, renderers: Any, _format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Door(APIView):
    """Fetch by access, call one flow function, answer."""

    scope: ClassVar[str] = "lead"
    max_body: ClassVar[int] = MAX_BODY  # bytes of JSON
    content_negotiation_class = OneRenderer
    permission_classes = (HasScope,)
    parser_classes: tuple[type[BaseParser], ...] = (StorableJson,)

    def scope_for(self, _request: Request) -> str:
        """The scope that a token needs; a view with two ways in says which one is asked for."""
        return self.scope


def me(request: Request) -> User:
    return cast(User, request.user)


class Body(serializers.Serializer[Any]):
    """A request's body. A key that it does not name is an error: a typing mistake must not be lost in silence."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            name = sorted(map(str, unknown))[0]
            raise BadRequest(
                f'"{name[:40]}" is not a field here.', where=f"/{name[:40]}", todo=f"Known: {', '.join(self.fields)}."
            )
        return cast("dict[str, Any]", super().to_internal_value(data))


def read(body: type[Body], request: Request) -> dict[str, Any]:
    """The checked body of a request. Raises BadRequest or DRF's ValidationError."""
    serializer = body(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def page_key(request: Request, name: str, default: int) -> int:
    """A row's key in the address, which the last page named. Raises BadRequest for what is none."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise BadRequest(f"{name} is a number.", where=name, todo="Pass on the number of the last page.")
    return int(text)
