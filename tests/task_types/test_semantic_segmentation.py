from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from labeling.errors import InvalidAnswer
from labeling.geometry.masks import full_mask, iou
from labeling.task_types.base import Answered, Attribute, Category, LabelAttribute, MediaFacts, Question, Verdict, Vote
from labeling.task_types.index_png import GREY, PALETTE, read_png, write_png
from labeling.task_types.instances import Instance, Instances
from labeling.task_types.masks import PNG_NAME
from labeling.task_types.semantic_segmentation import SemanticSegmentation

KIND = SemanticSegmentation()
SIZE = (30, 40)
Q = Question(
    (Category("water"), Category("草"), Category("path", attributes=(Attribute("wet", "tick", required=True),))),
    MediaFacts("image", SIZE[1], SIZE[0]),
    tools=("mask",),
)


def area(top: int, left: int, height: int, width: int) -> np.ndarray:
    image = np.zeros(SIZE, dtype=bool)
    image[top : top + height, left : left + width] = True
    return image


def answer(*masks: tuple[int, np.ndarray], first: int = 1) -> Instances:
    return Instances(
        tuple(
            Instance(
                f"00000000-0000-4000-8000-{first + place:012d}",
                "mask",
                category,
                full_mask(image),
                (("wet", True),) if category == 2 else (),
            )
            for place, (category, image) in enumerate(masks)
        )
    )


POND = answer((0, area(5, 5, 10, 12)), (1, area(15, 5, 10, 20)))


def labelled(given: Instances, votes: int = 3) -> LabelAttribute:
    return KIND.to_manifest(Verdict(given, 0.876, votes=votes), Q)


def png_of(label: LabelAttribute) -> np.ndarray:
    return read_png(label.side_files[label.value], size=SIZE, kind=PALETTE).picture


# Rules


@pytest.mark.parametrize(("share", "right"), [(0.72, True), (0.68, False)])
def test_right_is_an_iou_of_seven_tenths_in_every_class(share: float, right: bool) -> None:
    whole = area(0, 0, 10, 25)
    part = area(0, 0, 10, 25)
    part.ravel()[np.flatnonzero(whole)[: round(250 * (1 - share))]] = False
    a, b = answer((0, whole), (1, area(20, 0, 5, 5))), answer((0, part), (1, area(20, 0, 5, 5)))
    assert KIND.right(a, b, Q) is right


def test_a_class_that_only_one_has_is_wrong_and_counts_nothing() -> None:
    less = answer((0, area(5, 5, 10, 12)))
    assert not KIND.right(POND, less, Q)
    assert KIND.agreement(POND, less, Q) == 0.5


# Consolidation


def test_two_outvote_one_and_each_mask_has_its_own_confidence() -> None:
    odd = answer((0, area(5, 20, 10, 12)), (1, area(15, 5, 10, 20)), first=7)
    asked = Answered(Q, (Vote("a", POND), Vote("b", POND), Vote("c", odd)))
    verdict = KIND.consolidate(asked, {})
    assert iou(verdict.answer.instances[0].geometry, POND.instances[0].geometry) > 0.95  # contested corners are rounded
    water, grass = (verdict.parts[one.id] for one in verdict.answer.instances)
    assert water < grass
    assert verdict.confidence == water


def test_consolidated_masks_share_no_pixel_whatever_the_votes() -> None:
    generator = np.random.default_rng(2)
    votes = []
    for worker in "abc":
        classes = generator.integers(0, 4, (3, 4)).repeat(10, axis=0).repeat(10, axis=1)
        votes.append(
            Vote(worker, answer(*((one, classes == one + 1) for one in range(3) if (classes == one + 1).any())))
        )
    verdict = KIND.consolidate(Answered(Q, tuple(votes)), {})
    assert KIND.parse(KIND.dump(verdict.answer), Q) == verdict.answer


def test_a_worker_who_is_often_alone_counts_less() -> None:
    generator = np.random.default_rng(3)
    job = []
    for _ in range(12):
        top, left = (int(one) for one in generator.integers(0, 10, 2))
        truth = answer((0, area(top, left, 12, 14)))
        slip = answer((0, area(top + 6, left + 8, 12, 14)))
        job.append(Answered(Q, (Vote("careful", truth), Vote("steady", truth), Vote("careless", slip))))
    skills = KIND.skills(job)
    assert skills["careful"].accuracy > skills["careless"].accuracy + 0.2
    alone = Answered(
        Q, (Vote("careless", answer((0, area(0, 0, 9, 9)))), Vote("careful", answer((1, area(0, 0, 9, 9)))))
    )
    assert [one.category for one in KIND.consolidate(alone, skills).answer.instances] == [1]


# Manifests


