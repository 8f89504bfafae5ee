"""Lists as sources: each row a photograph, with settings of its own."""

import json

import pyarrow
import pyarrow.parquet
import pytest

from tintype import Settings, SettingsError
from tintype.archive.origins import open_origin
from tintype.archive.work import ColorizeJob

ROWS = [
    {"photo": "a.jpg", "vividness": 0.7, "invert": True, "hints": ["1,2=#ff0000", "3,4=#00ff00"]},
    {"photo": "../b.png", "name": "b/b.png", "format": "jpeg"},
    {"photo": "s3://box/c.jpg"},
]


def write(folder, suffix):
    path = folder / f"list{suffix}"
    if suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, ROWS)) + "\n\n")
    elif suffix == ".csv":
        path.write_text(
            "\ufeffphoto,name,vividness,invert,hints,format,title\n"
            'a.jpg,,0.7,yes,"1,2=#ff0000;3,4=#00ff00",,whatever\n'
            "../b.png,b/b.png,,,,jpeg,\ns3://box/c.jpg,,,,,,\n"
        )
    else:
        keys = dict.fromkeys(key for row in ROWS for key in row)
        pyarrow.parquet.write_table(
            pyarrow.Table.from_pylist([dict.fromkeys(keys) | row for row in ROWS]), path
        )
    return path


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_rows_say_where_what_and_how(tmp_path, suffix):
    listed = list(open_origin(str(write(tmp_path, suffix))).items())
    assert [(i.name, i.place) for i in listed] == [
        ("a.jpg", str(tmp_path / "a.jpg")), ("b/b.png", str(tmp_path / "../b.png")),
        ("box/c.jpg", "s3://box/c.jpg")]  # fmt: skip
    work = ColorizeJob(Settings(warmth=0.5), "digest")
    first, second, third = (work.settings_of(i.options) for i in listed)
    assert first == Settings(
        warmth=0.5, vividness=0.7, invert=True, hints=("1,2=#ff0000", "3,4=#00ff00"))  # fmt: skip
    assert second.format == "jpeg"
    assert third is work.settings
    assert len({work.digest_of(i.options) for i in listed}) == 3


def test_settings_may_lie_in_an_object_of_their_own(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"photo": "a.jpg", "settings": {"warmth": 0.2}, "year": 1911}')
    [item] = open_origin(str(path)).items()
    assert item.options == {"warmth": 0.2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"photo": "a.jpg"}\n[1]\n', "line 2"),
        ('{"name": "a.jpg"}\n', "row 1 has no photo"),
        ('{"photo": "a.jpg", "vividnes": 1}\n', "if vividness is meant"),
        ('{"photo": "a.jpg", "settings": 3}\n', "no object of settings"),
        ('{"photo": "a.jpg", "vividness": "much"}\n', "'much'"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, message):
    path = tmp_path / "list.jsonl"
    path.write_text(text)
    with pytest.raises(SettingsError, match=message):
        list(open_origin(str(path)).items())


def test_lists_of_spreadsheets_are_read(tmp_path):
    path = tmp_path / "a.csv"
    for cut in ";\t":
        path.write_text(
            f'\ufeffphoto{cut}name{cut}vividness\r\n"a,b.jpg"{cut}No. 12.7{cut}0.5\r\n{cut}{cut}\r\n',
            newline="",
        )
        [item] = open_origin(str(path)).items()
        assert (item.name, item.options) == ("No. 12.7.jpg", {"vividness": 0.5})
        assert item.place == str(tmp_path / "a,b.jpg")
    for data, message in (("photo\nä.jpg\n".encode("latin-1"), "isn't UTF-8"),
                          (b"photo,x\na.jpg," + b"x" * 200_000, "field larger")):  # fmt: skip
        path.write_bytes(data)
        with pytest.raises(SettingsError, match=message):
            list(open_origin(str(path)).items())


def test_what_is_missing_in_a_column_of_parquet_is_as_it_comes(tmp_path):
    hints = ["1,2=#ff0000"]
    rows = [{"photo": "a.jpg", "size": None, "vividness": float("nan"), "hints": None, "name": None},
            {"photo": "b.jpg", "size": 256.0, "vividness": 0.5, "hints": hints, "name": "c.jpg"}]  # fmt: skip
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.parquet")
    one, two = open_origin(str(tmp_path / "a.parquet")).items()
    assert (one.name, one.options) == ("a.jpg", None)
    assert (two.name, two.options) == ("c.jpg", {"size": 256, "vividness": 0.5, "hints": hints})
    assert ColorizeJob(Settings(), "digest").settings_of(two.options).size == 256
    pyarrow.parquet.write_table(
        pyarrow.Table.from_pylist([*rows, {"photo": None, "name": "x.jpg"}]), tmp_path / "a.parquet"
    )
    with pytest.raises(SettingsError, match="row 3 has no photo"):
        list(open_origin(str(tmp_path / "a.parquet")).items())


def test_a_list_that_is_no_parquet_or_is_gone_is_an_error(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"no")
    for name in ("a.parquet", "gone.csv"):
        with pytest.raises(SettingsError, match="can't read the list"):
            list(open_origin(str(tmp_path / name)).items())


def test_a_name_that_leads_out_is_a_problem_of_its_own(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("photo\n../../a.jpg\n")
    [item] = open_origin(str(path)).items()
    assert item.kind == "problem"
    assert "leads out" in item.why
