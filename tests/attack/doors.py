"""The doors through which files of strangers come: what one raises besides words is a fault."""

import io
import itertools
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from photo.test_damaged import MARK, check
from tintype.errors import PhotoError, TintypeError
from tintype.photo.errors import translate
from tintype.photo.formats import WRITABLE
from tintype.photo.metadata import exif, gather
from tintype.photo.metadata.survey import survey
from tintype.photo.read import from_array, read
from tintype.photo.write import Page, write
from tintype.settings import Settings, read_hints

_TURN = itertools.count()


def _in_words(error, name):
    said = str(error)
    assert name in said, said
    assert "\n" not in said, said
    assert len(said) < 900, said


def _next_format():
    return list(WRITABLE)[next(_TURN) % len(WRITABLE)]


def photograph(data, name):
    """All that is done with a photograph but colour."""
    check(data)


def written(data, name):
    """A photograph as a format that is written: the next one at each call."""
    kind = _next_format()
    try:
        for photo in read(data, Settings(max_pixels=100_000), name=name):
            with translate(name):
                page = Page(photo, photo.open(), photo.open_alpha(), mark=MARK)
                made = write([page], None, Settings(format=kind)).data
            if len(made) < 1_000_000:
                assert read(made, Settings(), name="again")[0].metadata.xmp
    except PhotoError as error:
        _in_words(error, name)


def metadata(data, name):
    """What stands beside the pixels, whatever the pixels are: written beside others, the next format each."""
    kind = name.partition("-")[0]
    if kind == "tiff":
        try:
            found = [page.found() for page in exif.survey(io.BytesIO(data))[0][:3]]
        except OSError:
            return
    else:
        found = [survey(data, kind)]
    for one in found:
        blank = from_array(np.zeros((4, 6), np.uint8), name=name)
        photo = replace(blank, metadata=gather.gathered(one, None, None))
        try:
            made = write([Page(photo, photo.open(), mark=MARK)], None, Settings(format=_next_format())).data
        except PhotoError as error:
            _in_words(error, name)
        else:
            assert read(made, Settings(), name="again")[0].metadata.xmp


def sidecar(data, name):
    """An XMP file beside a photograph, and that of the result."""
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder, "a.ppm"), Path(folder, "out.jpg")
        path.write_bytes(b"P5 6 4 255\n" + bytes(range(24)))
        Path(folder, name).write_bytes(data)
        (photo,) = read(path, Settings())
        write([Page(photo, photo.open(), mark=MARK)], target, Settings())
        assert read(target, Settings())[0].metadata.xmp


def text(data, name):
    """Recipes and hints: of photographs, films and trainings."""
    from tintype.film.options import read_film_hints
    from tintype.film.recipe import FilmRecipe
    from tintype.recipe import Recipe
    from tintype.training.recipe_file import load

    doors = {"recipe.json": Recipe.read, "hints.json": read_hints, "film-hints.json": read_film_hints,
             "film-recipe.json": FilmRecipe.read, "training.toml": lambda path: load(str(path))}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            doors[name](path)
        except TintypeError as error:
            _in_words(error, name)


def network(data, name):
    """Weights of other programs, converted in this process."""
    from tintype.network.convert import convert
    from tintype.network.onnx_metadata import descriptor_of

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        for work in (lambda: convert(path, rule=_rule(name)), lambda: descriptor_of(path)):
            try:
                work()
            except TintypeError as error:
                _in_words(error, name)


def network_apart(data, name):
    """The same as users do it: converted and tried in a process of its own, and installed."""
    from tintype.network.importing import import_files

    with tempfile.TemporaryDirectory() as folder:
        os.environ["TINTYPE_HOME"] = folder
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            import_files([path], rule=_rule(name), seconds=20)
        except TintypeError as error:
            _in_words(error, "")


def _rule(name):
    from tintype.network.rule import Rule

    return Rule(input="L", normalize="/100", size="64", output="ab/110") if name == "foreign.onnx" else None


DOORS = {
    door.__name__: door for door in (photograph, written, metadata, sidecar, text, network, network_apart)
}
