"""The report page of a clone: all that was promised stands on it, nothing leads out of it, nobody's words break it."""

import base64
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from performer.voice.check.report import FileReport, Finding, Measures, Report, Severity, Span  # noqa: E402
from performer.voice.consent import Consent  # noqa: E402
from performer.voice.convert.voice_file import Card, PitchRange, VoiceFile  # noqa: E402
from performer.voice.mark.files import read_label  # noqa: E402
from performer.voice.synth import synthesise  # noqa: E402
from performer.voice.train.studio import Job, Lesson, Made  # noqa: E402
from performer.voice.train.trial import Trial  # noqa: E402
from stage.cli.clone_report.page import clone_report  # noqa: E402

MEASURES = Measures(
    60.0, 48_000, 1, (1.0, 0.0), 50.0, 40.0, -6.0, -23.0, -70.0, 45.0, 8000.0, None, 150.0, 200.0, 250.0, 0.0
)
NASTY = '<script src="https://evil.example/x.js">&"\''
CONSENT = Consent(
    person=NASTY,
    recordings="her own",
    uses=("train", "live"),
    from_=date(2026, 1, 1),
    contact="ann@example.org",
    signature="Ann",
    signed=date(2026, 1, 1),
)


class _Tags(HTMLParser):
    """Every tag with its attributes, and all words; complains where an element is closed that is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("section", "figure", "div", "svg", "main", "table", "details"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("section", "figure", "div", "svg", "main", "table", "details"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _voice(middle: float, tilt: float = 0.06, seconds: float = 1.2) -> NDArray[np.float32]:
    """Vowels at 48 kHz."""
    t = np.arange(round(seconds * 100) + 1) / 100
    hertz = np.where((t % 0.5) < 0.4, middle * (1 + 0.2 * np.sin(5 * t)), 0).astype(np.float32)
    band = np.arange(80)[None]
    density = -9 - band * tilt + 2 * np.cos(band * 0.2 + 3 * np.sin(6 * t)[:, None])
    sound = synthesise(hertz, density.astype(np.float32), np.full((len(t), 8), 0.05, np.float32))
    return (0.2 * sound / np.abs(sound).max()).astype(np.float32)


@pytest.fixture(scope="module")
def made() -> Made:
    own, other = _voice(200.0), _voice(130.0, 0.01)
    card = Card(NASTY, "cloned", "CC0-1.0", PitchRange(150.0, 210.0, 420.0), made="2026-11-22", credit="Ann")
    lessons = [Lesson(step, 1.0 / step, 1.2 / step) for step in (1, 25, 50, 75)]
    hertz = np.tile(np.geomspace(150, 400, 50), 20).astype(np.float32)
    trial = Trial(own[::3].copy(), own, other, own)
    return Made(VoiceFile(card, {}), {"hearing": 3.0}, 20, 2, hertz, [trial], 75, lessons)


def _job(tmp_path: Path) -> Job:
    wrong = Finding("clipping", Severity.WARN, "3 % of its loud moments are clipped", (Span(1.0, 2.0),))
    refused = Finding("music", Severity.REFUSE, "music is under the voice")
    files = (
        FileReport(Path(f"{NASTY[:9]}one.wav"), MEASURES, (wrong,)),
        FileReport(Path("two.wav"), MEASURES, (refused,)),
        FileReport(Path("three.wav"), MEASURES, ()),
    )
    return Job(NASTY, Report(files, ()), "", "Ann", tmp_path / "ann.voice")


@pytest.fixture(scope="module")
def page(made: Made, tmp_path_factory: pytest.TempPathFactory) -> str:
    return clone_report(_job(tmp_path_factory.mktemp("page")), made, CONSENT)


def _read(page: str) -> _Tags:
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


def test_the_page_asks_no_network_and_runs_nothing(page: str) -> None:
    tags = _read(page)
    for tag, attributes in tags.tags:
        assert tag not in ("script", "link", "iframe", "object", "base")
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "srcset", "poster", "action"):
            if name in attributes:
                assert (attributes[name] or "").startswith("data:")
    # What is left of addresses are words of the person's, never a style or an attribute.
    assert "url(" not in page
    assert "@import" not in page
    policy = next(a["content"] or "" for tag, a in tags.tags if tag == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy


def test_names_from_outside_are_only_words(page: str) -> None:
    assert "<script" not in page
    text = _read(page).text
    assert text.count(NASTY) >= 2  # the heading, the consent
    assert f"{NASTY[:9]}one.wav" in text


def test_all_that_was_promised_is_there(page: str) -> None:
    tags = _read(page)
    for words in ("How near it comes", "Average spectra", "How it learnt", "Which pitches", "Consent", "Card"):
        assert words in tags.text
    for fact in ("20", "2 of 3 files", "3 % of its loud moments", "not used", "train, live", "CC0-1.0"):
        assert fact in tags.text
    names = [tag for tag, _ in tags.tags]
    assert names.count("audio") == names.count("img") == 4
    assert names.count("svg") == 4
    pictures = [a["src"] or "" for tag, a in tags.tags if tag == "img"]
    assert all(base64.b64decode(src.partition(",")[2]).startswith(b"\x89PNG") for src in pictures)


def test_what_a_machine_said_is_labelled_and_what_a_person_said_is_not(page: str, tmp_path: Path) -> None:
    sounds = [a["src"] or "" for tag, a in _read(page).tags if tag == "audio"]
    labels: list[bool] = []
    for number, src in enumerate(sounds):
        kind = re.match(r"data:audio/(\w+);base64,", src)
        assert kind is not None
        path = tmp_path / f"{number}.{kind[1]}"
        path.write_bytes(base64.b64decode(src.partition(",")[2]))
        labels.append(read_label(path) is not None)
    assert labels == [False, True, True, True]


def test_the_same_is_near_and_another_is_far(page: str) -> None:
    apart: dict[str, float] = {}
    for name in ("through the voice", "a stranger"):
        row = re.search(rf"<tr><th>{name}.*?([\d.]+) dB", page)
        assert row is not None
        apart[name] = float(row[1])
    assert apart["through the voice"] < 1.0 < apart["a stranger"]


def test_a_preview_without_phrases_has_a_page_too(made: Made, tmp_path: Path) -> None:
    bare = replace(made, trials=[], lessons=[], steps=0)
    text = _read(clone_report(replace(_job(tmp_path), preview_only=True), bare, CONSENT)).text
    assert "preview" in text
    assert "too few recordings" in text


def test_a_loss_that_is_unknown_breaks_no_curve(made: Made, tmp_path: Path) -> None:
    lessons = [Lesson(step, 0.5, float("nan")) for step in (1, 25, 50)]
    page = clone_report(_job(tmp_path), replace(made, trials=[], lessons=lessons), CONSENT)
    assert "nan" not in re.sub(r"data:[^\"]*", "", page)


@pytest.mark.parametrize("losses", [(float("nan"),) * 3, (float("nan"), 0.5, 0.4), (0.5, 0.4, float("inf"))])
def test_losses_that_are_no_numbers_cost_nobody_the_page(made: Made, tmp_path: Path, losses: tuple[float, ...]) -> None:
    lessons = [Lesson(step, loss, float("nan")) for step, loss in zip((1, 25, 50), losses, strict=True)]
    page = clone_report(_job(tmp_path), replace(made, trials=[], lessons=lessons), CONSENT)
    assert not re.search(r"\bnan\b|\binf\b", re.sub(r"data:[^\"]*", "", page))
    assert ("It cannot be drawn" in page) == bool(np.isnan(losses).all())
