"""Phrases: in order, apart, of the promised length, with their breath; slices at the promised level."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.check.ears import Ears
from performer.voice.check.phrases import LONGEST, SHORTEST, phrases
from performer.voice.check.report import FileReport, Finding, Measures, Severity, Span
from performer.voice.check.slices import FADE, LEVEL_DB, Slice, levelled, read_slices, slices
from performer.voice.check.speech import levels
from performer.voice.sound import Sound, write_wav
from tests.performer.voice.check.made import voice


def cut(samples: NDArray[np.float32]) -> tuple[Span, ...]:
    ears = Ears(16_000)
    ears.feed(samples[:, None])
    heard = ears.finish()
    return phrases(heard.fine.level, levels(heard.fine, heard.coarse).active)


def measures(weights: tuple[float, float] = (0.5, 0.5)) -> Measures:
    nothing = dict.fromkeys(("speech_db", "noise_db", "snr_db", "band", "room", "low", "middle", "high"))
    return Measures(
        seconds=60.0, rate=16_000, channels=1, weights=weights, speech=40.0, voiced=30.0, peak_db=-3.0, clipped=0.0,
        **nothing,
    )  # fmt: skip


def test_phrases_hold_nearly_all_of_the_voice_and_keep_their_length() -> None:
    samples = voice(60.0, seed=1)
    found = cut(samples)
    assert len(found) > 6
    assert all(SHORTEST <= span.stop - span.start <= LONGEST for span in found)
    assert all(one.stop <= two.start for one, two in itertools.pairwise(found))
    inside = np.zeros(len(samples), np.bool_)
    for span in found:
        inside[round(span.start * 16_000) : round(span.stop * 16_000)] = True
    assert np.square(samples[inside]).sum() > 0.995 * np.square(samples).sum()


def test_each_phrase_begins_with_its_breath() -> None:
    # The made voice breathes for 0.25 s, at 0.006 * 0.6, 0.05 s before each phrase.
    samples = voice(40.0, seed=2, noise=1e-5)
    for span in cut(samples):
        part = samples[round(span.start * 16_000) : round(span.stop * 16_000)]
        level = np.sqrt(np.square(part[: len(part) // 160 * 160].reshape(-1, 160)).mean(axis=1))
        first_voice = int(np.flatnonzero(level > 0.03)[0])
        before = level[:first_voice]
        assert (before > 1e-3).sum() > 15


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2500), st.integers(1, 300)), min_size=1, max_size=8), st.integers(0, 99))
def test_whatever_the_voice_does_phrases_keep_their_bounds(runs: list[tuple[int, int]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    active = np.concatenate([np.repeat([True, False], run) for run in runs])
    level = (np.where(active, 0.01, 1e-7) * rng.uniform(0.2, 1.0, len(active))).astype(np.float32)
    found = phrases(level, active)
    assert all(0.4 <= span.stop - span.start <= LONGEST + 1e-6 for span in found)
    assert all(one.stop <= two.start for one, two in itertools.pairwise(found))
    assert all(span.start >= 0 and span.stop <= len(active) * 0.01 + 1e-6 for span in found)


@pytest.mark.parametrize("gain", [0.02, 0.3, 2.0])
def test_slices_are_levelled_and_faded(gain: float) -> None:
    samples = gain * voice(6.0, 48_000, seed=3) + np.float32(0.02 * gain)
    out = levelled(samples.astype(np.float32), 48_000)
    power = np.square(out[: len(out) // 960 * 960].astype(np.float64)).reshape(-1, 960).mean(axis=1)
    speech = power[power > 1e-3 * np.percentile(power, 95)].mean()
    assert 10 * np.log10(speech) == pytest.approx(LEVEL_DB, abs=0.3) or np.abs(out).max() > 0.98
    assert np.abs(out).max() <= 0.991
    assert abs(float(out.mean())) < 1e-4
    fade = round(FADE * 48_000)
    assert abs(float(out[0])) < 1e-3 * np.abs(out).max() + 1e-6
    assert np.abs(out[: fade // 4]).max() < 0.2 * np.abs(out).max()


def test_slices_are_read_from_where_they_came(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    t = np.arange(30 * 16_000) / 16_000
    # The pitch tells the second: 200 Hz in the first, 210 in the next.
    tone = 0.2 * np.sin(2 * np.pi * np.cumsum(200.0 + 10.0 * np.floor(t)) / 16_000)
    write_wav(path, Sound(tone[:, None].astype(np.float32), 16_000))
    wanted = [Slice(path, float(start), start + 1.0, (1.0, 0.0)) for start in (1, 4, 5, 13, 29)]
    got = list(read_slices(wanted, 16_000))
    assert [piece for piece, _ in got] == wanted
    for piece, sound in got:
        assert len(sound) == 16_000
        peak = int(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(16_000)))))
        assert peak == pytest.approx(200 + 10 * piece.start, abs=2)


def test_what_a_finding_leaves_out_is_not_cut() -> None:
    spans = (Span(0.0, 3.0), Span(4.0, 8.0), Span(9.0, 12.0))
    gap = Finding("dropouts", Severity.WARN, "it drops out", (Span(5.0, 5.1),), left_out=True)
    noted = Finding("clipping", Severity.WARN, "clipped", (Span(10.0, 10.1),))
    report = FileReport(Path("a.wav"), measures(), (gap, noted), spans)
    assert [(piece.start, piece.stop) for piece in slices(report)] == [(0.0, 3.0), (9.0, 12.0)]
    refused = FileReport(Path("a.wav"), measures(), (Finding("noise", Severity.REFUSE, "noisy"),), spans)
    assert slices(refused) == []
