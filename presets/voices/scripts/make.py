"""Makes the scripts from the sentences in `text/`: readings, order by what each line adds, the sung part, a table.

    python -m presets.voices.scripts.make [--table]

Needs pypinyin and janome (extra `words`) and espeak-ng. Sentences are the project's own. The order is greedy: always
the line that brings most new sounds and pairs of sounds a second, until ten minutes are full; then group by group, as
they were written. After each _SPOKEN_BLOCK spoken lines come a few sung ones, so that neither tires the voice.
"""

import importlib
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from performer.voice.record.script import LANGUAGES, Language, Line, Script, parse_script
from presets.voices.scripts.sung import sung_lines

__all__ = ["main"]

FOLDER = Path(__file__).resolve().parent
_FIRST_SECONDS = 600.0
_SPOKEN_BLOCK, _SUNG_BLOCK = 26, 8
_TITLES: dict[Language, str] = {"zh": "普通话", "ja": "日本語", "en": "English"}
_ROOM = "Keep still for eight seconds: this records the silence of the room."
# A single sound counts as much as so many pairs: pairs are many and rare ones matter little.
_SOUND_WEIGHT = 4.0
# A sound is learnt from several places; the first few count.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence with its mood, reading and sounds in order (None: a pause)."""

    text: str
    mood: str
    reading: str
    sounds: tuple[str | None, ...]

    @property
    def units(self) -> list[str]:
        """Sounds, and pairs of neighbours."""
        pairs = zip(self.sounds, self.sounds[1:], strict=False)
        return [s for s in self.sounds if s] + [f"{a}-{b}" for a, b in pairs if a and b]


def main() -> None:
    for language in LANGUAGES:
        spoken = _spoken(language)
        script = _ordered(language, spoken)
        if "--table" not in sys.argv:
            (FOLDER / f"{language}.toml").write_text(_to_toml(script), "utf-8")
        _print_table(script, {s.text: s for s in spoken})


def _spoken(language: Language) -> list[Spoken]:
    mood, found = "", []
    sounds_of = {"zh": _mandarin, "ja": _japanese, "en": _english}[language]
    for row in (FOLDER / "text" / f"{language}.txt").read_text("utf-8").splitlines():
        if row.startswith("# "):
            mood = row[2:].strip()
        elif row.strip():
            reading, sounds = sounds_of(row.strip())
            found.append(Spoken(row.strip(), mood, reading, tuple(sounds)))
    return found


