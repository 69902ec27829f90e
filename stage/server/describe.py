"""What pages are told about avatars and songs: records of the engine to records of the wire. No shell in here."""

from performer.avatar.expressions import expression_table
from performer.avatar.model import Vrm
from stage.server.songs import SongSource
from stage.show.performance import Performance
from stage.wire.messages import AvatarTable, Bar, LyricLine, LyricWord, Section, SongInfo

__all__ = ["avatar_tables", "song_info"]


def avatar_tables(avatars: tuple[Vrm, ...]) -> tuple[AvatarTable, ...]:
    """One table an avatar, numbered as in the frames."""
    return tuple(
        AvatarTable(
            number=number,
            url=f"/files/avatar/{number}",
            sha256=vrm.sha256,
            title=vrm.title,
            expressions=list(expression_table(vrm)),
            height=vrm.skeleton.height,
        )
        for number, vrm in enumerate(avatars)
    )


def song_info(performance: Performance, source: SongSource, number: int) -> SongInfo:
    """The song on the desk."""
    song, lyrics = performance.song, performance.lyrics
    return SongInfo(
        number=number,
        id=source.id,
        title=performance.title,
        artist=performance.artist,
        duration=performance.duration,
        url=f"/files/song/{source.id}",
        bpm=song.bpm,
        seed=performance.seed,
        sections=[Section(start=s.start, end=s.end, label=s.label, group=s.group) for s in song.sections],
        bars=[Bar(start=bar.start, beats=bar.beats) for bar in song.bars],
        lines=[
            LyricLine(
                start=line.start,
                end=line.end,
                text=line.text,
                translation=line.translation,
                words=[LyricWord(start=word.start, end=word.end, text=word.text) for word in line.words],
            )
            for line in (lyrics.lines if lyrics else ())
        ],
        heard_by_machine=bool(lyrics and lyrics.heard_by_machine),
        credits=list(performance.title_credits),
    )
