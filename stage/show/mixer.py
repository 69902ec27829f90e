"""Who feeds which channel, how strongly and until when: claims with weight, owner and lease, closed forms of show time.

A claim fades in over FADE seconds, and out when it is let go or its lease runs out; nothing is switched hard. Claims
are data: asking for a weight changes nothing, and the same claims give the same weights whoever asks, whenever.
"""

import math
from dataclasses import dataclass, replace

from motion.errors import UserError

__all__ = ["CHANNELS", "FADE", "SOURCES", "Claim", "Fade", "Mixer", "MixerError"]

CHANNELS = ("voice", "mouth", "face", "gaze", "body", "hands", "camera", "light", "lyric")
# From the lowest layer to the highest: a source covers those before it as far as its weight goes.
SOURCES = ("life", "dance", "lips", "voice", "webcam", "operator")
# These drive a body or a mouth alone: while one owner holds a lease, another is refused.
EXCLUSIVE = frozenset({"webcam", "voice"})
FADE = 0.25
"""Shortest cross-fade, seconds."""
FOREVER = math.inf


class MixerError(UserError):
    """A claim cannot be had; the message says who has it or what is allowed."""


@dataclass(frozen=True, slots=True)
class Fade:
    """A value on its way: at `start` (seconds) it was `value` and changed by `speed` per second; after `seconds` it
    rests at `target`. Stays within low..high."""

    target: float = 0.0
    value: float = 0.0
    speed: float = 0.0
    start: float = 0.0
    seconds: float = FADE
    low: float = 0.0
    high: float = 1.0

    def at(self, now: float) -> float:
        """The value at `now`: a cubic with the given speed at its start and none at its end."""
        u = (now - self.start) / self.seconds
        if u >= 1.0:
            return self.target
        u = max(u, 0.0)
        away, push = self.value - self.target, self.speed * self.seconds
        left = 1.0 - u
        value = self.target + left * left * (away * (1.0 + 2.0 * u) + push * u)
        return min(max(value, self.low), self.high)

    def towards(self, target: float, now: float, seconds: float = FADE) -> "Fade":
        """The fade that goes on from here to `target`, smoothly even in the middle of another one."""
        target = min(max(target, self.low), self.high)
        step = 1e-4
        speed = (self.at(now + step) - self.at(now)) / step
        return replace(self, target=target, value=self.at(now), speed=speed, start=now, seconds=max(seconds, FADE))


@dataclass(frozen=True, slots=True)
class Claim:
    """One source on one channel. expires: show time at which the lease ends unless it is renewed."""

    channel: str
    source: str
    owner: str
    fade: Fade
    expires: float = FOREVER

    def weight(self, now: float) -> float:
        """0..1 at show time `now`."""
        if now <= self.expires:
            return self.fade.at(now)
        return self.fade.towards(0.0, self.expires).at(now)


@dataclass(frozen=True, slots=True)
class Mixer:
    """All claims at one moment of a show. Every change gives a new mixer."""

    claims: tuple[Claim, ...] = ()

    def claim(
        self,
        channel: str,
        source: str,
        owner: str,
        now: float,
        *,
        weight: float = 1.0,
        lease: float = FOREVER,
        seconds: float = FADE,
    ) -> "Mixer":
        """Take or renew a channel for `lease` seconds; the weight moves to `weight` from wherever it is.

        Raises:
            MixerError: no such channel or source, a weight outside 0..1, or another owner drives it.
        """
        _known(channel, source)
        if not 0.0 <= weight <= 1.0 or not lease > 0.0:
            raise MixerError(f"a weight of {weight} for {lease} s: a weight lies in 0..1 and a lease above 0 s")
        if source in EXCLUSIVE:
            for other in self.claims:
                if (other.channel, other.source) == (channel, source) and other.owner != owner and now < other.expires:
                    raise MixerError(f"{other.owner} drives {channel} by {source}; wait until it lets go")
        old = self._find(channel, source, owner)
        # An ended lease is folded into the fade, so that a renewal goes on from what is left of the weight.
        fade = Fade() if old is None else old.fade
        if old is not None and now > old.expires:
            fade = fade.towards(0.0, old.expires)
        if old is None or now > old.expires or fade.target != weight:
            fade = fade.towards(weight, now, seconds)
        return self._with(Claim(channel, source, owner, fade, now + lease), now)

    def release(self, channel: str, source: str, owner: str, now: float, *, seconds: float = FADE) -> "Mixer":
        """Let go: the weight fades to 0. Releasing what is not held changes nothing."""
        _known(channel, source)
        old = self._find(channel, source, owner)
        if old is None or now > old.expires:
            return self
        return self._with(replace(old, fade=old.fade.towards(0.0, now, seconds), expires=FOREVER), now)

    def weight(self, channel: str, source: str, now: float, owner: str | None = None) -> float:
        """The strongest claim of a source on a channel, or that of one owner; 0..1."""
        weights = (
            claim.weight(now)
            for claim in self.claims
            if claim.channel == channel and claim.source == source and owner in (None, claim.owner)
        )
        return max(weights, default=0.0)

    def shares(self, channel: str, now: float) -> dict[str, float]:
        """What each source contributes once higher ones cover lower ones; the rest up to 1 is the rest state's."""
        left, shares = 1.0, dict[str, float]()
        for source in reversed(SOURCES):
            weight = self.weight(channel, source, now)
            if weight > 0.0:
                shares[source] = left * weight
                left *= 1.0 - weight
        return shares

    def _find(self, channel: str, source: str, owner: str) -> Claim | None:
        key = (channel, source, owner)
        return next((c for c in self.claims if (c.channel, c.source, c.owner) == key), None)

    def _with(self, claim: Claim, now: float) -> "Mixer":
        key = (claim.channel, claim.source, claim.owner)
        kept = [
            c
            for c in self.claims
            # What has faded out for good is forgotten, so that the list cannot grow.
            if (c.channel, c.source, c.owner) != key and not _spent(c, now)
        ]
        return Mixer((*kept, claim))


def _spent(claim: Claim, now: float) -> bool:
    end = max(claim.fade.start + claim.fade.seconds, 0.0)
    if claim.expires < FOREVER:
        return now > claim.expires + FADE
    return claim.fade.target == 0.0 and now > end


def _known(channel: str, source: str) -> None:
    if channel not in CHANNELS:
        raise MixerError(f"there is no channel {channel}; there are {', '.join(CHANNELS)}")
    if source not in SOURCES:
        raise MixerError(f"there is no source {source}; there are {', '.join(SOURCES)}")
