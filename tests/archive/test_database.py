"""The manifest's database, opened as each disk needs it."""

import sqlite3
from contextlib import closing

import pytest

from tintype.archive import database
from tintype.archive.entry import COLUMNS, Entry, decoded, text


def journal(db):
    return db.execute("PRAGMA journal_mode").fetchone()[0]


@pytest.mark.parametrize(
    ("alone", "locked", "mode"), [(True, True, "wal"), (False, True, "truncate"), (False, False, "truncate")]
)
def test_the_journal_is_one_that_the_disk_can_share(tmp_path, alone, locked, mode):
    path = tmp_path / "ä #?.db"
    with database.opened(path, alone=alone, locked=locked) as db:
        assert journal(db) == mode
        assert [row[1] for row in db.execute("PRAGMA table_info(photographs)")] == list(COLUMNS)
        with database.reading(path) as other:
            assert other.execute("SELECT count(*) FROM photographs").fetchone() == (0,)
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                other.execute("DELETE FROM photographs")


def test_a_later_version_is_refused_and_closed(tmp_path):
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {database.VERSION + 1}")
    with pytest.raises(sqlite3.DatabaseError, match="later"), database.opened(path, alone=True, locked=True):
        pass


def test_names_that_are_no_unicode_come_back():
    for name in ("ä.jpg", "bad\udcff.jpg"):
        assert database.plain(text(name)) == name


def test_a_database_of_an_earlier_version_gets_what_it_lacks(tmp_path):
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as db:
        early = ", ".join(f"{n} {t}" for n, t in COLUMNS.items() if n != "sizes")
        db.execute(f"CREATE TABLE photographs ({early})")
        db.execute("INSERT INTO photographs (source, target) VALUES ('a', 'b')")
        db.commit()
    query = f"SELECT {', '.join(COLUMNS)} FROM photographs"
    with database.reading(path) as db:  # another shard's, which nobody may change
        early = decoded(db.execute(query).fetchone())
    assert (early.source, early.target, early.sizes) == ("a", "b", ())
    with database.opened(path, alone=True, locked=True) as db:
        assert decoded(db.execute(query).fetchone()) == Entry("a", "b", state="")
