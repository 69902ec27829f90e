/**
 * Shapes of the people in the audience, seen from behind against the light: a few triangles each, as transparent
 * pixels cost far more than corners. Metres, feet at the origin.
 */
import * as THREE from "three";

/** Where the raised arm begins, and its length to the hand. */
export const SHOULDER = [0.185, 1.27] as const;
export const ARM = 0.5;

/** Along an arm and its half width there, metres: with a fist, and of one far off. */
const ARM_ROWS = [[0.01, 0.056], [0.5, 0.04], [0.88, 0.026], [0.94, 0.047], [1.04, 0.047], [1.1, 0.024]] as const;
const FAR_ARM_ROWS = [[0.01, 0.05], [1.08, 0.042]] as const;

/** How much of a face's middle and chin is skin in the stage's light; its crown is hair. */
const FACE = [1, 0.62] as const;

/**
 * Corners: x, y, rim (1 on the outline that stage light catches); along the arm: 0 body, else 0.01..1, -1..1 side. Of a
 * body, which has no side, that number says how much of a face is there, 0..1.
 */
class Outline {
  readonly #corners: number[] = [];
  readonly #arms: number[] = [];
  readonly #index: number[] = [];

  add(x: number, y: number, rim: number, along = 0, side = 0): number {
    this.#arms.push(along, side);
    return this.#corners.push(x, y, rim) / 3 - 1;
  }

  /** A head: hair around a face that ends at the chin. */
  head(y: number, rx: number, ry: number, corners = 10): this {
    const middle = this.add(0, y - 0.18 * ry, 0, 0, FACE[0]);
    for (let i = 0; i < corners; i++) {
      const angle = (2 * Math.PI * (i - 0.5)) / corners;
      const up = Math.sin(angle);
      // Narrower to the chin.
      this.add(rx * Math.cos(angle) * Math.min(1, 1 + 0.24 * up), y + ry * up, 0.5 + 0.5 * up, 0, up < -0.4 ? FACE[1] : 0);
      this.#index.push(middle, middle + 1 + i, middle + 1 + ((i + 1) % corners));
    }
    return this;
  }

  /** A closed outline around a point inside it: x, y, rim. */
  fan(middle: readonly [number, number], outline: readonly (readonly [number, number, number])[]): this {
    const first = this.add(middle[0], middle[1], 0);
    for (const [x, y, rim] of outline) this.add(x, y, rim);
    for (let i = 0; i < outline.length; i++)
      this.#index.push(first, first + 1 + i, first + 1 + ((i + 1) % outline.length));
    return this;
  }

  /** The arm that holds the stick: its corners are placed by the shader, from shoulder to hand, and a fist. */
  arm(rows: readonly (readonly [along: number, half: number])[], sides: readonly number[] = [-1, 0, 1]): this {
    const first = this.#corners.length / 3;
    const across = sides.length;
    for (const [along, half] of rows) for (const side of sides) this.add(half, 0, side === 0 ? 0 : 0.85, along, side);
    for (let i = 0; i < rows.length - 1; i++) {
      const at = first + across * i;
      for (let k = at; k < at + across - 1; k++) this.#index.push(k, k + 1, k + across, k + 1, k + across + 1, k + across);
    }
    return this;
  }

  build(): THREE.InstancedBufferGeometry {
    const geometry = new THREE.InstancedBufferGeometry();
    geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(this.#corners), 3));
    geometry.setAttribute("arm", new THREE.BufferAttribute(new Float32Array(this.#arms), 2));
    geometry.setIndex(this.#index);
    return geometry;
  }
}

type Corner = readonly [x: number, y: number, rim: number];

const mirrored = (half: readonly Corner[]): readonly Corner[] => [
  ...half,
  ...[...half].reverse().map(([x, y, rim]): Corner => [-x, y, rim]),
];

/** Legs, hips, back and shoulders; wide: of the shoulders, of 1. */
function body(outline: Outline, wide: number): Outline {
  for (const side of [-1, 1])
    outline.fan([side * 0.09, 0.4], [
      [side * 0.02, 0.8, 0], [side * 0.17, 0.8, 0], [side * 0.15, 0.45, 0], [side * 0.14, 0, 0], [side * 0.06, 0, 0], [side * 0.045, 0.45, 0],
    ]);
  const half: readonly Corner[] = [
    ...([[0.165, 0.74, 0], [0.15, 0.98, 0.1], [0.18, 1.08, 0.3], [0.215, 1.18, 0.6], [0.218, 1.235, 0.9]] as const),
    ...([[0.185, 1.285, 1], [0.12, 1.32, 1], [0.062, 1.35, 0.8], [0.048, 1.42, 0.3]] as const),
  ];
  return outline.fan([0, 1.05], mirrored(half.map(([x, y, rim]): Corner => [x * wide, y, rim])));
}

const head = (outline: Outline, rx: number, ry: number): Outline => outline.head(1.5, rx, ry);

/** The kinds of people that stand there. */
export function people(): readonly THREE.InstancedBufferGeometry[] {
  // Short hair with a tuft.
  const first = head(body(new Outline(), 1), 0.098, 0.122);
  first.fan([0, 1.58], [[-0.102, 1.53, 0.6], [-0.112, 1.6, 0.9], [-0.07, 1.645, 1], [-0.02, 1.63, 1], [0.03, 1.66, 1], [0.085, 1.625, 1], [0.112, 1.58, 0.9], [0.1, 1.52, 0.5]]);
  // Long hair that falls over the shoulders.
  const second = body(new Outline(), 0.9);
  for (const side of [-1, 1])
    second.fan([side * 0.1, 1.35], [[side * 0.05, 1.6, 0.4], [side * 0.11, 1.52, 0.7], [side * 0.135, 1.36, 0.5], [side * 0.15, 1.15, 0.3], [side * 0.08, 1.1, 0.1], [side * 0.055, 1.36, 0]]);
  head(second, 0.108, 0.126);
  // Two tails, as her own fans wear them.
  const third = head(body(new Outline(), 0.88), 0.1, 0.122);
  for (const side of [-1, 1])
    third.fan([side * 0.16, 1.44], [[side * 0.09, 1.59, 0.7], [side * 0.15, 1.6, 1], [side * 0.205, 1.5, 0.9], [side * 0.2, 1.34, 0.6], [side * 0.165, 1.24, 0.2], [side * 0.14, 1.36, 0], [side * 0.12, 1.5, 0]]);
  return [first, second, third].map((outline) => outline.arm(ARM_ROWS).build());
}

/** Shoulders of one far off: they slope to a neck, or a head on them is a peg. Half of the outline, from below. */
const FAR_SHOULDERS: readonly Corner[] = [[0.13, 0.05, 0], [0.235, 1.2, 0.7], [0.06, 1.36, 0.6]];

/** One of many far off: a head over shoulders, and the arm that holds the stick. */
export function farPerson(): THREE.InstancedBufferGeometry {
  return new Outline().fan([0, 1.15], mirrored(FAR_SHOULDERS)).head(1.49, 0.1, 0.13, 8).arm(FAR_ARM_ROWS).build();
}

/** One on the tiers: the same of fewer corners. */
export function farHead(): THREE.InstancedBufferGeometry {
  return new Outline().fan([0, 1.1], mirrored(FAR_SHOULDERS)).head(1.49, 0.108, 0.14, 6).arm(FAR_ARM_ROWS, [-1, 1]).build();
}