def test_the_picture_holds_class_ids_plus_one_in_the_colours_of_the_map() -> None:
    label = labelled(POND)
    png = read_png(label.side_files[label.value], size=SIZE, kind=PALETTE)
    assert (label.value, list(label.side_files)) == (PNG_NAME, [PNG_NAME])
    assert (png.picture[5:15, 5:17] == 1).all()
    assert np.bincount(png.picture.ravel()).tolist() == [1200 - 320, 120, 200]
    assert png.palette[:5] == ((255, 255, 255), (0x2C, 0xA0, 0x2C), (0x1F, 0x77, 0xB4), (0xFF, 0x7F, 0x0E), (255,) * 3)
    assert label.metadata == {
        "internal-color-map": {
            "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.88},
            "1": {"class-name": "water", "hex-color": "#2ca02c", "confidence": 0.88},
            "2": {"class-name": "草", "hex-color": "#1f77b4", "confidence": 0.88},
            "3": {"class-name": "path", "hex-color": "#ff7f0e", "confidence": 0.88},
        }
    }


def test_nothing_at_all_is_a_picture_of_background() -> None:
    label = labelled(Instances())
    assert not png_of(label).any()
    assert KIND.from_manifest(label, Q) == Instances()


def test_classes_are_read_by_name_whatever_their_number() -> None:
    classes = {"0": {"class-name": "BACKGROUND"}, "4": {"class-name": "草"}, "9": {"class-name": "water"}}
    png = write_png(np.where(area(0, 0, 3, 3), 9, np.where(area(9, 9, 3, 3), 4, 0)).astype(np.uint8), [(1, 2, 3)])
    read = KIND.from_manifest(LabelAttribute("m.png", {"internal-color-map": classes}, {"m.png": png}), Q)
    assert [one.category for one in read.instances] == [1, 0]


def test_without_a_map_the_number_is_the_class_id_plus_one() -> None:
    png = write_png(np.where(area(0, 0, 3, 3), 2, 0).astype(np.uint8), [(1, 2, 3)])
    read = KIND.from_manifest(LabelAttribute("m.png", {}, {"m.png": png}), Q)
    assert [one.category for one in read.instances] == [1]
    assert KIND.side_names(LabelAttribute("m.png", {})) == ("m.png",)
    assert KIND.side_names(LabelAttribute(3, {})) == ()


BACK = {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff"}}


@pytest.mark.parametrize(
    ("value", "classes", "picture", "said"),
    [
        (7, None, None, "address of a PNG"),
        ("other.png", None, None, "not at hand"),
        ("m.png", None, write_png(area(0, 0, 3, 3).astype(np.uint8)), "palette"),
        ("m.png", None, write_png(np.zeros((3, 3), np.uint8), [(1, 1, 1)]), "3 x 3 pixels; the image has 40 x 30"),
        ("m.png", None, b"GIF89a", "no PNG"),
        ("m.png", None, write_png(area(0, 0, 3, 3).astype(np.uint8) * 4, [(1, 1, 1)]), "value 4"),
        ("m.png", BACK, write_png(area(0, 0, 3, 3).astype(np.uint8), [(1, 1, 1)]), "value 1"),
        (
            "m.png",
            {**BACK, "1": {"class-name": "sand"}},
            write_png(area(0, 0, 3, 3).astype(np.uint8), [(1, 1, 1)]),
            "sand",
        ),
        ("m.png", {**BACK, "one": {}}, write_png(area(0, 0, 3, 3).astype(np.uint8), [(1, 1, 1)]), "not a class"),
        ("m.png", [], write_png(area(0, 0, 3, 3).astype(np.uint8), [(1, 1, 1)]), "no object"),
        (
            "m.png",
            {**BACK, "1": {"class-name": "water"}, "2": {"class-name": "water"}},
            write_png((area(0, 0, 3, 3) + area(9, 9, 3, 3) * 2).astype(np.uint8), [(1, 1, 1)]),
            "Two values",
        ),
    ],
)
def test_a_label_that_is_not_of_this_image_or_job_is_refused_with_its_reason(
    value: Any, classes: Any, picture: bytes | None, said: str
) -> None:
    metadata = {} if classes is None else {"internal-color-map": classes}
    with pytest.raises(InvalidAnswer, match=said):
        KIND.from_manifest(LabelAttribute(value, metadata, {"m.png": picture} if picture else {}), Q)


def test_required_attributes_are_missed_only_where_the_label_could_hold_them() -> None:
    wet = answer((2, area(0, 0, 5, 5)))
    label = labelled(wet)
    assert KIND.from_manifest(label, Q) == wet
    plain = KIND.from_manifest(LabelAttribute(label.value, label.metadata, label.side_files), Q)
    assert plain.instances[0].attributes == ()


def test_a_worker_s_answer_is_a_picture_in_the_colours_of_the_classes_that_it_uses() -> None:
    content = KIND.worker_answer(answer((1, area(0, 0, 5, 5))), Q)["crowd-semantic-segmentation"]
    assert content["labelMappings"] == {"草": {"color": "#1f77b4"}}
    assert content["inputImageProperties"] == {"width": 40, "height": 30}
    png = base64.b64decode(content["labeledImage"]["pngImageData"])
    assert (read_png(png, size=SIZE, kind=PALETTE).picture == area(0, 0, 5, 5) * 2).all()
    with pytest.raises(ValueError, match="grey"):
        read_png(png, size=SIZE, kind=GREY)


def test_a_careless_answer_is_mostly_not_right() -> None:
    wrong = sum(not KIND.right(KIND.careless(POND, Q, np.random.default_rng(seed)), POND, Q) for seed in range(40))
    assert wrong >= 36
