import { describe, expect, it } from "vitest";
import { layUnder } from "../../../../stage/web/src/render/figure";
import { type Corners, LOOKS, Raster, type Surface } from "../../../../stage/web/src/render/raster";
import { BEHIND_HER } from "../../../../stage/web/src/stage/set/particles_shaders";

const SIDE = 48;
type At = readonly [x: number, y: number, near: number, u: number, v: number];

function corners(places: readonly At[], light = 255, edge = -1): Corners {
  const looks = new Float32Array(LOOKS * places.length);
  places.forEach(([, , , u, v], i) => looks.set([u, v, light, edge, 255, 0, 0, 1], LOOKS * i));
  return {
    pixels: Float32Array.from(places.flatMap(([x, y]) => [x, y])),
    near: Float32Array.from(places, ([, , near]) => near),
    looks,
  };
}

/** Paint of four by four texels, R and G by column and row. */
function surfaceOf(raster: Raster, given: Partial<Surface> & { repeats?: boolean; tone?: number } = {}): Surface {
  const { repeats = true, tone = 1, ...rest } = given;
  const data = new Uint32Array(raster.room(64)!, raster.take(64), 16);
  for (let i = 0; i < 16; i++) data[i] = (40 + 50 * (i & 3)) | ((30 + 60 * (i >> 2)) << 8) | (200 << 16) | 0xff000000;
  const finely = new Int16Array(raster.room(2048)!, raster.take(2048), 1024).fill(Math.min(32767, 32768 * tone));
  return {
    painting: { levels: [{ width: 4, height: 4, data }], repeats },
    glowing: null,
    tones: new Int32Array(1024).fill(65536 * tone),
    finely,
    glow: [0, 0, 0],
    rims: false,
    sharp: 1,
    burns: false,
    solid: true,
    opacity: 1,
    cut: 0,
    depthTest: true,
    depthWrite: true,
    away: 0,
    ...rest,
  };
}

const raster = (): Raster => {
  const made = new Raster(SIDE, SIDE, SIDE);
  made.clear();
  return made;
};
const bytes = (color: number): number[] => [0, 8, 16, 24].map((shift) => (color >>> shift) & 255);

