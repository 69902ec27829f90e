"""What is shipped beside the sound: words with times (enhanced LRC) and the song map, both straight from the score."""

import msgspec

from motion.music.song_map import Bar, Chord, Section, SongMap
from presets.songs.studio.score import Score

__all__ = ["lyrics_lrc", "map_from_score"]


def _stamp(t: float) -> str:
    hundredths = round(t * 100)
    return f"{hundredths // 6000:02d}:{hundredths % 6000 / 100:05.2f}"


def lyrics_lrc(score: Score, *, artist: str, seconds: float) -> str:
    """A time before each syllable, then the translation at the line's own time."""
    out = [
        f"[ti:{score.title}]",
        f"[ar:{artist}]",
        f"[length:{int(seconds // 60):02d}:{int(seconds % 60):02d}]",
        "[la:zh]",
    ]
    for section in score.sections:
        for line in section.lines:
            heads = [note for note in line.notes if not note.slur]
            body, at = "", 0
            for word, note in zip(line.words, heads, strict=True):
                found = line.text.index(word, at)
                body += f"{line.text[at:found]}<{_stamp(score.seconds(note.start))}>{word}"
                at = found + len(word)
            last = line.notes[-1]
            start, end = _stamp(score.seconds(heads[0].start)), _stamp(score.seconds(last.start + last.length))
            out.append(f"[{start}]{body}<{end}>")
            if line.english:
                out.append(f"[{start}]{line.english}")
    return "\n".join(out) + "\n"


def map_from_score(score: Score, heard: SongMap) -> SongMap:
    """The heard map (energy, singing) with the score's own beats, bars, sections and key."""
    bars = sum(section.bars for section in score.sections)

    def at(bar: int) -> float:
        return score.seconds(bar * score.beats)

    groups: dict[str, int] = {}
    sections = [
        Section(at(s.first_bar), at(s.first_bar + s.bars), s.label, groups.setdefault(s.group, len(groups)))  # type: ignore[arg-type]
        for s in score.sections
    ]
    sections[-1] = Section(sections[-1].start, heard.duration, sections[-1].label, sections[-1].group)
    return msgspec.structs.replace(
        heard,
        bpm=round(sum(score.bpms) / len(score.bpms), 2),
        beats=[score.seconds(beat) for beat in range(bars * score.beats)],
        downbeats=[at(bar) for bar in range(bars)],
        bars=[Bar(at(bar), at(bar + 1), score.beats) for bar in range(bars)],
        sections=sections,
        chords=[Chord(score.seconds(b), chord.name) for s in score.sections for b, chord in s.chords],
        key=score.key or heard.key,
    )
