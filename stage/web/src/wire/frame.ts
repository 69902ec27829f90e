/** Frames from bytes; the layout is that of stage/wire/codec.py. Decoding into a frame that is given allocates nothing
 * once its performers are there. */

export const FRAME_VERSION = 1;
export const KIND_FRAME = 1;
export const BONE_COUNT = 55;
export const MAX_PERFORMERS = 16;

const FIXED = 84;
const BODY = 366;
const ROTATIONS_AT = 32;
const GAZE_AT = 362;
const ROOT_HALF = Math.SQRT1_2;
const STEPS_HALF = 16383;

/** Kinds of cues by number; as in stage/wire/frame.py. */
export const CUE = { none: 0, confetti: 1, sparks: 2, petals: 3, lift: 4, finale: 5 } as const;
const CUE_STEPS = 8191;
const CUE_RATE = 512;

export interface Camera {
  position: Float32Array;
  target: Float32Array;
  fov: number;
  roll: number;
  focus: number;
}

export interface LightBlock {
  look: number;
  palette: number;
  intensity: number;
  strobe: number;
  beatPhase: number;
  barPhase: number;
  energy: number;
  section: number;
  /** 65535: no line. */
  lyricLine: number;
  lyricProgress: number;
  /** Two cues that are seen now: kind, and seconds since it was fired (petals: how many, 0..1). */
  cueA: number;
  cueValueA: number;
  cueB: number;
  cueValueB: number;
}

export interface PerformerFrame {
  id: number;
  flags: number;
  avatar: number;
  /** x, z, yaw, lift. */
  root: Float32Array;
  hips: Float32Array;
  /** 55 x (x, y, z, w). */
  rotations: Float32Array;
  /** yaw, pitch in radians. */
  gaze: Float32Array;
  weights: Float32Array;
}

export interface Frame {
  sequence: number;
  showTime: number;
  mediaTime: number;
  song: number;
  flags: number;
  camera: Camera;
  light: LightBlock;
  performers: PerformerFrame[];
}

/** Avatar table number -> how many weights its performers carry. */
export type WeightCounts = ReadonlyMap<number, number>;

export class FrameError extends Error {}

/** Flag of a performer who is not to be seen; as in stage/wire/frame.py. */
export const PERFORMER_HIDDEN = 4;
/** Among a frame's flags: the song runs. */
export const FRAME_PLAYING = 1;
/** Number of the song before the first one; as in stage/show/desk.py. */
export const NO_SONG = 0xffff_ffff;

export function createFrame(): Frame {
  return {
    sequence: 0,
    showTime: 0,
    mediaTime: 0,
    song: 0,
    flags: 0,
    camera: { position: new Float32Array(3), target: new Float32Array(3), fov: 0.6, roll: 0, focus: 4.5 },
    light: {
      look: 0,
      palette: 0,
      intensity: 1,
      strobe: 0,
      beatPhase: 0,
      barPhase: 0,
      energy: 0,
      section: 0,
      lyricLine: 65535,
      lyricProgress: 0,
      cueA: 0,
      cueValueA: 0,
      cueB: 0,
      cueValueB: 0,
    },
    performers: [],
  };
}

/** A performer in rest, with room for `weights` weights. */
export function createPerformer(weights: number): PerformerFrame {
  return {
    id: 0,
    flags: 0,
    avatar: 0,
    root: new Float32Array(4),
    hips: new Float32Array(3),
    rotations: new Float32Array(BONE_COUNT * 4),
    gaze: new Float32Array(2),
    weights: new Float32Array(weights),
  };
}

/** One 48-bit rotation at byte `at` of `view` into `out` at `to`. */
export function unpackRotation(view: DataView, at: number, out: Float32Array, to: number): void {
  const low = view.getUint32(at, true);
  const high = view.getUint16(at + 4, true);
  const a = ((low & 0x7fff) / STEPS_HALF - 1) * ROOT_HALF;
  const b = (((low >>> 15) & 0x7fff) / STEPS_HALF - 1) * ROOT_HALF;
  const c = ((((low >>> 30) | (high << 2)) & 0x7fff) / STEPS_HALF - 1) * ROOT_HALF;
  const largest = (high >>> 13) & 3;
  const d = Math.sqrt(Math.max(0, 1 - a * a - b * b - c * c));
  out[to] = largest === 0 ? d : a;
  out[to + 1] = largest === 1 ? d : largest === 0 ? a : b;
  out[to + 2] = largest === 2 ? d : largest === 3 ? c : b;
  out[to + 3] = largest === 3 ? d : c;
}

