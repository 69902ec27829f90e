/** The line that is sung, coloured as far as it is sung; below it its translation, and who wrote the words down. */
import { fontFor, trackingFor } from "./fonts";
import type { LightFrame } from "./frame";
import { layoutLyric, lineShown, type LyricLayout, MOST_ROWS, rowProgress } from "./lyric_layout";
import { type Page, Plate, setType, textWidth, type Type } from "./plate";
import { NO_LINE, type SongInfo } from "./song";

/** Stands under every line that a recogniser wrote: it may have misheard. */
export const HEARD_TEXT = "机器听写 · words heard by machine";

/** Red is letters, green those that nobody sings, the rest of the coverage their dark edge; the wipe colours the sung. */
const KARAOKE = /* glsl */ `
uniform vec3 sung, edge;
uniform float sungTo[${MOST_ROWS}], rowEnd[${MOST_ROWS}]; // of each row: how far it is sung, its lower end; uv
void main() {
  vec4 t = texture2D(ink, vUv);
  float limit = -1.0;
  for (int i = ${MOST_ROWS - 1}; i >= 0; i--) if (vUv.y > rowEnd[i]) limit = sungTo[i];
  float wipe = smoothstep(0.006, -0.006, vUv.x - limit);
  vec3 tone = mix(vec3(1.0), sung, wipe);
  // A sliver of light where the voice is.
  tone += 0.35 * smoothstep(0.02, 0.0, abs(vUv.x - limit)) * step(0.0, limit);
  gl_FragColor = vec4(min(tone, vec3(1.0)) * t.r + vec3(0.93) * t.g + edge * max(t.a - t.r - t.g, 0.0), t.a) * alpha;
}`;

/** Where the last row stands, of the picture's height: within what televisions and telephones leave free. */
const BASE = { lying: 0.945, upright: 0.83 } as const;

/** Sung words: sun yellow, which no stage but a golden one wears; there aqua. */
const SUNG = [1, 0.84, 0.2] as const;
const SUNG_ON_GOLD = [0.42, 0.97, 1] as const;

/** How golden a colour is, 0..1: yellow is what red and green have in common and blue lacks. */
const golden = (c: ArrayLike<number>): number => Math.min(1, Math.max(0, 3 * (Math.min(c[0]!, c[1]!) - c[2]!) - 0.2));

/** The same words, however they are spaced, cased and pointed. */
export const sameWords = (a: string, b: string): boolean => {
  const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return bare(a) === bare(b);
};

interface Row extends Type {
  readonly text: string;
  readonly size: number;
  /** Pixels from row to row. */
  readonly step: number;
  readonly stroke: number;
  readonly sung: boolean;
}

export class Lyrics {
  readonly plate: Plate;
  readonly #sung = new Float32Array(3);
  readonly #edge = new Float32Array(3);
  readonly #sungTo = new Float32Array(MOST_ROWS);
  readonly #rowEnd = new Float32Array(MOST_ROWS);
  #line = NO_LINE;
  #layout: LyricLayout | null = null;
  #top = 0;
  #left = 0;

  constructor() {
    this.plate = new Plate(KARAOKE, {
      sung: { value: this.#sung },
      edge: { value: this.#edge },
      sungTo: { value: this.#sungTo },
      rowEnd: { value: this.#rowEnd },
    });
  }

  /** Another song or another size: what is on the plate holds no more. */
  forget(): void {
    this.#line = NO_LINE;
    this.#layout = null;
  }

  #paint(song: SongInfo | null, number: number, page: Page): void {
    this.#line = number;
    this.#layout = null;
    const line = song?.lines[number];
    if (!line || line.text.trim() === "") return;
    const { width: wide, height: high, unit } = page;
    const room = wide * 0.88;
    const rows: Row[] = [];
    const add = (text: string, wanted: number, leading: number, stroke: number, sung: boolean): LyricLayout => {
      const type = { font: fontFor(text), weight: 800, tracking: trackingFor(text) };
      const layout = layoutLyric(text, (part) => textWidth(part, type), wanted, room);
      for (const row of layout.rows)
        rows.push({ ...type, text: row.text, size: layout.size, step: layout.size * leading, stroke, sung });
      return layout;
    };
    const layout = add(line.text.trim(), 46 * unit, 1.26, 6.5 * unit, true);
    const words = rows.length;
    const widths = layout.rows.map((row) => row.width);
    const translation = line.translation?.trim() ?? "";
    const beside = [sameWords(translation, line.text) ? "" : translation, song.heardByMachine ? HEARD_TEXT : ""];
    for (const [i, text] of beside.entries())
      if (text !== "") widths.push(...add(text, (i === 0 ? 30 : 19) * unit, 1.36, (i === 0 ? 6.5 : 4.5) * unit, false).rows.map((row) => row.width));
    const margin = 24 * unit;
    const width = Math.max(...widths) + 2 * margin;
    const height = rows.reduce((sum, row) => sum + row.step, 2 * margin);
    this.#rowEnd.fill(2);
    this.plate.paint(width, height, (c) => {
      c.textAlign = "center";
      c.textBaseline = "alphabetic";
      c.lineJoin = "round";
      let top = margin;
      for (const [i, row] of rows.entries()) {
        setType(c, row, row.size);
        // A letter's tracking stands behind it; half of it before makes the row's middle its own.
        const x = width / 2 + (row.tracking * row.size) / 2;
        const y = top + row.size * 0.95;
        // Twice: a wide soft ground, then the edge. The letters themselves stay crisp.
        c.strokeStyle = "#000";
        c.lineWidth = row.stroke;
        c.shadowColor = "rgba(0,0,0,0.5)";
        c.shadowBlur = 22 * unit;
        c.strokeText(row.text, x, y);
        c.shadowBlur = 7 * unit;
        c.strokeText(row.text, x, y);
        c.shadowColor = "transparent";
        c.fillStyle = row.sung ? "#f00" : "#0f0";
        c.fillText(row.text, x, y);
        top += row.step;
        if (i < words) this.#rowEnd[i] = 1 - top / height;
      }
    });
    // The last row stands at the same height whatever the number of rows.
    this.#left = (wide - width) / 2;
    this.#top = high * (wide < high ? BASE.upright : BASE.lying) - height + margin;
    this.#layout = layout;
  }

  /** What stands there at this moment. palette: 12 display values. */
  update(song: SongInfo | null, mediaTime: number, light: LightFrame, palette: ArrayLike<number>, page: Page): void {
    if (light.lyricLine !== this.#line) this.#paint(song, light.lyricLine, page);
    const layout = this.#layout;
    if (!song || !layout) {
      this.plate.alpha = 0;
      return;
    }
    const { alpha, entering } = lineShown(song.lines, this.#line, mediaTime);
    this.plate.alpha = alpha;
    const rise = (1 - entering) * (1 - entering) * 12 * page.unit;
    this.plate.place(this.#left, this.#top + rise, page.height);
    const width = this.plate.canvas.width;
    for (let i = 0; i < MOST_ROWS; i++) {
      const row = layout.rows[i];
      const begun = row !== undefined && light.lyricProgress > row.from;
      this.#sungTo[i] = begun ? 0.5 + (rowProgress(row, light.lyricProgress) - 0.5) * (row.width / width) : -1;
    }
    const gold = golden(palette);
    for (let i = 0; i < 3; i++) {
      this.#sung[i] = SUNG[i]! + (SUNG_ON_GOLD[i]! - SUNG[i]!) * gold;
      // The edge is a dark version of the song's colour.
      this.#edge[i] = 0.05 * palette[i]! + 0.16 * palette[6 + i]!;
    }
  }
}
