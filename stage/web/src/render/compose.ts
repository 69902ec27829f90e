/**
 * The performers' layer over the small background, as I420, on the processor: what one full-screen pass of software
 * GL costs (12 to 15 ms a picture at 720p) costs a sixth of it here. The rows are turned over and the colours made
 * what the encoder wants on the way. Owns memory and order of rows; the loops are in `kernel`.
 */
import { type Kernel, makeKernel, STEP } from "./kernel";
import { BEFORE, RIM } from "./smooth";

/** A picture for the encoder: planes one behind the other in one buffer, top row first. */
export interface Picture {
  readonly format: "I420" | "RGBA";
  /** Valid until the next picture is read. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** In bytes: where a plane begins, from row to row, what of a row is picture; and rows. */
  readonly planes: readonly {
    readonly offset: number;
    readonly stride: number;
    readonly width: number;
    readonly height: number;
  }[];
}

const PAGE = 65536;
/** Wide rows kept: two picture rows stand on three rows of background at most. */
const RING = 4;

/** Place of every pixel of a line among the pixels of a shorter one: lower neighbour and share of the upper, 0..1. */
function stretch(long: number, short: number, i: number): { at: number; share: number } {
  const place = Math.min(short - 1, Math.max(0, ((Math.min(i, long - 1) + 0.5) * short) / long - 0.5));
  const at = Math.min(Math.max(0, short - 2), Math.floor(place));
  return { at, share: short === 1 ? 0 : place - at };
}

/** Pixels from row to row of a picture of this width. */
export function strideOf(width: number): number {
  return Math.ceil(width / STEP) * STEP;
}

export class Composer {
  readonly picture: Picture;
  /** Pixels from one row of `front` to the next. */
  readonly stride: number;
  /** Premultiplied RGBA, bottom row first; where alpha is 0, colour is light on top. To be filled before `compose`. */
  readonly front: Uint8Array<ArrayBuffer>;
  /** RGBA, bottom row first, without gaps. To be filled before `compose`. */
  readonly back: Uint8Array<ArrayBuffer>;
  private readonly kernel: Kernel;
  private readonly at: number;
  private readonly shares: number;
  private readonly rows: number;
  /** Where luma lies before it is smoothed; the picture's own plane where it is not. */
  private readonly rough: Uint8Array<ArrayBuffer>;
  /** Which row of the background lies in each place of the ring. */
  private readonly held = new Int32Array(RING);
  private readonly down: { at: Int32Array; share: Int32Array };

  /** All sides at least 2, those of the picture even. */
  constructor(
    width: number,
    private readonly height: number,
    private readonly backWidth: number,
    backHeight: number,
    /** Stairs at edges become ramps. */
    private readonly smooth = false,
  ) {
    const stride = (this.stride = strideOf(width));
    let end = 0;
    const room = (size: number): number => {
      const begin = end;
      end += Math.ceil(size / 64) * 64;
      return begin;
    };
    const front = room(4 * stride * height);
    const back = room(4 * backWidth * backHeight);
    this.at = room(4 * stride);
    this.shares = room(16 * stride);
    this.rows = room(4 * stride * RING);
    const size = (stride * height * 3) / 2;
    const out = room(size);
    const rough = smooth ? room(stride * height) : out;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE) + 1 });
    const buffer = memory.buffer as ArrayBuffer;
    this.kernel = makeKernel(stride, memory);
    this.front = new Uint8Array(buffer, front, 4 * stride * height);
    this.back = new Uint8Array(buffer, back, 4 * backWidth * backHeight);
    this.rough = new Uint8Array(buffer, rough, stride * height);
    const half = { stride: stride / 2, width: width / 2, height: height / 2 };
    this.picture = {
      format: "I420",
      data: new Uint8Array(buffer, out, size),
      planes: [
        { offset: 0, stride, width, height },
        { offset: stride * height, ...half },
        { offset: (stride * height * 5) / 4, ...half },
      ],
    };
    const at = new Int32Array(buffer, this.at, stride);
    const shares = new Int16Array(buffer, this.shares, 8 * stride);
    for (let x = 0; x < stride; x++) {
      const place = stretch(width, backWidth, x);
      const upper = Math.round(128 * place.share);
      at[x] = 4 * place.at;
      shares.fill(128 - upper, 8 * x, 8 * x + 4);
      shares.fill(upper, 8 * x + 4, 8 * x + 8);
    }
    this.down = { at: new Int32Array(height), share: new Int32Array(height) };
    for (let y = 0; y < height; y++) {
      const place = stretch(height, backHeight, y);
      this.down.at[y] = place.at;
      this.down.share[y] = Math.min(32767, Math.round(32768 * place.share));
    }
  }

  /** Lay `front` over `back` into `picture`. */
  compose(): void {
    const { height, stride, down, kernel } = this;
    const { planes, data } = this.picture;
    const front = this.front.byteOffset;
    const [, u, v] = planes.map((plane) => data.byteOffset + plane.offset) as [number, number, number];
    const luma = this.rough.byteOffset;
    this.held.fill(-1);
    // Picture rows from the top are layers' rows from the bottom.
    for (let top = 0; top < height; top += 2) {
      const a = height - 1 - top;
      const b = a - 1;
      const lowA = this.wide(down.at[a]!);
      const highA = this.wide(down.at[a]! + 1);
      const lowB = this.wide(down.at[b]!);
      const highB = this.wide(down.at[b]! + 1);
      const frontA = front + 4 * stride * a;
      const frontB = front + 4 * stride * b;
      const lumaA = luma + stride * top;
      const lumaB = lumaA + stride;
      const chroma = (top * stride) / 4;
      kernel.pair(
        ...([frontA, lowA, highA, down.share[a]!, lumaA] as const),
        ...([frontB, lowB, highB, down.share[b]!, lumaB] as const),
        ...([u + chroma, v + chroma] as const),
      );
    }
    if (this.smooth) this.ramp();
  }

  /** Luma from `rough` into the picture, smoothed but for the rim, which has no neighbours. */
  private ramp(): void {
    const { height, stride, rough } = this;
    const { data, planes } = this.picture;
    const end = stride * height;
    const rim = Math.min(RIM, height >> 1) * stride;
    data.set(rough.subarray(0, rim));
    data.set(rough.subarray(end - rim, end), end - rim);
    for (let row = rim; row < end - rim; row += stride) {
      this.kernel.smooth(rough.byteOffset + row - RIM * stride - BEFORE, data.byteOffset + row);
      const { width } = planes[0]!;
      for (let x = 0; x < RIM; x++) {
        data[row + x] = rough[row + x]!;
        data[row + width - 1 - x] = rough[row + width - 1 - x]!;
      }
    }
  }

  /** Where row `number` of the background lies, as wide as the picture. */
  private wide(number: number): number {
    const place = number % RING;
    const to = this.rows + 4 * this.stride * place;
    if (this.held[place] !== number) {
      this.held[place] = number;
      this.kernel.widen(this.back.byteOffset + 4 * this.backWidth * number, to, this.at, this.shares);
    }
    return to;
  }
}
