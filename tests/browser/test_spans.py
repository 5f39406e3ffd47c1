"""Spans of a text: by mouse, keys alone and finger, overlapping, in every script, related, proposed and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.editor import Desk
from tests.browser.product import label_page, wait_for

CLASSES = ["Person", "Organisation", "Place"]
TEXT = (
    "Ferry returns\n"
    "The harbour board of Brindle has set a date, said Ines Tavaray. Tavaray runs it.\n"
    "👨🏻\u200d🚒 firemen of Cafe\u0301 Noël\r\n"
    "אני גר בחיפה\n"
    "私は東京都に住む"
)
RELATIONS = {
    "relations": [
        {"name": "works for", "from": ["Person"], "to": ["Organisation"]},
        {"name": "lies in", "to": ["Place"]},
        {"name": "part of", "to": ["Place"]},
    ]
}
Make = Callable[..., int]
At = Callable[..., "Text"]

PLACE = """([words, nth]) => {
    for (const paragraph of document.querySelectorAll('#stage article p')) {
        const node = paragraph.firstChild;
        for (let at = node.data.indexOf(words); at !== -1; at = node.data.indexOf(words, at + 1)) {
            if (nth-- > 0) continue;
            paragraph.scrollIntoView({block: 'nearest'});
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + words.length);
            const all = [...range.getClientRects()], first = all[0], last = all.at(-1);
            const rtl = paragraph.matches(':dir(rtl)');
            const [a, b] = rtl ? [first.right - 1, last.left + 1] : [first.left + 1, last.right - 1];
            return [[a, (first.top + first.bottom) / 2], [b, (last.top + last.bottom) / 2]];
        }
    }
}"""


class Text(Desk):
    """The label page of a job about spans."""

    def shown(self) -> Text:
        expect(self.page.locator("#stage article p").first).to_be_visible()
        return self

    @property
    def rows(self) -> Any:
        return self.page.get_by_role("listbox", name="Spans of this text").get_by_role("option")

    @property
    def said(self) -> Any:
        return self.page.locator("#said")

    def place(self, words: str, nth: int = 0) -> Any:
        """Where these words begin and end, in px of the window."""
        return self.page.evaluate(PLACE, [words, nth])

    def over(self, words: str, nth: int = 0) -> Text:
        """The mouse passes over these words with the button held."""
        (x, y), end = self.place(words, nth)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move((x + end[0]) / 2, (y + end[1]) / 2)
        self.page.mouse.move(*end)
        self.page.mouse.up()
        return self

    def on(self, words: str, nth: int = 0) -> Text:
        """A click on the first of these words."""
        (x, y), _ = self.place(words, nth)
        self.page.mouse.click(x + 4, y)
        return self

    def label(self, words: str, digit: str, nth: int = 0) -> Text:
        before = self.rows.count()
        self.over(words, nth).press(digit)
        expect(self.rows).to_have_count(before + 1)
        return self


def lines(count: int = 6, text: str = TEXT) -> list[str]:
    return [json.dumps({"source": text})] * count


def spans_of(answer: Any) -> list[tuple[int, str]]:
    """Class and covered words, by place; each pair of offsets says just these words in Python."""
    found = sorted(answer["instances"], key=lambda one: (one["geometry"]["start"], one["geometry"]["end"]))
    for one in found:
        place = one["geometry"]
        assert TEXT[place["start"] : place["end"]] == place["text"]
    return [(one["category"], one["geometry"]["text"]) for one in found]


@pytest.fixture(scope="module")
def kept() -> dict[str, int]:
    return {}


@pytest.fixture
def at(job: Make, desk: Callable[..., Desk], kept: dict[str, int]) -> At:
    """`at(**rules)`: somebody new at a text; jobs of the same rules are one."""

    def open_(*, options: dict[str, Any] | None = None, **rules: Any) -> Text:
        key = json.dumps(rules, sort_keys=True)
        if key not in kept:
            kept[key] = job("named-entities", lines=lines(60), **{"categories": CLASSES, **rules})
        plain = desk(kept[key], **(options or {}))
        return Text(plain.page, plain.job).shown()

    return open_


def test_overlapping_spans_are_labeled_by_mouse(at: At, axe: Callable[[Page], list[str]]) -> None:
    text = at()
    text.label("arbour board of Brin", "2")  # grows to whole words
    text.label("Brindle", "3")
    text.label("board of Brindle has", "1")
    (x, y), _ = text.place("Tavaray", 1)
    text.page.mouse.dblclick(x + 9, y)
    text.press("1")
    expect(text.rows).to_have_count(4)
    assert axe(text.page) == []
    assert spans_of(text.submit()) == [
        (1, "harbour board of Brindle"), (0, "board of Brindle has"), (2, "Brindle"), (0, "Tavaray"),
    ]  # fmt: skip


def test_a_text_is_labeled_by_keyboard_alone(at: At) -> None:
    text = at()
    text.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    expect(text.said).to_have_text("harbour")
    text.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "2")
    expect(text.said).to_contain_text("harbour board of Brindle")
    text.press("ArrowLeft", "3")
    expect(text.rows).to_have_count(2)
    text.press("Alt+ArrowRight")  # the end takes a word more, and gives it back
    expect(text.said).to_contain_text("Brindle has")
    text.press("Alt+ArrowLeft", "Alt+Shift+ArrowLeft")
    expect(text.said).to_contain_text("of Brindle”")
    text.press("Alt+Shift+ArrowRight", "Control+Alt+ArrowLeft")
    expect(text.said).to_contain_text("“Brindl”")
    text.press("Control+z", "Shift+Tab", "1")
    expect(text.rows.first).to_contain_text("Person")
    text.press("Control+z", "Control+End", "3")
    assert spans_of(text.submit(key="Enter")) == [(1, "harbour board of Brindle"), (2, "Brindle"), (2, "住む")]


def test_whole_characters_are_taken_in_every_script_and_direction(at: At) -> None:
    text = at()
    text.press("w")  # by characters
    (x, y), end = text.place("👨🏻\u200d🚒")
    text.page.mouse.move(x, y)
    text.page.mouse.down()
    text.page.mouse.move(x + 0.7 * (end[0] - x), y)
    text.page.mouse.up()
    text.press("1")
    expect(text.rows).to_have_count(1)
    text.label("fe\u0301", "2")
    text.press("w")
    text.label("בחיפ", "3")
    text.label("גר בחיפה", "1")
    text.label("東京", "3")
    assert spans_of(text.submit()) == [
        (0, "👨🏻\u200d🚒"), (1, "fe\u0301"), (0, "גר בחיפה"), (2, "בחיפה"), (2, "東京"),
    ]  # fmt: skip


def test_a_click_takes_what_lies_inside_and_again_what_lies_around(at: At) -> None:
    text = at()
    text.label("harbour board of Brindle", "2").label("Brindle", "3").on("Ferry")
    expect(text.rows.and_(text.page.locator("[aria-selected=true]"))).to_have_count(0)
    text.on("Brindle")
    expect(text.rows.nth(1)).to_have_attribute("aria-selected", "true")
    text.page.wait_for_timeout(600)  # the next click is no double click
    text.on("Brindle")
    expect(text.rows.nth(0)).to_have_attribute("aria-selected", "true")
    # Its end is pulled to another word, by the knob under it.
    knob = text.page.locator(".span-handle > [data-edge=end]").bounding_box()
    assert knob is not None
    text.page.mouse.move(knob["x"] + 12, knob["y"] + 8)
    text.page.mouse.down()
    text.page.mouse.move(*text.place("board")[1])
    text.page.mouse.up()
    expect(text.rows.nth(0)).to_contain_text("harbour board")
    text.press("Delete", "Control+z", "Control+z")
    assert spans_of(text.submit()) == [(1, "harbour board of Brindle"), (2, "Brindle")]


def test_what_is_drawn_over_a_span_goes_with_it_when_a_panel_opens_beside_the_text(at: At) -> None:
    text = at(instructions="Places only.")
    text.label("Brindle", "3")

    def off_by() -> float:
        knob = text.page.locator(".span-handle > [data-edge=end]").bounding_box()
        assert knob is not None
        return float(abs(knob["x"] + knob["width"] / 2 - text.place("Brindle")[1][0]))

    assert off_by() < 4
    before = text.place("Brindle")[0]
    text.press("i")
    wait_for(lambda: text.place("Brindle")[0] != before, words="the text to make room")
    wait_for(lambda: off_by() < 4, words="the knob under the end of the span")


def test_spans_are_related_by_mouse_and_by_keyboard_and_a_relation_goes_with_its_end(at: At) -> None:
    text = at(settings=RELATIONS)
    text.label("harbour board", "2").label("Brindle", "3").label("Ines Tavaray", "1")
    text.press("l")
    text.on("harbour")
    expect(text.page.locator(".arc-name")).to_have_text(["works for"])
    # From the board to the place: two kinds may stand there.
    text.press("Escape", "Tab", "l", "Tab", "Enter")
    expect(text.page.get_by_role("group", name="A relation in the making")).to_contain_text("lies in")
    text.press("2")
    relations = text.page.get_by_role("listbox", name="Relations").get_by_role("option")
    expect(relations).to_have_count(2)
    expect(relations.nth(1)).to_have_accessible_name("harbour board, part of, Brindle")
    relations.nth(0).click()
    text.press("Delete")
    expect(relations).to_have_count(1)
    text.press("Control+z")
    expect(relations).to_have_count(2)
    text.on("Ines").press("Delete")
    expect(relations).to_have_count(1)
    answer = text.submit()
    (one,) = answer["relations"]
    words = {each["id"]: each["geometry"]["text"] for each in answer["instances"]}
    assert (words[one["from"]], one["type"], words[one["to"]]) == ("harbour board", "part of", "Brindle")


def test_all_occurrences_are_labeled_as_one_step(at: At) -> None:
    text = at()
    text.label("Tavaray", "1").press("Control+f")
    bar = text.page.get_by_role("search")
    expect(bar.get_by_role("textbox")).to_have_value("Tavaray")
    expect(bar.get_by_role("status")).to_have_text("2 found, 1 have it already")
    text.page.get_by_label("Words to find").fill("tavaray")
    expect(bar.get_by_role("status")).to_have_text("0 found")
    bar.get_by_label("As capitalised here").uncheck()
    expect(bar.get_by_role("status")).to_have_text("2 found, 1 have it already")
    bar.get_by_role("textbox").press("Enter")
    expect(text.rows).to_have_count(2)
    text.press("Control+z")
    expect(text.rows).to_have_count(1)
    text.press("Control+Shift+Z")
    assert spans_of(text.submit()) == [(0, "Tavaray"), (0, "Tavaray")]


def proposing() -> str:
    """A line with what somebody guessed: three spans, one of them unsure."""
    guessed = [("Brindle", "Place", 0.9), ("Ines Tavaray", "Person", 0.8), ("Ferry", "Organisation", 0.7)]
    entities = [
        {"label": label, "startOffset": TEXT.index(words), "endOffset": TEXT.index(words) + len(words)}
        for words, label, _ in guessed
    ]
    labels = [{"label": name} for name in CLASSES]
    meta = {"entities": [{"confidence": sure} for _, _, sure in guessed], "human-annotated": "no"}
    return json.dumps(
        {"source": TEXT, "guess": {"annotations": {"entities": entities, "labels": labels}}, "guess-metadata": meta}
    )


def test_proposals_are_taken_and_turned_down_by_key_in_the_order_of_the_text(
    job: Make, desk: Callable[..., Desk]
) -> None:
    made = job(
        "named-entities",
        lines=[proposing()] * 3,
        categories=CLASSES,
        predictions="guess",
        show_proposals=True,
        blind_share=0,
    )
    opened = desk(made)
    text = Text(opened.page, opened.job).shown()
    expect(text.page.locator(".span-tag.ghost")).to_have_count(3)
    text.press("r")
    expect(text.said).to_have_text("Rejected: Organisation. Next: Place, “Brindle”")
    text.press("a")
    expect(text.rows).to_have_count(1)
    text.on("Ines").press("Shift+A")
    expect(text.rows).to_have_count(2)
    answer = text.submit()
    assert spans_of(answer) == [(2, "Brindle"), (0, "Ines Tavaray")]
    assert {one["origin"]["how"] for one in answer["instances"]} == {"accepted"}


def test_what_was_done_is_there_after_a_reload_with_its_history(at: At) -> None:
    text = at(settings=RELATIONS)
    text.label("harbour board", "2").label("Brindle", "3")
    text.press("Shift+Tab", "l", "Tab", "Enter", "1")
    expect(text.page.get_by_role("listbox", name="Relations").get_by_role("option")).to_have_count(1)
    text.page.reload()
    text.shown()
    expect(text.rows).to_have_count(2)
    text.press("Control+z")
    expect(text.page.get_by_role("listbox", name="Relations")).to_have_count(0)
    text.press("Control+z")
    expect(text.rows).to_have_count(1)
    assert spans_of(text.submit()) == [(1, "harbour board")]


def test_a_span_whose_words_do_not_match_is_refused_and_shown(at: At) -> None:
    text = at()
    text.label("Brindle", "3").label("Ines Tavaray", "1").on("Ferry")

    def other_words(route: Route) -> None:
        body = route.request.post_data_json
        body["answer"]["instances"][1]["geometry"]["text"] = "Ines  Tavaray"
        route.continue_(post_data=json.dumps(body))

    text.page.route("**/answer", other_words, times=1)
    text.page.wait_for_timeout(400)
    text.press_submit()
    expect(text.page.get_by_role("alert")).to_contain_text("not what stands in the document")
    expect(text.rows.nth(1)).to_have_attribute("aria-selected", "true")
    # Nothing is lost, and what the page has is right.
    assert spans_of(text.submit()) == [(2, "Brindle"), (0, "Ines Tavaray")]


def test_by_finger_a_selection_is_labeled_from_the_class_bar(at: At, axe: Callable[[Page], list[str]]) -> None:
    text = at(options={"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True})
    # What a long press does: the browser selects, and the finger drags its handles.
    text.page.evaluate(
        """() => {
            const node = document.querySelectorAll('#stage article p')[1].firstChild;
            const at = node.data.indexOf('Ines');
            getSelection().setBaseAndExtent(node, at + 1, node, at + 7);
        }"""
    )
    text.page.get_by_role("toolbar", name="Classes").get_by_role("button", name="Person").tap()
    expect(text.page.locator(".submit .only-phone")).to_contain_text("1")
    assert text.page.evaluate("String(getSelection())") == ""
    assert axe(text.page) == []
    (x, y), _ = text.place("Tavaray")
    text.page.touchscreen.tap(x + 8, y)
    text.page.locator(".submit .only-phone").tap()
    sheet = text.page.get_by_role("dialog", name="Objects")
    expect(sheet.get_by_label("Start")).to_have_value(str(TEXT.index("Ines")))
    assert axe(text.page) == []
    sheet.get_by_role("button", name="Close").tap()
    assert spans_of(text.submit()) == [(0, "Ines Tavaray")]


def test_without_the_highlights_of_a_browser_marks_are_drawn_behind_the_words(
    worker: Callable[..., Any], job: Make
) -> None:
    made = job("named-entities", lines=lines(3), categories=CLASSES)
    context = worker()
    context.add_init_script("delete CSS.highlights; delete window.Highlight;")
    text = Text(context.new_page(), made)
    text.page.goto(label_page(made))
    text.shown().label("Brindle", "3")
    bar = text.page.locator(".span-bars > [class^='bar-span-']").bounding_box()
    (x, _), _ = text.place("Brindle")
    assert bar is not None
    assert abs(bar["x"] + 1 - x) <= 1
    assert spans_of(text.submit()) == [(2, "Brindle")]


def test_offsets_go_from_the_browser_through_the_api_and_are_what_python_slices(
    job: Make, desk: Callable[..., Desk]
) -> None:
    """The shared Unicode set in the editor: characters one by one, then the last word."""
    texts = json.loads((Path(__file__).parents[1] / "task_types" / "unicode_texts.json").read_text())["texts"]
    wanted = [each["text"] for each in texts if each["text"].strip() and len(each["text"]) < 3000]
    made = job("named-entities", lines=[json.dumps({"source": text}) for text in wanted], categories=CLASSES)
    opened = desk(made)
    text, left = Text(opened.page, opened.job).shown(), list(wanted)
    for _ in wanted:
        text.page.wait_for_timeout(350)
        for _ in range(5):
            text.press("Control+ArrowRight", "1")
        text.press("Control+End", "2")
        expect(text.rows.first).to_be_visible()
        answer = text.submit()
        left.remove(next(one for one in left if fits(answer, one)))
    assert left == []


def fits(answer: Any, text: str) -> bool:
    """The offsets of each span slice its words out of the text, and all spans stand where the keys went."""
    places = [one["geometry"] for one in answer["instances"]]
    return text.startswith(places[0]["text"]) and all(text[one["start"] : one["end"]] == one["text"] for one in places)
