/** The line that is sung, coloured as far as it is sung; below it its translation, and who wrote the words down. */
import { fontFor } from "./fonts";
import type { LightFrame } from "./frame";
import { layoutLyric, type LyricLayout, MOST_ROWS, rowProgress } from "./lyric_layout";
import { type Page, Plate, textWidth } from "./plate";
import { NO_LINE, type SongInfo } from "./song";

/** Stands under every line that a recogniser wrote: it may have misheard. */
export const HEARD_TEXT = "机器听写 · words heard by machine";

/** Red is letters, the rest of the coverage their dark edge; the wipe colours what is sung. */
const KARAOKE = /* glsl */ `
uniform vec3 sung, edge;
uniform float sungTo[${MOST_ROWS}], rowEnd[${MOST_ROWS}]; // of each row: how far it is sung, its lower end; uv
void main() {
  vec4 t = texture2D(ink, vUv);
  float limit = -1.0;
  for (int i = ${MOST_ROWS - 1}; i >= 0; i--) if (vUv.y > rowEnd[i]) limit = sungTo[i];
  vec3 tone = mix(vec3(1.0), sung, smoothstep(0.003, -0.003, vUv.x - limit));
  gl_FragColor = vec4(tone * t.r + edge * (t.a - t.r), t.a) * alpha;
}`;

export class Lyrics {
  readonly plate: Plate;
  readonly #sung = new Float32Array(3);
  readonly #edge = new Float32Array(3);
  readonly #sungTo = new Float32Array(MOST_ROWS);
  readonly #rowEnd = new Float32Array(MOST_ROWS);
  #line = NO_LINE;
  #layout: LyricLayout | null = null;

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
    const room = wide * 0.9;
    const rows: { text: string; font: string; size: number; step: number; stroke: number }[] = [];
    const add = (text: string, wanted: number, leading: number, stroke: number): LyricLayout => {
      const font = fontFor(text);
      const layout = layoutLyric(text, (part) => textWidth(part, font), wanted, room);
      for (const row of layout.rows)
        rows.push({ text: row.text, font, size: layout.size, step: layout.size * leading, stroke });
      return layout;
    };
    const layout = add(line.text.trim(), 44 * unit, 1.28, 7 * unit);
    const words = rows.length;
    const widths = layout.rows.map((row) => row.width);
    const beside = [line.translation?.trim() ?? "", song.heardByMachine ? HEARD_TEXT : ""];
    for (const [i, text] of beside.entries())
      if (text !== "") widths.push(...add(text, (i === 0 ? 24 : 19) * unit, 1.45, 5 * unit).rows.map((row) => row.width));
    const margin = 17 * unit;
    const width = Math.max(...widths) + 2 * margin;
    const height = rows.reduce((sum, row) => sum + row.step, 2 * margin);
    this.#rowEnd.fill(2);
    this.plate.paint(width, height, (c) => {
      c.textAlign = "center";
      c.textBaseline = "alphabetic";
      c.lineJoin = "round";
      let top = margin;
      for (const [i, { text, font, size, step, stroke }] of rows.entries()) {
        c.font = `800 ${size}px ${font}`;
        c.shadowColor = "rgba(0,0,0,0.55)";
        c.shadowBlur = 9 * unit;
        c.strokeStyle = "#000";
        c.lineWidth = stroke;
        c.strokeText(text, width / 2, top + size * 0.95);
        c.shadowColor = "transparent";
        c.fillStyle = "#f00";
        c.fillText(text, width / 2, top + size * 0.95);
        top += step;
        if (i < words) this.#rowEnd[i] = 1 - top / height;
      }
    });
    // The last row stands at the same height whatever the number of rows.
    this.plate.place((wide - width) / 2, high * 0.955 - height + margin, high);
    this.#layout = layout;
  }

  /** What stands there at this moment. palette: 12 display values. */
  update(song: SongInfo | null, mediaTime: number, light: LightFrame, palette: ArrayLike<number>, page: Page): void {
    if (light.lyricLine !== this.#line) this.#paint(song, light.lyricLine, page);
    const line = song?.lines[this.#line];
    const layout = this.#layout;
    if (!line || !layout) {
      this.plate.alpha = 0;
      return;
    }
    const fade = Math.min((mediaTime - line.start + 0.8) / 0.2, (line.end + 0.9 - mediaTime) / 0.25);
    this.plate.alpha = Math.min(1, Math.max(0, fade));
    const width = this.plate.canvas.width;
    for (let i = 0; i < MOST_ROWS; i++) {
      const row = layout.rows[i];
      const begun = row !== undefined && light.lyricProgress > row.from;
      this.#sungTo[i] = begun ? 0.5 + (rowProgress(row, light.lyricProgress) - 0.5) * (row.width / width) : -1;
    }
    for (let i = 0; i < 3; i++) {
      // Sung words in the song's colour, lifted so that they stay readable; the edge a dark version of it.
      this.#sung[i] = 0.25 + 0.75 * palette[i]!;
      this.#edge[i] = 0.16 * palette[i]! + 0.35 * palette[6 + i]!;
    }
  }
}
