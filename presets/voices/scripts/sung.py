"""The sung part of the scripts: held vowels over the range, scales, glides, and a small song of the project's own.

Written for high voices (G3 to E5); `nichang voice record --low` moves it an octave down. A voice that is only known
from speech is dull when it sings high: these six minutes are what a singing voice is made of.
"""

from performer.voice.record.script import Language, Line, Note

__all__ = ["sung_lines"]

# What is sung, with a word that has it where the letters alone do not say it.
_VOWELS: dict[Language, tuple[tuple[str, str], ...]] = {
    "zh": (("a", "啊"), ("e", "鹅"), ("i", "衣"), ("o", "哦"), ("u", "乌"), ("ü", "鱼")),
    "ja": (("a", "あー"), ("i", "いー"), ("u", "うー"), ("e", "えー"), ("o", "おー")),
    "en": (("ah", "father"), ("eh", "bed"), ("ee", "see"), ("oh", "go"), ("oo", "moon")),
}
# G3 to E5 in steps that no two vowels skip over.
_HELD = (55, 58, 62, 65, 69, 72, 76)
_HELD_SECONDS = 3.0
_FIVE = (0, 2, 4, 5, 7, 5, 4, 2, 0)
_ARPEGGIO = (0, 4, 7, 12, 7, 4, 0)
_CLIMB = (0, 2, 4, 5, 7, 9, 11, 12)
_GLIDES = ((57, 69), (60, 72), (64, 76), (55, 74), (67, 79))
# Seven syllables a phrase, 90 beats a minute: four of the verse, four of the chorus.
_BEAT = 60.0 / 90.0
_MELODY = (
    (60, 62, 64, 67, 64, 62, 60),
    (62, 64, 67, 69, 67, 64, 62),
    (64, 67, 69, 72, 71, 69, 67),
    (69, 67, 64, 62, 64, 62, 60),
    (67, 67, 69, 72, 72, 71, 69),
    (69, 69, 71, 72, 71, 69, 67),
    (64, 67, 72, 71, 69, 67, 64),
    (65, 64, 62, 64, 62, 59, 60),
)
_BEATS = (1, 1, 1, 1, 1, 1, 2)
# Syllables apart by spaces; a stroke joins those of one word.
_SONG: dict[Language, tuple[str, ...]] = {
    "zh": (
        "晨 光 落 在 小 窗 前", "一 只 鸟 儿 唱 又 飞", "我 把 昨 天 叠 成 船", "顺 着 流 水 慢 慢 归",
        "啊 月 亮 你 别 走 远", "请 你 陪 我 唱 一 遍", "风 把 裙 角 轻 轻 牵", "星 星 落 满 我 身 边",
        "灯 火 一 盏 接 一 盏", "照 亮 回 家 那 条 街", "雨 停 以 后 云 很 软", "像 你 说 话 的 语 言",
        "啊 翅 膀 慢 慢 张 开", "越 过 高 山 越 过 海", "让 我 的 歌 飞 起 来", "让 远 方 的 你 听 见",
    ),
    "ja": (
        "あ さ の ひ か り が", "ま ど に あ ふ れ て", "き の う の な み だ", "か わ に な が す よ",
        "つ き よ ま っ て て", "こ こ で う た う よ", "か ぜ の こ ろ も が", "そ ら に ひ ろ が る",
        "あ か り が ひ と つ", "ま た ひ と つ つ く", "あ め あ が り に は", "く も が や さ し い",
        "つ ば さ を ひ ら き", "や ま を こ え た ら", "こ の う た が い ま", "き み に と ど く よ",
    ),
    "en": (
        "Morn- ing light is on my sill", "Lit- tle bird you sing it well", "I will fold the day a boat",
        "Let it go where riv- ers swell", "Stay with me you qui- et moon", "Sing with me this one more tune",
        "Feel the wind that lifts my sleeve", "Stars will fall a- round us soon", "One by one the lamps a- wake",
        "All a- long the road back home", "Soft the clouds a- bove the lake", "Like the words you left un- known",
        "O- pen wide my pa- per wings", "O- ver hill and o- ver sea", "Car- ry on the song I sing",
        "Till you hear it sing to me",
    ),
}  # fmt: skip


