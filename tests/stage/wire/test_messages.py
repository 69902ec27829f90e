"""Control messages: what is known comes back as it went, all else is a MessageError; generated files are fresh."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.wire import generate, messages


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_any_text_is_a_message_or_a_message_error(text: str | bytes) -> None:
    for decode in (messages.decode_client_message, messages.decode_server_message):
        try:
            decode(text)
        except messages.MessageError as error:
            assert str(error).startswith("not a message")


@pytest.mark.parametrize(
    "message",
    [
        messages.Ping(client_time=1.5),
        messages.Ack(sequence=7, fps=59.9, draw_ms=4.0, quality="lite"),
        messages.Seek(media_time=12.0),
        messages.Express(name="happy", weight=1.0),
        messages.Panic(on=True),
    ],
)
def test_messages_of_a_page_come_back(message: messages.ClientMessage) -> None:
    assert messages.decode_client_message(messages.encode_message(message)) == message


def test_unknown_fields_are_ignored() -> None:
    assert messages.decode_client_message('{"type":"play","later":1}') == messages.Play()


def test_every_message_has_a_type_of_its_own() -> None:
    both = (*messages.SERVER_MESSAGES, *messages.CLIENT_MESSAGES)
    tags = [struct.__struct_config__.tag for struct in both]
    assert len(set(tags)) == len(tags)
    assert all(issubclass(struct, msgspec.Struct) for struct in both)


def test_generated_files_are_up_to_date() -> None:
    assert generate.main(["--check"]) == 0
