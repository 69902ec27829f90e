/** The stage page: wires socket, clock, sound and picture together (a shell). */
import { ShowClient } from "../wire/client";
import { createFrame, decodeFrame, NO_SONG } from "../wire/frame";
import type { ServerMessage, SongInfo as SongMessage } from "../wire/gen";
import type { Quality } from "./avatar";
import { Governor } from "./governor";
import { LiveStage } from "./live";
import { makeOrbit } from "./orbit";
import { SongSound } from "./sound";
import type { SongInfo } from "./song";
import { venueNamed } from "./venue";
import { StageView } from "./view";

const REPORT_MS = 250;
const UNSEEN_MS = 100;
/** More pixels than this a software picture cannot have at a live pace. */
const LITE_PIXELS = 960 * 540;
const FULL_PIXELS = 2560 * 1440;
/** An empty stage is not shown while its performer loads, unless that takes longer than this. */
const EMPTY_STAGE_MS = 8000;

/** Numbers for end-to-end tests and for the curious; reading only. */
export interface Probe {
  /** The stage has been drawn, with everyone on it. */
  ready: boolean;
  /** Pictures in the last second. */
  fps: number;
  /** Mouth of the last picture, 0..1, and its media time. */
  mouth: number;
  media: number;
  /** Number of the song of the last picture; -1 before the first song. */
  song: number;
  /** Media time that leaves the loudspeaker; NaN in silence. */
  heard: number;
  /** Sequence of the last frame that came. */
  frame: number;
  quality: string;
  venue: string;
  /** Of the last picture: draw calls, triangles; textures held, and their memory in MB. */
  calls: number;
  triangles: number;
  textures: number;
  textureMb: number;
  errors: string[];
}

declare global {
  interface Window {
    __nichang: Readonly<Probe>;
  }
}

const probe: Probe = {
  ready: false,
  fps: 0,
  mouth: 0,
  media: 0,
  song: -1,
  heard: Number.NaN,
  frame: -1,
  quality: "",
  venue: "",
  calls: 0,
  triangles: 0,
  textures: 0,
  textureMb: 0,
  errors: [],
};
window.__nichang = probe;

const query = new URLSearchParams(location.search);
const transparent = query.get("transparent") === "1";
const asked = query.get("quality");
const forced: Quality | undefined = asked === "lite" || asked === "full" ? asked : undefined;
/** A venue of this page's own choice, whatever the show plays in. */
const askedVenue = query.get("venue") ?? "";
const canvas = document.getElementById("stage") as HTMLCanvasElement;
const hint = document.getElementById("hint") as HTMLButtonElement;
const wait = document.getElementById("wait") as HTMLDivElement;
const messageLine = document.getElementById("message") as HTMLDivElement;
document.body.classList.toggle("transparent", transparent);

/** Lines for the person at the page, by what they are about; empty ones go. */
const lines = new Map<string, string>();
function say(about: string, line: string): void {
  if ((lines.get(about) ?? "") === line) return;
  if (line) lines.set(about, line);
  else lines.delete(about);
  const text = [...lines.values()].join(" ");
  messageLine.textContent = text;
  // What OBS shows goes on air: no messages over a transparent stage.
  messageLine.hidden = text === "" || transparent;
  if (line && about !== "line") probe.errors.push(line);
}

window.addEventListener("error", (event) => probe.errors.push(event.message));
window.addEventListener("unhandledrejection", (event) => probe.errors.push(String(event.reason)));

