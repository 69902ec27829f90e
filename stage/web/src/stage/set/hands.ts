/**
 * Hands, heads and light sticks of those who stand between the lens and the stage: silhouettes along the lower edge of
 * far pictures, in three rows that overlap, small and in the haze behind, large and dark before. They stand in the
 * picture, not in the hall (a real row would be out of sight or before her legs), and pass by as the camera travels.
 */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { Venue } from "../venue";
import { CANDLE, dice, glsl, HUED, OVER, ribbon, type SetUniforms, unrolled } from "./shared";

/** They are seen where the picture holds more of the stage than this, metres from top to bottom at her place. */
const FROM = [1.5, 1.9] as const;
/** No stick stands within this share of the picture's half width, where the words are: one there is a text cursor. */
const WORDS = 0.54;
/** As high as a row before her reaches, and how much higher those aside of her may; halves of the picture's height. */
const TOP = 0.36;
const ASIDE = 0.34;
/** They sink out of the picture as her feet leave it: where these are then, of -1 (its lower edge) .. 1. */
const OUT = [-1.3, -1.08] as const;
/** How far before her hips her feet may stand, metres. */
const STEP = 0.3;
/** Distances at which the nearest and the furthest row are drawn; only what stands nearer would cover them. Metres. */
const AWAY = [1.5, 1.7] as const;
/** How far one metre of the camera's way moves the middle row, in halves of the picture's height. */
const PASS = 0.4;

interface Row {
  /** 0 the furthest .. 1 the nearest. */
  readonly near: number;
  /** People, of the venue's `hands`. */
  readonly people: number;
  /** Share of them that hold a stick. */
  readonly sticks: number;
}

/** From the nearest to the furthest: what one hides is not painted first. */
const ROWS: readonly Row[] = [
  { near: 1, people: 0.5, sticks: 0.36 },
  { near: 0.5, people: 0.85, sticks: 0.65 },
  { near: 0, people: 1.3, sticks: 0.8 },
];
/** One in so many raises an open hand instead. */
const OPEN_HANDS = 6;

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
/** Shoulders, and short hair with tufts. */
const SHORT: readonly Corner[] = [
  [-0.27, -0.62, 0.3], [-0.25, -0.24, 0.8], [-0.19, -0.18, 0.9], [-0.07, -0.13, 0.7], [-0.1, -0.04, 0.8], [-0.11, 0.03, 1], [-0.08, 0.085, 1], [-0.03, 0.115, 1],
  [0.02, 0.138, 1], [0.04, 0.12, 0.9], [0.085, 0.112, 1], [0.095, 0.07, 0.9], [0.118, 0.05, 1], [0.103, -0.03, 0.8],
  [0.07, -0.13, 0.7], [0.19, -0.18, 0.9], [0.25, -0.24, 0.8], [0.27, -0.62, 0.3],
];
/** A tail high at the back, that falls to one side. */
const PONY: readonly Corner[] = [
  [-0.25, -0.62, 0.3], [-0.24, -0.23, 0.8], [-0.17, -0.18, 0.9], [-0.06, -0.14, 0.7], [-0.095, -0.05, 0.8], [-0.102, 0.03, 1], [-0.07, 0.09, 1], [-0.01, 0.12, 1], [0.03, 0.112, 0.8], [0.05, 0.15, 1],
  [0.11, 0.158, 1], [0.165, 0.11, 1], [0.188, 0.02, 1], [0.18, -0.08, 0.9], [0.14, -0.15, 0.8], [0.142, -0.06, 0.5], [0.12, 0.04, 0.4], [0.095, 0.055, 0.5],
  [0.1, -0.03, 0.8], [0.07, -0.13, 0.7], [0.17, -0.19, 0.9], [0.23, -0.23, 0.8], [0.25, -0.62, 0.3],
];
/** Long hair over the shoulders, and a bow or the ears of a cat on it. */
const LONG: readonly Corner[] = [
  [-0.24, -0.62, 0.3], [-0.235, -0.26, 0.7], [-0.15, -0.24, 0.6], [-0.135, -0.1, 0.9], [-0.118, 0.03, 1], [-0.098, 0.085, 1], [-0.1, 0.165, 1], [-0.04, 0.118, 0.9], [0.0, 0.122, 0.9], [0.04, 0.118, 0.9],
  [0.1, 0.165, 1], [0.098, 0.085, 1], [0.118, 0.03, 1], [0.135, -0.1, 0.9], [0.15, -0.24, 0.6], [0.235, -0.26, 0.7], [0.24, -0.62, 0.3],
];
/** Two tails. */
const TAILS: readonly Corner[] = [
  [-0.24, -0.62, 0.3], [-0.23, -0.22, 0.8], [-0.17, -0.2, 0.6], [-0.19, -0.08, 0.9], [-0.18, 0.03, 1], [-0.135, 0.085, 1], [-0.09, 0.08, 0.7],
  [-0.05, 0.118, 1], [0.0, 0.13, 1], [0.05, 0.118, 1], [0.09, 0.08, 0.7], [0.14, 0.09, 1], [0.185, 0.03, 1], [0.19, -0.1, 0.9],
  [0.165, -0.2, 0.6], [0.22, -0.22, 0.8], [0.24, -0.62, 0.3],
];

