"""Every error that is meant for a person.

    Problem
     +- NotFound            404  the row does not exist, or the user's memberships don't give it
     +- BadRequest          400  the request can't be understood
     |   +- NotYet               an option that belongs to a later version
     +- Conflict            409  the row has moved on
     |   +- KeyReused            the same client key with another body
     |   +- DraftOutdated        a draft was changed elsewhere
     +- LeaseLost           410  renewing, or changing a draft, without holding the lease
     +- TooLarge            413  a file or a body beyond a limit
     +- UnsupportedMedia    415  a file that we don't read
     +- Invalid             422  understood, and wrong
         +- InvalidAnswer        an answer that breaks its question; `where` is a JSON pointer
         +- InvalidJob           a job that can't be made from these settings
         +- ManifestLineError    one line of a manifest; the others go on

Each has a stable `code`, an HTTP `status`, and three sentences: what happened, where, and what to do about it.
"""

from __future__ import annotations

from typing import ClassVar


class Problem(Exception):
    """What happened, where (file, line, field, JSON pointer), and what to do."""

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 500

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:" if self.where else "", self.what, self.todo) if part)

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, "what": self.what, "where": self.where, "todo": self.todo, "status": self.status}


class NotFound(Problem):
    code = "not-found"
    status = 404

    def __init__(self, what: str = "There is nothing here.", *, where: str = "", todo: str = "") -> None:
        super().__init__(what, where=where, todo=todo)


class BadRequest(Problem):
    code = "bad-request"
    status = 400


class NotYet(BadRequest):
    code = "not-yet"


class Conflict(Problem):
    code = "conflict"
    status = 409


class KeyReused(Conflict):
    code = "key-reused"


class DraftOutdated(Conflict):
    """The server's revision and document travel with it, so that the editor can show both."""

    code = "draft-outdated"

    def __init__(self, what: str, *, revision: int, document: object, todo: str = "") -> None:
        super().__init__(what, todo=todo)
        self.revision = revision
        self.document = document

    def as_dict(self) -> dict[str, object]:
        return {**super().as_dict(), "revision": self.revision, "document": self.document}


class LeaseLost(Problem):
    code = "lease-lost"
    status = 410


class TooLarge(Problem):
    code = "too-large"
    status = 413


class UnsupportedMedia(Problem):
    code = "unsupported-media"
    status = 415


class Invalid(Problem):
    code = "invalid"
    status = 422


class InvalidAnswer(Invalid):
    """`where` is a JSON pointer into the answer."""

    code = "invalid-answer"

    def __init__(self, pointer: str, problem: str, *, todo: str = "") -> None:
        super().__init__(problem, where=pointer, todo=todo)
        self.pointer = pointer


class InvalidJob(Invalid):
    code = "invalid-job"


class ManifestLineError(Invalid):
    """One line of a manifest is refused; `rule` is the spec's id (E-JSON, E-SRC ...)."""

    code = "manifest-line"

    def __init__(self, line: int, rule: str, problem: str, *, pointer: str = "", todo: str = "") -> None:
        super().__init__(problem, where=f"line {line}{pointer and ' ' + pointer}", todo=todo)
        self.line = line
        self.rule = rule
        self.pointer = pointer
