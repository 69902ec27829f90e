/**
 * The rows of one opaque triangle for `Raster`, four channels at once in vectors of 128 bits. Paint is read as GL reads
 * it (four texels, weighed), multiplied with the tone of the light, edged with the rim, and kept where nothing is nearer.
 */
import * as w from "./wasm";

export interface SpanKernel {
  /**
   * Rows low..high of the triangle in the plan, paint of `texels` with 2^shift bytes a row, and tones of four 16-bit
   * numbers each, of 2^15, from 0 to `brightest`. There must be one row at least.
   */
  plain(...triangle: Triangle): void;
  /** The same, with its rim. */
  rimmed(...triangle: Triangle): void;
}

type Triangle = [
  ...[low: number, high: number],
  ...[texels: number, shift: number, maskU: number, maskV: number, tones: number, brightest: number],
];

/** Where things lie in memory, in bytes; colours begin at 0. */
export interface Places {
  /** From a pixel's colour to its depth. */
  readonly deep: number;
  readonly weights: number;
  /** `PLAN` doubles, and behind them the rim's floats; a multiple of 16. */
  readonly plan: number;
  /** Pixels of a row that are seen, and from row to row. */
  readonly width: number;
  readonly stride: number;
}

/** Steps between two texels, and bytes of their weights. */
const STEPS = 128;
export const WEIGHTS = 16 * STEPS;

/**
 * The plan of a triangle: its edges' places (x, y of the lowest corner, x of the middle one; the long edge's slope, the
 * lower and the upper one's; height of the middle corner), then planes over the picture. A plane is three numbers: at
 * the lowest corner, step to the right, step upwards.
 */
export const PLAN = 22;
/** Planes: 1/w; paint's u and v in 256ths of a texel; light in tones; edge of the rim. */
export const [NEAR, U, V, LIGHT, EDGE] = [7, 10, 13, 16, 19] as const;
/** Behind the plan, plane of the rim, 12 floats: red, green, blue of 128 x 255, and what it takes of the surface's own. */
export const RIM_FLOATS = 12;
export const PLAN_BYTES = 8 * PLAN + 4 * RIM_FLOATS;

/** For every place between two texels: the first one's weight four times, the second one's four times, of 2^15. */
export function weights(): Int16Array {
  return Int16Array.from({ length: 8 * STEPS }, (_, i) => {
    const share = (i >> 3) / STEPS;
    return Math.min(32767, Math.round(32768 * ((i & 7) < 4 ? 1 - share : share)));
  });
}