def _mandarin(text: str) -> tuple[str, list[str | None]]:
    """Pinyin as reading; initials, finals and finals with tones as sounds."""
    pypinyin: Any = importlib.import_module("pypinyin")
    convert: Any = importlib.import_module("pypinyin.contrib.tone_convert")
    wrong = _mandarin_corrections()
    reading: list[str] = []
    sounds: list[str | None] = []
    for piece in re.findall(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", text):
        if not "\u4e00" <= piece[0] <= "\u9fff":
            reading.append(piece)
            sounds.append(None)
            continue
        said = pypinyin.lazy_pinyin(piece, style=pypinyin.Style.TONE)
        for context, (at, pinyin) in wrong.items():
            for match in re.finditer(context, piece):
                said[match.start() + at] = pinyin
        reading.append(" ".join(said))
        for syllable in said:
            initial = convert.to_initials(syllable, strict=True)
            final = convert.to_finals_tone3(syllable, strict=True, neutral_tone_with_five=True)
            sounds += [initial, final] if initial else [final]
    return "".join(reading), sounds


@cache
def _mandarin_corrections() -> dict[str, tuple[int, str]]:
    """Piece of a line -> which character of it is read how."""
    found: dict[str, tuple[int, str]] = {}
    for row in (FOLDER / "text" / "zh_readings.txt").read_text("utf-8").splitlines():
        if not row.startswith("#"):
            piece, _, pinyin = row.partition("|")
            found[piece.replace("[", "").replace("]", "")] = piece.index("["), pinyin
    return found


def _japanese(text: str) -> tuple[str, list[str | None]]:
    """Kana as reading, a space before each word that begins with a Chinese character; morae as sounds."""
    groups: list[str] = []
    said: list[str] = []
    joined = False
    for token in _janome().tokenize(text):
        kind = token.part_of_speech.split(",")
        kana = _hiragana(token.surface if token.reading == "*" else token.reading)
        if kind[0] == "記号" and not kana.strip("、。！？"):
            said.append(" ")
        else:
            said.append({"は": "わ", "へ": "え", "を": "お"}.get(kana, kana) if kind[0] == "助詞" else kana)
        # Numbers and what they count are one word, and so is what follows a prefix.
        begins = "\u4e00" <= token.surface[0] <= "\u9fff" and not joined and kind[1] != "接尾"
        joined = kind[1] == "数" or kind[0] == "接頭詞"
        if groups and not begins:
            groups[-1] += kana
        else:
            groups.append(kana)
    reading, spoken = " ".join(groups), "".join(said)
    for row in (FOLDER / "text" / "ja_readings.txt").read_text("utf-8").splitlines():
        piece, _, rest = row.partition("|")
        wrong, _, right = rest.partition("|")
        if row.startswith("#") or piece not in text:
            continue
        # Groups may lie otherwise than the list says: spaces do not count.
        loose = r"\s?".join(map(re.escape, wrong.replace(" ", "")))
        if not re.search(loose, reading):
            raise SystemExit(f"ja_readings.txt: '{wrong}' is not read in {text} ({reading})")
        reading = re.sub(loose, right, reading, count=1)
        spoken = re.sub(loose, right, spoken, count=1)
    sounds: list[str | None] = []
    for mora in re.findall(r"[ぁ-ゖヴー][ゃゅょぁぃぅぇぉ]?|.", spoken):
        sounds.append(mora if re.match(r"[ぁ-ゖヴー]", mora) else None)
    return reading, sounds


@cache
def _janome() -> Any:
    return importlib.import_module("janome.tokenizer").Tokenizer()


def _hiragana(text: str) -> str:
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


# espeak-ng's names for American English -> ARPAbet.
_ARPABET = {
    "a": "AE", "aa": "AE", "A:": "AA", "A@": "AA R", "aI": "AY", "aI@": "AY AH", "aI3": "AY ER", "aU": "AW", "b": "B",
    "d": "D", "D": "DH", "dZ": "JH", "E": "EH", "e@": "EH R", "eI": "EY", "f": "F", "g": "G", "h": "HH", "i": "IY",
    "i:": "IY", "i@": "IY AH", "i@3": "IH R", "I": "IH", "I2": "IH", "I#": "IH", "j": "Y", "k": "K", "l": "L",
    "@L": "AH L", "m": "M", "n": "N", "n-": "AH N", "N": "NG", "O:": "AO", "O@": "AO R", "o@": "AO R", "O": "AO",
    "O2": "AO", "OI": "OY", "oU": "OW", "p": "P", "r": "R", "r-": "R", "s": "S", "S": "SH", "t": "T", "t2": "T",
    "t#": "T", "tS": "CH", "T": "TH", "u:": "UW", "U": "UH", "U@": "UH R", "v": "V", "V": "AH", "w": "W", "z": "Z",
    "Z": "ZH", "0": "AA", "@": "AH", "@2": "AH", "@-": "AH", "a#": "AH", "3": "ER", "3:": "ER", "?": "",
}  # fmt: skip


def _english(text: str) -> tuple[str, list[str | None]]:
    """No reading; phones of ARPAbet as sounds."""
    command = ["espeak-ng", "-v", "en-us", "-q", "-x", "--sep=_", text]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sounds: list[str | None] = []
    for clause in said.strip().splitlines():
        for name in re.split(r"[_\s]+", re.sub(r"[',%=!|]", "", clause)):
            plain = name.rstrip(";") if name.rstrip(";") in _ARPABET else name.rstrip(";:")
            if plain not in _ARPABET and plain:
                raise SystemExit(f"espeak-ng says '{name}' in: {text}")
            sounds += _ARPABET.get(plain, "").split()
        sounds.append(None)
    return "", sounds


def _ordered(language: Language, spoken: list[Spoken]) -> Script:
    sung = sung_lines(language)
    lines = [Line(f"{language}-room", _ROOM, "room", seconds=8.0)]
    frame = Script(language, _TITLES[language], ())
    left, heard, seconds, first = list(spoken), Counter[str](), 0.0, list[Spoken]()

    def length(one: Spoken) -> float:
        return frame.seconds_of(Line("x", one.text, reading=one.reading))

    while seconds < _FIRST_SECONDS and left:
        best = max(left, key=lambda one: _gain(one, heard) / length(one))
        left.remove(best)
        first.append(best)
        heard.update(best.units)
        seconds += length(best)
    for number, one in enumerate(first + left, 1):
        lines.append(Line(f"{language}-{number:03d}", one.text, reading=one.reading, mood=one.mood))
        if number % _SPOKEN_BLOCK == 0:
            lines += sung[:_SUNG_BLOCK]
            del sung[:_SUNG_BLOCK]
    return Script(language, _TITLES[language], (*lines, *sung))


def _gain(one: Spoken, heard: Counter[str]) -> float:
    gain, now = 0.0, Counter[str]()
    for unit in one.units:
        weight = 1.0 if "-" in unit else _SOUND_WEIGHT
        known = heard[unit] + now[unit]
        gain += weight * (1.0 - known / _ENOUGH) if known < _ENOUGH else 0.0
        now[unit] += 1
    return gain


def _to_toml(script: Script) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    rows = [
        "# Made by make.py from text/ (sentences) and sung.py (notes); change those and run it again.",
        f'language = "{script.language}"',
        f"title = {quoted(script.title)}",
    ]
    for line in script.lines:
        rows += ["", "[[lines]]", f'id = "{line.id}"', f"text = {quoted(line.text)}"]
        if line.kind != "speech":
            rows.append(f'kind = "{line.kind}"')
        rows += [f"{key} = {quoted(value)}" for key in ("reading", "mood", "hint") if (value := getattr(line, key))]
        if line.seconds:
            rows.append(f"seconds = {line.seconds:g}")
        if line.notes:
            rows.append("notes = [")
            for note in line.notes:
                more = f", to = {note.to:g}" if note.to else ""
                more += f", sung = {quoted(note.sung)}" if note.sung else ""
                rows.append(f"  {{ pitch = {note.pitch:g}, seconds = {note.seconds:g}{more} }},")
            rows.append("]")
    text = "\n".join(rows) + "\n"
    assert parse_script([text]) == script
    return text


def _print_table(script: Script, known: dict[str, Spoken]) -> None:
    """How much of what the whole script holds has been read after so many minutes."""
    lines = [known[line.text] for line in script.lines if line.text in known]
    everything = Counter(unit for one in lines for unit in one.units)
    spoken = sum(script.seconds_of(line) for line in script.lines if line.kind == "speech")
    sung = sum(script.seconds_of(line) for line in script.lines if line.is_sung)
    print(f"{script.language}: {len(script.lines)} lines, {spoken / 60:.1f} min read + {sung / 60:.1f} min sung")
    targets = _wanted(script.language)
    sounds = {unit for unit in everything if "-" not in unit}
    print(f"  of {len(targets)} sounds of the language missing: {' '.join(sorted(targets - sounds)) or 'none'}")
    pairs = {unit for unit in everything if "-" in unit}
    often = {unit for unit in pairs if everything[unit] >= _ENOUGH}
    print("  minutes  lines  sounds  (3 times)  pairs of all  pairs met 3 times or more")
    heard, seconds, rows = Counter[str](), 0.0, [2, 5, 10, 15, 60]
    for count, one in enumerate(lines, 1):
        heard.update(one.units)
        seconds += script.seconds_of(Line("x", one.text, reading=one.reading))
        if seconds >= rows[0] * 60 or count == len(lines):
            while rows and seconds >= rows[0] * 60:
                rows.pop(0)
            thrice = sum(heard[unit] >= _ENOUGH for unit in targets)
            print(
                f"  {seconds / 60:7.1f}  {count:5d}  {len(targets & heard.keys()):3d}/{len(targets)}"
                f"  {thrice:9d}  {len(pairs & heard.keys()):5d}/{len(pairs)}"
                f"  {len(often & heard.keys()):5d}/{len(often)}"
            )


_INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s"
_FINALS = (
    "a o e i u v ai ei ao ou an en ang eng ong er ia ie iao iou ian in iang ing iong "
    "ua uo uai uei uan uen uang ueng ve van vn"
)


def _wanted(language: Language) -> set[str]:
    """The sounds that a script has to hold."""
    if language == "en":
        return {name for names in _ARPABET.values() for name in names.split()}
    if language == "zh":
        # Three that no everyday word has.
        unsaid = {"ueng2", "ueng3", "er1"}
        common = {f"{final}{tone}" for final in _FINALS.split() for tone in "1234"} - unsaid
        return {*_INITIALS.split(), *common}
    rows = "あいうえお かきくけこ さしすせそ たちつてと なにぬねの はひふへほ まみむめも やゆよ らりるれろ わん"
    rows += " がぎぐげご ざじずぜぞ だでど ばびぶべぼ ぱぴぷぺぽ っー"
    small = {f"{first}{second}" for first in "きしちにひみりぎじびぴ" for second in "ゃゅょ"}
    foreign = {
        "ふぁ",
        "ふぃ",
        "ふぇ",
        "ふぉ",
        "てぃ",
        "でぃ",
        "とぅ",
        "どぅ",
        "うぃ",
        "うぇ",
        "うぉ",
        "しぇ",
        "じぇ",
        "ちぇ",
    }
    return {*rows.replace(" ", ""), *small, *foreign}


if __name__ == "__main__":
    main()
