/**
 * The inner loop of `Raster` in vectors of 128 bits: a row of pixels of one opaque triangle, four channels at once. Paint
 * is read as GL reads it (four texels, weighed), multiplied with the tone of the light, and kept where nothing is nearer.
 */
import * as w from "./wasm";

export interface SpanKernel {
  /**
   * at, end: addresses of the first pixel and of the one beyond the last. deep: from a pixel to its depth, bytes.
   * u, v: 65536ths of a texel from the middle of the first one; l: 256ths of a tone; right*: their steps.
   * shift: bits of a row of texels in bytes. Tones: four 16-bit numbers each, of 2^15, from 0 to `brightest`.
   * n: 1/w and its step.
   */
  span(
    ...row: [
      ...[at: number, end: number, deep: number],
      ...[u: number, v: number, l: number, rightU: number, rightV: number, rightL: number],
      ...[texels: number, shift: number, maskU: number, maskV: number, tones: number, brightest: number],
      ...[n: number, rightN: number],
    ]
  ): void;
}

/** Steps between two texels, and bytes of their weights. */
const STEPS = 128;
export const WEIGHTS = 16 * STEPS;

/** For every place between two texels: the first one's weight four times, the second one's four times, of 2^15. */
export function weights(): Int16Array {
  return Int16Array.from({ length: 8 * STEPS }, (_, i) => {
    const share = (i >> 3) / STEPS;
    return Math.min(32767, Math.round(32768 * ((i & 7) < 4 ? 1 - share : share)));
  });
}

function span(weighed: number): w.Func {
  const [at, end, deep, u, v, l, rightU, rightV, rightL, texels, shift, maskU, maskV, tones, brightest, n, rightN] =
    Array.from({ length: 17 }, (_, i) => i) as [
      ...[number, number, number, number, number, number, number, number, number],
      ...[number, number, number, number, number, number, number, number],
    ];
  const [column, next, low, high, mixed] = [17, 18, 19, 20, 21] as const;
  const share = (of: number): w.Code => w.and(w.right(w.get(of), 9), w.int(STEPS - 1));
  const row = (more: number): w.Code =>
    w.add(w.get(texels), w.left(w.and(w.add(w.right(w.get(v), 16), w.int(more)), w.get(maskV)), w.get(shift)));
  const place = (more: number): w.Code => w.left(w.and(w.add(w.right(w.get(u), 16), w.int(more)), w.get(maskU)), w.int(2));
  const two = (of: number): w.Code =>
    w.low16(w.loadSecond(w.add(w.get(of), w.get(next)), w.loadQuarter(w.add(w.get(of), w.get(column)))));
  const light = w.most(w.least(w.right(w.get(l), 8), w.get(brightest)), w.int(0));
  const depth = w.add(w.get(at), w.get(deep));
  const step = (of: number, by: number): w.Code => w.set(of, w.add(w.get(of), w.get(by)));
  const flipped = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
  return {
    name: "span",
    parameters: 15,
    floats: 2,
    counters: 4,
    vectors: 1,
    body: w.again(
      [
        ...w.when(
          w.notBelowFloat(w.get(n), w.loadFloat(depth)),
          [
            ...w.storeFloat(depth, w.get(n)),
            ...w.set(low, row(0)),
            ...w.set(high, row(1)),
            ...w.set(column, place(0)),
            ...w.set(next, place(1)),
            ...w.set(
              mixed,
              w.add16(
                w.mul16(two(low), w.splat16(w.sub(w.int(STEPS), share(v)))),
                w.mul16(two(high), w.splat16(share(v))),
              ),
            ),
            ...w.set(mixed, w.scale16(w.get(mixed), w.load(w.add(w.int(weighed), w.left(share(u), w.int(4)))))),
            ...w.set(mixed, w.add16(w.get(mixed), w.shuffle(w.get(mixed), w.get(mixed), flipped))),
            ...w.set(mixed, w.scale16(w.get(mixed), w.loadHalf(w.add(w.get(tones), w.left(light, w.int(3)))))),
            ...w.set(mixed, w.right16(w.add16(w.get(mixed), w.shorts([64])), 7)),
            ...w.store32(w.get(at), w.orInt(w.firstInt(w.narrow16(w.get(mixed), w.get(mixed))), w.int(-16777216))),
          ],
          [],
        ),
        ...w.set(n, w.addFloat(w.get(n), w.get(rightN))),
        ...step(u, rightU),
        ...step(v, rightV),
        ...step(l, rightL),
        ...w.set(at, w.add(w.get(at), w.int(4))),
      ],
      w.get(at),
      w.get(end),
    ),
  };
}

/** weighed: where `weights` lie in `memory`. */
export function makeSpan(memory: WebAssembly.Memory, weighed: number): SpanKernel {
  const module = new WebAssembly.Module(w.moduleOf([span(weighed)]));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SpanKernel;
}
