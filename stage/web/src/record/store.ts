/** What the record page knows, as signals; the one place that talks to line and sound. */
import { computed, signal } from "@preact/signals";
import { takeToken } from "../wire/client";
import type { LevelMessage, PageMessage, Press, ServerMessage, ViewMessage } from "./messages";
import { RecordSound } from "./sound";
import { Waveform } from "./waveform";

export type Line = "off" | "open" | "lost" | "refused" | "taken";

const RETRY_MS = 700;
const SILENT: LevelMessage = { type: "level", lufs: -120, peak: 0, clipped: false, seconds: 0 };
// A lamp that says "clipped" must be seen.
const CLIP_LAMP_MS = 1500;

export const line = signal<Line>("off");
export const view = signal<ViewMessage | null>(null);
export const level = signal<LevelMessage>(SILENT);
export const clipped = signal(false);
export const problem = signal("");
export const playing = signal<"" | "guide" | "take">("");
export const microphones = signal<{ list: { id: string; name: string }[]; open: string }>({ list: [], open: "" });
export const waveform = new Waveform();

export const ready = computed(() => line.value === "open" && view.value !== null);

let token = takeToken();
let sound: RecordSound | null = null;
let socket: WebSocket | null = null;
let clipTimer = 0;

/** Asks for the microphone and opens the line; must come from a click or key, as browsers ask for one. */
export async function begin(): Promise<void> {
  problem.value = "";
  try {
    sound ??= new RecordSound({
      onBlock: hear,
      onLost: () => (problem.value = "The microphone is gone. Plug it in again and choose it above."),
    });
    await sound.open();
  } catch (error) {
    problem.value = microphoneTrouble(error);
    return;
  }
  navigator.mediaDevices.ondevicechange = (): void => void listMicrophones();
  await listMicrophones();
  await connect();
}

export async function choose(device: string): Promise<void> {
  try {
    await sound?.open(device);
    problem.value = "";
  } catch (error) {
    problem.value = microphoneTrouble(error);
  }
  await listMicrophones();
}

export function press(what: Press): void {
  // The same key ends what plays.
  if (what === "play" && playing.value === "take") {
    sound?.stop();
    return;
  }
  if (what === "stop") sound?.stop();
  send({ type: "press", press: what });
}

async function listMicrophones(): Promise<void> {
  if (sound) microphones.value = await sound.microphones();
}

function microphoneTrouble(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "The browser may not use the microphone. Allow it in the address bar and begin again.";
  if (name === "NotFoundError") return "There is no microphone. Plug one in and begin again.";
  return `The microphone cannot be opened (${error instanceof Error ? error.message : String(error)}).`;
}

async function connect(): Promise<void> {
  try {
    if (token) {
      const answer = await fetch("/auth", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token }),
        credentials: "same-origin",
      });
      if (!answer.ok) return refuse();
      token = "";
    }
  } catch {
    return again();
  }
  const address = new URL("/record/line", location.href);
  address.protocol = "ws:";
  const opened = new WebSocket(address);
  opened.binaryType = "arraybuffer";
  socket = opened;
  opened.onopen = (): void => {
    line.value = "open";
    problem.value = "";
    send({ type: "open", rate: sound?.context.sampleRate ?? 48_000 });
  };
  opened.onmessage = (event: MessageEvent<string>): void => receive(JSON.parse(event.data) as ServerMessage);
  opened.onclose = (event): void => {
    if (socket !== opened) return;
    socket = null;
    sound?.stop();
    if (event.code === 4401) refuse();
    else if (event.code === 4409) line.value = "taken";
    else again();
  };
}

function refuse(): void {
  line.value = "refused";
}

function again(): void {
  line.value = "lost";
  window.setTimeout(() => void connect(), RETRY_MS);
}

function send(message: PageMessage): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function hear(block: Float32Array): void {
  waveform.add(block);
  // A line that hangs must not gather minutes of sound: the take would be late for good.
  if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < 4_000_000) socket.send(block as Float32Array<ArrayBuffer>);
}

function receive(message: ServerMessage): void {
  if (message.type === "level") {
    level.value = message;
    if (message.clipped) {
      clipped.value = true;
      clearTimeout(clipTimer);
      clipTimer = window.setTimeout(() => (clipped.value = false), CLIP_LAMP_MS);
    }
  } else if (message.type === "view") {
    const before = view.value?.phase;
    // Nothing may sound into a take.
    if (message.phase === "taking" && before !== "taking") {
      sound?.stop();
      waveform.begin();
    }
    if (before === "taking" && message.phase !== "taking") waveform.end();
    view.value = message;
    problem.value = "";
  } else if (message.type === "play") {
    void play(message.kind, message.url);
  } else {
    problem.value = message.message;
  }
}

async function play(kind: "guide" | "take", url: string): Promise<void> {
  if (!sound) return;
  playing.value = kind;
  try {
    const whole = await sound.play(url);
    if (whole && kind === "guide") send({ type: "guideDone" });
    // Something else may be playing by now.
    if (whole || !sound.busy) playing.value = "";
  } catch (error) {
    playing.value = "";
    problem.value = error instanceof Error ? error.message : String(error);
  }
}
