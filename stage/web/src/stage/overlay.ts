/** What is written on the picture, drawn in WebGL so that a video has it too: lyrics, title card, AI label. */
import * as THREE from "three";
import { fontFor } from "./fonts";
import type { LightFrame } from "./frame";
import { Lyrics } from "./lyrics";
import { type Page, Plate, setType, textWidth, type Type } from "./plate";
import type { SongInfo } from "./song";
import { TitleCard } from "./title_card";

/** The shortest wording that GB 45438-2025 allows: "AI" and "生成" ("made by"). */
export const LABEL_TEXT = "AI 生成";
/** Size of the label's letters, of the picture's shorter side: their ink is 5 % of it, as GB 45438-2025 asks. */
export const LABEL_SHARE = 0.056;

export class Overlay {
  readonly scene = new THREE.Scene();
  readonly camera = new THREE.OrthographicCamera(0, 1, 1, 0, -1, 1);
  readonly #label = new Plate();
  readonly #card = new TitleCard();
  readonly #lyrics = new Lyrics();
  readonly #labelled: boolean;
  readonly #page: Page = { width: 1, height: 1, unit: 1 / 720 };
  #song: SongInfo | null = null;

  constructor(label: boolean) {
    this.#labelled = label;
    this.scene.add(this.#lyrics.group, this.#card.plate.mesh, this.#label.mesh);
    this.#label.mesh.renderOrder = 2;
  }

  /** Also called when the fonts have come: everything is painted anew. */
  resize(width: number, height: number): void {
    this.#page.width = width;
    this.#page.height = height;
    this.#page.unit = Math.min(width, height) / 720;
    this.camera.right = width;
    this.camera.top = height;
    this.camera.updateProjectionMatrix();
    this.#paint();
  }

  setSong(song: SongInfo): void {
    this.#song = song;
    this.#paint();
  }

  #paint(): void {
    this.#lyrics.forget();
    this.#card.paint(this.#song, this.#page);
    if (this.#labelled) this.#paintLabel();
  }

  #paintLabel(): void {
    const { unit } = this.#page;
    const size = LABEL_SHARE * 720 * unit;
    const type: Type = { font: fontFor(LABEL_TEXT), weight: 800, tracking: 0 };
    const width = textWidth(LABEL_TEXT, type) * size + size * 0.7;
    const height = size * 1.3;
    this.#label.paint(width, height, (c) => {
      // Dark enough that white is read on the brightest wall.
      c.fillStyle = "rgba(8,6,24,0.62)";
      c.beginPath();
      c.roundRect(0, 0, width, height, 0.36 * height);
      c.fill();
      setType(c, type, size);
      c.textAlign = "center";
      c.textBaseline = "alphabetic";
      c.fillStyle = "#fff";
      c.fillText(LABEL_TEXT, width / 2, height * 0.5 + size * 0.36);
    });
    this.#label.place(this.#page.width - width - 16 * unit, 16 * unit, this.#page.height);
    this.#label.alpha = this.#song?.label === false ? 0 : 1;
  }

  /** What stands there at this moment. palette: 12 display values. */
  update(mediaTime: number, light: LightFrame, palette: ArrayLike<number>): void {
    this.#lyrics.update(this.#song, mediaTime, light, palette, this.#page);
    this.#card.update(mediaTime, this.#page, palette);
  }

  dispose(): void {
    for (const part of [this.#label, this.#card.plate, this.#lyrics]) part.dispose();
  }
}
