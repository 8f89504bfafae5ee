"""What a film may replace: said before any work."""

import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, grey, needs_ffmpeg, pan
from tintype.errors import FilmError, NotReplaceable, TargetExists
from tintype.film.outputs import MARK, check, check_recipe, free_recipe


@pytest.fixture
def old(tmp_path):
    (tmp_path / "old.mp4").write_bytes(b"a film")
    return tmp_path / "old.mp4"


def test_nothing_or_an_empty_folder_is_in_nobodys_way(old, tmp_path):
    check(tmp_path / "new.mp4", old, overwrite=False)
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "Thumbs.db").touch()
    check(tmp_path / "frames", old, overwrite=False)
    with pytest.raises(FilmError, match="make the folder first"):
        check(tmp_path / "nowhere" / "new.mp4", old, overwrite=True)


def test_what_is_not_ours_stays_whatever_is_asked(old, tmp_path):
    foreign = tmp_path / "foreign.mp4"
    foreign.write_bytes(b"somebody's own")
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "letter.txt").write_text("dear")
    for target in (old, foreign, tmp_path / "frames"):
        with pytest.raises(NotReplaceable):
            check(target, old, overwrite=True)
    with pytest.raises(TargetExists, match="not empty"):
        check(tmp_path / "frames", old, overwrite=False)


@needs_ffmpeg
def test_a_film_of_ours_is_replaced_where_that_is_allowed(old, tmp_path):
    ours = film(tmp_path / "ours.mkv", grey(pan(count=2)), "-metadata", f"comment={MARK} 1.0")
    with pytest.raises(TargetExists):
        check(ours, old, overwrite=False)
    check(ours, old, overwrite=True)


def test_recipes_are_checked_and_get_a_name_that_nothing_has(old, tmp_path):
    target, recipe = tmp_path / "new.mp4", tmp_path / "new.mp4.recipe.json"
    assert check_recipe(target, old, overwrite=False) is False
    assert free_recipe(target) == recipe
    recipe.write_text('{"tintype_recipe": 1}')
    with pytest.raises(TargetExists):
        check_recipe(target, old, overwrite=False)
    assert check_recipe(target, old, overwrite=True) is True
    (tmp_path / "new.mp4.2.recipe.json").symlink_to("nowhere")
    assert free_recipe(target).name == "new.mp4.3.recipe.json"
