/** What page and server say to each other: the same as stage/server/voice_record_messages.py (a test compares them). */

export type Grade = "good" | "fair" | "again";
export type Kind = "room" | "speech" | "vowel" | "scale" | "glide" | "song";
export type Phase = "ready" | "guide" | "taking";
export type Press = "go" | "again" | "play" | "guide" | "back" | "skip" | "stop" | "higher" | "lower";

export interface NoteView {
  name: string;
  /** MIDI, 0 = rest. */
  pitch: number;
  to: number;
  seconds: number;
  sung: string;
}

export interface LineView {
  id: string;
  kind: Kind;
  text: string;
  reading: string;
  mood: string;
  hint: string;
  seconds: number;
  notes: NoteView[];
  take: Grade | "";
}

export interface VerdictView {
  grade: Grade;
  sentence: string;
  line: string;
  number: number;
}

export interface ViewMessage {
  type: "view";
  language: string;
  title: string;
  phase: Phase;
  line: LineView;
  following: string;
  number: number;
  total: number;
  done: number;
  recordedSeconds: number;
  transpose: number;
  finished: boolean;
  verdict: VerdictView | null;
  /** A letter a line: g(ood), f(air), a(gain) or "." */
  map: string;
}

export interface LevelMessage {
  type: "level";
  lufs: number;
  peak: number;
  clipped: boolean;
  seconds: number;
}

export interface PlayMessage {
  type: "play";
  kind: "guide" | "take";
  url: string;
}

export interface ProblemMessage {
  type: "problem";
  message: string;
}

export type ServerMessage = ViewMessage | LevelMessage | PlayMessage | ProblemMessage;
export type PageMessage = { type: "open"; rate: number } | { type: "press"; press: Press } | { type: "guideDone" };
