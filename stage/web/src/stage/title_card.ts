/** The song's title, who sings and who made it, shown at its start: letters over a soft ground, no box. */
import { fontFor, titleFontFor, trackingFor } from "./fonts";
import { fitTitle } from "./lyric_layout";
import { type Page, Plate, setType, textWidth, type Type } from "./plate";
import type { SongInfo } from "./song";

const BEGIN = 0.5;
const END = 6.2;
const COMES = 0.9;
const GOES = 0.6;
/** How wide the widest line may be, of a lying picture's width. */
const BESIDE = 0.3;

/** Red is white letters, green the accent, the rest of the coverage the dark ground; it is drawn open from the left. */
const CARD = /* glsl */ `
uniform vec3 accent;
uniform float open;
void main() {
  vec4 t = texture2D(ink, vUv);
  float seen = smoothstep(open, open - 0.22, vUv.x);
  vec3 ground = vec3(0.02, 0.012, 0.05);
  gl_FragColor = vec4(vec3(1.0) * t.r + accent * t.g + ground * max(t.a - t.r - t.g, 0.0), t.a) * (alpha * seen);
}`;

interface Row extends Type {
  readonly text: string;
  readonly size: number;
  readonly ink: string;
  /** Pixels from the row before. */
  readonly step: number;
}

export class TitleCard {
  readonly plate: Plate;
  readonly #accent = new Float32Array([1, 0.31, 0.66]);
  readonly #open = { value: 0 };
  #titled = false;

  constructor() {
    this.plate = new Plate(CARD, { accent: { value: this.#accent }, open: this.#open });
  }

  paint(song: SongInfo | null, { width: wide, height: high, unit }: Page): void {
    this.#titled = song !== null && song.title.trim() !== "";
    if (!song || !this.#titled) return;
    const upright = wide < high;
    const room = Math.min(wide - 150 * unit, 980 * unit);
    // In a lying picture she stands in the middle or right of it: all letters keep to the left third, clear of a hand
    // that she holds out.
    const beside = upright ? room : Math.min(room, BESIDE * wide);
    const rows: Row[] = [];
    const title = song.title.trim();
    const type = { font: titleFontFor(title), weight: 700, tracking: trackingFor(title) + 0.02 };
    const widths: number[] = [];
    const measure = (part: string): number => textWidth(part, type);
    const lines = upright
      ? fitTitle(title, measure, 76 * unit, room)
      : fitTitle(title, measure, 104 * unit, beside, beside, 64 * unit);
    for (const line of lines) {
      rows.push({ ...type, text: line.text, size: line.size, ink: "#f00", step: line.size * (rows.length ? 1.2 : 1.0) });
      widths.push(line.width);
    }
    const under = rows.length;
    const credits = song.credits && song.credits.length > 0 ? song.credits : [song.artist];
    for (const [i, text] of credits.slice(0, 3).entries()) {
      if (text.trim() === "") continue;
      const type = { font: fontFor(text), weight: 800, tracking: trackingFor(text) + 0.02 };
      const wanted = (i === 0 ? 34 : 28) * unit;
      // Who sings is said in full: what is too long for one row has two.
      for (const [k, line] of fitTitle(text.trim(), (part) => textWidth(part, type), wanted, beside).entries()) {
        const leading = k > 0 ? 1.25 : i === 0 ? 1.9 : 1.6;
        rows.push({ ...type, text: line.text, size: line.size, ink: i === 0 ? "#f00" : "rgba(255,0,0,0.92)", step: line.size * leading });
        widths.push(line.width);
      }
    }
    const pad = 90 * unit;
    const width = Math.max(...widths) + 2.4 * pad;
    const height = rows.reduce((sum, row) => sum + row.step, 0) + 1.7 * pad;
    this.plate.paint(width, height, (c) => {
      ground(c, width, height);
      c.textBaseline = "alphabetic";
      c.shadowColor = "rgba(0,0,0,0.8)";
      c.shadowBlur = 16 * unit;
      let y = 0.78 * pad;
      for (const row of rows) {
        y += row.step;
        setType(c, row, row.size);
        c.fillStyle = row.ink;
        c.fillText(row.text, pad, y);
      }
      // A hair of the song's colour between title and names.
      if (rows.length > under) {
        const titled = rows.slice(0, under).reduce((sum, row) => sum + row.step, 0);
        c.fillStyle = "#0f0";
        c.fillRect(pad + 2 * unit, 0.78 * pad + titled + 20 * unit, 150 * unit, 4 * unit);
      }
    });
  }

  /** palette: 12 display values. */
  update(mediaTime: number, { width, height, unit }: Page, palette: ArrayLike<number>): void {
    const t = mediaTime - BEGIN;
    const coming = Math.min(1, Math.max(0, t / COMES));
    const going = Math.min(1, Math.max(0, (END - t) / GOES));
    const shown = this.#titled && t > 0 ? going : 0;
    this.plate.alpha = shown;
    if (shown === 0) return;
    for (let i = 0; i < 3; i++) this.#accent[i] = 0.3 + 0.7 * palette[i]!;
    const eased = 1 - (1 - coming) ** 3;
    this.#open.value = 1.25 * eased;
    // Beside her in a lying picture, over her skirt in an upright one: never before a face.
    const base = height * (width < height ? 0.86 : 0.89);
    this.plate.place((-16 - 18 * (1 - eased)) * unit, base - this.plate.canvas.height, height);
  }
}

/** Darkness that is there where letters are and nowhere ends. */
function ground(c: CanvasRenderingContext2D, width: number, height: number): void {
  c.save();
  c.scale(width, height);
  const soft = c.createRadialGradient(0.36, 0.52, 0.02, 0.36, 0.52, 0.5);
  soft.addColorStop(0, "rgba(0,0,0,0.8)");
  soft.addColorStop(0.5, "rgba(0,0,0,0.6)");
  soft.addColorStop(1, "rgba(0,0,0,0)");
  c.fillStyle = soft;
  c.fillRect(0, 0, 1, 1);
  c.restore();
}
