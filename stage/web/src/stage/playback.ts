/**
 * The last second of frames, and the moment between two of them. Copies what it is given, allocates only while it
 * grows, and holds the last pose when nothing new comes: a pose is never guessed.
 */
import { type Camera, CUE, createFrame, createPerformer, type Frame, type PerformerFrame } from "../wire/frame";

const SLOTS = 96;
/** A camera that moves further than this from one frame to the next has been cut: metres, radians. */
const CUT_METRES = 0.4;
const CUT_FOV = 0.05;

interface OwnFrame extends Frame {
  /** Performers kept for reuse. */
  pool: PerformerFrame[];
}

const empty = (): OwnFrame => ({ ...createFrame(), showTime: Number.NEGATIVE_INFINITY, pool: [] });

/** Make `to` hold `count` performers with room for the weights of `from`. */
function shape(to: OwnFrame, from: Frame): void {
  const count = from.performers.length;
  for (let i = 0; i < count; i++) {
    const size = from.performers[i]!.weights.length;
    const have = to.pool[i];
    if (!have) to.pool[i] = createPerformer(size);
    else if (have.weights.length !== size) have.weights = new Float32Array(size);
    to.performers[i] = to.pool[i]!;
  }
  to.performers.length = count;
}

function copy(to: OwnFrame, from: Frame): void {
  shape(to, from);
  to.sequence = from.sequence;
  to.showTime = from.showTime;
  to.mediaTime = from.mediaTime;
  to.song = from.song;
  to.flags = from.flags;
  const camera = to.camera;
  camera.position.set(from.camera.position);
  camera.target.set(from.camera.target);
  camera.fov = from.camera.fov;
  camera.roll = from.camera.roll;
  camera.focus = from.camera.focus;
  Object.assign(to.light, from.light);
  for (let i = 0; i < from.performers.length; i++) {
    const a = to.performers[i]!;
    const b = from.performers[i]!;
    a.id = b.id;
    a.flags = b.flags;
    a.avatar = b.avatar;
    a.root.set(b.root);
    a.hips.set(b.hips);
    a.rotations.set(b.rotations);
    a.gaze.set(b.gaze);
    a.weights.set(b.weights);
  }
}

function mixArray(to: Float32Array, from: ArrayLike<number>, share: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += (from[i]! - to[i]!) * share;
}

/** Shortest way between rotations; neighbours in time are near each other, so a straight line does. */
function mixRotations(to: Float32Array, from: ArrayLike<number>, share: number): void {
  for (let i = 0; i < to.length; i += 4) {
    const dot =
      to[i]! * from[i]! + to[i + 1]! * from[i + 1]! + to[i + 2]! * from[i + 2]! + to[i + 3]! * from[i + 3]!;
    const other = dot < 0 ? -share : share;
    const own = 1 - share;
    const x = to[i]! * own + from[i]! * other;
    const y = to[i + 1]! * own + from[i + 1]! * other;
    const z = to[i + 2]! * own + from[i + 2]! * other;
    const w = to[i + 3]! * own + from[i + 3]! * other;
    const length = Math.hypot(x, y, z, w) || 1;
    to[i] = x / length;
    to[i + 1] = y / length;
    to[i + 2] = z / length;
    to[i + 3] = w / length;
  }
}

/** A phase 0..1 that may wrap between the two. */
function mixPhase(a: number, b: number, share: number): number {
  const forward = b < a - 0.5 ? b + 1 : b;
  const value = a + (forward - a) * share;
  return value >= 1 ? value - 1 : value;
}

function wasCut(a: Camera, b: Camera): boolean {
  let way = 0;
  for (let i = 0; i < 3; i++) {
    way = Math.max(way, Math.abs(a.position[i]! - b.position[i]!), Math.abs(a.target[i]! - b.target[i]!));
  }
  return way > CUT_METRES || Math.abs(a.fov - b.fov) > CUT_FOV;
}

export class Playback {
  readonly #slots: OwnFrame[] = Array.from({ length: SLOTS }, empty);
  readonly #out: OwnFrame = empty();
  #count = 0;
  #next = 0;