describe("Raster", () => {
  const square: readonly At[] = [[3.2, 4.1, 1, 0.1, 0.1], [40.7, 6.3, 1, 0.9, 0.1], [37.4, 41.6, 1, 0.9, 0.9], [5.9, 38.8, 1, 0.1, 0.9]];

  it("fills what two triangles share once, without a hole between them", () => {
    const half = { solid: false, opacity: 0.5, depthTest: false, depthWrite: false };
    const both = raster();
    both.fill(corners(square), [0, 1, 2, 0, 2, 3], 0, 6, surfaceOf(both, half));
    const alphas = [...both.colors].map((color) => color >>> 24);
    // Half of one layer; two layers would be three quarters.
    expect(new Set(alphas)).toEqual(new Set([0, 128]));
    const inside = (x: number, y: number): boolean =>
      square.every(([x0, y0], i) => {
        const [x1, y1] = square[(i + 1) % 4]!;
        return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0;
      });
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) expect(alphas[y * SIDE + x]! > 0).toBe(inside(x + 0.5, y + 0.5));
  });

  it("keeps what is nearer, whatever comes first", () => {
    for (const order of [[0, 1], [1, 0]]) {
      const made = raster();
      const [near, far] = [surfaceOf(made, { tone: 1 }), surfaceOf(made, { tone: 0.5 })];
      for (const which of order) {
        const places = square.map(([x, y, , u, v]): At => [x, y, which === 0 ? 0.5 : 0.25, u, v]);
        made.fill(corners(places), [0, 1, 2], 0, 3, which === 0 ? near : far);
      }
      expect(bytes(made.colors[20 * SIDE + 28]!)[2]).toBe(200);
    }
  });

  it("reads paint between four texels, times the tone, in both of its ways", () => {
    for (const tone of [1, 0.6]) {
      const fast = raster();
      const slow = raster();
      fast.fill(corners(square), [0, 1, 2, 0, 2, 3], 0, 6, surfaceOf(fast, { tone }));
      slow.fill(corners(square), [0, 1, 2, 0, 2, 3], 0, 6, surfaceOf(slow, { tone, repeats: false }));
      const level: At[] = [[0, 0, 1, 0, 0], [48, 0, 1, 1, 0], [48, 48, 1, 1, 1], [0, 48, 1, 0, 1]];
      const plain = raster();
      plain.fill(corners(level), [0, 1, 2, 0, 2, 3], 0, 6, surfaceOf(plain, { tone }));
      for (let y = 10; y < 34; y += 3) {
        for (let x = 10; x < 34; x += 3) {
          const at = y * SIDE + x;
          bytes(fast.colors[at]!).forEach((value, k) => expect(Math.abs(value - bytes(slow.colors[at]!)[k]!)).toBeLessThanOrEqual(2));
          const texel = (place: number): number => Math.min(3, Math.max(0, ((place + 0.5) * 4) / 48 - 0.5));
          const [red, green] = bytes(plain.colors[at]!);
          expect(Math.abs(red! - tone * (40 + 50 * texel(x)))).toBeLessThanOrEqual(2);
          expect(Math.abs(green! - tone * (30 + 60 * texel(y)))).toBeLessThanOrEqual(2);
        }
      }
    }
  });

  it("lays paint on in perspective", () => {
    const made = raster();
    // The right side stands four times as far off: the middle of the paint is a fifth of the way.
    const level: At[] = [[0, 0, 1, 0, 0.5], [48, 0, 0.25, 1, 0.5], [48, 48, 0.25, 1, 0.5], [0, 48, 1, 0, 0.5]];
    made.fill(corners(level), [0, 1, 2, 0, 2, 3], 0, 6, surfaceOf(made, { repeats: false }));
    const x = 30;
    const share = (x + 0.5) / 48;
    const u = (share * 0.25) / (1 - share + share * 0.25);
    expect(Math.abs(bytes(made.colors[24 * SIDE + x]!)[0]! - (40 + 50 * Math.max(0, 4 * u - 0.5)))).toBeLessThanOrEqual(2);
  });

  it("leaves out what is turned away and what is behind the lens", () => {
    const made = raster();
    const behind = corners(square.map(([x, y, , u, v], i): At => [x, y, i === 0 ? Number.NaN : 1, u, v]));
    made.fill(behind, [0, 1, 2], 0, 3, surfaceOf(made));
    made.fill(corners(square), [0, 1, 2], 0, 3, surfaceOf(made, { away: 1 }));
    expect(made.colors.every((color) => color === 0)).toBe(true);
    made.fill(corners(square), [0, 1, 2], 0, 3, surfaceOf(made, { away: -1 }));
    expect(made.colors.some((color) => color !== 0)).toBe(true);
  });

  it("puts a rim in the place of the surface's light", () => {
    for (const repeats of [true, false]) {
      const made = raster();
      made.fill(corners(square, 255, 1), [0, 1, 2], 0, 3, surfaceOf(made, { rims: true, repeats }));
      expect(bytes(made.colors[20 * SIDE + 28]!)).toEqual([255, 0, 0, 255]);
    }
  });

  it("is empty again after clear", () => {
    const made = raster();
    made.fill(corners(square), [0, 1, 2], 0, 3, surfaceOf(made));
    made.clear();
    expect(made.colors.every((color) => color === 0)).toBe(true);
    made.fill(corners(square.map(([x, y, , u, v]): At => [x, y, 0.01, u, v])), [0, 1, 2], 0, 3, surfaceOf(made));
    expect(made.colors.some((color) => color !== 0)).toBe(true);
  });
});

describe("layUnder", () => {
  const HER = 0xff204060;
  const under = (over: number, behind: { light: boolean; leaves: boolean }): number[] => {
    const made = raster();
    made.colors[5 * SIDE + 5] = HER;
    Object.assign(made.box, { left: 5, right: 6, bottom: 5, top: 6 });
    const front = new Uint32Array(SIDE * SIDE);
    front[5 * SIDE + 5] = over;
    layUnder(made, front, behind);
    return bytes(front[5 * SIDE + 5]!);
  };
  const none = { light: false, leaves: false };

  it("shows her where nothing is, and what is opaque before her", () => {
    expect(under(0, none)).toEqual(bytes(HER));
    expect(under(0xff112233, none)).toEqual(bytes(0xff112233));
  });

  it("mixes what is half there, and adds light", () => {
    expect(under(0x80400000, none)).toEqual([48, 32, 80, 255]);
    expect(under(0x00ff0010, none)).toEqual([112, 64, 255, 255]);
  });

  it("puts her before leaves and light that are behind her", () => {
    const leaf = (BEHIND_HER << 24) | 0x808080;
    expect(under(leaf, { light: false, leaves: true })).toEqual(bytes(HER));
    expect(under(leaf, none)).not.toEqual(bytes(HER));
    expect(under(0x00ff0010, { light: true, leaves: false })).toEqual(bytes(HER));
  });
});
