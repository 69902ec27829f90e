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
const ERRORS = [0.0002, 0.0004, 0.0007, 0.0012, 0.002, 0.0034, 0.0058, 0.0096];
/** What a turned normal and a moved painting count beside a moved surface. */
const NORMAL = 0.01;
const PAINT = 0.01;
/** Shapes that a coarser face must make as well as a finer one: those that move the most. */
const SHAPES = 8;
/** A level that saves less than this share is none. */
const WORTH = 0.9;

/** Resolves when levels can be made. */
export const levelsReady: Promise<void> = MeshoptSimplifier.ready;

/** The mesh's own triangles and coarser ones, finest first. scale: metres a unit of its positions. */
export function levelsOf({ attributes, index, morphAttributes }: THREE.BufferGeometry, scale: number): Level[] {
  const { position, normal, uv } = attributes as Record<string, THREE.BufferAttribute>;
  const count = position!.count;
  const places = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) for (let k = 0; k < 3; k++) places[3 * i + k] = scale * position!.getComponent(i, k);
  const extent = Math.max(1e-6, MeshoptSimplifier.getScale(places, 3));
  // A corner that a shape moves counts as if it stood in all the places where shapes put it.
  const moves = largest((morphAttributes["position"] ?? []) as THREE.BufferAttribute[], SHAPES);
  const columns = [
    ...[0, 1, 2].map((k) => ({ of: normal!, k, weight: NORMAL / extent })),
    ...[0, 1].map((k) => ({ of: uv!, k, weight: PAINT / extent })),
    ...moves.flatMap((of) => [0, 1, 2].map((k) => ({ of, k, weight: scale / extent }))),
  ];
  const looks = new Float32Array(columns.length * count);
  for (let i = 0; i < count; i++) columns.forEach(({ of, k }, c) => (looks[columns.length * i + c] = of.getComponent(i, k)));
  const finest = Uint32Array.from(index!.array);
  const levels: Level[] = [{ error: 0, index: finest }];
  const weights = columns.map(({ weight }) => weight);
  for (const error of ERRORS) {
    const [found] = MeshoptSimplifier.simplifyWithAttributes(
      ...[finest, places, 3, looks, columns.length, weights, null, 0, error] as const,
      ["ErrorAbsolute", "Permissive"],
    );
    if (found.length < WORTH * levels.at(-1)!.index.length) levels.push({ error, index: found });
  }
  return levels;
}

/** The shapes that move corners the most. */
function largest(shapes: readonly THREE.BufferAttribute[], most: number): THREE.BufferAttribute[] {
  const size = (shape: THREE.BufferAttribute): number => {
    let sum = 0;
    for (let i = 0; i < shape.count; i++) sum += shape.getX(i) ** 2 + shape.getY(i) ** 2 + shape.getZ(i) ** 2;
    return sum;
  };
  return shapes.map((shape) => ({ shape, sum: size(shape) })).sort((a, b) => b.sum - a.sum).slice(0, most).map(({ shape }) => shape);
}

/** The coarsest level whose error is no more than this, metres. */
export function levelFor(levels: readonly Level[], error: number): Level {
  let best = levels[0]!;
  for (const level of levels) if (level.error <= error) best = level;
  return best;
}
