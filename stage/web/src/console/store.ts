/** What the console knows, as signals, and what it can send. The one place that talks to the line. */
import { computed, signal } from "@preact/signals";
import { ShowClient, type LineState } from "../wire/client";
import type { ClientMessage, ServerMessage, ShowState, SongInfo, SongList, Welcome } from "../wire/gen";
import { isSoundFile, refusal } from "./format";

const EMPTY_STATE: ShowState = {
  type: "show_state",
  showTime: 0,
  mediaTime: 0,
  duration: 0,
  song: 0,
  playing: false,
  panic: false,
  ended: false,
  intensity: 1,
  shot: "",
  palette: "",
  pads: {},
  level: [0, 0],
  poseRate: 0,
  poseP99Ms: 0,
  cpu: 0,
  clients: [],
  voice: null,
};
const MESSAGE_SECONDS = 8;

export const line = signal<LineState>("connecting");
export const lineWhy = signal("");
export const welcome = signal<Welcome | null>(null);
export const state = signal<ShowState>(EMPTY_STATE);
export const song = signal<SongInfo | null>(null);
export const songs = signal<SongList>({ type: "song_list", songs: [], current: "", wanted: "" });
export const problem = signal("");
/** 0..1 while a file goes up, null otherwise. */
export const upload = signal<{ name: string; share: number } | null>(null);

export const connected = computed(() => line.value === "open");
/** The song that is being made ready, if one is. */
export const preparing = computed(() => songs.value.songs.find((entry) => entry.state === "preparing") ?? null);
/** The song that comes on the stage next, if one was chosen. */
export const coming = computed(() => songs.value.songs.find((entry) => entry.id === songs.value.wanted) ?? null);

let client: ShowClient | null = null;
let problemTimer = 0;

export function start(): void {
  client = new ShowClient("operator", {
    onMessage: receive,
    onState: (next, why) => {
      line.value = next;
      lineWhy.value = why;
    },
  });
  void client.start();
}

/** The server's clock, seconds. */
export function now(): number {
  return client ? client.now() : 0;
}

export function send(message: ClientMessage): void {
  client?.send(message);
}

export function receive(message: ServerMessage): void {
  switch (message.type) {
    case "welcome":
      welcome.value = message;
      // Perhaps another server; the song on its stage is told next, if there is one.
      song.value = null;
      break;
    case "show_state":
      state.value = message;
      break;
    case "song_info":
      song.value = message;
      break;
    case "song_list":
      songs.value = message;
      break;
    case "transport":
      // The report ten times a second would say the same a moment later; a press should be seen at once.
      state.value = {
        ...state.value,
        playing: message.playing,
        panic: message.panic,
        mediaTime: message.mediaTime,
        showTime: message.showTime,
      };
      break;
    case "problem":
      tell(message.message);
      break;
    default:
      break;
  }
}

/** Show a sentence for a while. */
export function tell(message: string): void {
  problem.value = message;
  clearTimeout(problemTimer);
  problemTimer = window.setTimeout(() => (problem.value = ""), MESSAGE_SECONDS * 1000);
}

export function toggle(): void {
  send({ type: state.value.playing ? "pause" : "play" });
}

export function panic(on: boolean): void {
  send({ type: "panic", on });
  // Red at once: the operator must see that the press has counted, even before the server says so.
  state.value = { ...state.value, panic: on };
}

/** Send sound files to the show; they appear in the list and are made ready there. */
export async function addFiles(files: Iterable<File>): Promise<void> {
  // A copy: the browser empties its list as soon as the event is over, and the second file was never sent.
  for (const file of [...files]) {
    if (!isSoundFile(file.name)) {
      tell(`${file.name} is not a sound file; drop WAV, FLAC, OGG, Opus, MP3 or M4A.`);
      continue;
    }
    upload.value = { name: file.name, share: 0 };
    try {
      await sendFile(file);
    } catch (error) {
      const why = error instanceof Error ? error.message : "the line broke";
      tell(why.includes(file.name) ? `${why}.` : `${file.name} could not be added: ${why}.`);
    }
    upload.value = null;
  }
}

function sendFile(file: File): Promise<void> {
  return new Promise((done, failed) => {
    // fetch tells nothing about how far an upload is.
    const request = new XMLHttpRequest();
    request.open("POST", `/songs?name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) upload.value = { name: file.name, share: event.loaded / event.total };
    };
    request.onload = () => {
      if (request.status < 300) done();
      else failed(new Error(refusal(request.responseText, request.status)));
    };
    request.onerror = () => failed(new Error("the server does not answer"));
    request.send(file);
  });
}
