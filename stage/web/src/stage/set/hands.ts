/**
 * Hands, heads and light sticks of those who stand between the lens and the stage: silhouettes along the lower edge of
 * far pictures. They stand in the picture, not in the hall (a real row would be out of sight or before her legs), and
 * pass by as the camera travels.
 */
import * as THREE from "three";
import type { Venue } from "../venue";
import { dice, glsl, HUED, OVER, ribbon, type SetUniforms } from "./shared";

/** They are seen where the picture holds more of the stage than this, metres from top to bottom at her place. */
const FROM = [1.5, 1.9] as const;
/** No stick stands within this share of the picture's half width, where the words are: one there is a text cursor. */
const WORDS = 0.62;
/** Distance at which they are drawn; only what stands nearer would cover them. Metres. */
const AWAY = 1.6;
/** How far one metre of the camera's way moves them, in halves of the picture's height. */
const PASS = 0.4;

type Corner = readonly [x: number, y: number, rim: number];

/** A forearm with a fist, its wrist at the origin; halves of the picture's height. */
const ARM: readonly Corner[] = [
  [-0.05, -0.5, 0.6], [-0.034, -0.06, 0.9], [-0.052, -0.015, 1], [-0.05, 0.045, 1], [-0.022, 0.07, 1], [0.02, 0.072, 1],
  [0.05, 0.05, 1], [0.056, 0.0, 1], [0.034, -0.06, 0.9], [0.05, -0.5, 0.6],
];
/** The same with an open hand. */
const OPEN: readonly Corner[] = [
  [-0.05, -0.5, 0.6], [-0.03, -0.06, 0.9], [-0.075, 0.02, 1], [-0.066, 0.045, 1], [-0.04, 0.03, 0.6], [-0.036, 0.115, 1],
  [-0.014, 0.12, 1], [-0.006, 0.07, 0.5], [0.004, 0.128, 1], [0.024, 0.122, 1], [0.022, 0.06, 0.5], [0.05, 0.1, 1],
  [0.06, 0.085, 1], [0.046, 0.0, 1], [0.03, -0.06, 0.9], [0.05, -0.5, 0.6],
];
const HEAD: readonly Corner[] = [
  [-0.24, -0.5, 0.3], [-0.22, -0.19, 0.9], [-0.07, -0.12, 0.7], [-0.105, -0.02, 0.8], [-0.1, 0.06, 1], [-0.055, 0.11, 1],
  [0.0, 0.125, 1], [0.055, 0.11, 1], [0.1, 0.06, 1], [0.105, -0.02, 0.8], [0.07, -0.12, 0.7], [0.22, -0.19, 0.9], [0.24, -0.5, 0.3],
];

function fan(outline: readonly Corner[], middle: readonly [number, number]): THREE.InstancedBufferGeometry {
  const geometry = new THREE.InstancedBufferGeometry();
  const corners = [...middle, 0, ...outline.flat()];
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(corners), 3));
  geometry.setIndex(outline.flatMap((_, i) => [0, 1 + i, 1 + ((i + 1) % outline.length)]));
  return geometry;
}

/** Where one is and how it swings; place: x -1..1 across the picture, chance 0..1, kind: 1 for a head. */
const PLACED = /* glsl */ `
attribute vec3 place;
uniform float beat, crowd, pulse, shown, pass, half_, aspect;
const float WIDE = 1.16;
float across() { return (fract(0.5 * place.x + 0.5 - pass / (2.0 * WIDE * aspect)) * 2.0 - 1.0) * WIDE; }
float angle() { return 0.22 * (place.y - 0.5) + (0.06 + 0.16 * crowd) * sin(beat * 1.5708 + place.x * 1.7 + 2.0 * place.y); }
// Low before her feet and the words, higher to the sides.
vec2 root() {
  float x = across(), side = smoothstep(0.12, 0.85, abs(x));
  float high = mix(-0.04, 0.16, side) + 0.15 * fract(place.y * 7.3) - 0.13 * place.z + 0.03 * crowd * pulse * (1.0 - place.z);
  return vec2(x * aspect, -1.0 + high - (1.0 - shown) * 0.8);
}
vec4 put(vec2 at) { return projectionMatrix * vec4(at * half_ * ${glsl(AWAY)}, -${glsl(AWAY)}, 1.0); }`;

export class Hands {
  readonly group = new THREE.Group();
  readonly #shown = { value: 0 };
  readonly #pass = { value: 0 };
  readonly #half = { value: 0.2 };
  readonly #aspect = { value: 1.78 };
  readonly #front: number;

