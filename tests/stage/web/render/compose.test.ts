import { describe, expect, it } from "vitest";
import { Composer, type Picture } from "../../../../stage/web/src/render/compose";
import { signed, unsigned } from "../../../../stage/web/src/render/wasm";

type Rgb = readonly [number, number, number];

/** A dice that falls alike every time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** The same by the book, in floating point: RGB of the picture, top row first. */
function byTheBook(front: Uint8Array, stride: number, back: Uint8Array, size: number[]): (x: number, y: number) => Rgb {
  const [width, height, backWidth, backHeight] = size as [number, number, number, number];
  const near = (long: number, short: number, i: number): [number, number, number] => {
    const place = Math.min(short - 1, Math.max(0, ((i + 0.5) * short) / long - 0.5));
    const at = Math.min(short - 2, Math.floor(place));
    return [at, at + 1, place - at];
  };
  return (x, y) => {
    const up = height - 1 - y;
    const [x0, x1, u] = near(width, backWidth, x);
    const [y0, y1, v] = near(height, backHeight, up);
    const alpha = front[4 * (up * stride + x) + 3]! / 255;
    const channel = (c: number): number => {
      const at = (i: number, j: number): number => back[4 * (j * backWidth + i) + c]!;
      const low = at(x0, y0) * (1 - u) + at(x1, y0) * u;
      const high = at(x0, y1) * (1 - u) + at(x1, y1) * u;
      return Math.min(255, front[4 * (up * stride + x) + c]! + (low * (1 - v) + high * v) * (1 - alpha));
    };
    return [channel(0), channel(1), channel(2)];
  };
}

const luma = ([r, g, b]: Rgb): number => 16 + (219 / 255) * (0.2126 * r + 0.7152 * g + 0.0722 * b);
const blue = (c: Rgb): number => 128 + ((224 / 255) * (c[2] - (0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]))) / 1.8556;
const red = (c: Rgb): number => 128 + ((224 / 255) * (c[0] - (0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]))) / 1.5748;

const sample = (picture: Picture, plane: number, x: number, y: number): number =>
  picture.data[picture.planes[plane]!.offset + y * picture.planes[plane]!.stride + x]!;

function fill(composer: Composer, back: Rgb, front: readonly [number, number, number, number]): void {
  for (let i = 0; i < composer.back.length; i += 4) composer.back.set([...back, 255], i);
  for (let i = 0; i < composer.front.length; i += 4) composer.front.set(front, i);
}

describe("laying a picture over its background", () => {
  it.each([
    [64, 32, 27, 14],
    [70, 34, 29, 15],
    [48, 20, 48, 20],
    [34, 6, 2, 2],
    [90, 160, 60, 107],
  ])("of %d x %d over %d x %d is the sum by the book, in every pixel", (width, height, backWidth, backHeight) => {
    const composer = new Composer(width, height, backWidth, backHeight);
    const roll = dice(width);
    for (let i = 0; i < composer.back.length; i++) composer.back[i] = i % 4 === 3 ? 255 : 256 * roll();
    for (let i = 0; i < composer.front.length; i += 4) {
      // A third nothing, a third opaque, and everything between; now and then light alone.
      const kind = roll();
      const alpha = kind < 0.33 ? 0 : kind < 0.66 ? 255 : Math.floor(256 * roll());
      const most = kind > 0.95 || alpha === 0 ? (kind < 0.3 ? 0 : 60) : alpha;
      composer.front.set([most * roll(), most * roll(), most * roll(), kind > 0.95 ? 0 : alpha], i);
    }
    composer.compose();
    const wanted = byTheBook(composer.front, composer.stride, composer.back, [width, height, backWidth, backHeight]);
    let worst = 0;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        worst = Math.max(worst, Math.abs(sample(composer.picture, 0, x, y) - luma(wanted(x, y))));
    let worstColor = 0;
    for (let y = 0; y < height / 2; y++)
      for (let x = 0; x < width / 2; x++) {
        const four = [wanted(2 * x, 2 * y), wanted(2 * x + 1, 2 * y), wanted(2 * x, 2 * y + 1), wanted(2 * x + 1, 2 * y + 1)];
        const mean = [0, 1, 2].map((c) => four.reduce((sum, p) => sum + p[c]!, 0) / 4) as unknown as Rgb;
        worstColor = Math.max(worstColor, Math.abs(sample(composer.picture, 1, x, y) - blue(mean)));
        worstColor = Math.max(worstColor, Math.abs(sample(composer.picture, 2, x, y) - red(mean)));
      }
    // Shares in 128ths, colours in whole steps twice, then whole steps of luma.
    expect(worst).toBeLessThan(3);
    expect(worstColor).toBeLessThan(3);
  });

  it("keeps colours that were alone, to the step", () => {
    const composer = new Composer(32, 4, 14, 2);
    for (const [color, under] of [
      [[255, 255, 255], [0, 0, 0]],
      [[0, 0, 0], [255, 255, 255]],
      [[255, 0, 0], [0, 255, 0]],
      [[18, 52, 86], [200, 100, 50]],
    ] as [Rgb, Rgb][]) {
      for (const front of [[...color, 255], [0, 0, 0, 0]] as const) {
        fill(composer, under, front as [number, number, number, number]);
        composer.compose();
        const seen = front[3] === 255 ? color : under;
        expect(Math.abs(sample(composer.picture, 0, 5, 1) - luma(seen))).toBeLessThanOrEqual(0.51);
        expect(Math.abs(sample(composer.picture, 1, 5, 1) - blue(seen))).toBeLessThanOrEqual(0.51);
        expect(Math.abs(sample(composer.picture, 2, 5, 1) - red(seen))).toBeLessThanOrEqual(0.51);
      }
    }
  });

  it("adds light without alpha on top and stops at white", () => {
    const composer = new Composer(16, 2, 2, 2);
    fill(composer, [100, 200, 40], [50, 100, 0, 0]);
    composer.compose();
    expect(Math.abs(sample(composer.picture, 0, 0, 0) - luma([150, 255, 40]))).toBeLessThanOrEqual(0.51);
  });

  it("turns the rows over: what is read from the bottom is shown from the top", () => {
    const composer = new Composer(16, 4, 2, 2);
    fill(composer, [0, 0, 0], [0, 0, 0, 0]);
    composer.front.fill(255, 0, 4 * composer.stride);
    composer.compose();
    expect([0, 1, 2, 3].map((y) => sample(composer.picture, 0, 3, y))).toEqual([16, 16, 16, 235]);
  });
});

