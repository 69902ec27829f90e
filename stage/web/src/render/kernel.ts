/**
 * The inner loops of `Composer` in vectors of 128 bits: one row of the background made wide, and two rows of picture
 * laid together and turned into I420 (BT.709, limited range). Pure code; memory and order are the composer's.
 */
import { smoothRow } from "./smooth";
import * as w from "./wasm";

/** Rows are as many pixels long as a multiple of this. */
export const STEP = 16;

export interface Kernel {
  /** from: a row of RGBA. to: its wide row. at: per pixel i32 offset in bytes. shares: per pixel 8 x i16, sum 128. */
  widen(from: number, to: number, at: number, shares: number): void;
  /**
   * Per picture row: front (RGBA, premultiplied), wide rows below and above, share of the latter of 2^15, and where
   * luma goes; then where chroma goes.
   */
  pair(
    ...rows: [
      ...[frontA: number, lowA: number, highA: number, shareA: number, lumaA: number],
      ...[frontB: number, lowB: number, highB: number, shareB: number, lumaB: number],
      ...[u: number, v: number],
    ]
  ): void;
  /** A row of luma, stairs smoothed; see `smooth`. */
  smooth(from: number, to: number): void;
}

/** Shares of R, G, B of 2^15, and the offset in whole steps: 219 and 224 steps of 255. */
const LUMA = [5983, 20127, 2032, 0] as const;
const U = [-3298, -11094, 14392, 0] as const;
const V = [14392, -13073, -1319, 0] as const;

