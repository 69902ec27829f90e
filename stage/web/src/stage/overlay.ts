/** What is written on the picture, drawn in WebGL so that a video has it too: lyrics, title card, AI label. */
import * as THREE from "three";
import { fontFor } from "./fonts";
import type { LightFrame } from "./frame";
import { layoutLyric, type LyricLayout, rowProgress } from "./lyric_layout";
import { NO_LINE, type SongInfo } from "./song";

export const LABEL_TEXT = "AI 生成 · AI-generated";
/** Height of the label's letters, of the picture's shorter side (GB 45438-2025 asks for 5 %). */
export const LABEL_SHARE = 0.056;
const CARD_SECONDS = 5.2;

const VERTEX =
  "varying vec2 vUv; void main() { vUv = uv; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }";

/** A quad with a painted canvas on it; premultiplied, so soft edges stay clean over anything, also over nothing. */
class Plate {
  readonly mesh: THREE.Mesh<THREE.PlaneGeometry, THREE.ShaderMaterial>;
  readonly canvas = document.createElement("canvas");
  #texture: THREE.CanvasTexture;

  constructor(fragment: string, uniforms: Record<string, THREE.IUniform>) {
    this.#texture = this.#fresh();
    this.mesh = new THREE.Mesh(
      new THREE.PlaneGeometry(1, 1),
      new THREE.ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: `uniform sampler2D ink; uniform float alpha; varying vec2 vUv; ${fragment}`,
        uniforms: { ink: { value: this.#texture }, alpha: { value: 1 }, ...uniforms },
        transparent: true,
        depthTest: false,
        depthWrite: false,
        blending: THREE.CustomBlending,
        blendSrc: THREE.OneFactor,
        blendDst: THREE.OneMinusSrcAlphaFactor,
        blendSrcAlpha: THREE.OneFactor,
        blendDstAlpha: THREE.OneMinusSrcAlphaFactor,
      }),
    );
    this.mesh.visible = false;
    this.mesh.frustumCulled = false;
  }

  #fresh(): THREE.CanvasTexture {
    const texture = new THREE.CanvasTexture(this.canvas);
    texture.colorSpace = THREE.NoColorSpace;
    texture.premultiplyAlpha = true;
    texture.generateMipmaps = false;
    texture.minFilter = THREE.LinearFilter;
    return texture;
  }

  /** Paint anew at a size in pixels. */
  paint(width: number, height: number, draw: (context: CanvasRenderingContext2D) => void): void {
    this.canvas.width = Math.max(2, Math.ceil(width));
    this.canvas.height = Math.max(2, Math.ceil(height));
    draw(this.canvas.getContext("2d")!);
    // A texture's size is fixed once it is on the card.
    this.#texture.dispose();
    this.#texture = this.#fresh();
    this.mesh.material.uniforms["ink"]!.value = this.#texture;
    this.mesh.scale.set(this.canvas.width, this.canvas.height, 1);
  }

  /** Left and top edge in pixels from the picture's left and top. */
  place(left: number, top: number, pictureHeight: number): void {
    this.mesh.position.set(
      Math.round(left) + this.canvas.width / 2,
      pictureHeight - Math.round(top) - this.canvas.height / 2,
      0,
    );
  }

  set alpha(value: number) {
    this.mesh.material.uniforms["alpha"]!.value = value;
    this.mesh.visible = value > 0.004;
  }

  dispose(): void {
    this.#texture.dispose();
    this.mesh.material.dispose();
    this.mesh.geometry.dispose();
  }
}

const PLAIN = "void main() { gl_FragColor = texture2D(ink, vUv) * alpha; }";
/** Red is letters, the rest of the coverage their dark edge; the wipe colours what is sung. */
const KARAOKE = /* glsl */ `
uniform vec3 sung, edge; uniform vec4 wipe; // x limits of both rows, y of the rows' lower ends; uv
void main() {
  vec4 t = texture2D(ink, vUv);
  float limit = vUv.y > wipe.z ? wipe.x : vUv.y > wipe.w ? wipe.y : -1.0;
  vec3 tone = mix(vec3(1.0), sung, smoothstep(0.003, -0.003, vUv.x - limit));
  gl_FragColor = vec4(tone * t.r + edge * (t.a - t.r), t.a) * alpha;
}`;

