"""What errors about photographs hold besides their message."""

from pathlib import Path

from tintype import errors


def test_what_is_too_large_says_how_large():
    error = errors.TooLarge("a.jpg", 70_000, limit=65_500, unit="pixels a side")
    assert (error.found, error.limit, error.unit) == (70_000, 65_500, "pixels a side")
    assert "use a smaller copy" in str(error)
    assert "raise max_pixels" in str(errors.TooLarge("a.jpg", 12, limit=10))


def test_a_missing_decoder_says_what_installs_it():
    error = errors.MissingDecoder("a.heic", "HEIC", extra="heic", package="pillow_heif")
    assert isinstance(error, errors.UnsupportedFormat)
    assert isinstance(error, errors.MissingExtra)
    assert 'pip install "tintype[heic]"' in str(error)


def test_what_may_not_be_replaced_is_a_target_that_exists():
    error = errors.NotReplaceable(Path("a.jpg"), "that is the photograph itself")
    assert isinstance(error, errors.TargetExists)
    assert (error.path, str(error)) == (
        Path("a.jpg"),
        "a.jpg: that is the photograph itself; choose another name",
    )
