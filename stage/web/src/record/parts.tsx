/** What is seen: phrase, notes, meter, waveform, verdict, buttons, progress. They read signals and press. */
import { useEffect, useRef } from "preact/hooks";
import { clock, GOOD_HIGH, GOOD_LOW, goWord, kindWord, meterShare, noteBoxes, phraseSize } from "./format";
import type { NoteView, Press, ViewMessage } from "./messages";
import { choose, clipped, level, microphones, playing, press, view, waveform } from "./store";

/** Which fonts a script is written in. */
const LANG: Record<string, string> = { zh: "zh-Hans", ja: "ja", en: "en" };

export function Phrase({ now }: { now: ViewMessage }) {
  const spoken = now.line.kind === "speech" || now.line.kind === "song";
  const lang = spoken ? (LANG[now.language] ?? "en") : "en";
  return (
    <section class={`phrase ${now.phase}`} aria-live="polite">
      <p class="kind">
        <span class={`badge ${now.line.kind}`}>{kindWord(now.line)}</span>
        {now.line.mood && <span lang={LANG[now.language]}>{now.line.mood}</span>}
        {now.line.hint && <span>{now.line.hint}</span>}
        {now.line.take && <span class={`mark ${now.line.take}`}>{now.line.take === "again" ? "to be recorded again" : "recorded"}</span>}
      </p>
      <p class="text" lang={lang} style={{ fontSize: `${phraseSize(now.line.text)}px` }}>
        {now.line.text}
      </p>
      {now.line.reading && (
        <p class="reading" lang={lang}>
          {now.line.reading}
        </p>
      )}
      {now.line.notes.length > 0 && <Roll notes={now.line.notes} />}
    </section>
  );
}

function Roll({ notes }: { notes: readonly NoteView[] }) {
  return (
    <svg class="roll" viewBox="0 0 1000 160" preserveAspectRatio="none" role="img" aria-label={notes.map((note) => note.name).join(" ")}>
      {noteBoxes(notes).map((box) => (
        <g key={box.left}>
          <line x1={box.left * 1000 + 8} x2={(box.left + box.width) * 1000 - 8} y1={box.top * 130 + 22} y2={box.topEnd * 130 + 22} />
          <text x={box.left * 1000 + 10} y={box.top * 130 + 10}>
            {box.label}
          </text>
        </g>
      ))}
    </svg>
  );
}

export function Meter() {
  const now = level.value;
  const share = meterShare(now.lufs);
  const good = now.lufs >= GOOD_LOW && now.lufs <= GOOD_HIGH;
  return (
    <div class="meter" role="meter" aria-label="level" aria-valuemin={-70} aria-valuemax={-6} aria-valuenow={Math.round(now.lufs)}>
      <div class="scale">
        <div class="zone" style={{ left: `${100 * meterShare(GOOD_LOW)}%`, right: `${100 - 100 * meterShare(GOOD_HIGH)}%` }} />
        <div class={`bar ${good ? "good" : now.lufs > GOOD_HIGH ? "loud" : ""}`} style={{ transform: `scaleX(${share})` }} />
      </div>
      <output>{now.lufs <= -119 ? "no sound" : `${now.lufs.toFixed(0)} LUFS`}</output>
      <span class={`clip ${clipped.value ? "on" : ""}`}>clip</span>
    </div>
  );
}

export function Wave() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let frame = 0;
    const draw = (): void => {
      if (canvas.current) waveform.draw(canvas.current);
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, []);
  return <canvas ref={canvas} class="wave" aria-hidden="true" />;
}

export function Verdict({ now }: { now: ViewMessage }) {
  const said = now.verdict;
  if (now.phase === "taking") {
    const left = now.line.seconds - level.value.seconds;
    return (
      <p class="verdict taking" role="status">
        <i class="lamp" /> {clock(level.value.seconds)} {now.line.kind === "room" ? `keep still, ${Math.max(0, Math.ceil(left))} s more` : ""}
      </p>
    );
  }
  if (now.phase === "guide") return <p class="verdict">Listen… then it is your turn</p>;
  if (!said) return <p class="verdict">{now.finished ? "Every line is recorded. Thank you!" : ""}</p>;
  const of = said.number === now.number ? "" : `line ${said.number}: `;
  return (
    <p class={`verdict ${said.grade}`} role="status">
      <b>{said.grade === "good" ? "✓" : said.grade === "fair" ? "✓" : "↻"}</b> {of}
      {said.sentence}
    </p>
  );
}

function Button({ what, keys, word, off = false, main = false }: { what: Press; keys: string; word: string; off?: boolean; main?: boolean }) {
  return (
    <button type="button" class={main ? "main" : ""} disabled={off} onClick={() => press(what)}>
      {word} <kbd>{keys}</kbd>
    </button>
  );
}

export function Buttons({ now }: { now: ViewMessage }) {
  const taking = now.phase === "taking";
  return (
    <div class={`buttons ${now.phase}`}>
      <Button what="back" keys="B" word="Back" off={now.number === 1 && !taking} />
      <Button what="again" keys="R" word="Again" off={!now.verdict && !now.line.take && !taking} />
      <Button what="go" keys="Enter" word={goWord(now)} main />
      <Button what="play" keys="P" word={playing.value === "take" ? "Stop" : "Play"} off={taking || (!now.verdict && !now.line.take)} />
      <Button what="skip" keys="N" word="Skip" off={taking || now.number === now.total} />
      {now.line.notes.length > 0 && (
        <span class="guide">
          <Button what="guide" keys="G" word="Tone" off={taking} />
          <Button what="lower" keys="↓" word="Lower" off={taking} />
          <Button what="higher" keys="↑" word="Higher" off={taking} />
          <output>{now.transpose === 0 ? "as written" : `${now.transpose > 0 ? "+" : "−"}${Math.abs(now.transpose)} semitones`}</output>
        </span>
      )}
    </div>
  );
}

const MARKS: Record<string, string> = { g: "good", f: "fair", a: "again", ".": "open" };

export function Progress({ now }: { now: ViewMessage }) {
  return (
    <footer>
      <p>
        <b>
          {now.done} of {now.total}
        </b>{" "}
        lines · {clock(now.recordedSeconds)} recorded · line {now.number}
        {now.following && <span class="next"> · next: {now.following}</span>}
      </p>
      <div class="map" role="img" aria-label={`${now.done} of ${now.total} lines are recorded`}>
        {Array.from(now.map, (mark, at) => (
          <i key={at} class={`${MARKS[mark] ?? "open"} ${at + 1 === now.number ? "here" : ""}`} />
        ))}
      </div>
    </footer>
  );
}

export function Microphone() {
  const { list, open } = microphones.value;
  if (!list.length || !view.value) return null;
  return (
    <label class="microphone">
      Microphone
      <select value={open} onChange={(event) => void choose(event.currentTarget.value)}>
        {list.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}
