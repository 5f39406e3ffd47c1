from __future__ import annotations

from pathlib import Path

import pytest

from labeling.flow import intake, media_variants
from labeling.jobs.files import derived
from labeling.jobs.models import Media
from tests.factories import MONDAY, Staff, draft_job
from tests.media.samples import picture


def test_a_page_of_thumbnails_is_made_in_one_go_and_once(
    people: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        picture(tmp_path / f"{number}.png", width=40 + number)
    job = draft_job(people, task_type="image-classification")
    intake.take_folder(job, folder=tmp_path, by=people.lead, now=MONDAY)
    medias = list(Media.objects.all())
    media_variants.make_thumbnails(medias)
    assert all(derived().has(one.digest, media_variants.THUMBNAIL) for one in medias)

    def never(*_: object) -> None:
        raise AssertionError("made already")

    monkeypatch.setattr(media_variants, "thumbnails", never)
    media_variants.make_thumbnails(medias)
    path, content_type = media_variants.variant_of(medias[0], "thumbnail")
    assert path.is_file()
    assert content_type == "image/webp"
