"""What the render page is told of a song."""

from stage.render.page_song import page_song
from tests.stage.show.staging import make_show


def test_the_page_is_told_where_sections_begin_in_their_order() -> None:
    performance = make_show().performance
    told = page_song(performance)
    assert [row["start"] for row in told["sections"]] == [section.start for section in performance.song.sections]
    assert [row["label"] for row in told["sections"]][:2] == ["intro", "verse"]
    assert told["downbeats"] == list(performance.song.downbeats)
