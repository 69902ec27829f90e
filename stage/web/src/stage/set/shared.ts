/** What every part of the set knows: the uniforms of the moment, blending modes, a seeded dice. */
import * as THREE from "three";

/** Uniforms shared by all of the set's shaders; the set fills them in once a frame. Colours are display values. */
export interface SetUniforms {
  [name: string]: THREE.IUniform;
  /** Media time, seconds. */
  time: { value: number };
  /** Beats since the bar began, 0..4 whatever the metre. */
  beat: { value: number };
  /** Number of the bar, wrapped at 64 to stay exact in float. */
  bar: { value: number };
  /** Bars for which the wall has shown its picture: it grows. */
  grown: { value: number };
  /** Height of the beat's light, 0..1. */
  pulse: { value: number };
  energy: { value: number };
  /** Gain of all that shines: fader, energy. */
  gain: { value: number };
  /** Gain of what lamps throw on walls, floor and haze. */
  wash: { value: number };
  /** How far lights go through all hues, each by its place, 0..1. */
  rainbow: { value: number };
  wall: { value: THREE.Texture | null };
  /** 0 sharp .. 1 far out of focus. */
  blur: { value: number };
  /** One clean lamp from above on her, while the room is dark, 0..1. */
  spot: { value: number };
  /** Patterns of light on the deck, 0..1. */
  gobos: { value: number };
  /** How far the audience's sticks burn as candles, slow and warm, 0..1. */
  candle: { value: number };
  /** Light in the haze behind the performer: she stands before it where nothing else lights her yet. */
  halo: { value: number };
  c0: { value: Float32Array };
  c1: { value: Float32Array };
  c2: { value: Float32Array };
  c3: { value: Float32Array };
  /** Nine contact points: x, z, height; hips, left and right foot of up to three performers. */
  contacts: { value: Float32Array };
  /** How many of them are in use. */
  standing: { value: number };
}

export const MAX_CONTACTS = 9;

export function setUniforms(palette: Float32Array): SetUniforms {
  return {
    time: { value: 0 },
    beat: { value: 0 },
    bar: { value: 0 },
    grown: { value: 0 },
    pulse: { value: 0 },
    energy: { value: 0 },
    gain: { value: 1 },
    wash: { value: 1 },
    rainbow: { value: 0 },
    wall: { value: null },
    blur: { value: 0 },
    spot: { value: 0 },
    gobos: { value: 0 },
    candle: { value: 0 },
    halo: { value: 0 },
    c0: { value: palette.subarray(0, 3) },
    c1: { value: palette.subarray(3, 6) },
    c2: { value: palette.subarray(6, 9) },
    c3: { value: palette.subarray(9, 12) },
    contacts: { value: new Float32Array(3 * MAX_CONTACTS).fill(99) },
    standing: { value: 0 },
  };
}

const BLEND = { transparent: true, depthWrite: false, blending: THREE.CustomBlending } as const;

/** Light on top of what is there; how much of a place blooms stays as it is. */
export const ADD = {
  ...BLEND,
  blendSrc: THREE.OneFactor,
  blendDst: THREE.OneFactor,
  blendSrcAlpha: THREE.ZeroFactor,
  blendDstAlpha: THREE.OneFactor,
} as const;

/** Light that blooms: alpha of the background is how much of a place spills over in the lens. */
export const GLOW = {
  ...BLEND,
  blendSrc: THREE.OneFactor,
  blendDst: THREE.OneFactor,
  blendSrcAlpha: THREE.OneFactor,
  blendDstAlpha: THREE.OneFactor,
} as const;

/** In front of what is there, as far as alpha says; colours come premultiplied. */
export const OVER = { ...BLEND, blendSrc: THREE.OneFactor, blendDst: THREE.OneMinusSrcAlphaFactor } as const;

/** How much of its light each part spills over. */
export const BLOOM = { wall: 0.42, strip: 0.9, tube: 0.85, lamp: 0.9, stick: 0.75 } as const;

/** A light's colour and its place among the hues, 0..1 around; pastel, as its neighbours must not look like lamps of a shop. */
export const HUED = /* glsl */ `
uniform float rainbow;
vec3 hued(vec3 tone, float place) { return mix(tone, 0.56 + 0.44 * cos(6.2832 * (place - vec3(0.0, 0.333, 0.667))), rainbow); }`;

/** How sticks swing, -1..1, once a bar, as candles once in two; and their colour, which as candles is a flame's. */
export const CANDLE = /* glsl */ `
uniform float candle, bar, time;
float swing(float at, float late) { return mix(sin(at * 1.5708 + late), sin((at + 4.0 * mod(bar, 2.0)) * 0.7854 + 0.6 * late), candle); }
vec3 burning(vec3 tone, float chance) {
  return mix(tone, vec3(1.0, 0.70, 0.36) * (0.76 + 0.14 * sin(time * (2.0 + 3.0 * chance) + 40.0 * chance)), 0.85 * candle);
}`;

/** Where lamps of the stage wander over the audience, 0..1: what they light there is told as people. at: x, z. */
export const POOLS = /* glsl */ `
float pools(vec2 at) {
  vec2 a = at - vec2(8.0 * sin(time * 0.31), 9.5 + 5.0 * sin(time * 0.19)), b = at - vec2(-9.0 * sin(time * 0.23 + 0.7), 19.0 + 7.0 * cos(time * 0.17));
  float p = 1.0 / (1.0 + 0.07 * dot(a, a)), q = 1.0 / (1.0 + 0.05 * dot(b, b));
  return (p * p + q * q) * (1.0 - candle);
}`;

/** GLSL number. */
export const glsl = (value: number): string => value.toFixed(3);

/** A dice that falls alike on every machine: numbers 0..1 (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A quad for copies: x -1..1, y 0..1. */
export function ribbon(): THREE.InstancedBufferGeometry {
  return quad([-1, 0, 0, 1, 0, 0, 1, 1, 0, -1, 1, 0]);
}

/** A quad for copies around its own middle: x, y -1..1. */
export function sprite(): THREE.InstancedBufferGeometry {
  return quad([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0]);
}

function quad(corners: number[]): THREE.InstancedBufferGeometry {
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(corners), 3));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  return geometry;
}

/**
 * The copies of a geometry one after the other in one plain geometry: software GL sets up each copy like a draw of its
 * own, which for a quad or a head costs it more than its pixels.
 */
export function unrolled(from: THREE.InstancedBufferGeometry): THREE.BufferGeometry {
  const into = new THREE.BufferGeometry();
  const copies = from.instanceCount;
  const corners = from.getAttribute("position").count;
  for (const [name, { array, itemSize, ...rest }] of Object.entries(from.attributes)) {
    const own = "isInstancedBufferAttribute" in rest;
    const data = new Float32Array(copies * corners * itemSize);
    for (let copy = 0, at = 0; copy < copies; copy++)
      for (let corner = 0; corner < corners; corner++, at += itemSize)
        for (let k = 0; k < itemSize; k++) data[at + k] = array[(own ? copy : corner) * itemSize + k]!;
    into.setAttribute(name, new THREE.BufferAttribute(data, itemSize));
  }
  const one = from.index!.array;
  const index = new Uint32Array(copies * one.length);
  for (let i = 0; i < index.length; i++) index[i] = one[i % one.length]! + corners * Math.floor(i / one.length);
  into.setIndex(new THREE.BufferAttribute(index, 1));
  return into;
}
