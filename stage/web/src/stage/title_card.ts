/** The song's title and artist, shown at its start. */
import { fontFor } from "./fonts";
import { fitLine } from "./lyric_layout";
import { type Page, Plate, textWidth } from "./plate";
import type { SongInfo } from "./song";

const BEGIN = 0.3;
const END = 5.2;

export class TitleCard {
  readonly plate = new Plate();
  #titled = false;

  paint(song: SongInfo | null, { width: wide, unit }: Page): void {
    this.#titled = song !== null && song.title.trim() !== "";
    if (!song || !this.#titled) return;
    const room = wide - 160 * unit;
    const titleFont = fontFor(song.title);
    const artistFont = fontFor(song.artist);
    const title = fitLine(song.title, (text) => textWidth(text, titleFont), 46 * unit, room);
    const artist = fitLine(song.artist, (text) => textWidth(text, artistFont), 23 * unit, room);
    const width = Math.min(wide - 80 * unit, Math.max(360 * unit, Math.max(title.width, artist.width) + 110 * unit));
    const height = (song.artist === "" ? 96 : 128) * unit;
    this.plate.paint(width, height, (c) => {
      const ground = c.createLinearGradient(0, 0, width, 0);
      ground.addColorStop(0, "rgba(12,6,34,0.82)");
      ground.addColorStop(0.7, "rgba(12,6,34,0.6)");
      ground.addColorStop(1, "rgba(12,6,34,0)");
      c.fillStyle = ground;
      c.fillRect(0, 0, width, height);
      c.fillStyle = "#ff4fa8";
      c.fillRect(0, 0, 6 * unit, height);
      c.fillStyle = "#fff";
      c.textBaseline = "alphabetic";
      c.font = `800 ${title.size}px ${titleFont}`;
      c.fillText(title.text, 32 * unit, 66 * unit);
      c.fillStyle = "rgba(255,255,255,0.78)";
      c.font = `800 ${artist.size}px ${artistFont}`;
      c.fillText(artist.text, 33 * unit, 104 * unit);
    });
  }

  update(mediaTime: number, { width, height, unit }: Page): void {
    const t = mediaTime - BEGIN;
    const shown = this.#titled ? Math.min(1, Math.max(0, Math.min(t / 0.35, (END - t) / 0.45))) : 0;
    this.plate.alpha = shown;
    if (shown > 0) this.plate.place((40 - 24 * (1 - shown)) * unit, height * (width < height ? 0.76 : 0.62), height);
  }
}
