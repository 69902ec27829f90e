/**
 * What is fired over the stage: confetti, sparks, petals, a lift of white light. Each is a pure function of the cue's age
 * (petals: of show time), so a seek, a replay and a render show the same; nothing here has a memory.
 */
import * as THREE from "three";
import { CUE } from "../../wire/frame";
import type { Avatar } from "../avatar";
import type { LightFrame } from "../frame";
import { SCREEN_CAMERA, screenMesh } from "../screen";
import { CONFETTI, PETALS, SPARKS } from "./particles_shaders";
import { ADD, dice } from "./shared";

/** Copies of each, lean and rich. */
const COUNTS = { confetti: [420, 1100], sparks: [620, 1300], petals: [130, 300] } as const;
/** More of the light that is there: a veil added to the dark would be fog. */
const MORE = { ...ADD, blendSrc: THREE.DstColorFactor } as const;
/** A lift: how high, and how long, seconds. One flash; the desk keeps them apart. */
export const LIFT = { gain: 0.2, more: 3, seconds: 0.3 } as const;

/** Height of a lift at an age, display value on what is a third bright: up at once, down on a curve. */
export function liftHeight(age: number): number {
  const left = 1 - age / LIFT.seconds;
  return age >= 0 && left > 0 ? LIFT.gain * left * Math.sqrt(left) : 0;
}

/** What is to be seen now, read from the two slots of a frame; seconds of age, negative for none. */
export interface Shown {
  confetti: number;
  sparks: number;
  lift: number;
  /** How many petals, 0..1. */
  petals: number;
}

export function readCues(light: LightFrame, into: Shown): Shown {
  into.confetti = into.sparks = into.lift = -1;
  into.petals = 0;
  put(light.cueA, light.cueValueA, into);
  put(light.cueB, light.cueValueB, into);
  return into;
}

function put(kind: number, value: number, into: Shown): void {
  if (kind === CUE.confetti || kind === CUE.finale) into.confetti = value;
  if (kind === CUE.sparks || kind === CUE.finale) into.sparks = value;
  if (kind === CUE.lift) into.lift = value;
  if (kind === CUE.petals) into.petals = Math.max(into.petals, value);
}

/** Where the fountains stand (as in their shader); how far sparks come towards her, and stay off beside her, metres. */
const FEET = [-1, 1].flatMap((side) => [0, 1, 2].map((k) => new THREE.Vector3(side * (2.3 + 1.55 * k), 1, 0.35 * k - 2.6)));
const FEET_REACH = 0.7;
const BESIDE = 2.4;
const depth = new THREE.Vector3();

type Cloud = THREE.Mesh<THREE.InstancedBufferGeometry, THREE.ShaderMaterial>;

/** Corners x, y in -1..1 of a quad, or of a petal with a bent middle. */
const QUAD = { corners: [-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0], faces: [0, 1, 2, 0, 2, 3] };
const PETAL = {
  corners: [0, -1, 0.1, 0.62, -0.1, 0.28, 0.36, 0.86, 0.2, 0, 0.7, 0, -0.36, 0.86, 0.2, -0.62, -0.1, 0.28, 0, 0, -0.08],
  faces: [0, 1, 6, 1, 2, 6, 2, 3, 6, 3, 4, 6, 4, 5, 6, 5, 0, 6],
};

function cloud(shape: typeof QUAD, count: number, seed: number, material: THREE.ShaderMaterial): Cloud {
  const roll = dice(seed);
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(shape.corners), 3));
  geometry.setIndex(shape.faces);
  for (const name of ["chance", "fate"]) {
    const data = Float32Array.from({ length: 4 * count }, roll);
    geometry.setAttribute(name, new THREE.InstancedBufferAttribute(data, 4));
  }
  geometry.instanceCount = count;
  const mesh = new THREE.Mesh(geometry, material);
  mesh.frustumCulled = false;
  mesh.visible = false;
  return mesh;
}

export class Effects {
  /** Drawn with the performers. */
  readonly group = new THREE.Group();
  readonly #shown: Shown = { confetti: -1, sparks: -1, lift: -1, petals: 0 };
  readonly #uniforms;
  readonly #confetti: Cloud;
  readonly #sparks: Cloud;
  readonly #petals: Cloud;
  readonly #tone = new THREE.Vector4();
  #sparksBehind = false;
  readonly #veil = screenMesh("uniform vec4 tone; void main() { gl_FragColor = tone; }", { tone: { value: this.#tone } }, 0, MORE);