function cueValue(word: number): number {
  return (word & CUE_STEPS) / (word >> 13 === CUE.petals ? CUE_STEPS : CUE_RATE);
}

const shared = createFrame();
let viewed: ArrayBuffer | null = null;
let view = new DataView(new ArrayBuffer(0));

/**
 * Decode a frame.
 *
 * `counts` may be left out where all performers wear tables of the same length. `into` is overwritten and returned;
 * without it a frame of this module's own is, which the next call overwrites.
 */
export function decodeFrame(buffer: ArrayBuffer, counts?: WeightCounts, into: Frame = shared): Frame {
  if (buffer.byteLength < FIXED) throw new FrameError(`a frame has at least ${FIXED} bytes; these are ${buffer.byteLength}`);
  if (viewed !== buffer) {
    view = new DataView(buffer);
    viewed = buffer;
  }
  if (view.getUint8(0) !== FRAME_VERSION)
    throw new FrameError(`frame version ${view.getUint8(0)}; this page reads version ${FRAME_VERSION}: reload it`);
  if (view.getUint8(1) !== KIND_FRAME) throw new FrameError(`message kind ${view.getUint8(1)} is not a frame`);
  const count = view.getUint16(2, true);
  if (count > MAX_PERFORMERS) throw new FrameError(`${count} performers in a frame`);
  into.sequence = view.getUint32(4, true);
  into.showTime = view.getFloat64(8, true);
  into.mediaTime = view.getFloat64(16, true);
  into.flags = view.getUint32(24, true);
  into.song = view.getUint32(28, true);
  const camera = into.camera;
  for (let i = 0; i < 3; i++) {
    camera.position[i] = view.getFloat32(32 + 4 * i, true);
    camera.target[i] = view.getFloat32(44 + 4 * i, true);
  }
  camera.fov = view.getFloat32(56, true);
  camera.roll = view.getFloat32(60, true);
  camera.focus = view.getFloat32(64, true);
  const light = into.light;
  light.look = view.getUint8(68);
  light.palette = view.getUint8(69);
  light.intensity = view.getUint8(70) / 255;
  light.strobe = view.getUint8(71);
  light.beatPhase = view.getUint8(72) / 256;
  light.barPhase = view.getUint8(73) / 256;
  light.energy = view.getUint8(74) / 255;
  light.section = view.getUint8(75);
  light.lyricLine = view.getUint16(76, true);
  light.lyricProgress = view.getUint16(78, true) / 65535;
  const a = view.getUint16(80, true);
  const b = view.getUint16(82, true);
  light.cueA = a >> 13;
  light.cueValueA = cueValue(a);
  light.cueB = b >> 13;
  light.cueValueB = cueValue(b);

  const even = count === 0 ? 0 : (buffer.byteLength - FIXED) / count - BODY;
  let at = FIXED;
  for (let k = 0; k < count; k++) {
    if (at + BODY > buffer.byteLength) throw new FrameError("the frame ends inside a performer");
    const avatar = view.getUint16(at + 2, true);
    const n = counts ? counts.get(avatar) : even;
    if (n === undefined || !Number.isInteger(n) || n < 0) throw new FrameError(`avatar table ${avatar} is not known`);
    if (at + BODY + n > buffer.byteLength) throw new FrameError("the frame ends inside the weights");
    let performer = into.performers[k];
    if (!performer || performer.weights.length !== n) {
      performer = createPerformer(n);
      into.performers[k] = performer;
    }
    performer.id = view.getUint8(at);
    performer.flags = view.getUint8(at + 1);
    performer.avatar = avatar;
    for (let i = 0; i < 4; i++) performer.root[i] = view.getFloat32(at + 4 + 4 * i, true);
    for (let i = 0; i < 3; i++) performer.hips[i] = view.getFloat32(at + 20 + 4 * i, true);
    for (let bone = 0; bone < BONE_COUNT; bone++)
      unpackRotation(view, at + ROTATIONS_AT + 6 * bone, performer.rotations, 4 * bone);
    performer.gaze[0] = (view.getInt16(at + GAZE_AT, true) / 32767) * (Math.PI / 2);
    performer.gaze[1] = (view.getInt16(at + GAZE_AT + 2, true) / 32767) * (Math.PI / 2);
    for (let i = 0; i < n; i++) performer.weights[i] = view.getUint8(at + BODY + i) / 255;
    at += BODY + n;
  }
  if (at !== buffer.byteLength) throw new FrameError(`${buffer.byteLength - at} bytes too many after the last performer`);
  into.performers.length = count;
  return into;
}
