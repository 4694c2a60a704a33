import pytest

from bridge.gear import camera_name, is_part


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("NIKON CORPORATION", "NIKON D850", "NIKON D850"),
        ("Canon", "Canon EOS 5D Mark IV", "Canon EOS 5D Mark IV"),
        ("SONY", "ILCE-7M3", "SONY ILCE-7M3"),
        ("OLYMPUS IMAGING CORP.", "E-M1", "OLYMPUS E-M1"),
        ("Apple", "iPhone 12", "Apple iPhone 12"),
        ("Canon", None, "Canon"),
        ("", "X100", "X100"),
        (None, None, None),
    ],
)
def test_a_camera_has_one_name(make: str | None, model: str | None, name: str | None) -> None:
    assert camera_name(make, model) == name


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("nikon", "NIKON D850"),
        ("d850", "NIKON D850"),
        ("z6", "NIKON Z 6"),
        ("Z 6", "NIKON Z6"),
        ("5D Mark IV", "Canon EOS 5D Mark IV"),
        ("canon 5d", "Canon EOS 5D Mark IV"),
        ("50mm", "EF50mm f/1.8 STM"),
        ("50 mm", "AF-S NIKKOR 50mm f/1.4G"),
        ("50mm 1.4", "AF-S NIKKOR 50mm f/1.4G"),
        ("f/2.8", "XF16-55mmF2.8 R LM WR"),
        ("16-55", "XF 16-55 F2.8"),
        ("18-55mm", "DT 18-55mm 1:3.5-5.6"),
    ],
)
def test_what_is_asked_is_a_part_of_the_name(asked: str, name: str) -> None:
    assert is_part(asked, name)


@pytest.mark.parametrize(
    ("asked", "name"),
    [("d85", "NIKON D850"), ("70mm", "24-70mm F2.8"), ("50mm", "150mm F2.8"), ("canon d850", "NIKON D850"), ("", "X")],
)
def test_a_piece_of_a_word_is_no_part(asked: str, name: str) -> None:
    assert not is_part(asked, name)