  /** palette: 12 display values that change from frame to frame. */
  constructor(palette: Float32Array, full: boolean) {
    this.#uniforms = {
      age: { value: 0 },
      sparkAge: { value: 0 },
      time: { value: 0 },
      amount: { value: 0 },
      lit: { value: 1 },
      /** 1: what is behind her is marked so. */
      told: { value: 0 },
      /** Metres of half the picture's height at a distance of one metre. */
      lens: { value: 0.2 },
      /** Half the width of a spark's streak, metres: fewer are drawn wider. */
      fine: { value: full ? 0.011 : 0.017 },
      /** Nothing flies before this place. */
      face: { value: new THREE.Vector3(0, -9, 0) },
      c0: { value: palette.subarray(0, 3) },
      c1: { value: palette.subarray(3, 6) },
      c3: { value: palette.subarray(9, 12) },
    };
    const uniforms: Record<string, THREE.IUniform> = this.#uniforms;
    const solid = { uniforms, side: THREE.DoubleSide };
    const row = full ? 1 : 0;
    this.#confetti = cloud(QUAD, COUNTS.confetti[row], 23, new THREE.ShaderMaterial({ ...CONFETTI, ...solid }));
    this.#petals = cloud(PETAL, COUNTS.petals[row], 29, new THREE.ShaderMaterial({ ...PETALS, ...solid }));
    this.#sparks = cloud(QUAD, COUNTS.sparks[row], 31, new THREE.ShaderMaterial({ ...SPARKS, uniforms, ...ADD }));
    this.#sparks.renderOrder = 40;
    this.group.add(this.#confetti, this.#petals, this.#sparks);
  }

  /** showTime: seconds; petals fall on while a song is held. */
  update(light: LightFrame, showTime: number, camera: THREE.PerspectiveCamera, avatars: readonly Avatar[]): void {
    const shown = readCues(light, this.#shown);
    const u = this.#uniforms;
    u.age.value = shown.confetti;
    u.sparkAge.value = shown.sparks;
    u.amount.value = shown.petals;
    // Small enough that a float keeps milliseconds.
    u.time.value = showTime % 3600;
    u.lit.value = 0.6 + 0.4 * Math.min(1, light.intensity * 1.2);
    u.lens.value = Math.tan((camera.fov * Math.PI) / 360);
    u.face.value.set(0, -9, 0);
    for (const avatar of avatars) {
      if (!avatar.group.visible) continue;
      avatar.headPlace(u.face.value);
      // From the joint at the top of the neck to the nose.
      u.face.value.y += 0.07;
      break;
    }
    this.#confetti.visible = shown.confetti >= 0;
    this.#sparks.visible = shown.sparks >= 0;
    this.#sparksBehind = false;
    if (this.#sparks.visible) {
      const her = depth.copy(u.face.value).applyMatrix4(camera.matrixWorldInverse).z;
      const across = depth.x / -her;
      // Before her or beside her: those who fly beside her do not meet her in the picture.
      this.#sparksBehind = FEET.every((foot) => {
        const { x, z } = depth.copy(foot).applyMatrix4(camera.matrixWorldInverse);
        return z < her - FEET_REACH || (z < -1 && Math.abs(x + across * z) > BESIDE);
      });
    }
    this.#petals.visible = shown.petals > 0;
  }

  /** Something in the air may be before a performer without saying so. */
  get mixed(): boolean {
    return this.#sparks.visible && !this.#sparksBehind;
  }

  /** Light in the air is behind the performers, all of it. */
  get lightBehind(): boolean {
    return this.#sparks.visible && this.#sparksBehind;
  }

  /** Papers or petals are in the air. */
  get leaves(): boolean {
    return this.#confetti.visible || this.#petals.visible;
  }

  /** Papers and petals behind her are marked as such, for whoever lays her over them later. */
  set told(on: boolean) {
    this.#uniforms.told.value = on ? 1 : 0;
  }

  /** All light of the set at once, behind the performers: a flash on a face takes its features. */
  drawLift(renderer: THREE.WebGLRenderer): void {
    const height = liftHeight(this.#shown.lift);
    if (height === 0) return;
    this.#tone.set(LIFT.more * height, LIFT.more * height, LIFT.more * height, 1);
    renderer.render(this.#veil, SCREEN_CAMERA);
  }

  dispose(): void {
    for (const mesh of [this.#confetti, this.#sparks, this.#petals, this.#veil]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
  }
}
