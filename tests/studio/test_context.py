"""The studio put together: what its parts share, and what an order holds."""

import pytest

from studio.studio_tools import TOKEN, make_studio
from tintype.studio.context import Studio
from tintype.studio.folder import Folder
from tintype.studio.models import State
from tintype.studio.review import Shelf


def test_an_order_has_the_state_that_is_kept_or_the_one_that_is_given(client, studio, session, photo):
    client.put(f"{photo}/state", json={"settings": {"warmth": 0.5}})
    kept = studio.order(session, photo.rpartition("/")[2])
    assert kept.state.settings == {"warmth": 0.5}
    assert kept.original.is_file() and kept.photo.name == "wedding.png"
    other = studio.order(session, photo.rpartition("/")[2], State(settings={"warmth": -0.5}))
    assert (other.state.settings, other.original) == ({"warmth": -0.5}, kept.original)


def test_an_archive_in_review_takes_the_folder_s_place(tmp_path, archive):
    assert isinstance(make_studio(tmp_path / "one", folder=tmp_path).listed, Folder)
    studio = make_studio(tmp_path / "two", folder=tmp_path, review=archive)
    assert isinstance(studio.listed, Shelf)


def test_a_weak_token_is_refused(tmp_path):
    with pytest.raises(ValueError, match="token"):
        Studio(data=tmp_path, token="short")
    assert Studio(data=tmp_path, token=TOKEN).token == TOKEN
