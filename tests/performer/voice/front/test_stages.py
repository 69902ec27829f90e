"""Each stage does its work on made sounds and leaves a voice alone."""

import numpy as np
import pytest

from performer.voice.front.chain import Front
from performer.voice.front.clicks import Clicks
from performer.voice.front.ear import Ear
from performer.voice.front.gate import Gate
from performer.voice.front.highpass import HighPass
from performer.voice.front.howl import Howl
from performer.voice.front.noise import Noise
from performer.voice.front.settings import default_settings
from tests.performer.voice.front.sounds import RATE, Samples, click, decibels, noise, note, power, speech

SETTINGS = default_settings()


def denoised(sound: Samples) -> Samples:
    ear = Ear()
    stage = Noise(SETTINGS.noise, ear)
    parts: list[Samples] = []
    for at in range(0, len(sound), 240):
        ear.hear(sound[at : at + 240])
        parts.append(stage.feed(sound[at : at + 240]))
    return np.concatenate(parts)


def test_dc_and_rumble_go_and_a_bass_voice_stays() -> None:
    t = np.arange(2 * RATE) / RATE
    stage = HighPass(SETTINGS.highpass)
    out = stage.feed((0.2 + 0.1 * np.sin(2 * np.pi * 15 * t)).astype(np.float32))[RATE:]
    assert decibels(power(out), 0.005) < -20
    low = (0.1 * np.sin(2 * np.pi * 82 * t)).astype(np.float32)
    assert abs(decibels(power(HighPass(SETTINGS.highpass).feed(low)[RATE:]), power(low))) < 1.5


def test_a_fan_goes_and_speech_stays() -> None:
    fan, voice = noise(6.0, 0.01), speech(6.0)
    voice[: 2 * RATE] = 0
    out = denoised(fan + voice)
    quiet = slice(round(1.9 * RATE), round(2.0 * RATE))
    assert decibels(power(out[quiet]), power(fan[quiet])) < -12
    assert abs(decibels(power(out[2 * RATE :]), power((fan + voice)[2 * RATE :]))) < 0.5


@pytest.mark.parametrize("hertz", [110.0, 220.0, 440.0])
@pytest.mark.parametrize("cents", [0.0, 50.0])
def test_a_note_held_for_ten_seconds_is_no_noise(hertz: float, cents: float) -> None:
    held = note(10.0, hertz, 0.1, cents) + noise(10.0, 0.001)
    out = denoised(held)
    for second in (3, 6, 9):
        part = slice(second * RATE, (second + 1) * RATE)
        assert abs(decibels(power(out[part]), power(held[part]))) < 1.0


def test_chords_are_music_and_no_noise() -> None:
    chords = np.concatenate(
        [
            sum((note(1.5, root * k, 0.04, 0.0) for k in (1.0, 1.26, 1.5)), noise(1.5, 0.002))
            for root in (196, 262, 220, 294, 196, 262)
        ]
    ).astype(np.float32)
    ear = Ear()
    ear.hear(chords)
    assert ear.music > 0.5
    assert abs(decibels(power(denoised(chords)[3 * RATE :]), power(chords[3 * RATE :]))) < 1.0


@pytest.mark.parametrize("sound", [noise(6.0, 0.05), speech(6.0)], ids=["fan", "speech"])
def test_fans_and_speech_are_no_music(sound: Samples) -> None:
    ear = Ear()
    ear.hear(sound)
    assert ear.music < 0.5