describe("smoothing stairs", () => {
  const width = 64;
  const height = 24;
  /** Luma of a picture whose opaque front is white where `inside`, black elsewhere. */
  const drawn = (inside: (x: number, y: number) => boolean, smooth: boolean): ((x: number, y: number) => number) => {
    const composer = new Composer(width, height, 2, 2, smooth);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const value = inside(x, y) ? 255 : 0;
        composer.front.set([value, value, value, 255], 4 * ((height - 1 - y) * composer.stride + x));
      }
    composer.compose();
    return (x, y) => sample(composer.picture, 0, x, y);
  };

  it("makes a ramp of a step in a nearly level edge, and leaves the edge sharp across", () => {
    const step = (x: number, y: number): boolean => y >= (x < 32 ? 12 : 11);
    const seen = drawn(step, true);
    const row = [26, 29, 30, 31, 32, 33, 34, 37].map((x) => seen(x, 11));
    for (let i = 1; i < row.length; i++) expect(row[i]).toBeGreaterThanOrEqual(row[i - 1]!);
    expect(row[0]).toBe(16);
    expect(row.at(-1)).toBe(235);
    expect(row.filter((value) => value > 20 && value < 230).length).toBeGreaterThanOrEqual(4);
    expect([seen(10, 11), seen(10, 12), seen(50, 10), seen(50, 11)]).toEqual([16, 235, 16, 235]);
  });

  it("does so for upright edges too", () => {
    const seen = drawn((x, y) => x >= (y < 12 ? 30 : 29), true);
    const column = [6, 9, 10, 11, 12, 13, 14, 17].map((y) => seen(29, y));
    for (let i = 1; i < column.length; i++) expect(column[i]).toBeGreaterThanOrEqual(column[i - 1]!);
    expect(column.filter((value) => value > 20 && value < 230).length).toBeGreaterThanOrEqual(4);
  });

  it("changes nothing that is flat, straight or at the rim", () => {
    for (const inside of [
      () => true,
      (_x: number, y: number) => y >= 12,
      (x: number) => x >= 31,
      (x: number, y: number) => x < 3 && y < 3,
    ]) {
      const [rough, smooth] = [drawn(inside, false), drawn(inside, true)];
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) expect(smooth(x, y)).toBe(rough(x, y));
    }
  });
});

describe("numbers of WebAssembly", () => {
  it("are written as its specification does", () => {
    expect(unsigned(0)).toEqual([0]);
    expect(unsigned(127)).toEqual([0x7f]);
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(unsigned(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signed(64)).toEqual([0xc0, 0x00]);
    expect(signed(-64)).toEqual([0x40]);
  });
});
