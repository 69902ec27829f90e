"""A .voice file comes back as it was written; what is no voice is refused in one sentence, whatever it is."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.errors import UserError
from performer.voice.convert.voice_file import (
    FORMAT,
    Card,
    PitchRange,
    Statistics,
    VoiceFile,
    read_voice_file,
    write_voice_file,
)
from tests.performer.voice.convert.made import made_voice

CARD = f'name = "A"\nkind = "cloned"\nlicence = "CC0-1.0"\nformat = {FORMAT}\n[range]\nlow = 1\nmiddle = 2\nhigh = 3\n'
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def zipped(**members: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name.replace("__", "."), raw)
    return out.getvalue()


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_voice_file(path)
    sentence = str(caught.value)
    assert path.name in sentence
    assert "\n" not in sentence.strip()
    return sentence


def small() -> VoiceFile:
    ramp = np.linspace(-1, 1, 80).astype(np.float32)
    codebook = {"keys": np.ones((3, 64), np.float16), "hertz": np.full(3, 200.0, np.float32)}
    card = Card("Nobody", "designed", "CC0-1.0", PitchRange(100.0, 200.0, 300.0))
    return VoiceFile(card, {"content.onnx": b"abc" * 50}, Statistics(ramp, ramp, ramp, ramp), codebook)


@settings(deadline=None, max_examples=40)
@given(
    name=TEXT,
    credit=TEXT,
    person=TEXT,
    languages=st.lists(TEXT, max_size=3),
    low=st.floats(1, 2000),
    minutes=st.floats(0, 1e6),
    consent=TEXT,
    sample=st.binary(max_size=200),
    network=st.binary(min_size=1, max_size=500),
)
def test_what_is_written_is_read(
    name: str,
    credit: str,
    person: str,
    languages: list[str],
    low: float,
    minutes: float,
    consent: str,
    sample: bytes,
    network: bytes,
) -> None:
    kept = small()
    card = Card(
        name, "cloned", "x", PitchRange(low, low, low), languages=tuple(languages), credit=credit, minutes=minutes,
        person=person,
    )  # fmt: skip
    voice = VoiceFile(card, {"content.onnx": network}, kept.statistics, kept.codebook, consent, sample)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.voice"
        write_voice_file(path, voice)
        found = read_voice_file(path)
        assert [entry.name for entry in Path(folder).iterdir()] == ["a.voice"]
    assert (found.card, found.members, found.consent, found.sample) == (card, voice.members, consent, sample)
    assert found.codebook is not None
    assert found.statistics is not None
    assert kept.statistics is not None
    assert np.array_equal(found.codebook["keys"], np.ones((3, 64)))
    assert np.array_equal(found.statistics.voiced_mean, kept.statistics.voiced_mean)


def test_the_same_voice_is_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_voice_file(tmp_path / name, made_voice())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_file_that_was_cut_or_changed_is_read_or_refused_in_a_sentence(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.voice"
        write_voice_file(path, small())
        raw = bytearray(path.read_bytes())
        if data.draw(st.booleans()):
            raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
        for _ in range(data.draw(st.integers(0, 8)) if raw else 0):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(raw)
        try:
            found = read_voice_file(path)
        except UserError as problem:
            assert "a.voice" in str(problem)
        else:
            assert found.card.name


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "damaged or no .voice"),
        (b"RIFF....WAVE", "damaged or no .voice"),
        (zipped(readme__txt="hello"), "no card.toml"),
        (zipped(card__toml=CARD.replace(f"format = {FORMAT}", "format = 99")), "newer"),
        (zipped(card__toml="name = "), "card"),
        (zipped(card__toml=b"\xff\xfe\x00"), "card"),
        (zipped(card__toml='name = "A"\nkind = "stolen"\n'), "card"),
        (zipped(card__toml='name = "A"\nkind = "cloned"\nlicence = "x"\n'), "range"),
        (zipped(card__toml=CARD, statistics__npz=b"none"), "damaged"),
        (zipped(card__toml=CARD, codebook__npz=b"PK none"), "damaged"),
        (zipped(card__toml=CARD, consent__toml=b"\xff\xff"), "damaged"),
        (zipped(card__toml=CARD, filling=bytes(130_000_000)), "unpacks to more"),
    ],
    ids=["empty", "wav", "other zip", "newer", "no toml", "no text", "kind", "no range", "statistics", "codebook",
         "consent", "bomb"],
)  # fmt: skip
def test_what_is_no_voice_is_told_in_a_sentence(raw: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.voice"
    path.write_bytes(raw)
    assert says in refused(path)


@pytest.mark.parametrize(
    ("low", "middle", "high"),
    [("0", "2", "3"), ("-1", "2", "3"), ("3", "2", "4"), ("1", "4", "3"), ("nan", "nan", "nan"), ("1", "2", "inf"),
     ("1e-60", "2", "3")],
)  # fmt: skip
def test_a_range_that_nobody_can_sing_is_refused(low: str, middle: str, high: str, tmp_path: Path) -> None:
    path = tmp_path / "x.voice"
    card = CARD.partition("[range]")[0] + f"[range]\nlow = {low}\nmiddle = {middle}\nhigh = {high}\n"
    path.write_bytes(zipped(card__toml=card))
    said = refused(path)
    assert "low, middle and high must rise" in said
    assert "range" in said.partition("must rise")[2]


def test_arrays_that_would_run_code_are_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    np.savez(out, keys=np.array([{"a": 1}], dtype=object))
    path = tmp_path / "x.voice"
    path.write_bytes(zipped(card__toml=CARD, codebook__npz=out.getvalue()))
    assert "damaged" in refused(path)


def test_a_folder_and_nothing_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "f.voice"
    folder.mkdir()
    assert "folder" in refused(folder)
    assert "no voice file" in refused(tmp_path / "none.voice")


def test_a_locked_member_is_refused(tmp_path: Path) -> None:
    raw = bytearray(zipped(card__toml=CARD))
    # The flag of encryption, in the local header and in the directory.
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "x.voice"
    path.write_bytes(raw)
    assert "damaged" in refused(path)


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.voice"
    write_voice_file(path, small())
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_voice_file(path, VoiceFile(small().card, {"content.onnx": 5}))  # pyright: ignore[reportArgumentType]
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.voice"]


def test_what_a_card_may_not_know_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "x.voice"
    path.write_bytes(zipped(card__toml="from_the_future = 1\n" + CARD))
    assert read_voice_file(path).card.name == "A"


def test_a_voice_of_the_first_days_has_one_mean_for_all_phones(tmp_path: Path) -> None:
    path, mean = tmp_path / "old.voice", np.linspace(-1, 1, 64).astype(np.float32)
    write_voice_file(path, small())
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with np.load(io.BytesIO(members["statistics.npz"])) as kept:
        arrays = {name: kept[name] for name in kept.files}
    for given_mean, well in ((mean, True), (mean[:5], False)):
        raw = io.BytesIO()
        np.savez(raw, allow_pickle=False, **arrays, content_mean=given_mean)
        path.write_bytes(zipped(**{name: members[name] for name in members} | {"statistics.npz": raw.getvalue()}))
        if well:
            statistics = read_voice_file(path).statistics
            assert statistics is not None
            assert statistics.content_means is not None
            assert np.array_equal(statistics.content_means, np.tile(mean, (40, 1)))
        else:
            assert "damaged" in refused(path)
