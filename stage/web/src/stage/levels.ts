/**
 * Coarser triangles of a mesh for a lens that is far off: the same corners, fewer of them used (meshoptimizer).
 *
 * On a processor each triangle costs a block of 4 x 4 pixels however few of them it fills; a figure as high as a third
 * of the picture has more triangles than blocks.
 */
import { MeshoptSimplifier } from "meshoptimizer";
import type * as THREE from "three";

export type Corners = Uint16Array | Uint32Array;

export interface Level {
  /** How far its surface may stand off the finest one, metres; 0 for that. */
  readonly error: number;
  /** Three corners a triangle. */
  readonly index: Corners;
}

/** Metres that levels may stand off. */
const ERRORS = [0.0006, 0.0012, 0.0024, 0.0048, 0.0096];
/** What a turned normal and a moved painting count beside a moved surface. */
const NORMAL = 0.01;
const PAINT = 0.01;
/** A level that saves less than this share is none. */
const WORTH = 0.9;

/** Resolves when levels can be made. */
export const levelsReady: Promise<void> = MeshoptSimplifier.ready;

/** The mesh's own triangles and coarser ones, finest first. scale: metres a unit of its positions. */
export function levelsOf({ attributes, index }: THREE.BufferGeometry, scale: number): Level[] {
  const { position, normal, uv } = attributes as Record<string, THREE.BufferAttribute>;
  const count = position!.count;
  const places = new Float32Array(3 * count);
  const looks = new Float32Array(5 * count);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      places[3 * i + k] = scale * position!.getComponent(i, k);
      looks[5 * i + k] = normal!.getComponent(i, k);
    }
    looks[5 * i + 3] = uv!.getX(i);
    looks[5 * i + 4] = uv!.getY(i);
  }
  const extent = Math.max(1e-6, MeshoptSimplifier.getScale(places, 3));
  const weights = [NORMAL, NORMAL, NORMAL, PAINT, PAINT].map((weight) => weight / extent);
  const finest = Uint32Array.from(index!.array);
  const levels: Level[] = [{ error: 0, index: finest }];
  for (const error of ERRORS) {
    const [found] = MeshoptSimplifier.simplifyWithAttributes(finest, places, 3, looks, 5, weights, null, 0, error, [
      "ErrorAbsolute",
      "Permissive",
    ]);
    if (found.length < WORTH * levels.at(-1)!.index.length) levels.push({ error, index: found });
  }
  return levels;
}

/** The coarsest level whose error is no more than this, metres. */
export function levelFor(levels: readonly Level[], error: number): Level {
  let best = levels[0]!;
  for (const level of levels) if (level.error <= error) best = level;
  return best;
}
