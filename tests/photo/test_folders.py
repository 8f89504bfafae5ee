"""What a file is good for is told from its name."""

import pytest

from tintype.photo.folders import is_system_folder, kind_of, suffix_of, unread_reason


@pytest.mark.parametrize(
    ("name", "suffix", "kind"),
    [
        ("Grandma.JPG", ".jpg", "photograph"),
        ("scan.2.TIF", ".tif", "photograph"),
        ("old.PCD", ".pcd", "unread"),
        ("letter.txt", ".txt", "other"),
        ("jpg", "", "other"),
        (".jpg", "", "other"),
    ],
)
def test_a_name_tells_the_kind(name, suffix, kind):
    assert (suffix_of(name), kind_of(name)) == (suffix, kind)


def test_what_is_not_read_has_a_reason_and_a_remedy():
    assert unread_reason("old.PCD") == ("a Photo CD picture", "pcdtojpeg or ImageMagick makes a TIFF of it")
    with pytest.raises(KeyError):
        unread_reason("grandma.jpg")


@pytest.mark.parametrize("name", ["@eaDir", "$RECYCLE.BIN", "__MACOSX", ".Trash-1000", "lost+found"])
def test_folders_of_systems_are_known(name):
    assert is_system_folder(name)


@pytest.mark.parametrize("name", ["1924", "trash", "Lost and found", ".hidden"])
def test_folders_of_people_are_not_taken_for_them(name):
    assert not is_system_folder(name)
