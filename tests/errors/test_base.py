"""The parts of a message, and a door's own remedy."""

from tintype import errors
from tintype.errors import printable


def test_a_door_says_its_own_remedy():
    error = errors.TooLarge("a.jpg", 12, limit=10)
    other = error.instead("use a smaller copy")
    assert str(other) == "a.jpg: it has 12 pixels, more than the 10 allowed; use a smaller copy"
    assert (type(other), other.found, other.limit) == (errors.TooLarge, 12, 10)
    assert "max_pixels" in str(error)
    renamed = error.instead(name="grandma.jpg")
    assert (str(renamed), renamed.name) == (str(error).replace("a.jpg", "grandma.jpg"), "grandma.jpg")
    plain = errors.PhotoError("a.jpg: no")
    assert plain.instead("x") is plain


def test_a_message_is_put_together_of_its_parts():
    error = errors.TintypeError(name="a.jpg", reason="it is gone", remedy="look for it")
    assert str(error) == "a.jpg: it is gone; look for it"
    assert str(errors.TintypeError(reason="it is gone")) == "it is gone"


def test_any_path_is_printable():
    assert printable(b"\xff.jpg") == "\ufffd.jpg"
    assert printable("\udcff.jpg") == "?.jpg"
