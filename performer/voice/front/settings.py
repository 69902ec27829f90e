"""Settings of the stages in front of the voice, and how a TOML file says them: records, their check, the reader."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec

from motion.errors import UserError
from performer.voice.toml_file import TomlFile

__all__ = [
    "ClickSettings",
    "FrontError",
    "FrontSettings",
    "GateSettings",
    "HighPassSettings",
    "HowlSettings",
    "NoiseSettings",
    "default_settings",
    "parse_front",
    "read_front",
]


class FrontError(UserError):
    """Settings of the front cannot be used; the message names the field and what is allowed."""


_FILE = TomlFile("settings", "front.toml of performer/voice/front says what is allowed", FrontError)


def _range(low: float, high: float) -> msgspec.Meta:
    return msgspec.Meta(ge=low, le=high)


class _Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each field means stands in front.toml."""

    on: bool


class HighPassSettings(_Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    hertz: Annotated[float, _range(20, 200)]


class HowlSettings(_Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    notches: Annotated[int, _range(1, 16)]
    hold_s: Annotated[float, _range(1, 120)]
    width: Annotated[float, _range(0.01, 0.2)]


class ClickSettings(_Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rise_db: Annotated[float, _range(6, 30)]
    depth_db: Annotated[float, _range(6, 60)]


class NoiseSettings(_Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    depth_db: Annotated[float, _range(0, 40)]
    over_db: Annotated[float, _range(-6, 12)]
    window_s: Annotated[float, _range(0.5, 5)]
    tonal_window_s: Annotated[float, _range(2, 60)]


class GateSettings(_Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    open_db: Annotated[float, _range(-80, -10)]
    close_db: Annotated[float, _range(-90, -12)]
    above_noise_db: Annotated[float, _range(0, 30)]
    hold_s: Annotated[float, _range(0, 2)]
    fade_s: Annotated[float, _range(0.01, 1)]
    depth_db: Annotated[float, _range(6, 80)]


class FrontSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One record a stage, in the order in which sound passes them."""

    highpass: HighPassSettings
    howl: HowlSettings
    clicks: ClickSettings
    noise: NoiseSettings
    gate: GateSettings


@cache
def _default_table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("performer.voice.front") / "front.toml").read_text(encoding="utf-8"))


@cache
def default_settings() -> FrontSettings:
    """What front.toml beside this module says."""
    return msgspec.convert(_default_table(), FrontSettings)


def parse_front(text: str, name: str = "these settings") -> FrontSettings:
    """Settings from TOML that names what differs from the default.

    Raises:
        FrontError: not TOML, an unknown stage or field, a value out of range or of another kind.
    """
    given = _FILE.table(text, name)
    merged: dict[str, Any] = dict(_default_table())
    for stage, fields in given.items():
        if isinstance(fields, dict) and stage in merged:
            merged[stage] = {**merged[stage], **cast(dict[str, Any], fields)}
        else:
            merged[stage] = fields
    settings = _FILE.record(merged, FrontSettings, name)
    if settings.gate.close_db > settings.gate.open_db:
        raise FrontError(
            f"{name}: the gate would close at {settings.gate.close_db:g} dB, above where it opens "
            f"({settings.gate.open_db:g} dB); give close_db the lower value"
        )
    return settings


def read_front(path: Path) -> FrontSettings:
    """The same from a file.

    Raises:
        FrontError: as `parse_front`; or the file is missing, too large, not text.
    """
    return parse_front(_FILE.text(path), str(path))