function widen(stride: number): w.Func {
  const [from, to, at, shares, x] = [0, 1, 2, 3, 4];
  const sums = [5, 6];
  // Four pixels a turn; two neighbours lie side by side in memory, so one load brings both.
  const weighed = (i: number): w.Code =>
    w.mul16(
      w.low16(w.loadHalf(w.add(w.get(from), w.load32(w.get(at), 4 * i)))),
      w.load(w.get(shares), 16 * i),
    );
  const two = (i: number): w.Code => [
    ...w.set(sums[0]!, weighed(i)),
    ...w.set(sums[1]!, weighed(i + 1)),
    ...w.right16(
      w.add16(
        w.add16(
          w.shuffle(w.get(sums[0]!), w.get(sums[1]!), [...range(0, 8), ...range(16, 24)]),
          w.shuffle(w.get(sums[0]!), w.get(sums[1]!), [...range(8, 16), ...range(24, 32)]),
        ),
        w.shorts([64]),
      ),
      7,
    ),
  ];
  return {
    name: "widen",
    parameters: 4,
    vectors: 2,
    body: w.loop(x, stride, 4, [
      ...w.store(w.get(to), w.narrow16(two(0), two(2))),
      ...w.set(to, w.add(w.get(to), w.int(16))),
      ...w.set(at, w.add(w.get(at), w.int(16))),
      ...w.set(shares, w.add(w.get(shares), w.int(64))),
    ]),
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Every second 32-bit word of two vectors: 0 the even ones, 1 the odd ones. */
const words = (first: 0 | 1): number[] =>
  [0, 2, 4, 6].flatMap((i) => range(4 * (i + first), 4 * (i + first) + 4));

/** Four pixels of RGBA in a local: sum of colours by `shares`, moved by `offset`, as four 32-bit numbers. */
function weigh(pixels: number, shares: readonly number[], offset: number, [a, b]: readonly [number, number]): w.Code {
  return [
    ...w.set(a, w.dot(w.low16(w.get(pixels)), w.shorts(shares))),
    ...w.set(b, w.dot(w.high16(w.get(pixels)), w.shorts(shares))),
    ...w.right32(
      w.add32(
        w.add32(w.shuffle(w.get(a), w.get(b), words(0)), w.shuffle(w.get(a), w.get(b), words(1))),
        w.splat32((offset << 15) + (1 << 14)),
      ),
      15,
    ),
  ];
}

function pair(stride: number): w.Func {
  const x = 12;
  const vectors = {
    share: [13, 14],
    front: [15, 16, 17, 18],
    picture: [
      [19, 20, 21, 22],
      [23, 24, 25, 26],
    ],
    mean: [27, 28],
    spare: [29, 30],
  } as const;
  const row = (number: 0 | 1): w.Code => {
    const [front, low, high, , luma] = range(5 * number, 5 * number + 5) as [number, number, number, number, number];
    const share = vectors.share[number];
    const picture = vectors.picture[number];
    const half = (part: (a: w.Code) => w.Code, k: number): w.Code => {
      const a = part(w.load(w.get(low), 16 * k));
      const b = part(w.load(w.get(high), 16 * k));
      return w.add16(a, w.scale16(w.sub16(b, a), w.get(share)));
    };
    const back = (k: number): w.Code => w.narrow16(half(w.low16, k), half(w.high16, k));
    // A 255th exactly: (p + 128 + (p + 128 >> 8)) >> 8.
    const veiled = (part: (a: w.Code) => w.Code, k: number): w.Code => {
      const f = vectors.front[k]!;
      const alpha = w.shuffle(w.get(f), w.get(f), [3, 7, 11, 15].flatMap((i) => [i, i, i, i]));
      const p = w.add16(w.mul16(part(w.get(picture[k]!)), part(w.not(alpha))), w.shorts([128]));
      const keep = vectors.spare[0];
      return [...w.set(keep, p), ...w.right16(w.add16(w.get(keep), w.right16(w.get(keep), 8)), 8)];
    };
    const blocks = [0, 1, 2, 3];
    const y = (k: number): w.Code => weigh(picture[k]!, LUMA, 16, vectors.spare);
    return [
      ...blocks.flatMap((k) => [
        ...w.set(vectors.front[k]!, w.load(w.get(front), 16 * k)),
        ...w.set(picture[k]!, back(k)),
      ]),
      ...w.when(
        w.some(blocks.map((k) => w.get(vectors.front[k]!)).reduce((a, b) => w.or(a, b))),
        blocks.flatMap((k) =>
          w.set(
            picture[k]!,
            w.addBytes(w.get(vectors.front[k]!), w.narrow16(veiled(w.low16, k), veiled(w.high16, k))),
          ),
        ),
        [],
      ),
      ...w.store(w.get(luma), w.narrow16(w.narrow32(y(0), y(1)), w.narrow32(y(2), y(3)))),
      ...[front, low, high].flatMap((address) => w.set(address, w.add(w.get(address), w.int(64)))),
      ...w.set(luma, w.add(w.get(luma), w.int(16))),
    ];
  };
  /** Means of 2 x 2 pixels: two blocks of both rows become four pixels. */
  const mean = (into: number, k: number): w.Code => {
    const [a, b] = vectors.picture;
    const down = (i: number): w.Code => w.meanBytes(w.get(a[i]!), w.get(b[i]!));
    return [
      // Kept beside the fronts, which are done with.
      ...w.set(vectors.front[0], down(k)),
      ...w.set(vectors.front[1], down(k + 1)),
      ...w.set(
        into,
        w.meanBytes(
          w.shuffle(w.get(vectors.front[0]), w.get(vectors.front[1]), words(0)),
          w.shuffle(w.get(vectors.front[0]), w.get(vectors.front[1]), words(1)),
        ),
      ),
    ];
  };
  const chroma = (to: number, shares: readonly number[]): w.Code => {
    const eight = w.narrow32(weigh(vectors.mean[0], shares, 128, vectors.spare), weigh(vectors.mean[1], shares, 128, vectors.spare));
    return [...w.storeHalf(w.get(to), w.narrow16(eight, w.shorts([0]))), ...w.set(to, w.add(w.get(to), w.int(8)))];
  };
  return {
    name: "pair",
    parameters: 12,
    vectors: 18,
    body: [
      ...w.set(vectors.share[0], w.splat16(w.get(3))),
      ...w.set(vectors.share[1], w.splat16(w.get(8))),
      ...w.loop(x, stride, STEP, [
        ...row(0),
        ...row(1),
        ...mean(vectors.mean[0], 0),
        ...mean(vectors.mean[1], 2),
        ...chroma(10, U),
        ...chroma(11, V),
      ]),
    ],
  };
}

/** The loops for rows of `stride` pixels, working in `memory`. */
export function makeKernel(stride: number, memory: WebAssembly.Memory): Kernel {
  const module = new WebAssembly.Module(w.moduleOf([widen(stride), pair(stride), smoothRow(stride)]));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
}
