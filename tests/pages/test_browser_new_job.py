"""The rows of a new job's form under a real browser: classes with colour and key, attributes, rules of the question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from labeling.jobs.models import LabelingJob
from labeling.jobs.questions import categories_of
from labeling.task_types.base import Attribute
from labeling.task_types.registry import TASK_TYPES
from tests.factories import Staff, staff
from tests.learners.tiny_model import install_tiny_model
from tests.pages.test_new_job import png

SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SEND = "Make the job, and look"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Staff:
    return staff("Crossings", workers=1)


def begin(page: Page, question: str) -> None:
    page.goto(reverse("new-job"))
    page.get_by_label("Name of the job").fill("Streets")
    page.set_input_files("#files", [{"name": "a.png", "mimeType": "image/png", "buffer": png()}])
    page.get_by_role("radio", name=question).check()
    for number, name in enumerate(("Car", "Bus"), start=1):
        page.get_by_label(f"Name of class {number}").fill(name)


def attribute(page: Page, name: str, filled: str, of: str = "") -> None:
    page.get_by_role("button", name="Add an attribute").click()
    box = page.get_by_role("group", name="Attribute").last
    expect(box.get_by_label("Name")).to_be_focused()
    box.get_by_label("Name").fill(name)
    box.get_by_label("Filled in as").select_option(filled)
    if of:
        box.get_by_label("Asked of").select_option(of)


def test_what_is_asked_beside_boxes_is_set_by_hand_and_survives_what_was_wrong(
    new_page: Callable[..., Page], people: Staff, troubles: list[str]
) -> None:
    page = new_page(people.lead)
    begin(page, "Boxes in images")
    page.get_by_role("button", name="Colour and key of class 1").click()
    page.get_by_role("button", name="Colour 5").click()
    page.get_by_label("Key", exact=True).select_option("2")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="Colour and key of class 1")).to_have_text("2")
    expect(page.get_by_role("button", name="Colour and key of class 2")).to_have_text("1")
    attribute(page, "weather", "one of a list", "the whole object")
    page.get_by_label("Choices, one a line").fill("sun\nfog")
    attribute(page, "seats", "a number", "each Bus")
    page.get_by_label("At least").last.fill("0")
    page.get_by_label("At most").last.fill("many")
    attribute(page, "occluded", "a tick")
    page.get_by_role("textbox", name="Match threshold").fill("7")
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("“many” is no number.")).to_be_visible()
    expect(page.get_by_text("Write a number from 0.1 to 0.9.")).to_be_visible()
    expect(page.get_by_label("Asked of")).to_have_count(3)
    assert [box.input_value() for box in page.get_by_label("Asked of").all()] == ["object", "class-1", "instance"]
    expect(page.get_by_label("Choices, one a line").first).to_have_value("sun\nfog")
    page.get_by_label("At most").nth(1).fill("90")
    page.get_by_role("textbox", name="Match threshold").fill("0,6")
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("Look before you start")).to_be_visible()
    job = LabelingJob.objects.get()
    car, bus = categories_of(job)
    assert job.settings == {"match_threshold": 0.6}
    assert [(one["name"], one["scope"]) for one in job.attributes] == [("weather", "object"), ("occluded", "instance")]
    assert ((car.colour, car.key), (bus.colour, bus.key)) == ((5, "2"), (2, "1"))
    assert (car.attributes, bus.attributes) == ((), (Attribute("seats", "number", minimum=0, maximum=90),))


def test_an_attribute_stays_with_its_class_when_a_class_above_goes(
    new_page: Callable[..., Page], people: Staff, troubles: list[str]
) -> None:
    page = new_page(people.lead)
    begin(page, "Boxes in images")
    attribute(page, "seats", "a number", "each Bus")
    page.get_by_role("button", name="Remove class 1").click()
    asked = page.get_by_label("Asked of")
    assert asked.evaluate("e => e.selectedOptions[0].textContent") == "each Bus"
    page.get_by_role("button", name="Remove class 1").click()
    assert asked.evaluate("e => e.value") == "instance"


def test_questions_without_things_ask_attributes_of_the_whole_only(
    new_page: Callable[..., Page], people: Staff, troubles: list[str]
) -> None:
    page = new_page(people.lead)
    begin(page, "Boxes in images")
    attribute(page, "occluded", "a tick")
    page.get_by_role("radio", name="Several classes an image").check()
    expect(page.get_by_label("Asked of")).to_be_hidden()
    page.get_by_role("checkbox", name="None of the classes is an answer too").check()
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("Look before you start")).to_be_visible()
    job = LabelingJob.objects.get()
    assert job.settings == {"allow_none": True}
    assert [(one["name"], one["scope"]) for one in job.attributes] == [("occluded", "object")]


@pytest.mark.parametrize("kind", [kind for kind in TASK_TYPES if kind.skeletons], ids=lambda kind: kind.name)
def test_points_and_edges_make_the_skeleton_of_a_class(
    new_page: Callable[..., Page], people: Staff, troubles: list[str], kind: object
) -> None:
    page = new_page(people.lead)
    begin(page, getattr(kind, "title", ""))
    page.get_by_text("Points of a skeleton").first.click()
    page.get_by_label("Points, one a line").first.fill("nose\nleft eye\nright eye")
    page.get_by_label("Edges, one a line").first.fill("nose - left eye\nnose - ear")
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text('"Car" has an edge to "ear"')).to_be_visible()
    page.get_by_label("Edges, one a line").first.fill("nose - left eye\nnose - right eye")
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("Look before you start")).to_be_visible()
    car, bus = categories_of(LabelingJob.objects.get())
    assert car.skeleton == {
        "points": ["nose", "left eye", "right eye"],
        "edges": [["nose", "left eye"], ["nose", "right eye"]],
    }
    assert bus.skeleton is None


@pytest.mark.parametrize("size", SIZES)
def test_the_open_form_reads_well_in_light_and_dark(
    new_page: Callable[..., Page], axe: Callable[[Page], list[str]], people: Staff, size: str
) -> None:
    page = new_page(people.lead, viewport=SIZES[size])
    page.emulate_media(reduced_motion="reduce")
    begin(page, "Boxes in images")
    attribute(page, "weather", "one of a list", "the whole object")
    attribute(page, "seats", "a number", "each Bus")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Colour and key of class 2").click()
    expect(page.locator("#look-of-class")).to_be_visible()
    assert axe(page) == []


def test_of_videos_is_asked_which_shapes_are_drawn_and_what_may_change_from_frame_to_frame(
    new_page: Callable[..., Page], people: Staff
) -> None:
    page = new_page(people.lead)
    begin(page, "Boxes in images")
    expect(page.get_by_role("group", name="Shapes that people draw")).to_have_count(0)
    page.get_by_role("radio", name="Tracks in videos").check()
    shapes = page.get_by_role("group", name="Shapes that people draw")
    expect(shapes.get_by_label("Boxes")).to_be_checked()
    shapes.get_by_label("Outlines").check()
    attribute(page, "flag", "text", "each Car")
    attribute(page, "hidden", "a tick", "each thing, of any class")
    page.get_by_label("Through the video").last.select_option("it may change")
    attribute(page, "weather", "text", "each frame")
    expect(page.get_by_label("Through the video").last).to_be_hidden()
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("Look before you start")).to_be_visible()
    job = LabelingJob.objects.get()
    assert job.tools == ["box", "polygon"]
    scopes = [(one["name"], one["scope"]) for one in job.attributes]
    assert scopes == [("hidden", "instance"), ("weather", "frame")]
    assert [(one.name, one.scope) for one in categories_of(job)[0].attributes] == [("flag", "track")]


def test_only_of_a_machine_that_learns_whole_texts_is_asked_what_it_goes_by(
    new_page: Callable[..., Page], people: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_tiny_model(monkeypatch, tmp_path / "language-model")
    page = new_page(people.lead)
    begin(page, "One class a text")
    choice = page.get_by_role("checkbox", name="Let the machine go by what texts mean")
    expect(choice).to_be_hidden()
    page.locator('[name="promise"][value="5"]').check()
    choice.check()
    page.get_by_role("radio", name="Boxes in images").check()
    expect(choice).to_be_hidden()
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("Look before you start")).to_be_visible()
    assert LabelingJob.objects.get().text_features == "words", "what is not shown is not sent"


def test_where_people_label_everything_nothing_is_asked_about_a_machine(
    new_page: Callable[..., Page], people: Staff
) -> None:
    page = new_page(people.lead)
    begin(page, "One class an image")
    alone = page.get_by_role("checkbox", name="Make labels of people’s answers alone")
    for promise, shown in (("5", True), ("none", False)):
        page.locator(f'[name="promise"][value="{promise}"]').check()
        expect(alone).to_be_visible(visible=shown)
