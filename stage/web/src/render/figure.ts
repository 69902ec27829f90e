/**
 * Performers in their lean dress, painted on this thread (`raster`) instead of by software GL: the same corners, the
 * same light per corner and the same tones as the shaders of `lean`.
 */
import * as THREE from "three";
import { type LeanMaterial, leanUniforms, SHARPER } from "../stage/lean";
import { BEHIND_HER } from "../stage/set/particles_shaders";
import type { Skin } from "../stage/skin";
import { type Corners, LOOKS, Raster, type Surface } from "./raster";
import { type Painting, readPainting } from "./texels";

/** Steps of light between shade and lit; where form is shaded, too, over all angles. */
const STEPS = 256;
const FORM_STEPS = 1024;
/** Light that `FORM_STEPS` cover, to both sides of the edge of the shade. */
const FORM_SPAN = 2;

const ramp = (low: number, high: number, x: number): number => {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
};

/** What is kept of a material between pictures. */
interface Painted {
  readonly painting: Painting;
  readonly glowing: Painting | null;
  readonly tones: Int32Array;
  readonly finely: Int16Array;
}

export class Figures {
  readonly #renderer: THREE.WebGLRenderer;
  readonly #raster: Raster;
  readonly #known = new Map<Skin, boolean>();
  readonly #painted = new Map<THREE.Material, Painted>();
  readonly #lights = new Lights();
  #looks = new Float32Array(0);
  /** In which run each corner was lit last. */
  #lit = new Int32Array(0);
  #run = 0;

  /** Pictures of this size; stride: pixels from row to row. */
  constructor(renderer: THREE.WebGLRenderer, width: number, height: number, stride: number) {
    this.#renderer = renderer;
    this.#raster = new Raster(width, height, stride);
  }

