/** The audience: rows of light sticks that sway with the music, and the nearest people as dark shapes. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { ARM, people, SHOULDER } from "./people";
import { dice, glsl, ribbon, type SetUniforms } from "./shared";

interface Seat {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly chance: number;
}

/** Where people stand: rows that widen and rise, with room for the runway. */
export function seats({ crowd, measure }: Venue, seed: number): readonly Seat[] {
  const roll = dice(seed);
  const all: Seat[] = [];
  for (let row = 0; row < crowd.rows; row++) {
    const z = crowd.first + row * crowd.row;
    const half = crowd.half + crowd.spread * (z - crowd.first);
    const places = Math.floor((2 * half) / 0.64);
    for (let i = 0; i < places; i++) {
      const x = -half + (i + 0.5 + (roll() - 0.5) * 0.5 + (row % 2) * 0.5) * ((2 * half) / places);
      const seat = {
        x,
        y: measure.pit + Math.max(0, z - crowd.rise_from) * crowd.rise - 0.14 * roll(),
        z: z + (roll() - 0.5) * 0.3,
        chance: roll(),
      };
      if (Math.abs(x) > measure.runway_half + 0.45 || z > measure.runway_front + 0.5) all.push(seat);
    }
  }
  return all;
}

/** The swing of one raised arm: the same in both shaders, so that a stick stays in its hand. */
const SWAY = /* glsl */ `
uniform float beat, crowd, pulse, clear, she;
// One that is right before the lens would fill the picture, and a camera among the people must see her between them.
float shown(vec4 view) {
  float aside = abs(view.x * projectionMatrix[0][0] / -view.z - she);
  return smoothstep(2.8, 4.6, -view.z) * mix(1.0, smoothstep(0.36, 0.66, aside), clear);
}
float sway(vec4 seat) {
  float wave = sin(beat * 1.5708 + seat.x * 0.12 + seat.z * 0.08 + seat.w * 1.1);
  return 0.10 + 0.35 * (seat.w - 0.5) + (1.0 - crowd) * 0.45 * fract(seat.w * 5.7) + crowd * 0.36 * wave;
}
vec2 hand(float angle) {
  return vec2(${glsl(SHOULDER[0])}, ${glsl(SHOULDER[1])} + 0.045 * crowd * pulse) + ${glsl(ARM)} * vec2(sin(angle), cos(angle));
}`;

export class Crowd {
  readonly group = new THREE.Group();
  readonly swing = { value: 1 };
  /** 1: people between lens and performer step aside; `she`: where she is across the picture, -1..1. */
  readonly #clear = { value: 0 };
  readonly #she = { value: 0 };
  readonly #place = new THREE.Vector3();
  readonly #shapes: { geometry: THREE.InstancedBufferGeometry; all: number; front: number }[] = [];
  readonly #behind: number;
  readonly #deck: number;

  constructor(uniforms: SetUniforms, venue: Venue, full: boolean) {
    const { crowd } = venue;
    this.#behind = crowd.first + 1.6;
    this.#deck = venue.measure.deck_front;
    const all = seats(venue, 7);
    const share = crowd[full ? "sticks_full" : "sticks_lite"] / Math.max(1, all.length);
    // Everybody near holds one; further back as many as may be drawn.
    const near = crowd.first + crowd.row * crowd[full ? "people_full" : "people_lite"] - 0.3;
    const holders = all.filter((seat) => seat.chance < (seat.z < near ? Math.max(share, 0.8) : share));
    // Those nearest to the audience's cameras first: what they hide is then never painted.
    const bodies = all.filter((seat) => seat.z < near).reverse();
    this.#sticks(uniforms, holders, [crowd.main_share, crowd.second_share]);
    people().forEach((geometry, kind, kinds) => {
      const row = bodies.filter((_, i) => i % kinds.length === kind);
      this.#shapes.push({ geometry, all: row.length, front: row.filter((seat) => seat.z < crowd.first + 1).length });
      this.#bodies(uniforms, this.#copies(geometry, row), full);
    });
  }

  /** A camera on or before the deck that looks at the stage has everybody behind it. */
  show(camera: THREE.PerspectiveCamera): void {
    const looksBack = camera.matrixWorld.elements[10]! < 0;
    this.group.visible = looksBack || camera.position.z > this.#behind;
    this.#she.value = this.#place.set(0, 1, 0).project(camera).x;
    this.#clear.value = looksBack ? 0 : Math.min(1, Math.max(0, (12.5 - camera.position.z) / 1.5));
    // From the stage the shapes fill the picture one behind the other: the first rows are enough there.
    for (const { geometry, all, front } of this.#shapes)
      geometry.instanceCount = looksBack && camera.position.z < this.#deck ? Math.max(front, Math.floor(all / 2)) : all;
  }

  #copies(geometry: THREE.InstancedBufferGeometry, row: readonly Seat[]): THREE.InstancedBufferGeometry {
    const data = new Float32Array(row.flatMap(({ x, y, z, chance }) => [x, y, z, chance]));
    geometry.setAttribute("seat", new THREE.InstancedBufferAttribute(data, 4));
    geometry.instanceCount = row.length;
    return geometry;
  }

