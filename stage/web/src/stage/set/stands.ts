/** What the audience stands on, seen from the stage: floor, tiers, and the boards of light before each tier. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { bent, PARAPET, standing, WAYS } from "./seats";
import { BLOOM, glsl, HUED, POOLS, type SetUniforms } from "./shared";

/** Strips across, so that a bent tier is a bow. */
const ACROSS = 28;

/** A sheet over all x from one line to another: corners x, y, z and how high up a board, 0..1; -1: no board. */
function sheet(half: (z: number) => number, lines: readonly (readonly [z: number, y: number, board: number, shift: (x: number) => number])[]): { places: number[]; index: number[] } {
  const places: number[] = [];
  const index: number[] = [];
  for (const [z, y, board, shift] of lines) {
    for (let i = 0; i <= ACROSS; i++) {
      const x = half(z) * ((2 * i) / ACROSS - 1);
      places.push(x, y, z - shift(x), board);
    }
  }
  for (let i = 0; i < ACROSS; i++) {
    const [a, b] = [i, i + ACROSS + 1];
    index.push(a, b, a + 1, a + 1, b, b + 1);
  }
  return { places, index };
}

/** The haze over people takes the light of stage and sticks: nobody is told from far away, only that they are many. */
export function makeStands(uniforms: SetUniforms, venue: Venue): THREE.Mesh {
  const { crowd, measure, tiers } = venue;
  const last = crowd.first + crowd.rows * crowd.row + 1.5;
  const half = (z: number): number => crowd.half + crowd.spread * (z - crowd.first) + 6;
  const flat = (): number => 0;
  const sheets = [];
  const first = tiers[0]?.from ?? last;
  sheets.push(sheet(half, [[measure.deck_front, measure.pit, -1, flat], [first + 0.2, measure.pit, -1, flat]]));
  tiers.forEach(({ from }, i) => {
    const end = tiers[i + 1]?.from ?? last;
    const foot = i === 0 ? measure.pit : standing(venue, from - 0.01);
    const bow = (x: number): number => bent(venue, x, from);
    sheets.push(sheet(half, [[from, foot, 0, bow], [from, standing(venue, from) + PARAPET, 1, bow]]));
    sheets.push(sheet(half, [[from + 0.1, standing(venue, from), -1, bow], [end, standing(venue, end - 0.01), -1, bow]]));
  });
  const places: number[] = [];
  const index: number[] = [];
  for (const part of sheets) {
    index.push(...part.index.map((i) => i + places.length / 4));
    places.push(...part.places);
  }
  const geometry = new THREE.BufferGeometry();
  const data = new THREE.InterleavedBuffer(Float32Array.from(places), 4);
  geometry.setAttribute("position", new THREE.InterleavedBufferAttribute(data, 3, 0));
  geometry.setAttribute("board", new THREE.InterleavedBufferAttribute(data, 1, 3));
  geometry.setIndex(index);
  const material = new THREE.ShaderMaterial({
    side: THREE.DoubleSide,
    uniforms,
    vertexShader:
      "attribute float board; varying vec4 vPlace; void main() { vPlace = vec4(position, board); gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0); }",
    fragmentShader: /* glsl */ `
      uniform vec3 c0, c1, c2, c3; uniform float gain, beat, pulse, candle, time; varying vec4 vPlace; ${HUED} ${POOLS}
      void main() {
        float far = vPlace.z - ${glsl(measure.deck_front)}, haze = 1.0 - exp(-0.045 * far);
        // Brighter the more of the haze one looks through, and the wave that goes through it; ways stay darker.
        float wave = 0.5 + 0.5 * sin(beat * 1.5708 - vPlace.x * 0.11 + vPlace.z * 0.16);
        vec3 tone = hued(mix(c0, c1, clamp(0.5 + vPlace.x * 0.03, 0.0, 1.0)), vPlace.x * 0.06 + vPlace.z * 0.02 + 0.06);
        float pool = pools(vPlace.xz);
        vec3 col = c2 * (0.16 + 0.52 * haze) + tone * (0.04 + 0.12 * haze * haze + 0.06 * wave * wave * haze + 0.20 * pool) * gain;
        float half_ = ${glsl(crowd.half)} + ${glsl(crowd.spread)} * (vPlace.z - ${glsl(crowd.first)}), across = abs(vPlace.x) / half_;
        float way = min(${WAYS.map((share) => `abs(across - ${glsl(share)})`).join(", ")}) * half_;
        col *= 0.6 + 0.4 * smoothstep(0.1, 1.6, way);
        // A board: dark cloth, a broad band of light in blocks that run with the beat, a thin line above it.
        float up = vPlace.w, on = step(-0.5, up);
        float block = vPlace.x * 0.42 - beat * 0.25, lamp = smoothstep(0.04, 0.1, fract(block)) * smoothstep(0.96, 0.9, fract(block));
        float lit = pow(0.5 + 0.5 * sin(floor(block) * 1.9 + beat * 1.5708), 2.0);
        float band = smoothstep(0.52, 0.56, up) * smoothstep(0.80, 0.76, up) * lamp, line = smoothstep(0.925, 0.945, up) * smoothstep(0.99, 0.97, up);
        vec3 lamps = mix(c2 * 0.85, hued(mix(c1, c0, 0.75 * step(0.62, fract(floor(block) * 0.618))), vPlace.x * 0.05) * 0.85, lit);
        // Its cloth catches the sticks before it.
        vec3 board = c2 * (0.30 + 0.25 * haze) + tone * (0.05 + 0.22 * (1.0 - up) * (1.0 - up) + 0.25 * pool) * gain * (1.0 - 0.6 * candle) + (lamps * band + mix(c1, c3, 0.5) * line * (0.72 + 0.15 * pulse)) * gain * (1.0 - 0.6 * candle);
        gl_FragColor = vec4(mix(col, board, on), on * ${glsl(BLOOM.strip)} * min(1.0, band * lit + line) * 0.7);
      }`,
  });
  const mesh = new THREE.Mesh(geometry, material);
  mesh.frustumCulled = false;
  return mesh;
}
