"""The cache of prepared songs: what was planned by other code or from other moves is never met again."""

from importlib.resources import files
from pathlib import Path

import pytest

from stage.server import songs
from stage.server.songs import SongSource, cache_of


@pytest.fixture
def sources(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the engine's packages, one folder in it for each."""
    monkeypatch.setattr(songs, "files", lambda package: home / package)
    for package in songs._SOURCES:
        (home / package).mkdir()
    return home


def place(folder: Path) -> Path:
    song = folder / "song.wav"
    song.write_bytes(b"any")
    songs._engine.cache_clear()
    return cache_of(SongSource("song", song, None, None, "Song", "", 0))


@pytest.mark.parametrize("name", ["plan.py", "calm.txt", "clips.npz", "manners.toml", "accents.json"])
def test_a_changed_library_or_planner_is_another_place(sources: Path, name: str) -> None:
    file = sources / "presets.moves" / name
    file.write_text("before")
    before = place(sources)
    assert place(sources) == before
    file.write_text("after it was changed")
    assert place(sources) != before


def test_what_only_people_read_changes_nothing(sources: Path) -> None:
    before = place(sources)
    (sources / "presets.moves" / "README.md").write_text("news")
    assert place(sources) == before


def test_no_kind_of_file_that_the_engine_reads_is_left_out() -> None:
    kinds = {
        path.suffix
        for package in songs._SOURCES
        for path in Path(str(files(package))).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert kinds - songs._ENGINE_FILES <= {".md"}