/** With its share of all heads, summed up. */
const HEADS = [
  [SHORT, 0.45],
  [PONY, 0.66],
  [LONG, 0.82],
  [TAILS, 1],
] as const;

function fan(outline: readonly Corner[], middle: readonly [number, number]): THREE.InstancedBufferGeometry {
  const geometry = new THREE.InstancedBufferGeometry();
  const corners = [...middle, 0, ...outline.flat()];
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(corners), 3));
  geometry.setIndex(outline.flatMap((_, i) => [0, 1 + i, 1 + ((i + 1) % outline.length)]));
  return geometry;
}

function copied(geometry: THREE.InstancedBufferGeometry, places: readonly number[]): THREE.BufferGeometry {
  geometry.setAttribute("place", new THREE.InstancedBufferAttribute(Float32Array.from(places), 4));
  geometry.instanceCount = places.length / 4;
  return unrolled(geometry);
}

/** Where one is and how it swings; place: x -1..1 across the picture, chance 0..1, kind: 1 for a head, how near 0..1. */
const PLACED = /* glsl */ `
attribute vec4 place;
uniform float beat, crowd, pulse, shown, pass, half_, aspect;
uniform vec3 feet; // across from .. to, in halves of the height; their lower edge, -1..1
${CANDLE}
const float WIDE = 1.16;
float size() { return mix(0.5, 1.08, place.w) * (0.86 + 0.3 * fract(place.y * 3.7)); }
// What is near passes by faster.
float across() { return (fract(0.5 * place.x + 0.5 - pass * (0.6 + 0.8 * place.w) / (2.0 * WIDE * aspect)) * 2.0 - 1.0) * WIDE; }
float angle() { return 0.24 * (place.y - 0.5) + (0.07 + 0.2 * crowd) * swing(beat, place.x * 1.3 + 1.2 * place.y - 0.8 * place.w); }
// Low before the words, higher to the sides, and never over her feet; a row is no line.
vec2 root() {
  float x = across(), side = smoothstep(0.14, 0.9, abs(x)), own = fract(place.y * 7.3);
  float high = mix(mix(0.18, 0.26, side), mix(-0.16, 0.03, side), place.w) + (0.035 + 0.035 * side) * sin(x * 6.3 + 9.0 * place.w);
  high += place.z > 0.5 ? 0.06 * own - 0.05 : 0.02 + (0.05 + 0.09 * side) * own + 0.03 * crowd * pulse;
  float off = max(0.0, max(feet.x - x * aspect, x * aspect - feet.y));
  high -= max(0.0, ${glsl(TOP)} + 0.16 * side - 1.0 - feet.z - ${glsl(ASIDE)} * smoothstep(0.08, 0.8, off));
  return vec2(x * aspect, -1.0 + high - (1.0 - shown) * 0.8);
}
vec4 put(vec2 at) { float away = mix(${glsl(AWAY[1])}, ${glsl(AWAY[0])}, place.w); return projectionMatrix * vec4(at * half_ * away, -away, 1.0); }`;

export class Hands {
  readonly group = new THREE.Group();
  readonly #shown = { value: 0 };
  readonly #pass = { value: 0 };
  readonly #half = { value: 0.2 };
  readonly #aspect = { value: 1.78 };
  readonly #feet = { value: new THREE.Vector3(0, 0, 1) };
  readonly #free = { value: 1 };
  readonly #place = new THREE.Vector3();
  readonly #front: number;