  #add(geometry: THREE.InstancedBufferGeometry, material: THREE.ShaderMaterial, order: number): void {
    const mesh = new THREE.Mesh(geometry, material);
    mesh.frustumCulled = false;
    mesh.renderOrder = order;
    this.group.add(mesh);
  }

  #sticks(uniforms: SetUniforms, holders: readonly Seat[], shares: readonly [number, number]): void {
    const material = new THREE.ShaderMaterial({
      uniforms: { ...uniforms, crowd: this.swing, clear: this.#clear, she: this.#she, shares: { value: new THREE.Vector2(...shares) } },
      vertexShader: /* glsl */ `
        attribute vec4 seat; uniform float gain; uniform vec2 shares; uniform vec3 c0, c1, c3;
        varying vec2 vAt; varying vec3 vTone;
        ${SWAY}
        void main() {
          vAt = position.xy;
          float pick = fract(seat.w * 7.31);
          vTone = (pick < shares.x ? c0 : pick < shares.x + shares.y ? c1 : c3) * (0.70 + 0.20 * gain + 0.10 * pulse);
          float angle = sway(seat), tilt = angle * 1.2 + 0.3 * (fract(seat.w * 3.3) - 0.5);
          vec4 view = viewMatrix * vec4(seat.xyz, 1.0);
          view.xy += hand(angle);
          float far = -view.z;
          float high = shown(viewMatrix * vec4(seat.xyz, 1.0));
          vec2 along = vec2(sin(tilt), cos(tilt)) * high;
          view.y -= (1.0 - high) * 2.0;
          float half_ = max(0.034, far * 0.0016);
          view.xy += along * (position.y * 0.30 - 0.02) + vec2(along.y, -along.x) * position.x * half_ * high;
          gl_Position = projectionMatrix * view;
        }`,
      // A white core in a coloured tube, and a little of its light around it.
      fragmentShader: /* glsl */ `
        uniform vec3 c3; varying vec2 vAt; varying vec3 vTone;
        void main() {
          float x = abs(vAt.x), ends = smoothstep(0.0, 0.05, vAt.y) * smoothstep(1.0, 0.95, vAt.y);
          float body = smoothstep(0.56, 0.46, x) * ends, core = smoothstep(0.34, 0.06, x) * ends, halo = (1.0 - x) * (1.0 - x) * 0.30 * ends;
          float grip = smoothstep(0.10, 0.16, vAt.y);
          vec3 col = vTone * (body * (0.18 + 0.82 * grip) + halo) + mix(vTone, c3, 0.75) * core * 0.42 * grip;
          gl_FragColor = vec4(col, body);
        }`,
      transparent: true,
      depthWrite: false,
      blending: THREE.CustomBlending,
      blendSrc: THREE.OneFactor,
      blendDst: THREE.OneMinusSrcAlphaFactor,
    });
    this.#add(this.#copies(ribbon(), holders), material, 31);
  }

  #bodies(uniforms: SetUniforms, geometry: THREE.InstancedBufferGeometry, full: boolean): void {
    const material = new THREE.ShaderMaterial({
      side: THREE.DoubleSide,
      uniforms: { ...uniforms, crowd: this.swing, clear: this.#clear, she: this.#she },
      vertexShader: /* glsl */ `
        attribute vec4 seat; attribute vec2 arm; uniform vec3 c0, c1, c2; uniform float gain; varying float vRim; varying vec3 vDark, vEdge;
        ${SWAY}
        void main() {
          vRim = position.z;
          float angle = sway(seat);
          vec2 at = position.xy;
          float lean = angle * 0.10 * position.y;
          if (arm.x > 0.0) {
            vec2 way = vec2(sin(angle), cos(angle));
            at = mix(vec2(${glsl(SHOULDER[0])} - 0.03, ${glsl(SHOULDER[1])} - 0.05), hand(angle), arm.x) + vec2(way.y, -way.x) * position.x * arm.y;
            lean = 0.0;
          }
          vec4 view = viewMatrix * vec4(seat.xyz, 1.0);
          // Who is in the way sinks out of the picture instead of vanishing at once.
          float up = shown(view);
          view.xy += at + vec2(lean, 0.03 * crowd * abs(sin(beat * 1.5708 + seat.w)) - (1.0 - up) * 2.0);
          gl_Position = projectionMatrix * view;
          float high = clamp((at.y - 0.8) * 1.7, 0.0, 1.0);
          vec3 tone = fract(seat.w * 9.1) < 0.75 ? c0 : c1;
          vDark = (c2 * 0.16 + vec3(0.008, 0.007, 0.014)) * high;
          vEdge = tone * high * (0.22 + 0.46 * gain);
        }`,
      fragmentShader: /* glsl */ `
        varying float vRim; varying vec3 vDark, vEdge;
        void main() {
          float rim = vRim * vRim; rim *= rim;
          gl_FragColor = vec4(vDark + vEdge * rim, ${full ? "0.0" : "1.0"});
        }`,
    });
    this.#add(geometry, material, 30);
  }
}
