/** What the console computes from numbers: pure, no page, no socket. */

/** Seconds as m:ss, with tenths where `fine`; a dash pair for what is not a time. */
export function formatTime(seconds: number, fine = false): string {
  if (!Number.isFinite(seconds)) return "–:––";
  const sign = seconds < 0 ? "−" : "";
  // Whole tenths first: 59.96 must become 1:00.0, never 0:60.0.
  const tenths = fine ? Math.round(Math.abs(seconds) * 10) : Math.floor(Math.abs(seconds)) * 10;
  const minutes = Math.floor(tenths / 600);
  const rest = Math.floor((tenths % 600) / 10);
  return `${sign}${minutes}:${String(rest).padStart(2, "0")}${fine ? `.${tenths % 10}` : ""}`;
}

/** Media time under a pointer at `x` pixels on a bar from `left`, `width` wide. */
export function seekTime(x: number, left: number, width: number, duration: number): number {
  if (!(width > 0) || !(duration > 0)) return 0;
  return Math.min(Math.max((x - left) / width, 0), 1) * duration;
}

/** Place of a media time on the bar, 0..1. */
export function seekShare(t: number, duration: number): number {
  return duration > 0 ? Math.min(Math.max(t / duration, 0), 1) : 0;
}

export const METER_FLOOR_DB = -48;

/** An RMS of 0..1 as decibels; silence is minus infinity. */
export function decibels(rms: number): number {
  return rms > 0 ? 20 * Math.log10(rms) : Number.NEGATIVE_INFINITY;
}

/** How much of a meter lights up: linear in decibels above the floor, 0..1. */
export function meterShare(rms: number): number {
  return Math.min(Math.max((decibels(rms) - METER_FLOOR_DB) / -METER_FLOOR_DB, 0), 1);
}

/** Media time now, from the last report at `showTime` and the server's clock. */
export function runningTime(mediaTime: number, showTime: number, playing: boolean, now: number, duration: number): number {
  // The server reports ten times a second: what is older than a second is a lost line, not a running song.
  const since = playing ? Math.min(Math.max(now - showTime, 0), 1) : 0;
  return Math.min(mediaTime + since, Math.max(duration, 0));
}

const SECTION_COLOURS: Record<string, string> = {
  intro: "#3a7bff",
  verse: "#8a5cff",
  pre: "#c45cff",
  chorus: "#ff4fa8",
  bridge: "#ffb347",
  interlude: "#2fd0a8",
  outro: "#5d78c8",
  silence: "#3a3850",
};

export function sectionColour(label: string): string {
  return SECTION_COLOURS[label] ?? "#6a6880";
}

export type KeyAction = "toggle" | "next" | "panic" | "back" | "forward" | null;

/** What a key does; keys typed into a field, held keys and keys with a modifier do nothing. */
export function keyAction(key: string, typing: boolean, repeated: boolean, modified: boolean): KeyAction {
  if (typing || repeated || modified) return null;
  if (key === " ") return "toggle";
  if (key === "n" || key === "N") return "next";
  if (key === "Escape") return "panic";
  if (key === "ArrowLeft") return "back";
  if (key === "ArrowRight") return "forward";
  return null;
}

/** A measured delay in words for a table. */
export function formatDelay(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "–";
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

const SOUND_FILE = /\.(wav|flac|ogg|opus|oga|mp3|m4a|aac|mp4|webm)$/i;

/** Is this a file that the show can try to play? */
export function isSoundFile(name: string): boolean {
  return SOUND_FILE.test(name);
}

const PAD_LABELS: Record<string, string> = {
  happy: "Happy",
  angry: "Angry",
  sad: "Sad",
  relaxed: "Relaxed",
  surprised: "Surprised",
  blink: "Eyes shut",
  lift: "White lift",
};

/** A pad's or a shot's name for people: "full-left" becomes "Full left". */
export function padLabel(name: string): string {
  return PAD_LABELS[name] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " ");
}

/** The shots to offer: what the server named, or the shipped table's while no song is on the desk. */
export function shotNames(named: string[], table: string): string[] {
  const names = named.length ? named : [...table.matchAll(/^name = "([^"]+)"/gm)].map((found) => found[1] ?? "");
  return names.filter((name) => name !== "" && name !== "auto");
}

/** Both main colours of a palette of the shipped table, as a CSS background; none where it is not in there. */
export function swatch(name: string, table: string): string {
  const row = table.split("[[palettes]]").find((part) => part.includes(`name = "${name}"`)) ?? "";
  const [main, second] = [...row.matchAll(/^(?:main|second) = "(#[0-9a-fA-F]{6})"/gm)].map((found) => found[1]);
  return main && second ? `linear-gradient(120deg, ${main} 50%, ${second} 50%)` : "none";
}

/** Why the server did not take a file: its own sentence where it gave one. */
export function refusal(answer: string, status: number): string {
  try {
    const { error } = JSON.parse(answer) as { error?: unknown };
    if (typeof error === "string" && error) return error;
  } catch {
    // Not from our server, or no JSON: its first line has to do.
  }
  return answer.split("\n")[0]?.slice(0, 200) || `the server said ${status}`;
}
