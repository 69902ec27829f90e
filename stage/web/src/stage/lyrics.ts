/** The line that is sung, coloured as far as it is sung; below it its translation, and who wrote the words down. */
import * as THREE from "three";
import { fontFor, trackingFor } from "./fonts";
import type { LightFrame } from "./frame";
import { layoutLyric, lineShown, type LyricLayout, MOST_ROWS, rowProgress } from "./lyric_layout";
import { type Page, Plate, setType, textReach, textWidth, type Type } from "./plate";
import { NO_LINE, type SongInfo } from "./song";

/** Stands under every line that a recogniser wrote: it may have misheard. */
export const HEARD_TEXT = "机器听写 · words heard by machine";

/** Red is letters, the rest of the coverage their dark edge; what lies left of `limit` is sung. */
const KARAOKE = /* glsl */ `
uniform vec3 sung, edge;
uniform float limit;
void main() {
  vec4 t = texture2D(ink, vUv);
  gl_FragColor = vec4((vUv.x < limit ? sung : vec3(1.0)) * t.r + edge * (t.a - t.r), t.a) * alpha;
}`;

/** Where the last row stands, of the picture's height: within what televisions and telephones leave free. */
const BASE = { lying: 0.968, upright: 0.85 } as const;

/** Sizes of what is sung, its translation and who wrote it down, of a picture whose shorter side has 720. */
const SIZES = { sung: 38, translation: 27.5, heard: 18 } as const;

/** From row to row, of its size: close, for what stands higher stands on her hands. */
const LEADING = { sung: 1.14, other: 1.26 } as const;

/** A soft dark ground around letters that stand on a bright dress: how far it reaches, pixels of 720, and how dark it is. */
const GROUND = { reach: 14, dark: 1 } as const;

/** Where letters stand in their row, from its upper edge, of their size. */
const LINE = 0.93;

/** Sung words: sun yellow, the same all song long; their dark edge keeps them apart from a golden stage. */
const SUNG = [1, 0.84, 0.2] as const;

/** The same words, however they are spaced, cased and pointed. */
export const sameWords = (a: string, b: string): boolean => {
  const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return bare(a) === bare(b);
};

interface Row extends Type {
  readonly text: string;
  readonly size: number;
  readonly width: number;
  /** Pixels from row to row. */
  readonly step: number;
  readonly stroke: number;
  readonly sung: boolean;
}

/** Each row is a quad of its own, cut to its ink: what is transparent is paid for like what is not. */
export class Lyrics {
  readonly group = new THREE.Group();
  readonly #sungRows: { readonly plate: Plate; readonly limit: { value: number } }[] = [];
  readonly #otherRows: Plate[] = [];
  readonly #sung = Float32Array.from(SUNG);
  readonly #edge = new Float32Array(3);
  #line = NO_LINE;
  #layout: LyricLayout | null = null;
  /** Plates of the line that is shown, with their left and top edge. */
  #shown: { readonly plate: Plate; readonly left: number; readonly top: number }[] = [];
  /** Pixels around the ink of a row. */
  #margin = 0;

