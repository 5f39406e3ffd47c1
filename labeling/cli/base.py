"""What every command of ours shares: exit codes 0, 1 and 2, errors in one sentence, jobs by id or name."""

from __future__ import annotations

import sys
from abc import abstractmethod
from typing import Any

from django.core.management.base import BaseCommand

from labeling.errors import BadRequest, NotFound, NotYet, Problem
from labeling.jobs.models import LabelingJob
from labeling.workforce.models import Role, Team, User

WRONG_USE = 2


class HouseCommand(BaseCommand):
    """`work` does it; a Problem becomes a sentence on stderr and exit code 1 (2 for wrong use and "not yet")."""

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            code = self.work(**options)
        except Problem as problem:
            self.stderr.write(str(problem))
            code = WRONG_USE if isinstance(problem, BadRequest) else 1
        except OSError as error:
            self.stderr.write(f"{error.filename or 'A file'}: {error.strerror or error}.")
            code = 1
        if code:
            sys.exit(code)

    @abstractmethod
    def work(self, **options: Any) -> int | None:
        """Returns an exit code, or None for 0."""

    def say(self, text: str) -> None:
        self.stdout.write(text)


def job_named(name: str) -> LabelingJob:
    """A job by its id or its name. Raises NotFound."""
    rows = LabelingJob.objects.select_related("team", "tally")
    job = rows.filter(pk=int(name)).first() if name.isdecimal() else None
    job = job or rows.filter(name=name).first()
    if job is None:
        raise NotFound(f'There is no job "{name}".', todo="Run job_status without a name to see all jobs.")
    return job


def team_named(name: str) -> Team:
    """The team of this name; without one the only team that there is. Raises NotFound or BadRequest."""
    teams = Team.objects.select_related("organisation").order_by("pk")
    if name:
        team = teams.filter(name=name).first()
        if team is None:
            raise NotFound(f'There is no team "{name}".', todo=f"There are: {', '.join(map(str, teams)) or 'none'}.")
        return team
    if not teams:
        raise NotFound("There is no team yet.", todo="Run `manage.py up` once; it makes the first team.")
    return teams[0]


def lead_of(team: Team) -> User:
    """In whose name a command acts: the team's first lead. Raises NotFound."""
    lead = User.objects.filter(memberships__team=team, memberships__role=Role.LEAD).order_by("pk").first()
    if lead is None:
        raise NotFound(f'The team "{team}" has no lead.', todo="Invite one.")
    return lead


def later_option(value: object, default: object, name: str) -> None:
    """For options that belong to a later version."""
    if value != default:
        raise NotYet(f"{name} is not built yet.", todo="Leave it out.")