  /** Take a frame; the caller may reuse it at once. A frame from before the last one starts anew (a seek). */
  push(frame: Frame): void {
    const last = this.#at(this.#count - 1);
    if (last && (frame.showTime <= last.showTime || frame.sequence < last.sequence)) {
      // The same moment said anew replaces; a jump back forgets.
      if (frame.showTime < last.showTime - 0.5) this.clear();
      else while (this.#count > 0 && this.#at(this.#count - 1)!.showTime >= frame.showTime) this.#drop();
    }
    copy(this.#slots[this.#next]!, frame);
    this.#next = (this.#next + 1) % SLOTS;
    this.#count = Math.min(SLOTS, this.#count + 1);
  }

  clear(): void {
    this.#count = 0;
  }

  get newest(): Frame | undefined {
    return this.#at(this.#count - 1);
  }

  /** Media time that belongs to a show time, by the frames that are here; NaN without frames. */
  mediaAt(showTime: number): number {
    const i = this.#before(showTime);
    const a = this.#at(Math.max(0, i));
    if (!a) return Number.NaN;
    const b = this.#at(i + 1);
    if (i < 0 || !b || b.song !== a.song) return a.mediaTime;
    return a.mediaTime + (b.mediaTime - a.mediaTime) * ((showTime - a.showTime) / (b.showTime - a.showTime));
  }

  /** The moment at `showTime`, valid until the next call; undefined before the first frame. */
  sample(showTime: number): Frame | undefined {
    const i = this.#before(showTime);
    const a = this.#at(Math.max(0, i));
    if (!a) return undefined;
    copy(this.#out, a);
    const b = this.#at(i + 1);
    if (i < 0 || !b || b.song !== a.song) return this.#out;
    const gap = b.showTime - a.showTime;
    const media = b.mediaTime - a.mediaTime;
    // Over a seek or a long hole there is nothing in between.
    if (gap > 0.5 || media < 0 || media > 0.5) return this.#out;
    this.#mix(b, (showTime - a.showTime) / gap);
    return this.#out;
  }

  #mix(b: OwnFrame, share: number): void {
    const out = this.#out;
    out.showTime += (b.showTime - out.showTime) * share;
    out.mediaTime += (b.mediaTime - out.mediaTime) * share;
    if (!wasCut(out.camera, b.camera)) {
      mixArray(out.camera.position, b.camera.position, share);
      mixArray(out.camera.target, b.camera.target, share);
      out.camera.fov += (b.camera.fov - out.camera.fov) * share;
      out.camera.roll += (b.camera.roll - out.camera.roll) * share;
      out.camera.focus += (b.camera.focus - out.camera.focus) * share;
    }
    const light = out.light;
    light.intensity += (b.light.intensity - light.intensity) * share;
    light.energy += (b.light.energy - light.energy) * share;
    light.beatPhase = mixPhase(light.beatPhase, b.light.beatPhase, share);
    light.barPhase = mixPhase(light.barPhase, b.light.barPhase, share);
    if (light.lyricLine === b.light.lyricLine) {
      light.lyricProgress += (b.light.lyricProgress - light.lyricProgress) * share;
    }
    // A value that falls belongs to a cue that was fired anew.
    if (light.cueA === b.light.cueA && (light.cueA === CUE.petals || b.light.cueValueA > light.cueValueA))
      light.cueValueA += (b.light.cueValueA - light.cueValueA) * share;
    if (light.cueB === b.light.cueB && (light.cueB === CUE.petals || b.light.cueValueB > light.cueValueB))
      light.cueValueB += (b.light.cueValueB - light.cueValueB) * share;
    for (let i = 0; i < out.performers.length; i++) {
      const p = out.performers[i]!;
      const q = b.performers[i];
      if (!q || q.id !== p.id || q.avatar !== p.avatar || q.weights.length !== p.weights.length) continue;
      // Roots may turn past half a turn.
      const turn = Math.atan2(Math.sin(q.root[2]! - p.root[2]!), Math.cos(q.root[2]! - p.root[2]!));
      const yaw = p.root[2]! + turn * share;
      mixArray(p.root, q.root, share);
      p.root[2] = yaw;
      mixArray(p.hips, q.hips, share);
      mixArray(p.gaze, q.gaze, share);
      mixArray(p.weights, q.weights, share);
      mixRotations(p.rotations, q.rotations, share);
    }
  }

  #drop(): void {
    this.#next = (this.#next + SLOTS - 1) % SLOTS;
    this.#count -= 1;
  }

  /** The i-th frame, oldest first. */
  #at(i: number): OwnFrame | undefined {
    if (i < 0 || i >= this.#count) return undefined;
    return this.#slots[(this.#next - this.#count + i + 2 * SLOTS) % SLOTS];
  }

  /** Number of the last frame at or before `showTime`; -1 if all are later. */
  #before(showTime: number): number {
    for (let i = this.#count - 1; i >= 0; i--) if (this.#at(i)!.showTime <= showTime) return i;
    return -1;
  }
}
