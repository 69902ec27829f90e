// Made by `python -m stage.wire.generate` from stage/wire/messages.py. Do not edit.

export const PROTOCOL_VERSION = 1;

/** First message. shots and pads: what the console may name. show_time: the server's clock now. venue: which of the
page's venues is played in, "" where the server does not say. */
export interface Welcome {
  type: "welcome";
  version: number;
  role: "viewer" | "stage" | "performer" | "operator";
  client: number;
  showTime: number;
  shots: string[];
  pads: string[];
  cues: string[];
  palettes: string[];
  venue: string;
}

/** Answer to a ping: client_time as it came, show_time when it was answered. */
export interface Pong {
  type: "pong";
  clientTime: number;
  showTime: number;
}

/** An avatar, before the first frame that names it by `number`. expressions: the order of a frame's weights. */
export interface AvatarTable {
  type: "avatar_table";
  number: number;
  url: string;
  sha256: string;
  title: string;
  expressions: string[];
  height: number;
}

/** A section of the song; equal `group`: repeats. */
export interface Section {
  start: number;
  end: number;
  label: string;
  group: number;
}

/** One bar. */
export interface Bar {
  start: number;
  beats: number;
}

/** A word or syllable. */
export interface LyricWord {
  start: number;
  end: number;
  text: string;
}

/** A line on the screen. */
export interface LyricLine {
  start: number;
  end: number;
  text: string;
  translation: string;
  words: LyricWord[];
}

/** The song on the desk; `number` is what frames carry. heard_by_machine: the words are a machine's guess. */
export interface SongInfo {
  type: "song_info";
  number: number;
  id: string;
  title: string;
  artist: string;
  duration: number;
  url: string;
  bpm: number;
  seed: number;
  sections: Section[];
  bars: Bar[];
  lines: LyricLine[];
  heardByMachine: boolean;
  label: boolean;
  credits: string[];
}

/** A song of the list. share: 0..1 of its preparation. note: what is being done, or what went wrong. */
export interface SongEntry {
  id: string;
  title: string;
  artist: string;
  duration: number;
  state: "ready" | "preparing" | "waiting" | "failed";
  share: number;
  note: string;
}

/** All songs of the show, in order. current: id of the song on the desk; wanted: of the one that comes there as soon
as it is ready, "" for none. */
export interface SongList {
  type: "song_list";
  songs: SongEntry[];
  current: string;
  wanted: string;
}

/** A change of what plays: at show_time the song stood at media_time. Sent to everyone, never dropped. */
export interface Transport {
  type: "transport";
  event: "load" | "play" | "pause" | "stop" | "seek" | "end" | "panic" | "now";
  playing: boolean;
  panic: boolean;
  song: number;
  mediaTime: number;
  showTime: number;
}

/** A connected page. delay_ms: measured, frame sent to acknowledged. skipped: frames left out for it.

quality: in which it draws, "hidden" while nobody sees it, "" before its first picture. */
export interface ClientInfo {
  client: number;
  role: "viewer" | "stage" | "performer" | "operator";
  fps: number;
  delayMs: number;
  skipped: number;
  quality: string;
  soundOffsetMs: number | null;
}

/** The live voice: on while the microphone sings. microphone_db, voice_db: dB of full scale. delay_ms: computing and
buffers. load: share of a block's time that it takes, p99. trouble: what is wrong, "" = nothing. */
export interface VoiceState {
  name: string;
  on: boolean;
  microphone: string;
  microphoneDb: number;
  voiceDb: number;
  delayMs: number;
  load: number;
  drops: number;
  trouble: string;
}

/** What the console shows, ten times a second, to operators. level: RMS of left and right, 0..1.

voice: the live voice, None where the show has none. */
export interface ShowState {
  type: "show_state";
  showTime: number;
  mediaTime: number;
  duration: number;
  song: number;
  playing: boolean;
  panic: boolean;
  ended: boolean;
  intensity: number;
  shot: string;
  palette: string;
  pads: Record<string, number>;
  level: [number, number];
  poseRate: number;
  poseP99Ms: number;
  cpu: number;
  clients: ClientInfo[];
  voice: VoiceState | null;
}

/** Something the user should read, in one sentence. */
export interface Problem {
  type: "problem";
  message: string;
}

/** Clock question; client_time in seconds on the page's own clock. */
export interface Ping {
  type: "ping";
  clientTime: number;
}

/** The last frame that came, at least every 250 ms; and what the page measures of itself.

loaded: number of the song whose sound and performers are here; -1 for none. hidden: nobody sees the page (a tab
behind another); it draws nothing. */
export interface Ack {
  type: "ack";
  sequence: number;
  fps?: number;
  drawMs?: number;
  quality?: string;
  loaded?: number;
  hidden?: boolean;
}

/** Media time that was heard at show_time: how far picture and sound are apart is measured from this. */
export interface AudioReport {
  type: "audio_report";
  song: number;
  mediaTime: number;
  showTime: number;
}

/** Start, or go on. */
export interface Play {
  type: "play";
}

/** Hold. */
export interface Pause {
  type: "pause";
}

/** Back to the song's start, idle. */
export interface Stop {
  type: "stop";
}

/** The next song of the list. */
export interface Next {
  type: "next";
}

/** Jump to a media time. */
export interface Seek {
  type: "seek";
  mediaTime: number;
}

/** Put a song on the desk, and play it if something plays. */
export interface Select {
  type: "select";
  id: string;
}

/** Hold a named camera shot; "auto" gives the camera back. */
export interface ShotChoice {
  type: "shot";
  name: string;
}

/** Hold a named palette; "auto" gives the colours back to the plan. */
export interface PaletteChoice {
  type: "palette";
  name: string;
}

/** Fire a cue: confetti, sparks, petals, a lift of light. */
export interface Fire {
  type: "cue";
  kind: string;
}

/** Press an expression pad, or let it go with weight 0. */
export interface Express {
  type: "express";
  name: string;
  weight: number;
}

/** One eye. */
export interface Wink {
  type: "wink";
  side?: "Left" | "Right";
}

/** 0..1.5; 1 as planned. */
export interface Intensity {
  type: "intensity";
  value: number;
}

/** Fade to the safe idle loop, and back. */
export interface Panic {
  type: "panic";
  on: boolean;
}

/** The microphone sings with the live voice and moves the mouth; off: the song's own lips. */
export interface Sing {
  type: "sing";
  on: boolean;
}

export type ServerMessage =
  | Welcome
  | Pong
  | AvatarTable
  | SongInfo
  | SongList
  | Transport
  | ShowState
  | Problem;

export type ClientMessage =
  | Ping
  | Ack
  | AudioReport
  | Play
  | Pause
  | Stop
  | Next
  | Seek
  | Select
  | ShotChoice
  | PaletteChoice
  | Fire
  | Express
  | Wink
  | Intensity
  | Panic
  | Sing;
