"""The words of the label: the standard's JSON, and anything at all read back without a fault."""

import json

from hypothesis import given
from hypothesis import strategies as st

from performer.voice.mark.label import AIGC_TAG, SOURCE_TAG, SoundLabel, label_tags, payload_of, read_tags

KEYS = {
    *("Label", "ContentProducer", "ProduceID", "ReservedCode1"),
    *("ContentPropagator", "PropagateID", "ReservedCode2"),
}


def test_the_tags_say_voice_and_number_and_name_the_mark() -> None:
    label = SoundLabel("Kumi", "42", title="Rain", credit="Hitsuboku Kumi by Cubialpha", producer="P1", whole=True)
    tags = label_tags(label, marked=True)
    value = json.loads(tags[AIGC_TAG])
    assert set(value) == KEYS
    assert (value["Label"], value["ProduceID"], value["ContentProducer"]) == ("1", "42", "P1")
    assert value["ReservedCode1"] == f"nichang-mark-1:{payload_of('Kumi'):04x}"
    assert "Kumi" in tags["comment"]
    assert "Cubialpha" in tags["comment"]
    assert "artist" not in tags
    assert tags[SOURCE_TAG].endswith("/trainedAlgorithmicMedia")
    bare = label_tags(SoundLabel("Kumi", "42"), marked=False)
    assert json.loads(bare[AIGC_TAG])["ReservedCode1"] == ""
    assert bare[SOURCE_TAG].endswith("/compositeWithTrainedAlgorithmicMedia")


@given(st.text(), st.text(), st.text(), st.text())
def test_any_names_come_back(voice: str, number: str, title: str, credit: str) -> None:
    tags = label_tags(SoundLabel(voice, number, title=title, credit=credit), marked=True)
    assert not any(set(value) & set("\0\n\r") for value in tags.values())
    found = read_tags({name.upper(): value for name, value in tags.items()})
    assert found is not None
    assert set(found.fields) == KEYS
    assert found.source == tags[SOURCE_TAG]


@given(st.dictionaries(st.sampled_from(["AIGC", "aigc", "Comment", "x"]), st.text() | st.just('{"Label":"1","a":[]}')))
def test_any_tags_are_read_without_a_fault(tags: dict[str, str]) -> None:
    found = read_tags(tags)
    assert (found is None) == (not {"AIGC", "aigc"} & set(tags))


def test_a_field_that_is_no_json_is_there_but_empty() -> None:
    for value in ("yes", "[1]", "{", "[" * 100_000):
        found = read_tags({"AIGC": value})
        assert found is not None
        assert found.fields == {}


def test_payloads_say_the_maker_and_differ_by_voice() -> None:
    payloads = {payload_of(f"voice {k}") for k in range(50)}
    assert len(payloads) > 45
    assert all(payload >> 12 == 1 for payload in payloads)
    # Files that were marked must be known by every later version.
    assert payload_of("霓羽") == 0x11E8
