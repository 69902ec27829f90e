"""A stretch of sound at 16 kHz and its pitch through a foreign model: what each family is fed, frame by frame."""

from functools import cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

from performer.voice.foreign.content import CONTENT_HOP, CONTENT_RATE, Content
from performer.voice.foreign.graph import DEFAULT_THREADS, Graph
from performer.voice.foreign.kinds import ForeignError, Recipe, recognise

__all__ = ["PITCH_HOP", "ForeignModel", "coarse_pitch"]

# Pitch comes every 10 ms, as RVC wants it.
PITCH_HOP = 160
_LOWEST, _HIGHEST = 50.0, 1100.0
_NOISE_SIZE, _NOISE_BLOCK = 192, 64
# How much noise moves the latent: what the PyTorch programs of the two families use by default.
_NOISE_SCALE = {"rvc": 0.66666, "so-vits-svc": 0.4, "w-okada": 0.0}
_SO_VITS_RATE, _SO_VITS_HOP = 44_100, 512
_HOPS_OF_RATE = {320: 32_000, 400: 40_000, 480: 48_000}


def _mel(hertz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log(1.0 + np.asarray(hertz, np.float64) / 700.0)


def coarse_pitch(hertz: NDArray[np.float32]) -> NDArray[np.int64]:
    """hertz: (frames,) 0 = unvoiced -> (frames,) 1..255, even in mel from 50 to 1100 Hz; unvoiced is 1."""
    low, high = _mel(_LOWEST), _mel(_HIGHEST)
    steps = (_mel(hertz.astype(np.float64)) - low) * 254.0 / (high - low) + 1.0
    return np.rint(np.clip(np.where(hertz > 0, steps, 1.0), 1.0, 255.0)).astype(np.int64)


@cache
def _noise_block(block: int) -> NDArray[np.float32]:
    return np.random.default_rng([12, block]).standard_normal((_NOISE_SIZE, _NOISE_BLOCK), dtype=np.float32)


def _noise(first: int, count: int) -> NDArray[np.float32]:
    """(192, count): the same numbers for the same frames of a performance, whichever window asks for them."""
    blocks = range(first // _NOISE_BLOCK, (first + count - 1) // _NOISE_BLOCK + 1)
    # Frames before the start have blocks, too; the generator takes no negative seed.
    joined = np.concatenate([_noise_block(block % 4096) for block in blocks], axis=1)
    skip = first - blocks[0] * _NOISE_BLOCK
    return joined[:, skip : skip + count]


class ForeignModel:
    """A recognised graph with its content encoder.

    recipe: how it is fed; rate and hop are known. Its output lies on the input's time: sample k of what `render` gives
    is at k / rate.
    """

    def __init__(
        self,
        model: bytes,
        content: bytes,
        *,
        rate: int = 0,
        speaker: int = 0,
        threads: int = DEFAULT_THREADS,
    ) -> None:
        """rate: hertz of its sound where neither graph nor hop tells. speaker: which of its voices.

        Raises:
            ForeignError: no model that we know, a wrong encoder, a rate that cannot be told, a speaker it has not.
        """
        self._graph = Graph(model, "the voice model", threads)
        self._recipe = recognise(self._graph.inputs, self._graph.metadata)
        self._content = Content(
            content,
            self._recipe.channels,
            threads,
            layer=self._recipe.layer,
            projected=self._recipe.projected,
        )
        if speaker < 0 or (self._recipe.mixed and speaker >= max(1, self._recipe.speakers)):
            raise ForeignError(f"there is no speaker {speaker}; this model has 0..{max(0, self._recipe.speakers - 1)}")
        self._speaker = speaker
        self.recipe = self._measured(rate)

    @property
    def rate(self) -> int:
        """Hertz of what it gives."""
        return self.recipe.rate

    def _measured(self, rate: int) -> Recipe:
        """Hop and rate, by asking for two lengths: that also finds graphs that were exported for one length only."""
        import msgspec

        hops: list[float] = []
        for count in (40, 60):
            features = np.zeros((count // 2, self._recipe.channels), np.float32)
            hertz, loudness = np.full(count, 220.0, np.float32), np.zeros(count, np.float32)
            fed = self._fed(features, hertz, loudness, np.arange(count) // 2, 0)
            hops.append(self._graph.run(fed).size / count)
        hop = round(hops[0])
        if hop < 1 or max(abs(h - hop) for h in hops) > 0.01:
            raise ForeignError(
                "the voice model gives no fixed number of samples a frame "
                f"({hops[0]:.1f} and {hops[1]:.1f}); export it with any length (dynamic axes)"
            )
        if self._recipe.family == "so-vits-svc":
            known = _SO_VITS_RATE if hop == _SO_VITS_HOP else 0
        else:
            known = _HOPS_OF_RATE.get(hop, 0)
        told = rate or self._recipe.rate or known
        if not told:
            raise ForeignError(
                f"the rate of the voice model cannot be told from its {hop} samples a frame; give --rate"
            )
        if self._recipe.family != "so-vits-svc" and told != hop * 100:
            raise ForeignError(f"the voice model gives {hop} samples in 10 ms, so {hop * 100} Hz, not {told}")
        return msgspec.structs.replace(self._recipe, rate=told, hop=hop)

    def render(self, sound: NDArray[np.float32], hertz: NDArray[np.float32], first: int = 0) -> NDArray[np.float32]:
        """The voice over a stretch.

        Args:
            sound: (n,) at 16 kHz. hertz: (about n / 160,) pitch at 160 k samples, 0 = unvoiced; cut or held to fit.
            first: where the stretch begins in the performance, in samples at 16 kHz: its noise depends on that.

        Returns:
            (n * rate / 16000,) float32 within ±1; all zeros where nothing sounds at all.
        """
        wanted = round(len(sound) * self.rate / CONTENT_RATE)
        if not len(sound):
            return np.zeros(0, np.float32)
        whole = -(-len(sound) // CONTENT_HOP) * CONTENT_HOP
        padded = np.concatenate([sound, np.zeros(whole - len(sound), np.float32)])
        features = self._content.features(padded)
        seconds = self.recipe.hop / self.recipe.rate
        # Frames (100 or 86 a second) look up the feature (50 a second) of their own time, and the last one is held:
        # nothing can drift apart, however many features the encoder gives.
        count = max(2, ceil(whole / CONTENT_RATE / seconds - 1e-6))
        times = np.arange(count, dtype=np.float64) * np.float64(seconds)
        which = np.minimum((times * CONTENT_RATE / CONTENT_HOP + 1e-6).astype(np.int64), len(features) - 1)
        fed = self._fed(
            features,
            _at_times(hertz, times),
            _loudness(padded, times, seconds) if self.recipe.volume else np.zeros(count, np.float32),
            which,
            round(first / CONTENT_RATE / seconds),
        )
        audio = np.clip(self._graph.run(fed).reshape(-1), -1.0, 1.0)
        return np.concatenate([audio, np.zeros(max(0, wanted - len(audio)), np.float32)])[:wanted]

    def _fed(
        self,
        features: NDArray[np.float32],
        hertz: NDArray[np.float32],
        loudness: NDArray[np.float32],
        which: NDArray[np.int64],
        first: int,
    ) -> dict[str, NDArray[np.generic]]:
        """features: (n, channels). hertz, loudness: (frames,). which: (frames,) feature of each frame."""
        recipe, count = self._recipe, len(which)
        speaker = np.array([self._speaker], np.int64)
        length = np.array([count], np.int64)
        fed: dict[str, NDArray[np.generic]] = {}
        if recipe.noise:
            noise = _NOISE_SCALE[recipe.family] * _noise(first, count)[None]
        else:
            noise = np.zeros((1, 0, 0), np.float32)
        if recipe.family == "so-vits-svc":
            fed["c"] = features[None]
            # Row 0 of what the graph gathers from is a zero that it puts before the features itself.
            fed["mel2ph"] = which[None] + 1
            fed["f0"] = _bridged(hertz)[None]
            fed["uv"] = (hertz > 0).astype(np.float32)[None]
            fed["noise"] = noise.astype(np.float32)
            if recipe.volume:
                fed["vol"] = loudness[None].astype(np.float32)
            if recipe.mixed:
                weights = np.zeros((count, max(1, recipe.speakers)), np.float32)
                weights[:, self._speaker] = 1.0
                fed["sid"] = weights
            elif any(tensor.name == "sid" for tensor in self._graph.inputs):
                fed["sid"] = speaker
            return self._typed(fed)
        stock = recipe.family == "rvc"
        fed["phone" if stock else "feats"] = features[which][None]
        fed["phone_lengths" if stock else "p_len"] = length
        fed["ds" if stock else "sid"] = speaker
        if recipe.pitched:
            fed["pitch"] = coarse_pitch(hertz)[None]
            fed["pitchf"] = hertz[None].astype(np.float32)
        if stock:
            fed["rnd"] = noise.astype(np.float32)
        return self._typed(fed)

    def _typed(self, fed: dict[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
        """Numbers in the precision that each input asks for: exports for graphics cards mix halves and singles."""
        half = {tensor.name for tensor in self._graph.inputs if tensor.kind == "float16"}
        return {name: value.astype(np.float16) if name in half else value for name, value in fed.items()}


def _at_times(hertz: NDArray[np.float32], times: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pitch at other times than every 10 ms: between two voiced frames by their mean, else the nearer one's."""
    if not len(hertz):
        return np.zeros(len(times), np.float32)
    place = np.clip(times * CONTENT_RATE / PITCH_HOP, 0, len(hertz) - 1)
    low = np.floor(place + 1e-6).astype(np.intp)
    high, rest = np.minimum(low + 1, len(hertz) - 1), np.clip(place - low, 0.0, 1.0)
    before, after = hertz[low], hertz[high]
    between = before * (1 - rest) + after * rest
    return np.where((before > 0) & (after > 0), between, np.where(rest < 0.5, before, after)).astype(np.float32)


def _bridged(hertz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gaps of voicing crossed by a line, ends held: so-vits-svc was taught on such curves, with `uv` beside them."""
    voiced = np.flatnonzero(hertz > 0)
    if not len(voiced):
        return np.zeros(len(hertz), np.float32)
    return np.interp(np.arange(len(hertz)), voiced, hertz[voiced]).astype(np.float32)


def _loudness(sound: NDArray[np.float32], times: NDArray[np.float64], seconds: float) -> NDArray[np.float32]:
    """(frames,) root mean square around each frame's time, over one frame's length."""
    power = np.concatenate([[0.0], np.cumsum(np.square(sound.astype(np.float64)))])
    half = seconds * CONTENT_RATE / 2
    low = np.clip(np.rint(times * CONTENT_RATE - half), 0, len(sound) - 1).astype(np.intp)
    high = np.clip(np.rint(times * CONTENT_RATE + half), low + 1, len(sound)).astype(np.intp)
    return np.sqrt((power[high] - power[low]) / (high - low)).astype(np.float32)
