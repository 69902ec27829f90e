"""A style on a voice's frames: the lead, its second takes and harmonies, live or of a whole recording."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.voice.convert.frames import Frames, joined
from performer.voice.style.colour import breathed, formants_moved, tensed
from performer.voice.style.knobs import Knobs, built_in_knobs
from performer.voice.style.lines import HARMONIES, Intervals, Take, Taking
from performer.voice.style.notes import OFFLINE_LOOK_AHEAD
from performer.voice.style.scale import CHROMATIC, Scale, find_scale, parse_scale
from performer.voice.style.style import Style
from performer.voice.style.tuning import Tuned, Tuner

__all__ = ["Line", "Part", "Styled", "Styler", "restyler", "style_whole"]


@dataclass(frozen=True, slots=True)
class Part:
    """Who sings in the mix. pan: -1..1. level_db: beside the lead. seed: of the synthesiser's noise."""

    name: str
    pan: float = 0.0
    level_db: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A part and what it sings."""

    part: Part
    frames: Frames


@dataclass(frozen=True, slots=True)
class Styled:
    """lines: the lead first. scale: what it was tuned to or found to be in; None where nobody asked."""

    lines: tuple[Line, ...]
    scale: Scale | None


@dataclass(frozen=True, slots=True)
class _Other:
    """A line beside the lead: what it sings against it, and how."""

    part: Part
    intervals: Intervals | None
    taking: Taking


class Styler:
    """Frames of a voice in, frames of every part out, `look_ahead` frames later.

    Joined they are the same however the input is split.
    """

    def __init__(
        self,
        style: Style,
        scale: Scale | None = None,
        *,
        look_ahead: int = 0,
        knobs: Knobs | None = None,
        seed: int = 0,
        lead_only: bool = False,
    ) -> None:
        """scale: what tuning and harmonies go by, at the pitch of the frames; chromatic where there is none.

        lead_only: no second takes and harmonies, whatever the style says.
        """
        self._style = style
        self._scale = scale or CHROMATIC
        self._knobs = knobs or built_in_knobs()
        self._seed = seed
        self._lead_only = lead_only
        self._look_ahead = look_ahead if style.tune or style.harmony else 0
        self.reset()

    @property
    def look_ahead(self) -> int:
        """Frames by which what comes out lies behind what goes in."""
        return self._look_ahead

    @property
    def parts(self) -> tuple[Part, ...]:
        """The lead and the others, as `feed` gives them."""
        return (Part("lead", seed=self._seed), *(other.part for other in self._others))

    def reset(self) -> None:
        style = self._style
        self._tuner: Tuner | None = None
        if style.tune or style.harmony:
            strength = style.tune_strength if style.tune else 0.0
            self._tuner = Tuner(self._scale, strength, style.tune_speed_ms / 1000, self._look_ahead)
        self._held: list[Frames] = []
        self._others = () if self._lead_only else tuple(self._lines())

    def _lines(self) -> list[_Other]:
        double, harmony = self._knobs.double, self._knobs.harmony
        found: list[_Other] = []
        for number in range(self._style.double):
            side, share = (-1) ** number, (1.0, 0.8, 0.6, 0.5)[number]
            take = Take(
                side * share * double.detune_cents / 100,
                double.drift_cents / 100,
                max(double.delay_ms * (1.0, 0.7, 0.85, 0.55)[number], double.drift_ms) / 1000,
                double.drift_ms / 1000,
                self._seed + 101 + number,
            )
            part = Part(f"take {number + 2}", side * share * double.pan, double.level_db, take.seed)
            found.append(_Other(part, None, Taking(take)))
        for number, name in enumerate(self._style.harmony):
            side = (-1) ** number
            take = Take(
                -side * harmony.detune_cents / 100,
                harmony.detune_cents / 100,
                max(harmony.delay_ms, double.drift_ms) / 1000,
                double.drift_ms / 1000,
                self._seed + 201 + number,
            )
            part = Part(name, side * harmony.pan, harmony.level_db, take.seed)
            found.append(_Other(part, Intervals(self._scale, HARMONIES[name], harmony.glide_ms / 1000), Taking(take)))
        return found

    def feed(self, frames: Frames) -> tuple[Frames, ...]:
        """frames: (n,) of the voice -> for each part the frames that became known."""
        style = self._style
        frames = formants_moved(frames, style.formant)
        frames = tensed(breathed(frames, style.breath, self._knobs), style.tension, self._knobs)
        if self._tuner is None:
            return self._sung(frames, None)
        self._held.append(frames)
        return self._known(self._tuner.feed(frames.hertz))

    def flush(self) -> tuple[Frames, ...]:
        """The last frames of every part."""
        if self._tuner is None or not self._held:
            return ()
        return self._known(self._tuner.flush())

    def _known(self, tuned: Tuned) -> tuple[Frames, ...]:
        held = joined(self._held)
        count = len(tuned.hertz)
        self._held = [held[count:]]
        return self._sung(Frames(tuned.hertz, held.density[:count], held.noise[:count]), tuned.note)

    def _sung(self, lead: Frames, notes: NDArray[np.int64] | None) -> tuple[Frames, ...]:
        out = [lead]
        for other in self._others:
            sung = lead
            if other.intervals is not None and notes is not None:
                up = np.exp2(other.intervals.feed(notes) / 12).astype(np.float32)
                sung = Frames(lead.hertz * up, lead.density, lead.noise)
            out.append(other.taking.feed(sung))
        return tuple(out)


def restyler(style: Style, scale: Scale | None = None, knobs: Knobs | None = None) -> Callable[[Frames], Frames]:
    """For a live voice: the lead's frames in, as many out at once. "auto" for a key has nothing to go by: chromatic."""
    if scale is None and style.tune not in ("", "auto"):
        scale = parse_scale(style.tune)
    styler = Styler(style, scale, knobs=knobs, lead_only=True)
    return lambda frames: styler.feed(frames)[0]


def style_whole(
    frames: Frames, style: Style, *, semitones: float = 0.0, knobs: Knobs | None = None, seed: int = 0
) -> Styled:
    """The lines of a whole recording, with look-ahead for the tuning.

    Args:
        frames: as they shall sound, transposed by `semitones` against what the style's key was said of.
    """
    scale: Scale | None = None
    if style.tune or style.harmony:
        scale = find_scale(frames.hertz) if style.tune in ("", "auto") else parse_scale(style.tune).moved(semitones)
    styler = Styler(style, scale, look_ahead=OFFLINE_LOOK_AHEAD, knobs=knobs, seed=seed)
    first, last = styler.feed(frames), styler.flush()
    lines = [joined([one, *rest]) for one, *rest in zip(first, *([last] if last else []), strict=True)]
    return Styled(tuple(Line(part, line) for part, line in zip(styler.parts, lines, strict=True)), scale)
