/**
 * The performers' layer over the small background, on the processor: what one full-screen pass of software GL costs
 * (12 to 15 ms a picture at 720p) costs half of it here, and the rows are turned over on the way.
 */

/** Place of every pixel of a line among the pixels of a shorter one: lower neighbour and share of the upper, of 256. */
function stretch(long: number, short: number): { at: Int32Array; share: Int32Array } {
  const at = new Int32Array(long);
  const share = new Int32Array(long);
  for (let i = 0; i < long; i++) {
    const place = Math.min(short - 1, Math.max(0, ((i + 0.5) * short) / long - 0.5));
    at[i] = Math.min(short - 2, Math.floor(place));
    share[i] = Math.round((place - at[i]!) * 256);
  }
  return { at, share };
}

/** One row of the background as wide as the picture: red and blue in one word, green in another. */
interface WideRow {
  number: number;
  readonly rb: Int32Array;
  readonly g: Int32Array;
}

export class Composer {
  private readonly across: { at: Int32Array; share: Int32Array };
  private readonly down: { at: Int32Array; share: Int32Array };
  private lower: WideRow;
  private upper: WideRow;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly backWidth: number,
    backHeight: number,
  ) {
    this.across = stretch(width, backWidth);
    this.down = stretch(height, backHeight);
    const row = (): WideRow => ({ number: -1, rb: new Int32Array(width), g: new Int32Array(width) });
    this.lower = row();
    this.upper = row();
  }

  /**
   * front: premultiplied RGBA as words, bottom row first; where alpha is 0, colour is light on top.
   * back: RGBA as words, bottom row first. out: RGBA as words, top row first, opaque.
   */
  compose(front: Int32Array, back: Int32Array, out: Int32Array): void {
    const { width, height, down } = this;
    this.lower.number = this.upper.number = -1;
    for (let y = 0; y < height; y++) {
      const row = down.at[y]!;
      if (this.upper.number === row) [this.lower, this.upper] = [this.upper, this.lower];
      this.widen(this.lower, row, back);
      this.widen(this.upper, row + 1, back);
      const from = y * width;
      const to = (height - 1 - y) * width;
      this.line(down.share[y]!, out, to);
      this.over(front, from, out, to);
    }
  }

  private widen(into: WideRow, number: number, back: Int32Array): void {
    if (into.number === number) return;
    into.number = number;
    const { rb, g } = into;
    const { at, share } = this.across;
    const start = number * this.backWidth;
    for (let x = 0; x < rb.length; x++) {
      const place = start + at[x]!;
      const w = share[x]!;
      const a = back[place]!;
      const b = back[place + 1]!;
      const colors = a & 0xff00ff;
      const green = a & 0xff00;
      rb[x] = (colors + (Math.imul((b & 0xff00ff) - colors, w) >> 8)) & 0xff00ff;
      g[x] = (green + (Math.imul((b & 0xff00) - green, w) >> 8)) & 0xff00;
    }
  }

  /** One row of the background. No branch in this loop: with one it takes three times as long. */
  private line(w: number, out: Int32Array, start: number): void {
    const { width } = this;
    const { rb: rb0, g: g0 } = this.lower;
    const { rb: rb1, g: g1 } = this.upper;
    for (let x = 0; x < width; x++) {
      const rb = rb0[x]!;
      const g = g0[x]!;
      out[(start + x) | 0] =
        -0x1000000 |
        ((rb + (Math.imul((rb1[x]! - rb) | 0, w) >> 8)) & 0xff00ff) |
        ((g + (Math.imul((g1[x]! - g) | 0, w) >> 8)) & 0xff00);
    }
  }

  /** What is drawn in front, onto one row. */
  private over(front: Int32Array, from: number, out: Int32Array, start: number): void {
    const { width } = this;
    for (let x = 0; x < width; x++) {
      const f = front[(from + x) | 0]!;
      if (f === 0) continue;
      const at = (start + x) | 0;
      // Opaque, as a signed word: -2^24 .. -1.
      out[at] = f >= -0x1000000 && f < 0 ? f : mixed(f, out[at]!);
    }
  }
}

function mixed(f: number, under: number): number {
  const alpha = f >>> 24;
  // 256 at nothing, so that light alone leaves the background as it is.
  const k = 256 - alpha - (alpha >> 7);
  const r = Math.min(255, (f & 0xff) + (((under & 0xff) * k) >> 8));
  const g = Math.min(255, ((f >> 8) & 0xff) + ((((under >> 8) & 0xff) * k) >> 8));
  const b = Math.min(255, ((f >> 16) & 0xff) + ((((under >> 16) & 0xff) * k) >> 8));
  return -0x1000000 | (b << 16) | (g << 8) | r;
}
