import numpy as np
import pytest
from PIL import Image

from labeling.learners.images import SIDE, WIDTH, image_features
from labeling.learners.sources import decode_image


def stripes(angle, size=SIDE):
    y, x = np.mgrid[0:size, 0:size] * (SIDE / size)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 1.2)
    return ((wave + 1) * 127).astype(np.uint8)


def features(*images):
    return image_features(len(images), lambda i: images[i])[0]


def test_features_have_one_row_an_image_whatever_its_size_and_depth():
    made, readable = image_features(3, [stripes(0), stripes(0, 200), np.zeros((5, 90, 3), np.uint8)].__getitem__)
    assert made.shape == (3, WIDTH)
    assert made.dtype == np.float32
    assert readable.all()
    assert np.isfinite(made).all()


def test_an_image_and_its_enlargement_look_alike_and_turned_stripes_do_not():
    small, large, turned = features(stripes(0), stripes(0, 280), stripes(np.pi / 2))
    assert np.linalg.norm(small - large) < 0.5 * np.linalg.norm(small - turned)


def test_a_photograph_and_its_negative_have_the_same_gradients():
    shape, negative = features(stripes(0.5), 255 - stripes(0.5))
    assert shape[: -4 * 4 * 3] == pytest.approx(negative[: -4 * 4 * 3], abs=1e-4)


def test_colour_tells_red_from_blue():
    red, blue = np.zeros((40, 40, 3), np.uint8), np.zeros((40, 40, 3), np.uint8)
    red[:, :, 0] = blue[:, :, 2] = 200
    a, b = features(red, blue)
    assert np.abs(a - b).max() > 0.5


def test_an_unreadable_image_gets_a_row_of_zeros_and_says_so():
    made, readable = image_features(3, [stripes(0), None, stripes(1)].__getitem__)
    assert readable.tolist() == [True, False, True]
    assert not made[1].any()
    assert made[2].any()


def test_features_do_not_depend_on_the_chunk_an_image_falls_into(monkeypatch):
    images = [stripes(a) for a in np.linspace(0, 3, 7)]
    whole = features(*images)
    monkeypatch.setattr("labeling.learners.images.CHUNK", 2)
    assert features(*images) == pytest.approx(whole, abs=1e-6)


def test_a_file_is_decoded_upright_by_its_exif(tmp_path):
    wide = np.zeros((20, 60), np.uint8)
    wide[:, :10] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(wide).save(tmp_path / "a.png", exif=exif)
    pixels = decode_image(tmp_path / "a.png")
    assert pixels.shape == (60, 20)
    assert pixels[:5].mean() > 200


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_file_becomes_grey_or_rgb_bytes(tmp_path, mode):
    path = tmp_path / ("a.tif" if mode in ("CMYK", "I;16") else "a.png")
    image = Image.new(mode, (30, 20))
    image.save(path)
    pixels = decode_image(path)
    assert pixels.dtype == np.uint8
    assert pixels.shape[:2] == (20, 30)


def test_sixteen_bits_are_scaled_not_cut(tmp_path):
    Image.fromarray(np.full((30, 30), 32768, np.uint16)).save(tmp_path / "a.png")
    assert decode_image(tmp_path / "a.png").mean() == pytest.approx(128, abs=1)


def test_what_is_no_image_is_none(tmp_path):
    (tmp_path / "a.png").write_bytes(b"not a picture")
    assert decode_image(tmp_path / "a.png") is None
    assert decode_image(tmp_path / "absent.png") is None


def test_an_image_that_claims_too_many_pixels_is_none(tmp_path, monkeypatch):
    Image.new("L", (300, 300)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert decode_image(tmp_path / "a.png") is None
