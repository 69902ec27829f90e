"""What is wrong with one recording, from what was heard of it: each judgement is a function of its own."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.defects import clipping, dropouts, joined_spans, torn_ends
from performer.voice.check.ears import HUM_BIN, Heard
from performer.voice.check.report import Finding, Measures, Severity, Span
from performer.voice.check.windows import HOP_SECONDS, WINDOW_SECONDS

__all__ = ["file_findings", "hum", "odd_windows"]

Limits = Mapping[str, Mapping[str, float]]
_REFUSE, _WARN, _NOTE = Severity.REFUSE, Severity.WARN, Severity.NOTE
_MOST_SPANS = 20


def file_findings(
    heard: Heard,
    measures: Measures,
    odds: Mapping[str, NDArray[np.float64]],
    starts: NDArray[np.float64],
    limits: Limits,
) -> tuple[Finding, ...]:
    """odds: log odds of `music` and `voices` in the windows that begin at `starts`."""
    if measures.speech_db is None or measures.speech < limits["length"]["file_seconds"]:
        return (_empty(heard),)
    found: list[Finding] = []
    for part in (
        _sides(heard),
        _levels(heard, measures, limits),
        _clipped(heard, limits),
        _noise(measures, limits),
        _hummed(heard, measures, limits),
        _band(measures, limits),
        _room(measures, limits),
        _gaps(heard),
        _others(odds, starts, _sung(measures, limits), limits),
    ):
        found += part
    return tuple(found)


def _empty(heard: Heard) -> Finding:
    if not heard.tape.envelope.any():
        return Finding("silence", _REFUSE, "there is only digital silence in it; record it again")
    return Finding("no_voice", _REFUSE, "no voice is heard in it; leave it out or record it again")


def _sides(heard: Heard) -> Iterator[Finding]:
    if heard.sides.channels == 2 and heard.sides.dead:
        side = "right" if heard.sides.left > heard.sides.right else "left"
        yield Finding("dead_side", _NOTE, f"its {side} side is silent; the other one is used")
    if heard.sides.channels == 2 and heard.sides.opposed:
        yield Finding("opposed_sides", _NOTE, "its sides are of opposite polarity; their difference is used")


def _levels(heard: Heard, measures: Measures, limits: Limits) -> Iterator[Finding]:
    if measures.speech_db is not None and measures.speech_db < limits["level"]["quiet_db"]:
        says = f"the voice is very quiet ({measures.speech_db:.0f} dB); raise the gain or come nearer to the microphone"
        yield Finding("quiet", _WARN, says)
    if abs(heard.tape.offset) > limits["level"]["offset"]:
        says = f"its middle lies at {heard.tape.offset:+.2f} of full scale (DC offset); that is taken away here"
        yield Finding("offset", _NOTE, says)
    if heard.tape.coarse:
        yield Finding("depth", _WARN, "it has 8 bits a sample, whose noise will be learnt; record with 16 or 24")


def _clipped(heard: Heard, limits: Limits) -> Iterator[Finding]:
    piles = clipping(heard.tape)
    hard = max(piles, key=lambda pile: pile.hard, default=None)
    soft = max(piles, key=lambda pile: pile.soft, default=None)
    if hard is not None and hard.hard >= limits["clipping"]["hard"]:
        worst = _WARN if hard.share < limits["clipping"]["refuse_share"] else _REFUSE
        says = f"{100 * hard.share:.0f} % of its loud moments are clipped; lower the gain and record it again"
        yield Finding("clipping", worst, says, hard.spans[:_MOST_SPANS])
    elif soft is not None and soft.soft >= limits["clipping"]["soft"]:
        says = "its peaks are flattened, as by a limiter or an overdriven input; record it without, at a lower gain"
        yield Finding("limiting", _WARN, says, soft.spans[:_MOST_SPANS])


def _noise(measures: Measures, limits: Limits) -> Iterator[Finding]:
    snr = measures.snr_db
    if snr is None or snr >= limits["noise"]["warn_snr_db"]:
        return
    worst = _REFUSE if snr < limits["noise"]["refuse_snr_db"] else _WARN
    says = f"noise lies only {snr:.0f} dB under the voice; switch off what hums or blows, come nearer, record it again"
    yield Finding("noise", worst, says)


def hum(quiet: NDArray[np.float32], over_db: float) -> tuple[float, float] | None:
    """quiet: (k, bins) power spectra of quiet moments -> 50 or 60 and the power of its lines, if they stand out."""
    if len(quiet) < 2:
        return None
    power = np.median(quiet[: max(2, len(quiet) // 2)], axis=0).astype(np.float64)
    best: tuple[float, float] | None = None
    for mains in (50.0, 60.0):
        lines, stand, total = 0, [], 0.0
        for order in range(1, 9):
            # Within the window's own lobe; beside it, but not on a neighbouring line.
            at = round(order * mains / HUM_BIN)
            if at + 12 >= len(power):
                break
            top = float(power[at - 1 : at + 2].max())
            beside = float(np.median(np.concatenate([power[at - 10 : at - 4], power[at + 5 : at + 11]])))
            over = 10 * np.log10(top / (beside + 1e-20) + 1e-9)
            stand.append(over)
            if over > over_db:
                lines += 1
                total += float(power[at - 2 : at + 3].sum())
        if lines >= 3 and (best is None or total > best[1]):
            best = mains, total
    return best


def _hummed(heard: Heard, measures: Measures, limits: Limits) -> Iterator[Finding]:
    found = hum(heard.quiet, limits["noise"]["hum_over_db"])
    if found is None or measures.speech_db is None:
        return
    mains, power = found
    under = measures.speech_db - float(10 * np.log10(2 * power / 0.375 + 1e-20))
    if under < limits["noise"]["hum_under_speech_db"]:
        says = f"the mains hum at {mains:.0f} Hz, {under:.0f} dB under the voice; use another cable or socket"
        yield Finding("hum", _WARN if under < 35.0 else _NOTE, says)


def _band(measures: Measures, limits: Limits) -> Iterator[Finding]:
    if measures.band is None:
        return
    kilohertz = measures.band / 1000
    if measures.band < limits["band"]["refuse_hertz"]:
        says = f"its sound ends at {kilohertz:.1f} kHz, less than a telephone's; record it again"
        yield Finding("band", _REFUSE, says)
    elif measures.band < limits["band"]["warn_hertz"]:
        says = f"its sound ends at {kilohertz:.1f} kHz, so the voice will be dull; record at 44.1 kHz or more"
        yield Finding("band", _WARN, says)
    elif measures.band < limits["band"]["note_hertz"]:
        says = f"its sound ends at {kilohertz:.1f} kHz; the voice will have no air above that"
        yield Finding("band", _NOTE, says)


def _sung(measures: Measures, limits: Limits) -> bool:
    return measures.voiced > limits["speaker"]["sung_voiced"] * measures.speech


def _room(measures: Measures, limits: Limits) -> Iterator[Finding]:
    room = measures.room
    # A held note decays as its singer likes, which passes for a room.
    if room is None or _sung(measures, limits) or room.late_db >= limits["room"]["warn_late_db"]:
        return
    worst = _REFUSE if room.late_db < limits["room"]["refuse_late_db"] else _WARN
    says = f"the room is heard (about {room.t60:.1f} s, {room.late_db:.0f} dB under the voice)"
    yield Finding("reverberation", worst, f"{says}; record near the microphone, among curtains or clothes")


def _gaps(heard: Heard) -> Iterator[Finding]:
    gaps = dropouts(heard.tape)
    if gaps:
        lost = sum(span.stop - span.start for span in gaps)
        number = f"{len(gaps)} times" if len(gaps) > 1 else "once"
        says = f"the sound drops out {number} ({1000 * lost:.0f} ms in all); those phrases are left out"
        yield Finding("dropouts", _WARN, says, gaps, left_out=True)
    first, last = torn_ends(heard.tape)
    if first or last:
        where = "begins and ends" if first and last else "begins" if first else "ends"
        yield Finding("torn", _NOTE, f"it {where} in the middle of a sound; leave half a second before and after")


def odd_windows(odds: NDArray[np.float64], starts: NDArray[np.float64], limit: float) -> tuple[Span, ...]:
    """Where three windows in a row stand over `limit` in the mean."""
    if len(odds) < 3:
        return ()
    smooth = np.convolve(odds, np.ones(3) / 3, "same")
    marks = np.flatnonzero(smooth > limit)
    spans = joined_spans(np.rint(starts[marks] / HOP_SECONDS).astype(np.intp), HOP_SECONDS, 2 * HOP_SECONDS)
    return tuple(Span(span.start, span.stop + WINDOW_SECONDS - HOP_SECONDS) for span in spans)


def _others(
    odds: Mapping[str, NDArray[np.float64]], starts: NDArray[np.float64], sung: bool, limits: Limits
) -> Iterator[Finding]:
    texts: dict[str, tuple[str, str]] = {
        "music": ("music or an accompaniment is under the voice", "give the dry voice (or separate it first)"),
        "voices": ("two voices sound at once", "give recordings of one person alone"),
    }
    for kind, (what, to_do) in texts.items():
        values = odds[kind]
        if not len(values):
            continue
        # Held notes, under which a second pitch is easily seen, must say it twice as loud; few windows a little louder.
        doubt = 1.0
        if kind == "voices":
            doubt = 2.0 if sung else 1.2 if len(values) < 3 else 1.0
        if float(values.mean()) > doubt * limits[kind]["odds"]:
            yield Finding(kind, _REFUSE, f"{what}; {to_do}")
            return
        if spans := odd_windows(values, starts, doubt * limits[kind]["span_odds"]):
            says = f"{what} in places; those phrases are left out: {to_do}"
            yield Finding(kind, _WARN, says, spans[:_MOST_SPANS], left_out=True)
            return
