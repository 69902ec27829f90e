"""A page that a person wrote: read, or refused in one sentence that ends with what to do."""

from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from motion.errors import UserError
from performer.voice.toml_file import TomlFile


class Refused(UserError):
    """The error of this test's own."""


class Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the pages of this test hold."""

    metres: Annotated[float, msgspec.Meta(ge=0.0, le=3.0)]


PAGE = TomlFile("a size", "give metres", Refused)


def read(path: Path, page: TomlFile = PAGE) -> Size:
    return page.record(page.table(page.text(path), "it"), Size, "it")


def test_a_page_is_read_with_or_without_the_mark_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "size.toml"
    for head in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(head + "metres = 1.5 # höchstens 3".encode())
        assert read(path) == Size(1.5)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00", "is not text in UTF-8; give metres"),
        (b"#" * 100_001, "is too long for a size; give metres"),
        (b"metres = = 1", r"it is not a size in TOML \(.*\); give metres"),
        (b"a = " + b"[" * 5000, r"it is not a size in TOML \(.*\); give metres"),
        (b"metres = 4", r"it: .*3.0 - at `\$.metres`; give metres"),
        (b"", "it: .*missing required field `metres`; give metres"),
        (b"metres = 1\nfeet = 3", "it: .*unknown field `feet`; give metres"),
    ],
)
def test_each_refusal_says_what_to_do(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "size.toml"
    path.write_bytes(data)
    with pytest.raises(Refused, match=said):
        read(path)


def test_a_page_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot read .*none.toml: No such file or directory; give metres"):
        read(tmp_path / "none.toml")
    with pytest.raises(Refused, match=r"none.toml: measure first"):
        read(tmp_path / "none.toml", TomlFile("a size", "give metres", Refused, "measure first"))
    with pytest.raises(Refused, match=r"cannot read .*: Is a directory; give metres"):
        read(tmp_path, TomlFile("a size", "give metres", Refused, "measure first"))
