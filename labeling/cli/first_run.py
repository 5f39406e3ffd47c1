"""What a new home needs before anyone can sign in: an organisation, a team, its lead and a worker."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from labeling.workforce.models import Membership, Organisation, Role, Team, User

WORDS = 4  # groups of four letters and digits: 80 bits


@dataclass(frozen=True)
class SignIn:
    username: str
    password: str


def someone_is_here() -> bool:
    return User.objects.exists()


def new_password() -> str:
    """Easy to type from paper: lower case, without letters that look like digits."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(WORDS))


@transaction.atomic
def make_people() -> tuple[Team, SignIn, SignIn]:
    """The first organisation and team, its lead (user `lead`) and a worker (user `worker`), with random passwords."""
    organisation, _ = Organisation.objects.get_or_create(name="Touchstone")
    team, _ = Team.objects.get_or_create(organisation=organisation, name="First team")
    return team, _person(team, "lead", Role.LEAD), _person(team, "worker", Role.WORKER)


def _person(team: Team, username: str, role: Role) -> SignIn:
    sign_in = SignIn(username, new_password())
    user = User.objects.create_user(username, password=sign_in.password, display_name=username.capitalize())
    Membership.objects.create(user=user, team=team, role=role)
    return sign_in


def keep(file: Path, *sign_ins: SignIn) -> None:
    """Written for its owner alone (mode 0600), whatever was there before."""
    draft = file.with_name(f".{file.name}.part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.writelines(f"{sign_in.username} {sign_in.password}\n" for sign_in in sign_ins)
    draft.replace(file)