export class Overlay {
  readonly scene = new THREE.Scene();
  readonly camera = new THREE.OrthographicCamera(0, 1, 1, 0, -1, 1);
  readonly #label = new Plate(PLAIN, {});
  readonly #card = new Plate(PLAIN, {});
  readonly #lyric: Plate;
  readonly #sung = new Float32Array(3);
  readonly #edge = new Float32Array(3);
  readonly #wipe = new THREE.Vector4();
  readonly #measure = document.createElement("canvas").getContext("2d")!;
  #width = 1;
  #height = 1;
  #song: SongInfo | null = null;
  #line = NO_LINE;
  #layout: LyricLayout | null = null;
  #margin = 0;

  constructor(label: boolean) {
    this.#lyric = new Plate(KARAOKE, {
      sung: { value: this.#sung },
      edge: { value: this.#edge },
      wipe: { value: this.#wipe },
    });
    this.scene.add(this.#lyric.mesh, this.#card.mesh, this.#label.mesh);
    this.#label.mesh.userData["wanted"] = label;
    this.#label.mesh.renderOrder = 2;
  }

  /** Also called when the fonts have come: everything is painted anew. */
  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.camera.right = width;
    this.camera.top = height;
    this.camera.updateProjectionMatrix();
    this.#line = NO_LINE;
    if (this.#label.mesh.userData["wanted"]) this.#paintLabel();
    this.#paintCard();
  }

  setSong(song: SongInfo): void {
    this.#song = song;
    if (this.#label.mesh.userData["wanted"]) this.#paintLabel();
    this.#line = NO_LINE;
    this.#paintCard();
  }

  get #unit(): number {
    return Math.min(this.#width, this.#height) / 720;
  }

  #paintLabel(): void {
    const size = LABEL_SHARE * Math.min(this.#width, this.#height);
    const font = `800 ${size}px ${fontFor(LABEL_TEXT)}`;
    this.#measure.font = font;
    const text = this.#measure.measureText(LABEL_TEXT).width;
    const width = text + size * 1.1;
    const height = size * 1.5;
    this.#label.paint(width, height, (c) => {
      c.fillStyle = "rgba(8,6,24,0.62)";
      c.beginPath();
      c.roundRect(0, 0, width, height, height / 2);
      c.fill();
      c.font = font;
      c.textAlign = "center";
      c.textBaseline = "alphabetic";
      c.fillStyle = "#fff";
      c.fillText(LABEL_TEXT, width / 2, height * 0.5 + size * 0.36);
    });
    this.#label.place(this.#width - width - 16 * this.#unit, 16 * this.#unit, this.#height);
    this.#label.alpha = this.#song?.label === false ? 0 : 1;
  }

  #paintCard(): void {
    const song = this.#song;
    if (!song || song.title === "") return;
    const unit = this.#unit;
    const room = this.#width - 80 * unit;
    const title = 46 * unit;
    this.#measure.font = `800 ${title}px ${fontFor(song.title)}`;
    const text = Math.min(room - 80 * unit, this.#measure.measureText(song.title).width);
    const width = Math.min(room, Math.max(360 * unit, text + 110 * unit));
    const height = 128 * unit;
    this.#card.paint(width, height, (c) => {
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
      c.font = `800 ${title}px ${fontFor(song.title)}`;
      c.fillText(song.title, 32 * unit, 66 * unit, room - 80 * unit);
      c.fillStyle = "rgba(255,255,255,0.78)";
      c.font = `800 ${23 * unit}px ${fontFor(song.artist)}`;
      c.fillText(song.artist, 33 * unit, 104 * unit, room - 80 * unit);
    });
  }

  #paintLine(number: number): void {
    this.#line = number;
    this.#layout = null;
    const line = this.#song?.lines[number];
    if (!line || line.text.trim() === "") return;
    const unit = this.#unit;
    const room = this.#width * 0.9;
    const font = fontFor(line.text);
    this.#measure.font = `800 100px ${font}`;
    const layout = layoutLyric(line.text.trim(), (text) => this.#measure.measureText(text).width / 100, 44 * unit, room);
    this.#layout = layout;
    const edge = 7 * unit;
    this.#margin = edge + 10 * unit;
    const margin = this.#margin;
    const widest = Math.max(...layout.rows.map((row) => row.width));
    const translation = line.translation?.trim() ?? "";
    const small = 24 * unit;
    let below = 0;
    let translated = 0;
    if (translation !== "") {
      this.#measure.font = `800 ${small}px ${fontFor(translation)}`;
      translated = Math.min(room, this.#measure.measureText(translation).width);
      below = small * 1.5;
    }
    const leading = layout.size * 1.28;
    const width = Math.max(widest, translated) + 2 * margin;
    const height = layout.rows.length * leading + below + 2 * margin;
    const write = (c: CanvasRenderingContext2D, text: string, y: number, stroke: number): void => {
      c.shadowColor = "rgba(0,0,0,0.55)";
      c.shadowBlur = 9 * unit;
      c.strokeStyle = "#000";
      c.lineWidth = stroke;
      c.strokeText(text, width / 2, y, room);
      c.shadowColor = "transparent";
      c.fillStyle = "#f00";
      c.fillText(text, width / 2, y, room);
    };
    this.#lyric.paint(width, height, (c) => {
      c.textAlign = "center";
      c.textBaseline = "alphabetic";
      c.lineJoin = "round";
      layout.rows.forEach((row, i) => {
        c.font = `800 ${layout.size}px ${font}`;
        write(c, row.text, margin + i * leading + layout.size * 0.95, edge);
      });
      if (translation !== "") {
        c.font = `800 ${small}px ${fontFor(translation)}`;
        write(c, translation, margin + layout.rows.length * leading + small * 0.98, 5 * unit);
      }
    });
    // The last row of words stands at the same height whatever the number of rows.
    this.#lyric.place((this.#width - width) / 2, this.#height * 0.955 - height + margin, this.#height);
    this.#wipe.z = 1 - (margin + leading) / height;
    this.#wipe.w = 1 - (margin + layout.rows.length * leading) / height;
  }

  /** What stands there at this moment. palette: 12 display values. */
  update(mediaTime: number, light: LightFrame, palette: ArrayLike<number>): void {
    if (light.lyricLine !== this.#line) this.#paintLine(light.lyricLine);
    const line = this.#song?.lines[this.#line];
    const layout = this.#layout;
    if (line && layout) {
      const fade = Math.min((mediaTime - line.start + 0.8) / 0.2, (line.end + 0.9 - mediaTime) / 0.25);
      this.#lyric.alpha = Math.min(1, Math.max(0, fade));
      const width = this.#lyric.canvas.width;
      const limit = (i: number): number => {
        const row = layout.rows[i];
        return row ? 0.5 + (rowProgress(row, light.lyricProgress) - 0.5) * (row.width / width) : -1;
      };
      this.#wipe.x = light.lyricProgress <= 0 ? -1 : limit(0);
      this.#wipe.y = light.lyricProgress <= 0 ? -1 : limit(1);
      for (let i = 0; i < 3; i++) {
        // Sung words in the song's colour, lifted so that they stay readable; the edge a dark version of it.
        this.#sung[i] = 0.25 + 0.75 * palette[i]!;
        this.#edge[i] = 0.16 * palette[i]! + 0.35 * palette[6 + i]!;
      }
    } else {
      this.#lyric.alpha = 0;
    }
    const titled = this.#song !== null && this.#song.title !== "";
    const t = mediaTime - 0.3;
    const card = titled ? Math.min(1, Math.max(0, Math.min(t / 0.35, (CARD_SECONDS - t) / 0.45))) : 0;
    this.#card.alpha = card;
    if (card > 0) {
      const unit = this.#unit;
      this.#card.place((40 - 24 * (1 - card)) * unit, this.#height * 0.62, this.#height);
    }
  }

  dispose(): void {
    for (const plate of [this.#label, this.#card, this.#lyric]) plate.dispose();
  }
}