function triangle(name: string, rims: boolean, { deep, weights: weighed, plan, width, stride }: Places): w.Func {
  const [row, high, texels, shift, maskU, maskV, tones, brightest] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const [at, end, u, v, l, rightU, rightV, rightL, column, next, lower, upper, first, beyond] =
    [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21] as const;
  const [n, rightN, edge, rightEdge, share] = [22, 23, 24, 25, 26] as const;
  const [up, right, one, other] = [27, 28, 29, 30] as const;
  const [mixed, rim, rightRim] = [31, 32, 33] as const;

  const planned = (i: number): w.Code => w.loadDouble(w.int(0), plan + 8 * i);
  const rimAt = (i: number): w.Code => w.load(w.int(0), plan + 8 * PLAN + 16 * i);
  /** What a plane says at the middle of the row's first pixel. */
  const begins = (plane: number): w.Code =>
    w.addDouble(
      w.addDouble(planned(plane), w.mulDouble(w.get(right), planned(plane + 1))),
      w.mulDouble(w.get(up), planned(plane + 2)),
    );
  const finer = (value: w.Code): w.Code => w.mulDouble(value, w.double(256));
  const step = (of: number, by: number): w.Code => w.set(of, w.add(w.get(of), w.get(by)));
  const float = (of: number): w.Code => w.splatFloat(w.get(of));

  const between = (of: number): w.Code => w.and(w.right(w.get(of), 9), w.int(STEPS - 1));
  const line = (more: number): w.Code =>
    w.add(w.get(texels), w.left(w.and(w.add(w.right(w.get(v), 16), w.int(more)), w.get(maskV)), w.get(shift)));
  const place = (more: number): w.Code => w.left(w.and(w.add(w.right(w.get(u), 16), w.int(more)), w.get(maskU)), w.int(2));
  const two = (of: number): w.Code =>
    w.low16(w.loadSecond(w.add(w.get(of), w.get(next)), w.loadQuarter(w.add(w.get(of), w.get(column)))));
  const light = w.most(w.least(w.right(w.get(l), 8), w.get(brightest)), w.int(0));
  const depth = w.add(w.get(at), w.int(deep));
  const flipped = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
  const last = [12, 13, 14, 15];

  /** Colours are 128 x 255 here. */
  const edged = w.when(
    w.aboveFloat(w.get(edge), w.float(0)),
    [
      ...w.set(share, w.leastFloat(w.get(edge), w.float(1))),
      ...w.set(
        share,
        w.mulFloat(
          w.mulFloat(w.get(share), w.get(share)),
          w.subFloat(w.float(3), w.addFloat(w.get(share), w.get(share))),
        ),
      ),
      ...w.set(mixed, w.floatsOf(w.get(mixed))),
      ...w.set(
        mixed,
        w.addFloats(
          w.get(mixed),
          w.mulFloats(
            w.subFloats(w.get(rim), w.mulFloats(w.get(mixed), w.shuffle(w.get(rim), w.get(rim), [...last, ...last, ...last, ...last]))),
            float(share),
          ),
        ),
      ),
      // Not more than white, or it would begin again below black.
      ...w.set(mixed, w.wholes(w.leastFloats(w.get(mixed), w.splatFloat(w.float(128 * 255))))),
      ...w.set(mixed, w.narrow32(w.get(mixed), w.get(mixed))),
    ],
    [],
  );

  const pixel = w.when(
    w.notBelowFloat(w.get(n), w.loadFloat(depth)),
    [
      ...w.storeFloat(depth, w.get(n)),
      ...w.set(lower, line(0)),
      ...w.set(upper, line(1)),
      ...w.set(column, place(0)),
      ...w.set(next, place(1)),
      ...w.set(
        mixed,
        w.add16(
          w.mul16(two(lower), w.splat16(w.sub(w.int(STEPS), between(v)))),
          w.mul16(two(upper), w.splat16(between(v))),
        ),
      ),
      ...w.set(mixed, w.scale16(w.get(mixed), w.load(w.add(w.int(weighed), w.left(between(u), w.int(4)))))),
      ...w.set(mixed, w.add16(w.get(mixed), w.shuffle(w.get(mixed), w.get(mixed), flipped))),
      ...w.set(mixed, w.scale16(w.get(mixed), w.loadHalf(w.add(w.get(tones), w.left(light, w.int(3)))))),
      ...(rims ? edged : []),
      ...w.set(mixed, w.right16(w.add16(w.get(mixed), w.shorts([64])), 7)),
      ...w.store32(w.get(at), w.orInt(w.firstInt(w.narrow16(w.get(mixed), w.get(mixed))), w.int(-16777216))),
    ],
    [],
  );

  const pixels = [
    ...w.set(right, w.subDouble(w.addDouble(w.doubleOf(w.get(first)), w.double(0.5)), planned(0))),
    ...w.set(n, w.floatOf(begins(NEAR))),
    ...w.set(u, w.wrapped(w.subDouble(finer(begins(U)), w.double(32768)))),
    ...w.set(v, w.wrapped(w.subDouble(finer(begins(V)), w.double(32768)))),
    ...w.set(l, w.wrapped(finer(begins(LIGHT)))),
    ...(rims
      ? [
          ...w.set(edge, w.floatOf(begins(EDGE))),
          ...w.set(
            rim,
            w.addFloats(
              w.addFloats(rimAt(0), w.mulFloats(w.get(rightRim), w.splatFloat(w.floatOf(w.get(right))))),
              w.mulFloats(rimAt(2), w.splatFloat(w.floatOf(w.get(up)))),
            ),
          ),
        ]
      : []),
    ...w.set(at, w.left(w.add(w.mul(w.get(row), w.int(stride)), w.get(first)), w.int(2))),
    ...w.set(end, w.left(w.add(w.mul(w.get(row), w.int(stride)), w.get(beyond)), w.int(2))),
    ...w.again(
      [
        ...pixel,
        ...w.set(n, w.addFloat(w.get(n), w.get(rightN))),
        ...step(u, rightU),
        ...step(v, rightV),
        ...step(l, rightL),
        ...(rims
          ? [
              ...w.set(edge, w.addFloat(w.get(edge), w.get(rightEdge))),
              ...w.set(rim, w.addFloats(w.get(rim), w.get(rightRim))),
            ]
          : []),
        ...w.set(at, w.add(w.get(at), w.int(4))),
      ],
      w.get(at),
      w.get(end),
    ),
  ];

  const half = (value: w.Code): w.Code => w.ceiling(w.subDouble(value, w.double(0.5)));
  return {
    name,
    parameters: 8,
    counters: 14,
    singles: 5,
    doubles: 4,
    vectors: 3,
    body: [
      ...w.set(rightN, w.floatOf(planned(NEAR + 1))),
      ...w.set(rightU, w.wrapped(finer(planned(U + 1)))),
      ...w.set(rightV, w.wrapped(finer(planned(V + 1)))),
      ...w.set(rightL, w.wrapped(finer(planned(LIGHT + 1)))),
      ...(rims ? [...w.set(rightEdge, w.floatOf(planned(EDGE + 1))), ...w.set(rightRim, rimAt(1))] : []),
      ...w.again(
        [
          ...w.set(up, w.subDouble(w.addDouble(w.doubleOf(w.get(row)), w.double(0.5)), planned(1))),
          ...w.set(one, w.addDouble(planned(0), w.mulDouble(w.get(up), planned(3)))),
          ...w.set(
            other,
            w.either(
              w.belowDouble(w.get(up), planned(6)),
              w.addDouble(planned(0), w.mulDouble(w.get(up), planned(4))),
              w.addDouble(planned(2), w.mulDouble(w.subDouble(w.get(up), planned(6)), planned(5))),
            ),
          ),
          ...w.set(first, w.whole(w.mostDouble(half(w.leastDouble(w.get(one), w.get(other))), w.double(0)))),
          ...w.set(beyond, w.whole(w.leastDouble(half(w.mostDouble(w.get(one), w.get(other))), w.double(width)))),
          ...w.when(w.below(w.get(first), w.get(beyond)), pixels, []),
          ...w.set(row, w.add(w.get(row), w.int(1))),
        ],
        w.get(row),
        w.get(high),
      ),
    ],
  };
}

export function makeSpan(memory: WebAssembly.Memory, places: Places): SpanKernel {
  const module = new WebAssembly.Module(w.moduleOf([triangle("plain", false, places), triangle("rimmed", true, places)]));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SpanKernel;
}
