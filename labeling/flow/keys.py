"""A person's own keyboard map of the editor: {command: [chords]}; a command that is not in it has its usual keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from labeling.errors import Invalid
from labeling.jobs.dialect import write
from labeling.workforce.models import User

MOST_COMMANDS = 200
MOST_CHORDS = 4  # of one command
COMMAND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CHORD = re.compile(r"(Ctrl\+)?(Alt\+)?(Shift\+)?([^\s+]|\+|[A-Z][A-Za-z0-9]{1,19})")
LONGEST_NAME = 60


def set_keys(user: User, keys: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Replace the person's keyboard map; an empty one brings the usual keys back. Raises Invalid with a JSON pointer.

    Which commands exist is the editor's business: a name that it does not know is kept and does nothing.
    """
    if len(keys) > MOST_COMMANDS:
        raise Invalid(f"{len(keys)} commands; a keyboard map holds at most {MOST_COMMANDS}.", where="/keys")
    taken: dict[str, str] = {}
    for command, chords in keys.items():
        if not COMMAND.fullmatch(command) or len(command) > LONGEST_NAME:
            raise Invalid(f'"{command[:40]}" is not the name of a command.', where="/keys", todo='Like "zoom-in".')
        if len(chords) > MOST_CHORDS:
            raise Invalid(f"{len(chords)} keys; a command has at most {MOST_CHORDS}.", where=f"/keys/{command}")
        for chord in chords:
            if not CHORD.fullmatch(chord):
                raise Invalid(
                    f'"{chord[:40]}" is not a key.',
                    where=f"/keys/{command}",
                    todo='Write it like "b" or "Ctrl+Shift+z".',
                )
            if taken.setdefault(chord, command) != command:
                raise Invalid(f"{chord} is given to {taken[chord]} too.", where=f"/keys/{command}", todo="Choose one.")
    kept = {command: list(chords) for command, chords in keys.items()}
    with write():
        user.keys = kept
        user.save(update_fields=["keys"])
    return kept