  constructor() {
    for (let i = 0; i < MOST_ROWS; i++) {
      const limit = { value: -1 };
      const plate = new Plate(KARAOKE, { sung: { value: this.#sung }, edge: { value: this.#edge }, limit });
      this.#sungRows.push({ plate, limit });
    }
    for (let i = 0; i < 2 * MOST_ROWS; i++) this.#otherRows.push(new Plate());
    this.group.add(...this.#plates().map((plate) => plate.mesh));
  }

  #plates(): Plate[] {
    return [...this.#sungRows.map(({ plate }) => plate), ...this.#otherRows];
  }

  /** Another song or another size: what is on the plates holds no more. */
  forget(): void {
    this.#line = NO_LINE;
    this.#clear();
  }

  #clear(): void {
    this.#layout = null;
    this.#shown = [];
    for (const plate of this.#plates()) plate.alpha = 0;
  }

  #paint(song: SongInfo | null, number: number, page: Page): void {
    this.#line = number;
    this.#clear();
    const line = song?.lines[number];
    if (!line || line.text.trim() === "") return;
    const { width: wide, height: high, unit } = page;
    const room = wide * 0.88;
    const rows: Row[] = [];
    const add = (text: string, wanted: number, leading: number, stroke: number, sung: boolean): LyricLayout => {
      const type = { font: fontFor(text), weight: sung ? 800 : 700, tracking: trackingFor(text) };
      const layout = layoutLyric(text, (part) => textWidth(part, type), wanted, room);
      for (const row of layout.rows)
        rows.push({ ...type, text: row.text, width: row.width, size: layout.size, step: layout.size * leading, stroke, sung });
      return layout;
    };
    this.#layout = add(line.text.trim(), SIZES.sung * unit, LEADING.sung, 6 * unit, true);
    const translation = line.translation?.trim() ?? "";
    const beside = [sameWords(translation, line.text) ? "" : translation, song.heardByMachine ? HEARD_TEXT : ""];
    for (const [i, text] of beside.entries())
      if (text !== "") add(text, (i === 0 ? SIZES.translation : SIZES.heard) * unit, LEADING.other, 4.5 * unit, false);
    this.#margin = Math.ceil(GROUND.reach * unit);
    // The last row stands at the same height whatever the number of rows.
    let top = high * (wide < high ? BASE.upright : BASE.lying) - rows.reduce((sum, row) => sum + row.step, 0);
    let sung = 0;
    for (const row of rows) {
      const plate = row.sung ? this.#sungRows[sung++]!.plate : this.#otherRows[this.#shown.length - sung]!;
      const left = (wide - row.width) / 2 - this.#margin;
      const reach = textReach(row.text, row);
      const above = Math.ceil(reach.above * row.size) + this.#margin;
      const height = above + reach.below * row.size + this.#margin;
      plate.paint(row.width + 2 * this.#margin, height, (c) => this.#write(c, row, above, unit));
      this.#shown.push({ plate, left, top: top + LINE * row.size - above });
      top += row.step;
    }
  }

  #write(c: CanvasRenderingContext2D, row: Row, y: number, unit: number): void {
    setType(c, row, row.size);
    c.textBaseline = "alphabetic";
    c.lineJoin = "round";
    // A letter's tracking stands behind it; half of it before makes the row's middle its own.
    const x = this.#margin + (row.tracking * row.size) / 2;
    // Twice: a soft ground, then the edge. The letters themselves stay crisp.
    c.strokeStyle = row.sung ? "#000" : "#0a0616";
    c.shadowColor = `rgba(0,0,0,${GROUND.dark})`;
    c.shadowBlur = GROUND.reach * unit;
    c.globalAlpha = 0.5;
    c.lineWidth = 2 * row.stroke;
    c.strokeText(row.text, x, y);
    c.globalAlpha = 1;
    c.shadowColor = "transparent";
    c.lineWidth = row.stroke;
    c.strokeText(row.text, x, y);
    c.fillStyle = row.sung ? "#f00" : "#f4f1f8";
    c.fillText(row.text, x, y);
  }

  /** What stands there at this moment. palette: 12 display values. */
  update(song: SongInfo | null, mediaTime: number, light: LightFrame, palette: ArrayLike<number>, page: Page): void {
    if (light.lyricLine !== this.#line) this.#paint(song, light.lyricLine, page);
    const layout = this.#layout;
    if (!song || !layout) return;
    const { alpha, entering } = lineShown(song.lines, this.#line, mediaTime);
    const rise = (1 - entering) * (1 - entering) * 8 * page.unit;
    for (const { plate, left, top } of this.#shown) {
      plate.alpha = alpha;
      plate.place(left, top + rise, page.height);
    }
    for (const [i, row] of layout.rows.entries()) {
      const { plate, limit } = this.#sungRows[i]!;
      const begun = light.lyricProgress > row.from;
      limit.value = begun ? (this.#margin + rowProgress(row, light.lyricProgress) * row.width) / plate.canvas.width : -1;
    }
    for (let i = 0; i < 3; i++) {
      // The edge is a dark version of the song's colour.
      this.#edge[i] = 0.05 * palette[i]! + 0.16 * palette[6 + i]!;
    }
  }

  dispose(): void {
    for (const plate of this.#plates()) plate.dispose();
  }
}
