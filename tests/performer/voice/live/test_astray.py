"""A microphone that the sound server replaced by the loudspeaker's own sound is noticed, and nothing else is."""

import json
import subprocess

import pytest

from performer.voice.live.astray import Astray

OURS, OTHER = 4711, 12
SOURCES = [
    {"index": 0, "name": "speakers.monitor", "monitor_source": "speakers"},
    {"index": 1, "name": "daw.monitor", "monitor_source": "daw"},
    {"index": 2, "name": "usb", "monitor_source": ""},
]
SINKS = [{"index": 0, "name": "speakers"}, {"index": 1, "name": "daw"}]


class Server:
    """Answers as `pactl --format=json list` does, in part. listens, plays: where this process' streams are."""

    def __init__(self) -> None:
        self.listens: int | None = 2
        self.plays: int | None = 0
        self.asked: list[str] = []

    def __call__(self, what: str) -> str:
        self.asked.append(what)
        return json.dumps(
            {
                "sources": SOURCES,
                "sinks": SINKS,
                "source-outputs": self._streams("source", self.listens),
                "sink-inputs": self._streams("sink", self.plays),
            }[what]
        )

    def _streams(self, end: str, ours: int | None) -> list[object]:
        rows: list[object] = [
            # A stream of the server itself has no process; another program's is at the monitor, as a recorder is.
            {"index": 0, end: 0, "properties": {"media.role": "filter"}},
            {"index": 8, end: 0, "properties": {"application.process.id": str(OTHER)}},
        ]
        # One that was opened before, and is just going.
        old = {"index": 1, end: 2, "properties": {"application.process.id": str(OURS)}}
        new = {"index": 5, end: ours, "properties": {"application.process.id": str(OURS)}}
        return rows if ours is None else [*rows, old, new]


def test_who_is_moved_to_the_loudspeaker_s_monitor_hears_itself_until_it_is_moved_back() -> None:
    server = Server()
    astray = Astray(server, OURS)
    assert not astray()
    server.listens = 0
    assert astray()
    assert astray()
    server.listens = 2
    assert not astray()
    # While nothing changes it costs one question.
    server.asked.clear()
    assert not astray()
    assert server.asked == ["source-outputs"]


def test_what_another_program_plays_may_be_sung_with() -> None:
    server = Server()
    server.listens = 1
    assert not Astray(server, OURS)()
    server.plays = 1
    assert Astray(server, OURS)()


@pytest.mark.parametrize(("listens", "plays"), [(None, 0), (0, None), (None, None)])
def test_one_stream_alone_hears_nothing_of_itself(listens: int | None, plays: int | None) -> None:
    server = Server()
    server.listens, server.plays = listens, plays
    assert not Astray(server, OURS)()


@pytest.mark.parametrize("answer", ["", "Connection refused", "[1]", '[{"index": 0}]', '{"a": 1}', "null"])
def test_a_server_that_answers_otherwise_troubles_nobody(answer: str) -> None:
    assert not Astray(lambda what: answer, OURS)()


def test_a_server_that_does_not_answer_troubles_nobody() -> None:
    def late(what: str) -> str:
        raise subprocess.TimeoutExpired(what, 2.0)

    assert not Astray(late, OURS)()


def test_a_server_that_was_started_again_counts_anew() -> None:
    server = Server()
    astray = Astray(server, OURS)
    assert not astray()
    server.listens = None
    assert not astray()
    # What was the microphone's number is the loudspeaker's monitor now.
    SOURCES[2], kept = {"index": 2, "name": "speakers.monitor", "monitor_source": "speakers"}, SOURCES[2]
    try:
        server.listens = 2
        assert astray()
    finally:
        SOURCES[2] = kept