  /** swing: of the audience, 0..1. masked: alpha of the picture says what blooms, and they do not; else what is covered. */
  constructor(uniforms: SetUniforms, venue: Venue, swing: { value: number }, masked: boolean) {
    this.#front = venue.measure.deck_front;
    const roll = dice(41);
    const count = venue.crowd.hands;
    const all = Array.from({ length: count }, (_, i) => [(2 * (i + 0.5 + 0.7 * (roll() - 0.5))) / count - 1, roll()] as const);
    const some = (keep: (i: number) => boolean, head: number): Float32Array =>
      Float32Array.from(all.filter((_, i) => keep(i)).flatMap(([x, chance]) => [x, chance, head]));
    const own = { ...uniforms, crowd: swing, shown: this.#shown, pass: this.#pass, half_: this.#half, aspect: this.#aspect };
    const dark = new THREE.ShaderMaterial({
      side: THREE.DoubleSide,
      uniforms: own,
      vertexShader: /* glsl */ `
        uniform vec3 c0, c1, c2; uniform float gain; varying vec4 vTone; ${PLACED}
        void main() {
          float a = angle() * (1.0 - place.z), s = sin(a), c = cos(a);
          vec2 at = vec2(position.x * c + position.y * s, position.y * c - position.x * s) * (0.85 + 0.4 * fract(place.y * 3.7));
          gl_Position = put(root() + at);
          vTone = vec4(mix(c0, c1, step(0.62, fract(place.y * 9.1))) * (0.12 + 0.3 * gain), position.z * (1.0 - 0.22 * place.z) * smoothstep(-0.22 + 0.14 * place.z, 0.05, position.y));
        }`,
      fragmentShader: /* glsl */ `
        uniform vec3 c2; varying vec4 vTone;
        void main() { float rim = vTone.a * vTone.a; gl_FragColor = vec4(c2 * 0.10 + 0.006 + vTone.rgb * rim * rim, ${masked ? "0.0" : "1.0"}); }`,
    });
    const heads = fan(HEAD, [0, -0.05]);
    this.#add(heads, some((i) => i % 2 === 0, 1), dark, 33);
    this.#add(fan(ARM, [0, 0]), some((i) => i % 6 !== 0, 0), dark, 32);
    this.#add(fan(OPEN, [0, 0]), some((i) => i % 6 === 0, 0), dark, 32);
    const shares = new THREE.Vector2(venue.crowd.main_share, venue.crowd.second_share);
    const lit = new THREE.ShaderMaterial({
      uniforms: { ...own, shares: { value: shares } },
      vertexShader: /* glsl */ `
        uniform vec2 shares; uniform vec3 c0, c1, c3; uniform float gain; varying vec2 vAt; varying vec3 vTone; ${PLACED}${HUED}
        void main() {
          vAt = position.xy;
          float a = angle(), s = sin(a), c = cos(a), scale = 0.85 + 0.4 * fract(place.y * 3.7);
          float tilt = 1.4 * a + 0.5 * (fract(place.y * 5.3) - 0.5), pick = fract(place.y * 7.31);
          vec2 along = vec2(sin(tilt), cos(tilt));
          // Held up beside the words; before them it sinks out of the picture.
          float up = smoothstep(${glsl(WORDS)}, ${glsl(WORDS + 0.06)}, abs(across()));
          vec2 at = root() + vec2(s, c) * 0.02 * scale + along * (position.y * up * (0.16 + 0.1 * fract(place.y * 11.3)) - 0.03 - 0.4 * (1.0 - up)) + vec2(along.y, -along.x) * position.x * 0.037;
          vTone = hued(pick < shares.x ? c0 : pick < shares.x + shares.y ? c1 : c3, place.x * 0.55 + 0.2 * place.y) * (0.62 + 0.38 * fract(place.y * 4.9)) * (0.75 + 0.3 * gain);
          gl_Position = put(at);
        }`,
      fragmentShader: /* glsl */ `
        uniform vec3 c3; varying vec2 vAt; varying vec3 vTone;
        void main() {
          float x = abs(vAt.x), ends = smoothstep(0.0, 0.04, vAt.y) * smoothstep(1.0, 0.95, vAt.y);
          float body = smoothstep(0.42, 0.2, x) * ends, grip = smoothstep(0.12, 0.2, vAt.y);
          vec3 col = vTone * (body * (0.1 + 0.9 * grip) + (1.0 - x) * (1.0 - x) * 0.5 * ends * grip) + mix(vTone, c3, 0.75) * smoothstep(0.24, 0.05, x) * ends * grip * 0.55;
          gl_FragColor = vec4(col, body);
        }`,
      ...OVER,
    });
    this.#add(ribbon(), some((i) => i % 6 !== 0, 0), lit, 34);
  }

  #add(geometry: THREE.InstancedBufferGeometry, places: Float32Array, material: THREE.ShaderMaterial, order: number): void {
    geometry.setAttribute("place", new THREE.InstancedBufferAttribute(places, 3));
    geometry.instanceCount = places.length / 3;
    const mesh = new THREE.Mesh(geometry, material);
    mesh.frustumCulled = false;
    mesh.renderOrder = order;
    this.group.add(mesh);
  }

  /** reach: from the lens to what it looks at, metres. */
  show(camera: THREE.PerspectiveCamera, reach: number): void {
    const half = Math.tan((camera.fov * Math.PI) / 360);
    const before = camera.position.z > this.#front && camera.matrixWorld.elements[10]! > 0;
    const shown = before ? Math.min(1, Math.max(0, (2 * half * reach - FROM[0]) / (FROM[1] - FROM[0]))) : 0;
    this.group.visible = shown > 0;
    this.#shown.value = shown;
    this.#half.value = half;
    this.#aspect.value = camera.aspect;
    const [x, , z] = camera.matrixWorld.elements as readonly number[];
    this.#pass.value = PASS * (camera.position.x * x! + camera.position.z * z!);
  }
}
