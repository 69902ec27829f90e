/** Sums and words of the record page, without page, socket or sound. */
import type { LineView, NoteView, Press, ViewMessage } from "./messages";

/** LUFS at the left and right end of the meter. */
export const METER_LOW = -70;
export const METER_HIGH = -6;
/** Where a voice should lie: the same as in presets/voices/scripts/recording.toml. */
export const GOOD_LOW = -32;
export const GOOD_HIGH = -12;

/** Place of a level on the meter, 0..1. */
export function meterShare(lufs: number): number {
  return Math.max(0, Math.min(1, (lufs - METER_LOW) / (METER_HIGH - METER_LOW)));
}

/** 754 -> "12:34". */
export function clock(seconds: number): string {
  const whole = Math.floor(Math.max(0, seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const KEYS = new Map<string, Press>([
  ["Enter", "go"],
  [" ", "go"],
  ["r", "again"],
  ["p", "play"],
  ["g", "guide"],
  ["b", "back"],
  ["ArrowLeft", "back"],
  ["n", "skip"],
  ["ArrowRight", "skip"],
  ["Escape", "stop"],
  ["ArrowUp", "higher"],
  ["ArrowDown", "lower"],
]);

/** What a key means, or null. A held key is one press; keys with a modifier belong to the browser. */
export function keyPress(key: string, repeat: boolean, modified: boolean): Press | null {
  if (repeat || modified) return null;
  return KEYS.get(key.length === 1 ? key.toLowerCase() : key) ?? null;
}

/** What kind of line it is, in a word or two. */
export function kindWord(line: LineView): string {
  return { room: "silence", speech: "read", vowel: "held tone", scale: "scale", glide: "glide", song: "song" }[line.kind];
}

/** What the large button does now. */
export function goWord(view: ViewMessage): string {
  if (view.phase === "taking") return view.line.kind === "room" ? "Recording silence" : "Done";
  if (view.phase === "guide") return "Begin now";
  if (view.line.kind === "room") return "Record the silence";
  return view.line.notes.length ? "Listen, then sing" : "Record";
}

/** How large the phrase is written: short ones large, long ones so that they still fit. */
export function phraseSize(text: string): number {
  // Chinese and Japanese letters are about twice as wide as Latin ones.
  let width = 0;
  for (const letter of text) width += /[\u2e80-\u9fff\uff00-\uffef]/.test(letter) ? 2 : 1;
  return width <= 24 ? 52 : width <= 40 ? 44 : width <= 64 ? 38 : 32;
}

export interface NoteBox {
  left: number;
  width: number;
  /** Middle of its beginning and end from above, 0..1. */
  top: number;
  topEnd: number;
  label: string;
}

/** Notes as boxes in a roll, all numbers 0..1; rests leave a gap. */
export function noteBoxes(notes: readonly NoteView[]): NoteBox[] {
  const sounding = notes.filter((note) => note.pitch > 0);
  if (!sounding.length) return [];
  const pitches = sounding.flatMap((note) => [note.pitch, note.to || note.pitch]);
  // A single tone lies in the middle, and small steps stay small.
  const middle = (Math.min(...pitches) + Math.max(...pitches)) / 2;
  const span = Math.max(12, Math.max(...pitches) - Math.min(...pitches));
  const total = notes.reduce((sum, note) => sum + note.seconds, 0);
  const height = (pitch: number): number => 0.5 - ((pitch - middle) / span) * 0.8;
  const boxes: NoteBox[] = [];
  let time = 0;
  for (const note of notes) {
    if (note.pitch > 0) {
      const end = note.to || note.pitch;
      boxes.push({ left: time / total, width: note.seconds / total, top: height(note.pitch), topEnd: height(end), label: note.sung || note.name });
    }
    time += note.seconds;
  }
  return boxes;
}

/** Largest size of each of `count` equal parts of a block, for the waveform. */
export function peaks(block: Float32Array, count: number): number[] {
  const found: number[] = [];
  for (let part = 0; part < count; part++) {
    let most = 0;
    const end = Math.floor(((part + 1) * block.length) / count);
    for (let i = Math.floor((part * block.length) / count); i < end; i++) most = Math.max(most, Math.abs(block[i] ?? 0));
    found.push(most);
  }
  return found;
}
