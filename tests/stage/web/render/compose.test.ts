import { describe, expect, it } from "vitest";
import { Composer } from "../../../../stage/web/src/render/compose";

const W = 12;
const H = 8;

function words(width: number, height: number, at: (x: number, y: number) => readonly [number, number, number, number]) {
  const bytes = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes.set(at(x, y), 4 * (y * width + x));
  return new Int32Array(bytes.buffer);
}

function composed(front: Int32Array, back: Int32Array, backWidth: number, backHeight: number): Uint8Array {
  const out = new Int32Array(W * H);
  new Composer(W, H, backWidth, backHeight).compose(front, back, out);
  return new Uint8Array(out.buffer);
}

describe("Composer", () => {
  const nothing = words(W, H, () => [0, 0, 0, 0]);

  it("gives an even background back as it is, opaque", () => {
    const out = composed(nothing, words(5, 3, () => [255, 128, 1, 7]), 5, 3);
    for (let i = 0; i < out.length; i += 4) expect([...out.subarray(i, i + 4)]).toEqual([255, 128, 1, 255]);
  });

  it("stretches like linear filtering with edges clamped, top row first", () => {
    const back = words(5, 3, (x, y) => [50 * x, 100 * y, 10, 255]);
    const out = composed(nothing, back, 5, 3);
    for (let y = 0; y < H; y++)
      for (let x = 0; x < W; x++) {
        const u = Math.min(4, Math.max(0, ((x + 0.5) * 5) / W - 0.5));
        const v = Math.min(2, Math.max(0, ((H - 1 - y + 0.5) * 3) / H - 0.5));
        const i = 4 * (y * W + x);
        expect(Math.abs(out[i]! - 50 * u)).toBeLessThanOrEqual(2);
        expect(Math.abs(out[i + 1]! - 100 * v)).toBeLessThanOrEqual(2);
      }
  });

  it("lays what is solid over it, adds what is light, mixes what is between, and never overflows", () => {
    const front = words(W, H, (x) =>
      x < 3 ? [9, 8, 7, 255] : x < 6 ? [200, 10, 0, 0] : x < 9 ? [64, 64, 64, 128] : [255, 255, 255, 3],
    );
    const out = composed(front, words(5, 3, () => [100, 100, 100, 255]), 5, 3);
    const at = (x: number): number[] => [...out.subarray(4 * x, 4 * x + 4)];
    expect(at(0)).toEqual([9, 8, 7, 255]);
    expect(at(4)).toEqual([255, 110, 100, 255]);
    expect(Math.abs(at(7)[0]! - (64 + 100 * (127 / 255)))).toBeLessThanOrEqual(1);
    expect(at(10)).toEqual([255, 255, 255, 255]);
  });
});