/** What draws here; asked of a context that is thrown away, as the view's own needs the answer first. */
function rendererName(): string {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return "";
  const about = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(about ? about.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return name;
}

function pictureSize(governor: Governor): [number, number] {
  const { quality, scale } = governor.level;
  const density = Math.min(window.devicePixelRatio || 1, 2);
  const wide = Math.max(64, window.innerWidth) * density;
  const high = Math.max(64, window.innerHeight) * density;
  const room = quality === "full" ? FULL_PIXELS : LITE_PIXELS;
  const share = Math.min(1, Math.sqrt(room / (wide * high))) * scale;
  return [Math.round(wide * share), Math.round(high * share)];
}

const toSong = (message: SongMessage): SongInfo => ({
  number: message.number,
  title: message.title,
  artist: message.artist,
  lines: message.lines,
  heardByMachine: message.heardByMachine,
  downbeats: message.bars.map((bar) => bar.start),
  sections: message.sections,
  label: message.label,
  credits: message.credits,
});

function start(): void {
  const renderer = rendererName();
  if (renderer === "") {
    wait.hidden = true;
    say("picture", "This browser has no WebGL 2, so there is no picture; try a newer Chrome, Edge or Firefox.");
    return;
  }
  const governor = new Governor(renderer, forced);
  const [width, height] = pictureSize(governor);
  const view = new StageView(canvas, { width, height, quality: governor.level.quality, transparent, venue: venueNamed(askedVenue) });
  const sound = query.get("sound") === "0" ? null : new SongSound();
  const live = new LiveStage(view, sound);
  live.onProblem = (line) => say("avatar", line);
  void view.ready.then((failed) => say("fonts", failed.join(" ")));
  const orbit = query.get("orbit") === "1" ? makeOrbit(view, canvas) : null;
  canvas.addEventListener("webglcontextlost", () => {
    say("picture", "The graphics driver gave up; the page starts anew.");
    window.setTimeout(() => location.reload(), 1000);
  });

  const decoded = createFrame();
  const counts = new Map<number, number>();
  const receive = (message: ServerMessage): void => {
    if (message.type === "welcome") {
      if (askedVenue === "" && message.venue) view.setVenue(venueNamed(message.venue));
      view.warm();
    } else if (message.type === "avatar_table") {
      counts.set(message.number, message.expressions.length);
      void live.avatar(message);
    } else if (message.type === "song_info") {
      live.song(toSong(message), message.url);
    } else if (message.type === "transport") {
      live.transport(message.playing);
    } else if (message.type === "problem") {
      say("show", message.message);
    }
  };
  const client = new ShowClient("stage", {
    onFrame: (bytes) => {
      try {
        live.frame(decodeFrame(bytes, counts, decoded));
        probe.frame = decoded.sequence;
      } catch (error) {
        say("frame", error instanceof Error ? error.message : String(error));
      }
    },
    onMessage: receive,
    onState: (state, why) => {
      // A new server has a new clock: what came before means nothing on it.
      if (state === "open") live.forget();
      say("line", state === "open" || state === "connecting" ? "" : `${why}.`);
    },
  });
  void client.start();

  const resize = (): void => {
    const [w, h] = pictureSize(governor);
    view.setQuality(governor.level.quality);
    view.resize(w, h);
  };
  window.addEventListener("resize", resize);

  if (sound) {
    const unlock = (): void => void sound.unlock();
    for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, unlock);
  }

  let before = 0;
  let spent = 0;
  let pictures = 0;
  let second = performance.now();
  let reported = 0;
  const tick = (now_ms: number): void => {
    requestAnimationFrame(tick);
    if (!probe.ready && !live.peopled && now_ms < EMPTY_STAGE_MS) return;
    if (before > 0 && governor.feed(now_ms - before)) resize();
    before = now_ms;
    orbit?.();
    const began = performance.now();
    const shown = live.picture(client.now());
    spent += performance.now() - began;
    hint.hidden = !sound || !sound.blocked || transparent;
    if (!shown) return;
    wait.hidden = true;
    pictures += 1;
    probe.ready ||= live.peopled;
    client.self.loaded = live.loaded;
    client.self.quality = view.quality;
    probe.mouth = live.mouth();
    probe.media = live.drawn!.mediaTime;
    probe.song = live.drawn!.song === NO_SONG ? -1 : live.drawn!.song;
    probe.heard = live.heard();
    if (now_ms - second >= 1000) {
      probe.fps = (pictures * 1000) / (now_ms - second);
      probe.quality = view.quality;
      probe.venue = view.venue;
      Object.assign(probe, view.counts);
      client.self.fps = probe.fps;
      client.self.drawMs = spent / pictures;
      pictures = 0;
      spent = 0;
      second = now_ms;
    }
    const heard = probe.heard;
    if (now_ms - reported >= REPORT_MS && !Number.isNaN(heard)) {
      reported = now_ms;
      client.send({ type: "audio_report", song: live.songNumber, mediaTime: heard, showTime: client.now() });
    }
  };
  requestAnimationFrame(tick);
  // No picture is asked of a tab behind another; its sound is heard, and has to stop when the show does.
  window.setInterval(() => {
    client.self.hidden = document.hidden;
    if (document.hidden) live.unseen(client.now());
  }, UNSEEN_MS);
}

start();
