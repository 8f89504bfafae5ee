"""What is no photograph is called what it is."""

import pytest

from tintype import PhotoError, Settings
from tintype.photo.read import read


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"Dear grandma,\n", "a text file"),
        (bytes(5000), "a file of zeros"),
        (b"PK\x03\x04" + bytes(99), "a ZIP archive"),
        (b"\xff\xd8\xff", "damaged or cut short"),
        (b"8BPS" + bytes(99), "a Photoshop document"),
    ],
)
def test_what_is_no_photograph(tmp_path, content, said):
    path = tmp_path / "grandma.jpg"
    path.write_bytes(content)
    with pytest.raises(PhotoError) as caught:
        read(path, Settings())
    assert str(caught.value).startswith(f"{path}: ") and said in str(caught.value)
