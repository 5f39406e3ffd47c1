"""Videos are made ready in the background, by one worker at a time, however often workers die."""

from __future__ import annotations

import shutil
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.test import override_settings
from PIL import Image

from labeling.errors import NotFound, UnsupportedMedia
from labeling.flow import background, intake, media_frames, media_preparing, media_variants
from labeling.jobs.clock import database_now
from labeling.jobs.files import frame_cache, store
from labeling.jobs.frame_tables import frame_table_of
from labeling.jobs.models import DataObject, LabelingJob, Media
from labeling.media import sandbox
from tests.factories import MONDAY, Staff, draft_job
from tests.media.films import decoded, films, read_number


@pytest.fixture(autouse=True)
def _no_frames_of_the_test_before() -> None:
    shutil.rmtree(frame_cache().root, ignore_errors=True)


def take_film(people: Staff, folder: Path, *names: str) -> LabelingJob:
    job: LabelingJob = draft_job(people, task_type="video-classification", name="Clips")
    for name in names:
        film = films()[name]
        (folder / film.path.name).write_bytes(film.path.read_bytes())
    intake.take_folder(job, folder=folder, by=people.lead, now=MONDAY)
    return job


@pytest.fixture
def film(people: Staff, tmp_path: Path) -> Media:
    """One that needs a proxy."""
    take_film(people, tmp_path, "h264-b-frames-long-gop")
    return Media.objects.get()


def again(media: Media) -> Media:
    media.refresh_from_db()
    return media


def test_a_film_has_its_frame_table_at_once_and_the_rest_later(film: Media) -> None:
    assert (film.state, film.proxy_key, film.strip_key) == ("waiting", "", "")
    told = media_variants.told_of(film, "frame-table")
    assert told is not None
    assert told["pts"] == list(range(0, 240 * 512, 512))
    assert (told["frames"], told["time_base"], told["keys"], told["proxy"]) == (240, [1, 15360], [0], "waiting")
    with pytest.raises(NotFound):
        media_variants.variant_of(film, "proxy")
    assert media_preparing.prepare_waiting() == 1
    assert (again(film).state, film.progress, film.trouble, film.claim) == ("ready", 100, "", "")
    path, content_type = media_variants.variant_of(film, "proxy")
    assert content_type == "video/mp4"
    original, _ = media_variants.variant_of(film, "original")
    assert list(decoded(path)) == list(decoded(original))
    assert original.read_bytes() == films()["h264-b-frames-long-gop"].path.read_bytes()
    told = media_variants.told_of(film, "frame-table")
    assert told is not None
    assert told["proxy"] == "ready"


def test_the_strip_has_its_index(film: Media) -> None:
    media_preparing.prepare_waiting()
    path, content_type = media_variants.variant_of(again(film), "strip")
    index = media_variants.told_of(film, "strip-index")
    assert content_type == "image/webp"
    assert index is not None
    assert len(index["frames"]) == 60
    sheet = np.asarray(Image.open(path).convert("RGB"))
    assert sheet.shape[:2] == (6 * index["height"], 10 * index["width"])
    assert read_number(sheet[index["height"] :, : index["width"]][: index["height"]]) == index["frames"][10]


def test_a_film_that_suits_is_its_own_proxy(people: Staff, tmp_path: Path) -> None:
    take_film(people, tmp_path, "h264-no-b-short-gop")
    film = Media.objects.get()
    assert media_variants.variant_of(film, "proxy") == media_variants.variant_of(film, "original")
    media_preparing.prepare_waiting()
    assert (again(film).state, film.proxy_key) == ("ready", "")
    assert film.strip_key


def test_what_is_prepared_is_not_prepared_again(film: Media) -> None:
    assert media_preparing.anything_to_do(database_now())
    media_preparing.prepare_waiting()
    assert not media_preparing.anything_to_do(database_now())
    assert media_preparing.prepare_waiting() == 0


def test_one_worker_has_a_film_in_hand_until_its_claim_runs_out(film: Media) -> None:
    now = database_now()
    first = media_preparing.claim_next(now=now)
    assert first is not None
    assert media_preparing.claim_next(now=now + timedelta(seconds=30)) is None
    assert not media_preparing.anything_to_do(now + timedelta(seconds=30))
    second = media_preparing.claim_next(now=now + timedelta(seconds=61))
    assert second is not None
    media_preparing.prepare(first)  # frozen for a minute: what it writes now is not taken
    assert again(film).state == "waiting"
    second.claimed_until = database_now()
    media_preparing.prepare(second)
    assert again(film).state == "ready"