  /** swing: of the audience, 0..1. masked: alpha of the picture says what blooms, and they do not; else what is covered. */
  constructor(uniforms: SetUniforms, venue: Venue, swing: { value: number }, masked: boolean) {
    this.#front = venue.measure.deck_front;
    const roll = dice(41);
    const heads: number[][] = HEADS.map(() => []);
    const arms: number[] = [];
    const open: number[] = [];
    const sticks: number[] = [];
    for (const row of ROWS) {
      const count = Math.round(venue.crowd.hands * row.people);
      const at = (i: number): number => (2 * (i + 0.5 + 0.8 * (roll() - 0.5))) / count - 1;
      for (let i = 0; i < count; i++) {
        const kind = roll();
        heads[HEADS.findIndex(([, share]) => kind <= share)]!.push(at(i), roll(), 1, row.near);
        const hand = [at(i), roll(), 0, row.near] as const;
        if (i % OPEN_HANDS === 4) open.push(...hand);
        else if (roll() < row.sticks) {
          arms.push(...hand);
          sticks.push(...hand);
        }
      }
    }
    const own = { ...uniforms, crowd: swing, shown: this.#shown, pass: this.#pass, half_: this.#half, aspect: this.#aspect, feet: this.#feet };
    const dark = new THREE.ShaderMaterial({
      side: THREE.DoubleSide,
      uniforms: own,
      vertexShader: /* glsl */ `
        uniform vec3 c0, c1, c2; uniform float gain; varying vec3 vDark; varying vec4 vTone; ${PLACED}
        void main() {
          float a = (place.z > 0.5 ? 0.16 * (fract(place.y * 5.9) - 0.5) : 0.0) + angle() * (1.0 - 0.8 * place.z), s = sin(a), c = cos(a);
          vec2 shape = position.xy * vec2(fract(place.y * 13.7) < 0.5 ? -1.0 : 1.0, 1.0);
          vec2 at = vec2(shape.x * c + shape.y * s, shape.y * c - shape.x * s) * size();
          gl_Position = put(root() + at);
          // The stage's light catches the outlines that look at it; the haze between takes the further ones.
          vec3 tone = mix(c0, c1, step(0.62, fract(place.y * 9.1)));
          vDark = c2 * mix(0.22, 0.07, place.w) + tone * mix(0.035, 0.0, place.w) + 0.006;
          float rim = position.z * smoothstep(-0.24 + 0.14 * place.z, 0.06, position.y) * (0.55 + 0.45 * fract(place.y * 17.3));
          vTone = vec4(tone * (0.16 + 0.36 * gain) * mix(1.0, 0.8, place.w), rim);
        }`,
      fragmentShader: /* glsl */ `
        varying vec3 vDark; varying vec4 vTone;
        void main() { float rim = vTone.a * vTone.a; gl_FragColor = vec4(vDark + vTone.rgb * rim * rim, ${masked ? "0.0" : "1.0"}); }`,
    });
    const all = [copied(fan(ARM, [0, 0]), arms), copied(fan(OPEN, [0, 0]), open)];
    for (const [i, [outline]] of HEADS.entries()) all.push(copied(fan(outline, [0, -0.05]), heads[i]!));
    this.#add(mergeGeometries(all), dark, 33);
    const shares = new THREE.Vector2(venue.crowd.main_share, venue.crowd.second_share);
    const lit = new THREE.ShaderMaterial({
      uniforms: { ...own, shares: { value: shares }, free: this.#free },
      vertexShader: /* glsl */ `
        uniform vec2 shares; uniform vec3 c0, c1, c3; uniform float gain, free; varying vec2 vAt; varying vec3 vTone; ${PLACED}${HUED}
        void main() {
          vAt = position.xy;
          float a = angle(), s = sin(a), c = cos(a), scale = size();
          float tilt = 1.4 * a + 0.5 * (fract(place.y * 5.3) - 0.5), pick = fract(place.y * 7.31);
          vec2 along = vec2(sin(tilt), cos(tilt));
          // Held up beside the words; before them it sinks out of the picture, and of those in the middle half are none.
          float up = max(smoothstep(${glsl(WORDS)}, ${glsl(WORDS + 0.06)}, abs(across())), free * 0.7 * step(0.5, fract(place.y * 19.1)));
          vec2 at = root() + vec2(s, c) * 0.02 * scale + (along * (position.y * up * (0.2 + 0.12 * fract(place.y * 11.3)) - 0.03 - 0.5 * (1.0 - up)) + vec2(along.y, -along.x) * position.x * 0.044) * mix(scale, 0.8, 0.3);
          vTone = hued(pick < shares.x ? c0 : pick < shares.x + shares.y ? c1 : c3, place.x * 0.55 + 0.2 * place.y) * (0.66 + 0.34 * fract(place.y * 4.9)) * (0.75 + 0.3 * gain);
          vTone = burning(vTone, place.y);
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
    this.#add(copied(ribbon(), sticks), lit, 34);
  }

  #add(geometry: THREE.BufferGeometry, material: THREE.ShaderMaterial, order: number): void {
    const mesh = new THREE.Mesh(geometry, material);
    mesh.frustumCulled = false;
    mesh.renderOrder = order;
    this.group.add(mesh);
  }

  /** reach: from the lens to what it looks at, metres. free: share of the words' room that is free, 0..1. */
  show(camera: THREE.PerspectiveCamera, reach: number, free = 1): void {
    this.#free.value = free;
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

  /** at: x, z, height of hips, left and right foot of everyone who is seen, metres; the lens is as it was in `show`. */
  under(at: Float32Array, count: number, camera: THREE.PerspectiveCamera): void {
    const feet = this.#feet.value.set(Infinity, -Infinity, 1);
    // By the hips: a step that she makes must not move the hall.
    let lowest = 1;
    for (let i = 0; i < count; i += 3) {
      const { x, y } = this.#place.set(at[3 * i]!, 0, at[3 * i + 1]! + STEP).project(camera);
      lowest = Math.min(lowest, y);
      feet.set(Math.min(feet.x, x * camera.aspect), Math.max(feet.y, x * camera.aspect), Math.max(lowest, -1.04));
    }
    if (count === 0) feet.set(0, 0, 1);
    // Where the picture ends over her feet there is no room for anybody.
    this.#shown.value *= Math.min(1, Math.max(0, (lowest - OUT[0]) / (OUT[1] - OUT[0])));
    this.group.visible = this.#shown.value > 0;
  }
}
