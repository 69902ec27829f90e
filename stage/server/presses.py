"""What an operator presses, done on the desk. Show time is given; no clock, no socket in here."""

import math

from motion.rig.pose import GRID_HZ
from stage.show.desk import Desk, DeskError
from stage.wire.messages import (
    ClientMessage,
    Express,
    Fire,
    Intensity,
    PaletteChoice,
    Panic,
    Pause,
    Play,
    Seek,
    ShotChoice,
    Stop,
    TransportEvent,
    Wink,
)

__all__ = ["on_grid", "press"]


def on_grid(t: float) -> float:
    """The moment of the 60 Hz grid nearest to `t`: there a planned pose is taken as it is, with nothing between."""
    return round(t * GRID_HZ) / GRID_HZ if math.isfinite(t) else t


def press(desk: Desk, message: ClientMessage, at: float) -> TransportEvent | None:
    """Do what `message` says at show time `at`; returns the news for every page, if it is any.

    Raises:
        DeskError: it cannot be followed, or is no press.
    """
    match message:
        case Play():
            desk.play(at)
            return "play"
        case Pause():
            desk.pause(at)
            return "pause"
        case Stop():
            desk.stop(at)
            return "stop"
        case Seek():
            desk.seek(on_grid(message.media_time), at)
            return "seek"
        case Panic():
            desk.panic(message.on, at)
            return "panic"
        case ShotChoice():
            desk.choose_shot(message.name, at)
        case PaletteChoice():
            desk.choose_palette(message.name, at)
        case Fire():
            desk.fire(message.kind, at)
        case Express():
            desk.express(message.name, message.weight, at)
        case Wink():
            desk.wink(at, message.side)
        case Intensity():
            desk.set_intensity(message.value, at)
        case _:
            raise DeskError("this message is not a press")
    return None
