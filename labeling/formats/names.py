"""Names of jobs and of label attributes: what the format allows (spec sections 1 and 4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from labeling.errors import InvalidJob

META = "-metadata"
OURS = "x-ours"  # the one key of the metadata that is ours (spec section 12)
MAX_JOB_NAME = 63
MAX_LABEL_ATTRIBUTE = 127
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
_WORDS = re.compile("metadata|annotations", re.IGNORECASE)  # several public readers look for these in any key
_RULE = "Use letters, digits and inner hyphens."


def meta_key(name: str) -> str:
    return name + META


def job_slug(name: str) -> str:
    """The manifest's name of a job that people call `name`: 1..63 letters, digits and inner hyphens."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-zA-Z0-9]+", "-", ascii_only).strip("-")
    return slug[:MAX_JOB_NAME].strip("-") or "job"


def check_job_name(name: str) -> str:
    """Gives the name back. Raises InvalidJob."""
    if len(name) > MAX_JOB_NAME or not _JOB_NAME.fullmatch(name):
        raise InvalidJob(
            f"{name[:80]!r} can't be a job's name in a manifest.", where="name", todo=f"{_RULE} At most 63."
        )
    return name


def further_name(name: str, middle: str) -> str:
    """The label attribute name of a further label beside `name` (spec section 12.1): boats-ref -> boats-polygon-ref."""
    stem = name.removesuffix("-ref")
    return f"{stem}-{middle}{name[len(stem) :]}"


def label_names(name: str, middles: Sequence[str]) -> tuple[str, ...]:
    """Every label attribute name that a job writes under: its own, then those of its further labels."""
    return (name, *(further_name(name, middle) for middle in middles))


def name_problem(name: str) -> str:
    """What breaks the pattern of a label attribute name, or "". What it must end with depends on the type."""
    if name in ("source", "source-ref"):
        return f"{name} is the key of the object itself."
    if name.endswith(META):
        return "It ends with -metadata, which names what stands beside a label."
    if len(name) > MAX_LABEL_ATTRIBUTE or not _JOB_NAME.fullmatch(name):
        return "It must be 1 to 127 letters, digits and inner hyphens."
    return ""


def suffix_problem(name: str, suffix: str) -> str:
    """`suffix` is "-ref" for labels that are URIs, else ""."""
    if suffix and not name.endswith(suffix):
        return f"It must end with {suffix}: the label is the address of a file."
    if not suffix and name.endswith("-ref"):
        return "It must not end with -ref: training code would fetch the label as a file."
    return ""


def check_label_attribute(name: str, *, suffix: str = "", reviews: str = "", middles: Sequence[str] = ()) -> str:
    """Gives the name back. `reviews`: the label attribute name under review; `middles`: what the names of the job's
    further labels have inside. Raises InvalidJob."""
    problem = name_problem(name) or suffix_problem(name, suffix) or _further_problem(name, middles)
    if not problem and reviews and name == reviews:
        problem = "It is the name of the labels under review, which stay as they are."
    if problem:
        raise InvalidJob(
            f"{name[:140]!r} can't be the label attribute name. {problem}", where="label_attribute", todo=_RULE
        )
    return name


def _further_problem(name: str, middles: Sequence[str]) -> str:
    longest = max(middles, key=len, default="")
    room = MAX_LABEL_ATTRIBUTE - len(further_name(name, longest)) + len(name)
    if not middles or len(name) <= room:
        return ""
    return (
        f"It has {len(name)} characters and may have {room} in this job, whose labels for further tools stand under "
        f'longer names, with "-{longest}" inside; {MAX_LABEL_ATTRIBUTE} is the most for any.'
    )


def default_label_attribute(name: str, *, suffix: str = "") -> str:
    """The job's name, with the suffix that the task type asks for, and without what readers take for another key."""
    slug = _WORDS.sub(lambda found: {"m": "facts"}.get(found[0][0].lower(), "labels"), job_slug(name))
    while slug.endswith("-ref"):
        slug = slug.removesuffix("-ref").rstrip("-") or "job"
    return ("label" if slug == "source" else slug) + suffix
