"""Videos made ready for the editor, in the background: a proxy to step through, and the strip of its timeline.

People label meanwhile, by single frames from the server. A worker claims a video for a minute at a time and renews the
claim while it lives; a killed one's video is claimed anew. A video that ends its reader three times gets no proxy.
"""

from __future__ import annotations

import logging
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F, Q, QuerySet

from labeling.errors import Problem
from labeling.jobs.clock import database_now
from labeling.jobs.dialect import write
from labeling.jobs.files import home, store
from labeling.jobs.frame_tables import frame_table_of, is_sequence, keep_table, picture_of
from labeling.jobs.models import Media
from labeling.media import probe
from labeling.media.films import MadeStrip, proxy_of, proxy_table, strip_of, strip_of_pictures
from labeling.media.frame_table import FrameTable
from labeling.media.sandbox import ReaderEnded
from labeling.storage import put_json

log = logging.getLogger(__name__)

LASTS: Final = timedelta(seconds=60)
RENEW_EVERY: Final = 5.0  # seconds; the lead sees the progress as often
MOST_ATTEMPTS: Final = 3


def free(now: datetime) -> QuerySet[Media]:
    """Videos that wait for a worker."""
    unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    return Media.objects.filter(unclaimed, state=Media.State.WAITING).order_by("pk")


def anything_to_do(now: datetime) -> bool:
    return _room(now) and free(now).exists()


def _room(now: datetime) -> bool:
    """Whether one more may be worked on: with every worker busy on videos, jobs would stand still."""
    busy = Media.objects.filter(state=Media.State.WAITING, claimed_until__gt=now).count()
    return busy < settings.TOUCHSTONE_VIDEOS_AT_ONCE


def prepare_waiting() -> int:
    """Prepare videos, one after the other, until none waits or enough others are at it; how many."""
    done = 0
    while (media := claim_next(now=database_now())) is not None:
        prepare(media)
        done += 1
    return done


def claim_next(*, now: datetime) -> Media | None:
    """Take the next video in hand; None when there is none, or no room."""
    with write():
        media = free(now).first() if _room(now) else None
        if media is None:
            return None
        token = secrets.token_hex(8)
        mine = free(now).filter(pk=media.pk)
        if not mine.update(claim=token, claimed_until=now + LASTS, attempts=F("attempts") + 1):
            return None
    media.refresh_from_db()
    return media


def prepare(media: Media) -> None:
    """Make what `media` (as `claim_next` gave it) lacks. What it writes is the same however often it is repeated."""
    if media.attempts > MOST_ATTEMPTS:
        _finish(media, trouble="Making the proxy ended its reader three times.")
        return
    with _kept_claim(media) as progress:
        try:
            table = _table(media)
            proxy, trouble = _proxy(media, table, progress)
        except ReaderEnded as ended:
            if media.attempts >= MOST_ATTEMPTS:
                _finish(media, trouble=ended.what)
            else:
                with write():
                    _mine(media).update(claim="", claimed_until=None)
            return
        except Problem as problem:
            _finish(media, trouble=problem.what)
            return
        strip = _strip(media, table, proxy)
    _finish(media, proxy_key=proxy, strip_key=strip, trouble=trouble, frame_table_key=keep_table(table))


def _table(media: Media) -> FrameTable:
    """Videos that came in before there were frame tables get one now."""
    if media.frame_table_key:
        return frame_table_of(media)
    probed = probe(store().path(media.digest), "video")
    if probed.table is None:
        raise ValueError(f"{media} has no frames")
    media.facts = {**media.facts, "quick": probed.quick, "frames": len(probed.table)}
    with write():
        _mine(media).update(facts=media.facts)
    return probed.table


def _proxy(media: Media, table: FrameTable, progress: Progress) -> tuple[str, str]:
    """Its key in storage, or why there is none; neither where none is needed."""
    if is_sequence(media) or media.facts.get("quick"):
        return "", ""
    with tempfile.TemporaryFile(dir=home()) as made:
        try:
            proxy_of(store().path(media.digest), table, made, progress.tell)
        except ReaderEnded:
            raise
        except Problem as problem:
            log.warning("no proxy of %s: %s", media, problem.what)
            return "", problem.what
        made.seek(0)
        return store().put(made), ""


def _strip(media: Media, table: FrameTable, proxy: str) -> str:
    """The key of its description; "" where the frames can't be had cheaply. Nobody needs it to label."""
    try:
        made = _made_strip(media, table, proxy)
    except Problem as problem:
        log.warning("no strip of %s: %s", media, problem.what)
        return ""
    if made is None:
        return ""
    index = {"width": made.width, "height": made.height, "columns": made.columns, "frames": list(made.frames)}
    return put_json(store(), {"image": store().put(made.content), "index": index})


def _made_strip(media: Media, table: FrameTable, proxy: str) -> MadeStrip | None:
    if is_sequence(media):
        return strip_of_pictures([store().path(picture_of(media, number).key) for number in range(len(table))])
    if proxy:
        return strip_of(store().path(proxy), proxy_table(table))
    return None if table.counted else strip_of(store().path(media.digest), table)


def _finish(media: Media, *, trouble: str, **made: str) -> None:
    state = Media.State.FAILED if trouble else Media.State.READY
    with write():
        _mine(media).update(state=state, trouble=trouble, progress=100, claim="", claimed_until=None, **made)


def _mine(media: Media) -> QuerySet[Media]:
    """The row, while this worker's claim stands: who lost it changes nothing."""
    return Media.objects.filter(pk=media.pk, claim=media.claim)


class Progress:
    """How far it is, written down whenever the claim is renewed."""

    def __init__(self) -> None:
        self.percent = 0

    def tell(self, share: float) -> None:
        self.percent = min(99, int(100 * share))


@contextmanager
def _kept_claim(media: Media) -> Iterator[Progress]:
    progress, done = Progress(), threading.Event()
    renewer = threading.Thread(target=_renew, args=(media, progress, done), daemon=True)
    renewer.start()
    try:
        yield progress
    finally:
        done.set()
        renewer.join()


def _renew(media: Media, progress: Progress, done: threading.Event) -> None:
    while not done.wait(RENEW_EVERY):
        try:
            with write():
                _mine(media).update(claimed_until=database_now() + LASTS, progress=progress.percent)
        except DatabaseError as error:  # one missed beat is nothing; the next connection may be a good one
            log.warning("the claim on %s was not renewed (%s)", media, error)
            connection.close()
    connection.close()  # this thread's own
