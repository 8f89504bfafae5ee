"""IIIF manifests as sources."""

import json

import pytest

from tintype import SettingsError
from tintype.archive import stores
from tintype.archive.origins import open_origin

ADDRESSES = ["https://example.org/images/a.jpg", "https://example.org/iiif/deep%2Fb.png/full/max/0/default.jpg",
             "c.tif", "s3://box/d.jpg", "https://example.org/gone.jpg"]  # fmt: skip


def manifest(version):
    if version == 2:
        canvases = [{"images": [{"resource": {"@id": a}}]} for a in ADDRESSES]
        return {
            "@context": "http://iiif.io/api/presentation/2/context.json",
            "sequences": [{"canvases": canvases}],
        }
    bodies = [{"id": a, "type": "Image"} for a in ADDRESSES]
    items = [{"items": [{"items": [{"body": b}]}]} for b in bodies]
    return {"@context": ["x", "http://iiif.io/api/presentation/3/context.json"], "items": items}


@pytest.mark.parametrize("version", [2, 3])
def test_images_are_found_on_the_disk_in_the_order_of_the_canvases(tmp_path, version):
    for name in ("images/a.jpg", "deep/b.png", "c.tif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "m.json").write_text(json.dumps(manifest(version)))
    source = open_origin(str(tmp_path / "m.json"))
    listed = list(source.items())
    assert [(i.name, i.kind) for i in listed] == [
        ("images/a.jpg", "photograph"), ("deep/b.png", "photograph"), ("c.tif", "photograph"),
        ("box/d.jpg", "photograph"), ("example.org/gone.jpg", "problem")]  # fmt: skip
    assert source.local(listed[0], tmp_path) == tmp_path / "images/a.jpg"
    assert "fetch it" in listed[-1].why
    assert source.holds(tmp_path / "c.tif")


def test_json_that_is_none_is_refused(tmp_path):
    for text in ("[]", "{}", "no"):
        (tmp_path / "m.json").write_text(text)
        with pytest.raises(SettingsError):
            open_origin(str(tmp_path / "m.json"))


def test_choices_parts_and_what_lies_on_several_canvases_are_listed_once_each(tmp_path):
    names = ["day.jpg", "xray.jpg", "part.jpg", "two.jpg"]
    for name in names:
        (tmp_path / name).touch()
    day, xray, part = ({"id": n, "type": "Image"} for n in names[:3])
    bodies = [{"type": "Choice", "items": [day, xray]}, day, {"type": "SpecificResource", "source": part},
              {"type": "SpecificResource", "source": "two.jpg"}, {"type": "TextualBody"}]  # fmt: skip
    items = [{"items": [{"items": [{"body": b}]}]} for b in bodies]
    early = [{"@id": n, "@type": "dctypes:Image"} for n in names]
    resources = [{"@type": "oa:Choice", "default": early[0], "item": early[1:2]},
                 {"@type": "oa:SpecificResource", "full": early[2]}, early[3], early[0]]  # fmt: skip
    canvases = [{"images": [{"resource": r}]} for r in resources]
    for version, told in ((3, {"items": items}), (2, {"sequences": [{"canvases": canvases}]})):
        context = f"http://iiif.io/api/presentation/{version}/context.json"
        (tmp_path / "m.json").write_text(json.dumps({"@context": context} | told))
        assert [i.name for i in open_origin(str(tmp_path / "m.json")).items()] == names


def test_a_collection_is_refused(tmp_path):
    for told in ({"type": "Collection"}, {"@type": "sc:Collection"}):
        told["@context"] = "http://iiif.io/api/presentation/3/context.json"
        (tmp_path / "m.json").write_text(json.dumps(told))
        with pytest.raises(SettingsError, match="a collection"):
            open_origin(str(tmp_path / "m.json"))


def test_an_image_in_a_store_brings_its_sidecar(tmp_path):
    store, _ = stores.filesystem("memory://iiif")
    for name in ("a.jpg", "a.xmp"):
        store.pipe_file(f"/iiif/{name}", b"")
    body = {"id": "memory://iiif/a.jpg", "type": "Image"}
    told = {"@context": "http://iiif.io/api/presentation/3/context.json"}
    told["items"] = [{"items": [{"items": [{"body": body}]}]}]
    (tmp_path / "m.json").write_text(json.dumps(told))
    source = open_origin(str(tmp_path / "m.json"))
    source.local(next(source.items()), tmp_path / "stage")
    assert {p.name for p in (tmp_path / "stage").iterdir()} == {"a.jpg", "a.xmp"}
