/** The render page: takes a job and frames from the command, draws them one by one, sends the video back. */

import { WALL_HZ } from "../stage/set/set";
import { venueNamed } from "../stage/venue";
import { StageView } from "../stage/view";
import { decodeFrame } from "../wire/frame";
import type { Picture } from "./compose";
import { encodesH264, H264Encoder, RawSender, type Encoder } from "./encode";
import { splitBatch, type FromPage, type Go, type Job, type Spent } from "./protocol";
import { ContextLost, Readback } from "./readback";
import { warmUpFrames } from "./warm";

/** Ask for more when fewer than this many frames are here. */
const LOW = 60;
const BATCH = 60;
const REPORT_MS = 250;

const address = new URL("ws", location.href);
address.protocol = "ws:";
const socket = new WebSocket(address);
socket.binaryType = "arraybuffer";

function say(message: FromPage): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function fail(kind: "crash" | "encoder" | "page", error: unknown): void {
  if (error instanceof ContextLost) kind = "crash";
  const message = error instanceof Error ? error.message : String(error);
  say({ type: "error", kind, message });
}

/** Frames that have come and are not used yet. */
class Supply {
  private readonly waiting: ArrayBuffer[] = [];
  private next = 0;
  private asked = 0;
  private taken = 0;
  private wake: (() => void) | null = null;

  constructor(private readonly total: number) {}

  add(batch: ArrayBuffer): void {
    for (const frame of splitBatch(batch)) this.waiting.push(frame);
    this.wake?.();
    this.wake = null;
  }

  async take(): Promise<ArrayBuffer> {
    this.ask();
    while (this.next >= this.waiting.length) await new Promise<void>((resolve) => (this.wake = resolve));
    const frame = this.waiting[this.next]!;
    this.next += 1;
    if (this.next > 1024) {
      this.waiting.splice(0, this.next);
      this.next = 0;
    }
    this.taken += 1;
    return frame;
  }

  private ask(): void {
    if (this.asked >= this.total || this.asked - this.taken > LOW) return;
    const frames = Math.min(BATCH, this.total - this.asked);
    this.asked += frames;
    say({ type: "want", frames });
  }
}

/** Let messages and encoder callbacks in; a timer would cost a millisecond, a message does not. */
const channel = new MessageChannel();
const resting: (() => void)[] = [];
channel.port1.onmessage = (): void => resting.shift()?.();
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    resting.push(resolve);
    channel.port2.postMessage(0);
  });
}

/** FNV-1a over the picture as 32-bit words. */
function pictureHash({ data }: Picture): number {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}

function openView(canvas: HTMLCanvasElement, job: Job): StageView {
  const { width, height, quality, transparent, label } = job;
  const venue = venueNamed(job.venue);
  try {
    return new StageView(canvas, { width, height, quality, transparent, label, venue, layered: true });
  } catch (error) {
    // No WebGL: another way to draw may have it.
    throw new ContextLost(error instanceof Error ? error.message : String(error));
  }
}

async function build(job: Job): Promise<StageView | null> {
  const canvas = document.getElementById("stage") as HTMLCanvasElement;
  canvas.width = job.width;
  canvas.height = job.height;
  canvas.addEventListener("webglcontextlost", () => fail("crash", "the drawing process of the browser ended"));
  if (job.encode === "h264" && !(await encodesH264(job))) {
    fail("encoder", "this browser does not encode H.264");
    return null;
  }
  const view = openView(canvas, job);
  const gl = view.renderer.getContext() as WebGL2RenderingContext;
  for (const avatar of job.avatars)
    await view.loadAvatar(avatar.id, new URL(avatar.url, location.href).href, avatar.expressions);
  view.setSong(job.song);
  view.warmAll();
  // Letters drawn before their font is here would make two runs differ.
  const missing = await view.ready;
  if (missing.length > 0) throw new Error(`a font did not load: ${missing[0]}`);
  const about = gl.getExtension("WEBGL_debug_renderer_info");
  say({ type: "ready", renderer: String(gl.getParameter(about ? about.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) });

  // The driver compiles its own code at the first use of each shader, seconds of it on software GL. Do it now.
  for (const frame of warmUpFrames(job.avatars)) {
    view.setFrame(frame);
    view.draw();
  }
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  return view;
}

async function work(job: Job, view: StageView, go: Go, supply: Supply): Promise<void> {
  view.setSong(go.song);
  const gl = view.renderer.getContext() as WebGL2RenderingContext;
  const readback = new Readback(gl, job.width, job.height, job.transparent);
  if (job.paint) readback.takeOut(view);
  const send = (message: Uint8Array<ArrayBuffer>): void => socket.send(message);
  const encoder: Encoder = job.encode === "h264" ? new H264Encoder(job, send) : new RawSender(socket, send);
  const spent: Spent = { frames: 0, step: 0, draw: 0, read: 0, encode: 0, wait: 0 };
  let reported = performance.now();
  const counts = new Map(job.avatars.map((avatar) => [avatar.id, avatar.expressions.length]));

  const finished = async (index: number): Promise<void> => {
    const a = performance.now();
    const picture = readback.lay();
    if (job.hash) say({ type: "hash", index, value: pictureHash(picture) });
    await encoder.put(picture, index);
    spent.encode += performance.now() - a;
    spent.frames += 1;
  };
  const step = async (): Promise<void> => {
    const a = performance.now();
    const bytes = await supply.take();
    const b = performance.now();
    const frame = decodeFrame(bytes, counts);
    view.setFrame(frame);
    view.advanceTo(frame.mediaTime);
    spent.wait += b - a;
    spent.step += performance.now() - b;
  };
  const draw = (): void => {
    const a = performance.now();
    view.renderer.setRenderTarget(null);
    view.draw();
    readback.end(view);
    spent.draw += performance.now() - a;
  };

  // The wall's picture may be some frames old: what stands on it at the first frame is drawn before it.
  const from = go.first - Math.ceil(job.fps / WALL_HZ);
  await step();
  for (let index = 0; index < go.last; index++) {
    if (index >= from) draw();
    // While this one is drawn in another process: the picture before it is laid together, and the next frame is posed.
    if (index > go.first) await finished(index - 1);
    if (index + 1 < go.last) await step();
    if (index >= go.first) {
      const a = performance.now();
      readback.fetch(view);
      spent.read += performance.now() - a;
    }
    if (performance.now() - reported > REPORT_MS) {
      reported = performance.now();
      say({ type: "spent", ...spent });
    }
    await breathe();
  }
  await finished(go.last - 1);
  await encoder.finish();
  say({ type: "spent", ...spent });
  say({ type: "done" });
}

let supply: Supply | null = null;
let job: Job | null = null;
let built: Promise<StageView | null> | null = null;
socket.onmessage = (event: MessageEvent<ArrayBuffer | string>): void => {
  if (typeof event.data !== "string") {
    supply?.add(event.data);
    return;
  }
  const message = JSON.parse(event.data) as Job | Go;
  if (message.type === "job") {
    job = message;
    built = build(message);
    built.catch((error: unknown) => fail("page", error));
    return;
  }
  if (job === null || built === null) return;
  const due = (supply = new Supply(message.last));
  const stage = job;
  built.then(
    (view) => (view ? work(stage, view, message, due).catch((error: unknown) => fail("page", error)) : undefined),
    () => undefined,
  );
};
// The command is gone: nobody wants these pictures any more.
socket.onclose = (): void => window.close();
window.addEventListener("error", (event) => fail("page", event.message));
window.addEventListener("unhandledrejection", (event) => fail("page", event.reason));
