/**
 * A floor for the light on faces: how bright a model's skin is painted, and how much more light a dark one is given, so
 * that her face is read in a dark hall as a follow spot would have it read. Light skin is left as it is.
 */
import type * as THREE from "three";

/** Of a painted skin, display values 0..1: its mean luma, and the brightest channel that is not a mere speck. */
export interface Painted {
  readonly mean: number;
  readonly top: number;
}

/** Mean luma below which skin is given more light: tan skin in a portrait. */
const FLOOR = 0.52;
/** How much of what is missing is given, as an exponent: a dark person stays one. */
const GIVEN = 0.68;
/** Never more than this, and never so much that the brightest of the paint is burnt out. */
const MOST = 2;
const CEILING = 0.97;
/** Side of the copy that is looked at, pixels. */
const SIDE = 64;

/** What light on this skin is multiplied by; 1 for all that is bright enough. */
export function keyLift({ mean, top }: Painted): number {
  const wanted = Math.min(MOST, (FLOOR / Math.max(mean, 0.02)) ** GIVEN);
  return Math.max(1, Math.min(wanted, CEILING / Math.max(top, 0.02)));
}

/** How much more a rim on a surface that is painted dark gives: its outline is all that parts it from a dark hall. */
export const rimLift = ({ mean }: Painted): number => 1 + 0.45 * Math.min(1, Math.max(0, (0.34 - mean) / 0.24));

/**
 * Of RGBA pixels, at the corners of a surface only: the rest of a painting is hair, cloth or nothing.
 *
 * pixels: side * side * 4 bytes, the first row above. uv: two numbers a corner. factor: display values of the material.
 */
export function paintedAt(pixels: ArrayLike<number>, side: number, uv: ArrayLike<number>, flipped: boolean, factor: readonly number[]): Painted {
  const wrap = (value: number): number => Math.min(side - 1, Math.floor((value - Math.floor(value)) * side));
  const tops: number[] = [];
  let sum = 0;
  for (let i = 0; i + 1 < uv.length; i += 2) {
    const at = 4 * (wrap(flipped ? 1 - uv[i + 1]! : uv[i + 1]!) * side + wrap(uv[i]!));
    const [r, g, b] = [0, 1, 2].map((c) => (pixels[at + c]! / 255) * factor[c]!) as [number, number, number];
    sum += 0.2126 * r + 0.7152 * g + 0.0722 * b;
    tops.push(Math.max(r, g, b));
  }
  if (tops.length === 0) return { mean: 1, top: 1 };
  tops.sort((a, b) => a - b);
  return { mean: sum / tops.length, top: tops[Math.floor(0.95 * (tops.length - 1))]! };
}

type Source = THREE.Material & { map?: THREE.Texture | null; color?: THREE.Color };

/** The same of a loaded material on its geometry; white where nothing can be read. */
export function paintedOf(material: Source, geometry: THREE.BufferGeometry): Painted {
  const factor = [material.color?.r ?? 1, material.color?.g ?? 1, material.color?.b ?? 1].map((v) => v ** (1 / 2.2));
  const image = material.map?.image as CanvasImageSource | undefined;
  const uv = geometry.getAttribute("uv");
  if (!image || !uv) return paintedAt([255, 255, 255, 255], 1, [0, 0], false, factor);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return { mean: 1, top: 1 };
  context.drawImage(image, 0, 0, SIDE, SIDE);
  const places = new Float32Array(2 * uv.count);
  for (let i = 0; i < uv.count; i++) places.set([uv.getX(i), uv.getY(i)], 2 * i);
  return paintedAt(context.getImageData(0, 0, SIDE, SIDE).data, SIDE, places, material.map?.flipY ?? false, factor);
}
