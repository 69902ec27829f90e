"""Consent: what is written is read back, and each way of not being allowed is one sentence."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from performer.voice.consent import USES, Consent, ConsentError, Use, consent_to_toml, parse_consent, read_consent

DAY = date(2026, 11, 22)
GIVEN = Consent(
    person="Lin Yu",
    recordings="thirty minutes read and sung in November 2026",
    uses=("train", "live"),
    from_=date(2026, 11, 1),
    until=date(2027, 10, 31),
    contact="lin@example.org",
    signature="Lin Yu",
    signed=date(2026, 10, 30),
)
filled = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip()))
days = st.dates(date(1950, 1, 1), date(2100, 1, 1))


@st.composite
def consents(draw: st.DrawFn) -> Consent:
    first = draw(days)
    return Consent(
        person=draw(filled),
        recordings=draw(filled),
        uses=tuple(draw(st.lists(st.sampled_from(USES), min_size=1, unique=True))),
        from_=first,
        until=draw(st.none() | st.integers(0, 10_000).map(lambda n: first + timedelta(n))),
        revoked=draw(st.none() | days),
        contact=draw(filled),
        signature=draw(filled),
        signed=draw(days),
        pass_on=draw(st.booleans()),
        deceased=draw(st.booleans()),
    )


@given(consents())
def test_what_is_written_is_read_back(consent: Consent) -> None:
    assert parse_consent(consent_to_toml(consent)) == consent


@given(consents(), st.sampled_from(USES), days)
def test_allowed_is_exactly_what_the_fields_say(consent: Consent, use: Use, day: date) -> None:
    allowed = (
        use in consent.uses
        and consent.from_ <= day
        and (consent.until is None or day <= consent.until)
        and (consent.revoked is None or day < consent.revoked)
        and (not consent.deceased or "deceased-estate" in consent.uses)
    )
    why = consent.allows(use, day)
    assert (why is None) == allowed
    if why is not None:
        assert consent.person in why


@given(st.text())
def test_any_text_is_a_consent_or_our_error(text: str) -> None:
    try:
        parse_consent(text)
    except ConsentError as error:
        assert "consent.toml" in str(error)


@dataclass
class Refused:
    change: dict[str, object]
    use: Use
    said: str


@pytest.mark.parametrize(
    "case",
    [
        Refused({}, "commercial", "allows train, live, not commercial"),
        Refused({"until": date(2026, 11, 21)}, "live", "ended on 2026-11-21; ask lin@example.org"),
        Refused({"from_": date(2026, 11, 23)}, "live", "begins on 2026-11-23"),
        Refused({"revoked": DAY}, "train", "revoked the consent on 2026-11-22"),
        Refused({"deceased": True}, "train", "the estate has not allowed use after death"),
    ],
    ids=lambda case: case.said[:20],
)
def test_why_not_is_one_sentence(case: Refused) -> None:
    why = msgspec.structs.replace(GIVEN, **case.change).allows(case.use, DAY)
    assert why is not None
    assert case.said in why
    assert "\n" not in why


def test_last_day_counts_and_the_day_before_revoking() -> None:
    assert GIVEN.allows("live", date(2027, 10, 31)) is None
    assert msgspec.structs.replace(GIVEN, revoked=DAY + timedelta(1)).allows("live", DAY) is None
    estate = msgspec.structs.replace(GIVEN, deceased=True, uses=("live", "deceased-estate"))
    assert estate.allows("live", DAY) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('person = "Lin Yu"\n', "", "missing required field `person`"),
        ('"Lin Yu"', '"  "', "`person` is empty"),
        ('uses = ["train", "live"]', "uses = []", "allows nothing"),
        ('"live"]', '"karaoke"]', "karaoke"),
        ("from = 2026-11-01", 'from = "soon"', "from"),
        ("until = 2027-10-31", "until = 2026-10-31", "before it begins"),
        ("version = 1", "version = 2", "install a newer nichang"),
        ("version = 1", "version = 0", "no version 0"),
        ("pass_on", "passon", "passon"),
        ("version = 1", "version = = 1", "is not a consent in TOML"),
    ],
)
def test_a_mended_wrong_file_is_refused(old: str, new: str, said: str) -> None:
    page = consent_to_toml(GIVEN)
    assert old in page
    with pytest.raises(ConsentError, match=said):
        parse_consent(page.replace(old, new, 1))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConsentError, match="nichang voice consent -o"):
        read_consent(tmp_path / "none.toml")
    with pytest.raises(ConsentError, match="cannot read"):
        read_consent(tmp_path)
    for data, said in ((b"\xff\xfe\x00", "UTF-8"), (b"#" * 200_000, "too long")):
        (tmp_path / "odd.toml").write_bytes(data)
        with pytest.raises(ConsentError, match=said):
            read_consent(tmp_path / "odd.toml")
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbf" + consent_to_toml(GIVEN).encode())
    assert read_consent(tmp_path / "bom.toml") == GIVEN
