"""Cues and moods: planned from the song alone, spaced, and fired by hand without flashing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from motion.music.song_map import Curve, Section, SongMap
from performer.face.lyric_sheet import LyricLine, Lyrics
from stage.show.cues import LASTS, LIFT_GAP, Cue, cue_slots, fire, plan_cues
from stage.show.desk import Desk, DeskError
from stage.show.director import plan_cuts
from stage.show.hits import find_hits
from stage.show.light import plan_light
from stage.show.moods import (
    AS_IT_FITS,
    Mood,
    MoodError,
    Staging,
    decode_moods,
    find_mood,
    palette_names,
    read_staging,
    shipped_moods,
)
from stage.show.shots import FAR, house_shots
from stage.show.show import Inputs, Show
from stage.show.words import Words
from stage.wire.codec import decode_frame, encode_frame
from stage.wire.frame import CUES, CueSlot
from tests.stage.show.staging import make_show, make_song, shared_show


def _song(labels: tuple[str, ...], *, bpm: float = 120.0, energies: tuple[float, ...] = ()) -> SongMap:
    """Sections of eight seconds each, with an energy each."""
    song = make_song(8.0 * len(labels), bpm)
    energies = energies or tuple(0.9 if label == "chorus" else 0.4 for label in labels)
    sections = [Section(8.0 * i, 8.0 * (i + 1), label, i) for i, label in enumerate(labels)]  # type: ignore[arg-type]
    values = [energies[min(int(k * 0.1 / 8.0), len(energies) - 1)] for k in range(int(song.duration * 10))]
    return structs.replace(song, sections=sections, energy=Curve(0.1, values), key="C major")


POP = ("intro", "verse", "pre", "chorus", "verse", "chorus", "outro")


def test_a_build_up_leads_to_a_drop_and_a_loud_verse_to_a_plain_chorus() -> None:
    song = _song(("verse", "pre", "chorus", "verse", "chorus"), energies=(0.5, 0.8, 0.9, 0.9, 0.9))
    hits = find_hits(song)
    assert hits.drops == (16.0,)
    assert hits.choruses == (32.0,)


def test_two_choruses_in_a_row_strike_once() -> None:
    assert find_hits(_song(("verse", "chorus", "chorus"))).drops == (8.0,)


def test_the_last_hit_is_the_last_loud_beat_and_a_song_that_dies_away_has_none() -> None:
    song = _song(POP)
    ending = structs.replace(song, energy=Curve(0.1, [0.9 if k < 525 else 0.05 for k in range(560)]))
    last = find_hits(ending).last
    assert last is not None
    assert last == pytest.approx(52.0, abs=0.51)
    fading = structs.replace(song, energy=Curve(0.1, [max(0.0, 0.9 - k / 350) for k in range(560)]))
    assert find_hits(fading).last is None


def test_the_first_chorus_gets_confetti_the_last_a_finale_and_a_ballad_petals() -> None:
    cues = plan_cues(_song(POP), find_mood(_song(POP)))
    assert [(cue.kind, cue.start) for cue in cues if cue.start < 45] == [
        ("lift", 2.0),
        ("sparks", 2.0),
        ("confetti", 24.0),
        ("lift", 24.0),
        ("finale", 40.0),
        ("lift", 40.0),
    ]
    slow = _song(POP, bpm=70.0)
    assert {cue.kind for cue in plan_cues(slow, find_mood(slow))} == {"petals"}


def test_a_hook_strikes_every_time_it_is_sung_and_a_song_that_repeats_nothing_has_none() -> None:
    texts = ("far away", "Light me up", "light me up, my dear", "far away", "Light me up now")
    lines = tuple(LyricLine(20.0 + 4 * i, 22.0 + 4 * i, text) for i, text in enumerate(texts))
    hooks = Words(Lyrics(lines)).hooks
    assert hooks == [24.0, 28.0, 36.0]
    assert Words(Lyrics(lines[:3])).hooks == Words(None).hooks == []
    song = _song(POP)
    planned = plan_cues(song, find_mood(song), hooks)
    assert {24.0, 28.0, 36.0} <= {cue.start for cue in planned if cue.kind == "sparks"}
    starts = [(cue.kind, cue.start) for cue in plan_cues(song, find_mood(song), [24.2])]
    assert starts.count(("lift", 24.0)) == 1
    assert ("lift", 24.2) not in starts


@given(st.lists(st.sampled_from(("intro", "verse", "pre", "chorus", "bridge", "interlude", "outro")), min_size=1))
def test_lifts_are_kept_apart_and_cues_lie_in_the_song(labels: list[str]) -> None:
    song = _song(tuple(labels))
    for mood in shipped_moods():
        cues = plan_cues(song, mood)
        assert cues == plan_cues(song, mood)
        assert all(0.0 <= cue.start <= song.duration for cue in cues)
        lifts = [cue.start for cue in cues if cue.kind == "lift"]
        assert all(b - a >= LIFT_GAP for a, b in zip(lifts, lifts[1:], strict=False))  # noqa: RUF007


def test_the_newest_two_are_seen_and_petals_come_and_go_slowly() -> None:
    cues = (Cue("confetti", 0.0, 11.0), Cue("sparks", 1.0, 4.2), Cue("lift", 1.0, 1.3))
    assert [slot.kind for slot in cue_slots(cues, 0.5)] == [CUES.index("confetti"), 0]
    assert [slot.kind for slot in cue_slots(cues, 1.1)] == [CUES.index("sparks"), CUES.index("lift")]
    assert cue_slots(cues, 2.0)[0] == CueSlot(CUES.index("confetti"), 2.0)
    assert cue_slots(cues, 20.0) == (CueSlot(), CueSlot())
    petals = (Cue("petals", 0.0, 12.0),)
    amounts = [cue_slots(petals, t / 10)[0].value for t in range(120)]
    assert max(abs(b - a) for a, b in zip(amounts, amounts[1:], strict=False)) < 0.1  # noqa: RUF007
    assert max(amounts) == 1.0


def test_a_finger_cannot_flash() -> None:
    cues: tuple[Cue, ...] = ()
    for press in range(40):
        cues = fire(cues, "lift", press * 0.1)
    assert len([cue for cue in cues if cue.kind == "lift"]) <= 2
    with pytest.raises(DeskError, match="there is no cue smoke"):
        Desk().fire("smoke", 0.0)


def test_a_cue_from_the_desk_ages_on_the_shows_clock_while_the_song_is_held() -> None:
    desk = Desk()
    desk.load(make_show(), 0, 0.0)
    desk.fire("confetti", 5.0)
    early, late = (desk.frame(t).light.cues[0] for t in (5.5, 8.0))
    assert (early.kind, early.value) == (CUES.index("confetti"), pytest.approx(0.5))
    assert late.value == pytest.approx(3.0)
    assert desk.frame(5.0 + LASTS["confetti"] + 0.1).light.cues[0].kind == 0


def test_a_held_palette_is_sent_and_given_back() -> None:
    desk = Desk()
    desk.load(make_show(), 0, 0.0)
    planned = desk.frame(1.0).light.palette
    other = next(name for i, name in enumerate(palette_names()) if i != planned)
    desk.choose_palette(other, 1.5)
    assert desk.frame(2.0).light.palette == palette_names().index(other)
    assert desk.state(2.0).palette == other
    desk.choose_palette("auto", 2.5)
    assert desk.frame(3.0).light.palette == planned
    with pytest.raises(DeskError, match="there is no palette plaid"):
        desk.choose_palette("plaid", 3.0)


@given(st.integers(1, 5), st.floats(0.0, 1.0))
def test_cues_survive_the_wire(kind: int, share: float) -> None:
    value = share if CUES[kind] == "petals" else share * 15.9
    frame = shared_show(4.0).step(0.0)
    sent = replace(frame, light=replace(frame.light, cues=(CueSlot(kind, value), CueSlot())))
    read = decode_frame(encode_frame(sent), {0: len(frame.performers[0].weights)}).light.cues
    assert read[0].kind == kind
    assert read[0].value == pytest.approx(value, abs=1 / 1024 + 1e-9)
    assert read[1] == CueSlot()


def test_a_song_without_a_word_on_it_always_has_a_mood_and_a_card_has_the_last_word() -> None:
    song = _song(POP)
    assert find_mood(song).name == "bright"
    assert find_mood(structs.replace(song, key="A minor")).name == "fierce"
    assert find_mood(structs.replace(song, bpm=0.0, key="")).name == "ballad"
    changed = find_mood(song, Staging(mood="jade", palettes={"chorus": "violet"}, cues={"hit": []}))
    assert changed.name == "jade"
    assert changed.palettes["chorus"] == "violet"
    assert changed.palettes["verse"] == "mint"
    assert changed.cues["hit"] == []


def test_choruses_take_their_colours_in_order_and_the_last_one_its_own() -> None:
    mood = Mood(name="", palettes={}, choruses=["pink", "gold", "radiant"])
    assert [mood.chorus_palette(i, 4) for i in range(4)] == ["pink", "gold", "gold", "radiant"]
    assert [mood.chorus_palette(i, 2) for i in range(2)] == ["pink", "radiant"]
    assert mood.chorus_palette(0, 1) == "pink"
    assert Mood(name="", palettes={}).chorus_palette(0, 2) is None
    # A card that says what a chorus wears means all of them.
    assert find_mood(_song(POP), Staging(palettes={"chorus": "mint"})).choruses == []
    names = palette_names()
    for shipped in shipped_moods():
        assert set(shipped.choruses) <= set(names)


def test_the_staging_of_a_song_chooses_its_shots_and_colours() -> None:
    plain = make_show()
    staged = Show(
        replace(
            plain.performance,
            staging=Staging(palettes={"chorus": "mint"}, shots=["wide", "full", "medium", "close"]),
        )
    )
    assert {cut.shot.name for cut in staged.cuts} <= {"wide", "full", "medium", "close"}
    assert staged.step(30.0).light.palette == palette_names().index("mint")
    # What is planned does not fall over her while she idles.
    chorus = next(cue for cue in plain.cues if cue.kind != "lift")
    assert plain.step(chorus.start + 1.0).light.cues[0].kind > 0
    assert plain.step(chorus.start + 1.0, Inputs(idle=True)).light.cues[0].kind == 0


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"mood": "plaid"}, "there is no mood plaid"),
        ({"palettes": {"chorus": "plaid"}}, "there is no palette plaid"),
        ({"palettes": {"coda": "pink"}}, "has mood, palettes, cues and shots"),
        ({"cues": {"hit": ["smoke"]}}, "there is no cue smoke"),
        ({"shots": ["selfie"]}, "there is no shot selfie"),
        ({"colour": "pink"}, "has mood, palettes, cues and shots"),
        ("pink", "has mood, palettes, cues and shots"),
    ],
)
def test_a_wrong_staging_is_refused_in_a_sentence(table: object, says: str) -> None:
    with pytest.raises(MoodError, match=says):
        read_staging(table, "the card")
    assert read_staging({}, "the card") == AS_IT_FITS


@pytest.mark.parametrize("text", ["", "version = 1\nmoods = []", "version = 9\nmoods = []", "version = 1\n[[moods]]"])
def test_a_broken_table_of_moods_is_refused(text: str) -> None:
    with pytest.raises(MoodError):
        decode_moods(text)


def test_a_song_that_begins_with_its_verse_is_opened_with_the_whole_stage_and_goes_on_nearer() -> None:
    song = _song(("verse", "chorus", "verse"))
    for seed in range(8):
        first, second = plan_cuts(song, house_shots(), seed)[:2]
        # Like any other song: where we are, and within a few seconds who sings there.
        assert (first.shot.name, first.end < 4.5) == ("curtain", True)
        assert second.shot.size not in FAR | {"crowd", "reverse"}


def test_a_bridge_begins_close_to_her_in_a_dark_room_and_the_light_is_back_with_what_follows() -> None:
    song = _song(("verse", "chorus", "bridge", "chorus", "outro"))
    bridge = next(section for section in song.sections if section.label == "bridge")
    light = plan_light(song)
    assert light.at(bridge.start + 1.5).intensity < 0.6 * light.at(bridge.start - 0.5).intensity
    assert light.at(bridge.end + 0.5).intensity > 1.5 * light.at(bridge.end - 0.5).intensity
    found: list[str] = []
    for seed in range(8):
        cuts = plan_cuts(song, house_shots(), seed)
        number = next(i for i, cut in enumerate(cuts) if abs(cut.start - bridge.start) < 0.3)
        found.append(cuts[number].shot.size)
        # After another close picture it would be no cut.
        assert found[-1] == "close" or (found[-1], cuts[number - 1].shot.size) == ("medium", "close")
    assert found.count("close") >= 4