def sung_lines(language: Language) -> list[Line]:
    """The sung lines of a script, easy and hard ones mixed as they should be recorded."""
    vowels = _VOWELS[language]
    held = [_held(language, vowel, pitch) for pitch in _HELD for vowel in vowels]
    # Middle of the range first: cold voices do not start high.
    held.sort(key=lambda line: abs(line.notes[0].pitch - 63))
    moving = [*_scales(language), *_glides(language), *_manners(language)]
    song = _song(language)
    # Blocks of eight: five held notes, one thing that moves, two phrases of the song.
    lines: list[Line] = []
    while held or moving or song:
        lines += [*held[:4], *moving[:2], *song[:2]]
        del held[:4], moving[:2], song[:2]
    return lines


def _name(vowel: tuple[str, str]) -> str:
    return f"“{vowel[0]}” ({vowel[1]})"


def _held(language: Language, vowel: tuple[str, str], pitch: int) -> Line:
    text = f"Hold {_name(vowel)} on the tone you hear"
    return Line(f"{language}-hold-{_ascii(vowel[0])}-{pitch}", text, "vowel", notes=(Note(pitch, _HELD_SECONDS),))


def _ascii(vowel: str) -> str:
    return vowel.replace("ü", "yu")


def _run(start: int, steps: tuple[int, ...], seconds: float) -> tuple[Note, ...]:
    last = len(steps) - 1
    return tuple(Note(start + step, seconds * (2 if at == last else 1)) for at, step in enumerate(steps))


def _scales(language: Language) -> list[Line]:
    vowels = _VOWELS[language]
    lines: list[Line] = []
    for at, start in enumerate((57, 60, 62, 64, 67, 69)):
        vowel = vowels[at % len(vowels)]
        text = f"Sing {_name(vowel)} up five tones and down again, in one breath"
        lines.append(Line(f"{language}-five-{start}", text, "scale", notes=_run(start, _FIVE, 0.5)))
    for at, start in enumerate((55, 59, 62, 65)):
        vowel = vowels[(at + 2) % len(vowels)]
        text = f"Sing {_name(vowel)} up an octave in steps and back"
        lines.append(Line(f"{language}-chord-{start}", text, "scale", notes=_run(start, _ARPEGGIO, 0.55)))
    for at, start in enumerate((60, 64)):
        syllable = ("la", "mi")[at]
        text = f"Sing “{syllable}” on each tone of the scale, clearly apart"
        lines.append(Line(f"{language}-climb-{start}", text, "scale", notes=_run(start, _CLIMB, 0.6)))
    return lines


def _glides(language: Language) -> list[Line]:
    vowels = _VOWELS[language]
    lines: list[Line] = []
    for at, (low, high) in enumerate(_GLIDES):
        text = f"Glide on {_name(vowels[at % len(vowels)])} from low to high and back, without steps"
        notes = (Note(low, 2.2, to=high), Note(high, 2.2, to=low))
        lines.append(Line(f"{language}-glide-{low}-{high}", text, "glide", notes=notes))
    return lines


def _manners(language: Language) -> list[Line]:
    """Held tones in several manners: how a voice changes with force and breath."""
    vowel = _name(_VOWELS[language][0])
    table = (
        ("swell", f"Hold {vowel}: begin very softly, grow loud, end softly", 64, 5.0),
        ("soft", f"Hold {vowel} as softly as you can, with some air in it", 65, 3.5),
        ("loud", f"Hold {vowel} loudly and brightly", 67, 3.5),
        ("vibrato", f"Hold {vowel} with vibrato, if you have one", 67, 4.0),
        ("hum", "Hum “mm” with your lips closed", 60, 3.5),
        ("low", f"Hold {vowel} as low as it is comfortable, lower than the tone if you like", 53, 3.5),
        ("high", f"Hold {vowel} as high as it is comfortable, higher than the tone if you like", 79, 3.0),
    )
    # Their pitch is free where the text says so; a "scale" is not compared with its guide.
    return [
        Line(f"{language}-manner-{name}", text, "scale", notes=(Note(pitch, seconds),))
        for name, text, pitch, seconds in table
    ]


def _song(language: Language) -> list[Line]:
    lines: list[Line] = []
    for at, phrase in enumerate(_SONG[language]):
        melody = _MELODY[at % len(_MELODY)]
        syllables = phrase.split(" ")
        notes = tuple(
            Note(pitch, round(beats * _BEAT, 3), sung=syllable)
            for pitch, beats, syllable in zip(melody, _BEATS, syllables, strict=True)
        )
        words = phrase.replace("- ", "") if language == "en" else phrase.replace(" ", "")
        hint = "Song: listen to the tones, then sing the words to them"
        lines.append(Line(f"{language}-song-{at + 1:02d}", words, "song", hint=hint, notes=notes))
    return lines