@pytest.mark.parametrize(("at_once", "claimed"), [(1, 1), (2, 2)])
def test_only_so_many_films_are_prepared_at_once(people: Staff, tmp_path: Path, at_once: int, claimed: int) -> None:
    take_film(people, tmp_path, "h264-no-b-short-gop", "vp9", "h264-29.97")
    with override_settings(TOUCHSTONE_VIDEOS_AT_ONCE=at_once):
        found = [media_preparing.claim_next(now=database_now()) for _ in range(3)]
    assert sum(one is not None for one in found) == claimed


def test_a_proxy_that_can_not_be_made_leaves_frames_from_the_server(
    film: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise UnsupportedMedia("Its size is odd.")

    monkeypatch.setattr(media_preparing, "proxy_of", refuse)
    media_preparing.prepare_waiting()
    assert (again(film).state, film.trouble, film.proxy_key) == ("failed", "Its size is odd.", "")
    assert DataObject.objects.get().state == "pending"  # people label it all the same
    told = media_variants.told_of(film, "frame-table")
    assert told is not None
    assert told["proxy"] == "none"
    assert number_shown(film, 200) == 200


def test_a_film_that_ends_its_reader_is_tried_three_times(film: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[object] = []

    def die(*_: object) -> None:
        tries.append(_)
        raise sandbox.ReaderEnded("Reading the file took too much time or memory.")

    monkeypatch.setattr(media_preparing, "proxy_of", die)
    assert media_preparing.prepare_waiting() == 3
    assert len(tries) == 3
    assert (again(film).state, film.attempts) == ("failed", 3)
    assert "too much time" in film.trouble


def test_a_film_whose_workers_die_is_given_up_in_the_end(film: Media) -> None:
    now = database_now()
    for minutes in range(3):
        assert media_preparing.claim_next(now=now + timedelta(minutes=2 * minutes)) is not None
    Media.objects.update(claimed_until=None)
    assert media_preparing.prepare_waiting() == 1
    assert again(film).state == "failed"


def test_the_sweep_finds_films_whose_hint_was_lost(film: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    hints: list[str] = []
    monkeypatch.setattr(background, "hint_media", lambda: hints.append("look"))
    background.sweep()
    assert hints == ["look"]
    background.prepare_media()
    assert again(film).state == "ready"
    background.sweep()
    assert hints == ["look"]


def test_films_from_before_there_were_frame_tables_get_theirs(film: Media) -> None:
    table = frame_table_of(film)
    facts = {name: value for name, value in film.facts.items() if name != "quick"}
    Media.objects.update(frame_table_key="", facts=facts)
    with pytest.raises(NotFound):
        media_variants.told_of(again(film), "frame-table")
    media_preparing.prepare_waiting()
    assert frame_table_of(again(film)) == table
    assert film.facts["quick"] is False
    assert film.proxy_key


def number_shown(media: Media, number: int) -> int:
    frame = media_frames.frame_of(media, number)
    assert frame.content_type == "image/jpeg"
    return read_number(np.asarray(Image.open(BytesIO(frame.content))))


def test_frames_are_exact_before_and_after_the_proxy_is_there(film: Media) -> None:
    numbers = [0, 29, 30, 101, 239]
    assert [number_shown(film, number) for number in numbers] == numbers
    media_preparing.prepare_waiting()
    assert [number_shown(again(film), number) for number in numbers] == numbers


def test_the_neighbours_of_a_frame_come_with_it(film: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    number_shown(film, 70)

    def never(*_: object) -> None:
        raise AssertionError("decoded already")

    monkeypatch.setattr(media_frames, "frames_of", never)
    assert [number_shown(film, number) for number in (60, 71, 69, 89)] == [60, 71, 69, 89]
    with pytest.raises(AssertionError, match="already"):
        number_shown(film, 90)


@pytest.mark.parametrize("number", [-1, 240, 10**9])
def test_a_frame_outside_of_the_film_is_not_found(film: Media, number: int) -> None:
    with pytest.raises(NotFound):
        media_frames.frame_of(film, number)


def test_frames_are_kept_in_a_folder_of_bounded_size(film: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = media_frames.frame_of(film, 0)
    root = frame_cache().root
    size = sum(path.stat().st_size for path in root.iterdir())
    assert size > 20 * len(frame.content)
    monkeypatch.setattr(media_frames, "frame_cache", lambda: type(frame_cache())(root, size + 100))
    media_frames.frame_of(film, 100)
    assert len(list(root.iterdir())) == 1
    assert store().exists(film.digest)