  /** True for a performer that can be painted here. The first time it waits for the GPU and reads her textures. */
  knows(skin: Skin): boolean {
    let known = this.#known.get(skin);
    if (known === undefined) {
      known = skin.strokes().every(({ material }) => this.#learn(material));
      this.#known.set(skin, known);
    }
    return known;
  }

  #learn(material: THREE.Material): boolean {
    const { isLean, uniforms, defines } = material as Partial<LeanMaterial>;
    if (!isLean || !uniforms || material.blending !== THREE.NormalBlending) return false;
    if (this.#painted.has(material)) return true;
    const { map, glowMap } = leanUniforms(material as LeanMaterial);
    const painting = readPainting(this.#renderer, map, this.#raster);
    const glowing = glowMap ? readPainting(this.#renderer, glowMap, this.#raster) : null;
    if (!painting || (glowMap && !(glowing && painting.repeats))) return false;
    const steps = defines?.["FORM"] === undefined ? STEPS : FORM_STEPS;
    const room = this.#raster.room(8 * steps);
    if (!room) return false;
    const finely = new Int16Array(room, this.#raster.take(8 * steps), 4 * steps);
    this.#painted.set(material, { painting, glowing, tones: new Int32Array(4 * steps), finely });
    return true;
  }

  /** Paint them as they stand before this camera. Each must be known, and culled for this camera. */
  paint(skins: readonly Skin[], camera: THREE.PerspectiveCamera): void {
    const raster = this.#raster;
    raster.clear();
    const all = skins.flatMap((skin) => skin.strokes().map((stroke) => ({ skin, ...stroke })));
    // As three orders what stands in one place: what is seen through last.
    all.sort((a, b) => Number(a.material.transparent) - Number(b.material.transparent) || a.order - b.order);
    for (const { skin, material, start, count } of all)
      if (count > 0) this.#stroke(skin, material as LeanMaterial, start, count, camera);
  }

  #stroke(skin: Skin, material: LeanMaterial, start: number, count: number, camera: THREE.PerspectiveCamera): void {
    const { painting, glowing, tones, finely } = this.#painted.get(material)!;
    const { lit, shade, glow, cut, soft } = leanUniforms(material);
    const form = Number(material.defines["FORM"] ?? 0);
    const steps = tones.length / 4;
    let brightest = 0;
    for (let i = 0; i < steps; i++) {
      const turned = form > 0 ? (i / steps - 0.5) * 2 * FORM_SPAN : 0;
      const light = ramp(0, 1, form > 0 ? 0.5 + (0.5 * turned) / soft : i / (steps - 1));
      const shape = form > 0 ? 65536 * (1 - form * (1 - ramp(-0.1, 1, turned))) : 65536;
      tones[4 * i] = shape * (shade.r + (lit.x - shade.r) * light);
      tones[4 * i + 1] = shape * (shade.g + (lit.y - shade.g) * light);
      tones[4 * i + 2] = shape * (shade.b + (lit.z - shade.b) * light);
      for (let k = 0; k < 3; k++) finely[4 * i + k] = Math.min(32767, tones[4 * i + k]! >> 1);
      brightest = Math.max(brightest, tones[4 * i]!, tones[4 * i + 1]!, tones[4 * i + 2]!);
    }
    const has = (name: string): boolean => material.defines[name] !== undefined;
    const shines = has("GLOW") || has("GLOW_MAP");
    const surface: Surface = {
      painting,
      glowing,
      tones,
      finely,
      glow: shines ? [65025 * glow.r, 65025 * glow.g, 65025 * glow.b] : [0, 0, 0],
      rims: has("RIM"),
      sharp: has("SHARP") ? 2 ** SHARPER : 1,
      burns: brightest > 65536,
      solid: has("SOLID"),
      opacity: lit.w,
      cut: has("CUT") ? cut : 0,
      depthTest: material.depthTest,
      depthWrite: material.depthWrite,
      away: material.side === THREE.DoubleSide ? 0 : material.side === THREE.FrontSide ? -1 : 1,
    };
    if (this.#looks.length < LOOKS * skin.corners) {
      this.#looks = new Float32Array(LOOKS * skin.corners);
      this.#lit = new Int32Array(skin.corners);
    }
    this.#run += 1;
    this.#lights.aim(material, camera, form > 0);
    this.#lights.shine(skin, start, count, this.#looks, this.#lit, this.#run);
    const corners: Corners = { pixels: skin.pixels, near: skin.near, looks: this.#looks };
    this.#raster.fill(corners, skin.drawn, start, count, surface);
  }

  /** Lay what was painted under a picture of premultiplied RGBA of the same size and stride; see `layUnder`. */
  layUnder(front: Uint32Array, behind: { light: boolean; leaves: boolean }): void {
    layUnder(this.#raster, front, behind);
  }
}

/**
 * Lay what was painted under a picture of premultiplied RGBA of the same size and stride, and over what that picture
 * says is behind her: leaves by their alpha, or all light without alpha.
 */
export function layUnder({ colors, stride, box }: Raster, front: Uint32Array, behind: { light: boolean; leaves: boolean }): void {
  for (let y = box.bottom; y < box.top; y++) {
    for (let i = y * stride + box.left, end = y * stride + box.right; i < end; i++) {
      const her = colors[i]!;
      if (her === 0) continue;
      const over = front[i]!;
      const alpha = over >>> 24;
      if (over === 0 || (behind.leaves && alpha === BEHIND_HER) || (behind.light && alpha === 0)) {
        front[i] = her;
        continue;
      }
      if (alpha === 255) continue;
      const rest = 255 - alpha;
      let sum = 0;
      for (let shift = 0; shift < 32; shift += 8) {
        const channel = ((over >>> shift) & 0xff) + Math.round((((her >>> shift) & 0xff) * rest) / 255);
        sum |= (channel > 255 ? 255 : channel) << shift;
      }
      front[i] = sum;
    }
  }
}

/** Light per corner: what the vertex shader of `lean` does. */
class Lights {
  readonly #key = new THREE.Vector3();
  readonly #a = new THREE.Vector3();
  readonly #b = new THREE.Vector3();
  readonly #colorA = new THREE.Color();
  readonly #colorB = new THREE.Color();
  readonly #eye = new THREE.Vector3();
  readonly #map = new THREE.Matrix3();
  #shift = 0;
  #turned = 0;
  #share = 0;
  #reach = 0;
  /** From the shader's light to a place in the table of tones. */
  #scale = 0;
  #begin = 0;

  aim(material: LeanMaterial, camera: THREE.PerspectiveCamera, form: boolean): void {
    const uniforms = leanUniforms(material);
    const { matrixWorld } = camera;
    this.#key.copy(uniforms.keyDirection).transformDirection(matrixWorld);
    this.#a.copy(uniforms.rimDirectionA).transformDirection(matrixWorld);
    this.#b.copy(uniforms.rimDirectionB).transformDirection(matrixWorld);
    this.#colorA.copy(uniforms.rimColorA);
    this.#colorB.copy(uniforms.rimColorB);
    this.#eye.setFromMatrixPosition(matrixWorld);
    this.#map.copy(uniforms.mapTransform);
    this.#shift = uniforms.shift;
    this.#turned = uniforms.turned;
    this.#share = uniforms.rimShare;
    this.#reach = 0.42 + uniforms.rimReach;
    const turn = 1 / uniforms.soft;
    if (form) {
      this.#scale = (0.5 * FORM_STEPS) / FORM_SPAN;
      this.#begin = 0.5 * FORM_STEPS;
    } else {
      this.#scale = 0.5 * turn * (STEPS - 1);
      this.#begin = 0.5 * (STEPS - 1) + 0.5;
    }
  }

  /** Light every corner of these triangles that has not been lit in this run. */
  shine(skin: Skin, start: number, count: number, looks: Float32Array, lit: Int32Array, run: number): void {
    const { drawn, bent, uvs } = skin;
    const m = this.#map.elements;
    const key = this.#key, a = this.#a, b = this.#b, eye = this.#eye;
    const reach = this.#reach, share = this.#share, shift = this.#shift, turned = this.#turned, scale = this.#scale, begin = this.#begin;
    const { r: redA, g: greenA, b: blueA } = this.#colorA;
    const { r: redB, g: greenB, b: blueB } = this.#colorB;
    const [kx, ky, kz] = [key.x, key.y, key.z];
    const [ax, ay, az] = [a.x, a.y, a.z];
    const [bx, by, bz] = [b.x, b.y, b.z];
    const [ox, oy, oz] = [eye.x, eye.y, eye.z];
    const stride = skin.stride;
    for (let t = start; t < start + count; t++) {
      const corner = drawn[t]!;
      if (lit[corner] === run) continue;
      lit[corner] = run;
      const from = stride * corner;
      let nx = bent[from + 3]!, ny = bent[from + 4]!, nz = bent[from + 5]!;
      const ex = ox - bent[from]!, ey = oy - bent[from + 1]!, ez = oz - bent[from + 2]!;
      const along = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
      let facing = ((nx * ex + ny * ey + nz * ez) * along) / (Math.sqrt(ex * ex + ey * ey + ez * ez) || 1);
      const side = facing < turned ? -along : along;
      if (facing < turned) facing = -facing;
      nx *= side; ny *= side; nz *= side;
      const to = LOOKS * corner;
      const u = uvs[2 * corner]!, v = uvs[2 * corner + 1]!;
      looks[to] = m[0]! * u + m[3]! * v + m[6]!;
      looks[to + 1] = m[1]! * u + m[4]! * v + m[7]!;
      looks[to + 2] = begin + scale * (nx * kx + ny * ky + nz * kz + shift);
      looks[to + 3] = (reach - facing) / 0.36;
      const fromA = bell(nx * ax + ny * ay + nz * az), fromB = bell(nx * bx + ny * by + nz * bz);
      const red = redA * fromA + redB * fromB, green = greenA * fromA + greenB * fromB, blue = blueA * fromA + blueB * fromB;
      const height = Math.max(red, green, blue) * share;
      const kept = Math.min(1, height) / Math.max(height, 0.001);
      const gain = 255 * 0.95 * share * kept;
      looks[to + 4] = red * gain;
      looks[to + 5] = green * gain;
      looks[to + 6] = blue * gain;
      looks[to + 7] = Math.max(height * kept * 0.9, 0.2 * share);
    }
  }
}

/** smoothstep(0.1, 0.75, x) */
function bell(x: number): number {
  const t = x < 0.1 ? 0 : x > 0.75 ? 1 : (x - 0.1) / 0.65;
  return t * t * (3 - 2 * t);
}