def test_a_click_in_a_pause_goes() -> None:
    stage = Clicks(SETTINGS.clicks)
    sound = noise(4.0, 0.0005)
    places = range(RATE // 2, 4 * RATE - 2400, 12_345)
    for index, at in enumerate(places):
        sound[at : at + 720] += click(index)
    out = stage.feed(sound)
    taken = [
        decibels(power(out[at + stage.delay : at + stage.delay + 720]), power(sound[at : at + 720])) for at in places
    ]
    assert np.median(taken) < -25
    assert stage.count >= 0.8 * len(list(places))


def test_a_click_over_a_vowel_goes_and_the_vowel_stays() -> None:
    vowel = note(4.0, 180.0, 0.01)
    sound = vowel.copy()
    places = range(RATE // 2, 4 * RATE - 2400, 12_345)
    for index, at in enumerate(places):
        sound[at : at + 720] += click(index)
    stage = Clicks(SETTINGS.clicks)
    out = stage.feed(sound)
    late = stage.delay
    left = [
        decibels(
            power(out[at + late : at + late + 720] - vowel[at : at + 720]),
            power(sound[at : at + 720] - vowel[at : at + 720]),
        )
        for at in places
    ]
    assert np.median(left) < -8
    assert abs(decibels(power(out[late:]), power(vowel))) < 0.5


class _EveryStep(Clicks):
    """Judges each step, also where nothing can be a click."""

    def _rests(self, high: list[float]) -> bool:
        del high
        return False


@pytest.mark.parametrize("size", [480, 37])
def test_what_is_passed_over_at_once_is_what_every_step_would_do(size: int) -> None:
    sound = speech(2.0) + noise(2.0, 0.0005)
    for index, at in enumerate(range(9000, len(sound) - 1000, 7001)):
        sound[at : at + 720] += click(index)
    quick, slow = Clicks(SETTINGS.clicks), _EveryStep(SETTINGS.clicks)
    for at in range(0, len(sound), size):
        block = sound[at : at + size]
        assert np.array_equal(quick.feed(block), slow.feed(block))
        assert quick.meter.active == slow.meter.active
        assert quick.meter.db == pytest.approx(slow.meter.db, rel=1e-9)
    assert quick.count == slow.count > 3


def test_the_ear_takes_a_spectrum_that_another_has() -> None:
    sound, own, given, howl = note(1.0) + noise(1.0, 0.002), Ear(), Ear(), Howl(SETTINGS.howl)
    for at in range(0, len(sound), 480):
        block = howl.feed(sound[at : at + 480])
        own.hear(block)
        given.hear(block, howl.power)
    assert given.tonal == own.tonal > 0.5
    assert given.music == own.music


def test_speech_has_no_clicks() -> None:
    voice = speech(6.0) + noise(6.0, 0.0005)
    stage = Clicks(SETTINGS.clicks)
    out = stage.feed(voice)
    late = stage.delay
    assert decibels(power(out[late:] - voice[:-late]), power(voice)) < -25


def loop(
    front: Howl | None, gain_db: float, hertz: float, seconds: float, quality: float
) -> tuple[Samples, list[float]]:
    """A microphone before a loudspeaker: what goes out comes back 30 ms later through a room with one resonance."""
    from scipy.signal import iirpeak, lfilter

    top, low = iirpeak(hertz, quality, fs=RATE)
    state = np.zeros(2)
    heard, caught = noise(seconds, 0.0003), [0.0]
    line = np.zeros(1440, np.float32)
    out: list[Samples] = []
    for at in range(0, len(heard) - 479, 480):
        back, state = lfilter(top, low, line[:480], zi=state)
        block = np.clip(heard[at : at + 480] + 10 ** (gain_db / 20) * back, -1, 1).astype(np.float32)
        made = front.feed(block) if front else block
        if front and front.notches and caught == [0.0]:
            caught[0] = at / RATE
        line = np.concatenate([line[480:], made])
        out.append(made)
    return np.concatenate(out), caught


@pytest.mark.parametrize(("hertz", "quality"), [(320.0, 5), (1100.0, 5), (1100.0, 20), (2950.0, 5)])
def test_a_howl_is_caught_before_it_is_loud(hertz: float, quality: float) -> None:
    wild, _ = loop(None, 3.0, hertz, 6.0, quality)
    assert np.abs(wild[-RATE:]).max() > 0.9
    tame, caught = loop(Howl(SETTINGS.howl), 3.0, hertz, 6.0, quality)
    assert 0 < caught[0] < 1.5
    assert np.abs(tame).max() < 0.3


@pytest.mark.parametrize(
    "sound",
    [note(5.0, 660.0, 0.2, 15.0), note(5.0, 660.0, 0.2, 3.0), note(5.0, 220.0), speech(5.0), noise(5.0, 0.1)],
    ids=["high", "straight", "low", "speech", "noise"],
)
def test_voices_do_not_howl(sound: Samples) -> None:
    stage = Howl(SETTINGS.howl)
    out = stage.feed(sound)
    assert stage.notches == ()
    assert np.array_equal(out, sound)


def test_a_notch_goes_again() -> None:
    t = np.arange(3 * RATE) / RATE
    stage = Howl(SETTINGS.howl)
    stage.feed((0.3 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32))
    assert len(stage.notches) == 1
    assert abs(stage.notches[0] - 1000) < 3
    stage.feed(noise(SETTINGS.howl.hold_s + 1.0, 0.01))
    assert stage.notches == ()


def test_the_gate_opens_before_an_onset_and_closes_after_the_hold() -> None:
    voice = np.zeros(3 * RATE, np.float32)
    voice[RATE : RATE + RATE // 2] = note(0.5, 200.0)
    gate = Gate(SETTINGS.gate)
    late = 96
    out = np.zeros_like(voice)
    delayed = np.concatenate([np.zeros(late, np.float32), voice])[: len(voice)]
    hiss = noise(3.0, 0.0005)
    for at in range(0, len(voice), 240):
        gate.hear((voice + hiss)[at : at + 240])
        out[at : at + 240] = gate.feed((delayed + hiss)[at : at + 240])
    voiced = slice(RATE + late, RATE + RATE // 2)
    assert abs(decibels(power(out[voiced]), power(delayed[voiced]))) < 0.1
    assert decibels(power(out[round(0.9 * RATE) : RATE]), power(hiss)) < -35
    assert decibels(power(out[round(2.5 * RATE) :]), power(hiss)) < -35


def test_the_gate_does_not_flutter_between_its_thresholds() -> None:
    between = 10 ** ((SETTINGS.gate.open_db + SETTINGS.gate.close_db) / 40)
    sound = noise(4.0, between, seed=5)
    sound[:RATE] += note(1.0, 200.0, 0.05)
    gate = Gate(SETTINGS.gate)
    states: list[bool] = []
    for at in range(0, len(sound), 480):
        gate.feed(sound[at : at + 480])
        states.append(gate.meter.active)
    assert int(np.abs(np.diff(np.array(states, int))).sum()) <= 2


def test_clean_speech_through_the_whole_front_is_as_it_was() -> None:
    voice = speech(8.0) + noise(8.0, 0.0001)
    front = Front()
    out = front.feed(voice)
    late = round(front.latency * RATE)
    loud = np.abs(voice[:-late]) > 0.02
    assert abs(decibels(power(out[late:][loud]), power(voice[:-late][loud]))) < 0.5
