"""Every source, destination and engine has what the loop asks of it."""

from importlib import import_module

import pytest

from tintype.archive.engines import ENGINES, open_engine
from tintype.archive.model import Destination, PhotoSource
from tintype.archive.origins import ORIGINS, open_origin
from tintype.archive.places import PLACES, open_place


def members(protocol):
    return {n for n in vars(protocol) if not n.startswith("_")}


def classes(package, names, wanted):
    for name in names:
        module = import_module(f"tintype.archive.{package}.{name}")
        own = [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]
        yield name, [c for c in own if wanted & set(dir(c))]


@pytest.mark.parametrize(
    ("package", "names", "protocol", "telling"),
    [("origins", ORIGINS, PhotoSource, "items"), ("places", PLACES, Destination, "put_sidecars")],
)
def test_a_module_of_the_registry_fulfils_its_protocol(package, names, protocol, telling):
    for name, found in classes(package, names, {telling}):
        assert found, f"{package}/{name} has no class with {telling}"
        for one in found:
            there = set(dir(one)) | set(getattr(one, "__dataclass_fields__", {}))
            assert members(protocol) <= there, f"{one}: {members(protocol) - there}"


def test_what_is_no_source_is_said(tmp_path):
    with pytest.raises(Exception, match="no such file"):
        open_origin(str(tmp_path / "nothing"))
    (tmp_path / "file").touch()
    with pytest.raises(Exception, match="name a folder"):
        open_place(str(tmp_path / "file"))
    assert open_engine(ENGINES[0], 3).workers == 3
