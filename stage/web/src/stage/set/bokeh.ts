/** Lamps out of focus: what a long lens makes of the small lights behind her. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { lampsOf } from "./lamps";
import { ADD, dice, glsl, MAX_CONTACTS, type SetUniforms, sprite, unrolled } from "./shared";

/** Below this much blur a lamp is still a lamp. */
const LEAST = 0.12;
/** What stands nearer to the audience than this is beside or before her. */
const BEHIND = -1.5;
/** Groups of lamps of the wall that become one disc each, across and up. */
const WALL = [7, 3] as const;
/** Height of her head, metres. */
const HEAD = 1.5;
/** Small lamps sewn into cloth: a square metre, and how high they hang. */
const SEWN = { each: 0.5, from: 0.7, to: 8 } as const;

/** What a point is: a lamp, part of the wall, or sewn into cloth, which is seen in focus, too. */
const KIND = { lamp: 0, wall: 1, cloth: 2 } as const;

type Point = readonly [x: number, y: number, z: number, kind: number];

function pointsOf(venue: Venue, roll: () => number): readonly Point[] {
  const lamps = lampsOf(venue).map(({ x, y, z }): Point => [x, y, z, KIND.lamp]);
  const { width, height, base, z } = venue.wall;
  const wall = Array.from({ length: WALL[0] * WALL[1] }, (_, i): Point => {
    const x = ((i % WALL[0]) + 0.1 + 0.8 * roll()) / WALL[0] - 0.5;
    return [x * width, base + (height * (Math.floor(i / WALL[0]) + 0.1 + 0.8 * roll())) / WALL[1], z + 0.05, KIND.wall];
  });
  const cloth = venue.walls.flatMap(({ paint, at, size, turn }) => {
    const low = Math.max(at[1] - size[1] / 2, SEWN.from);
    const high = Math.min(at[1] + size[1] / 2, SEWN.to);
    return Array.from({ length: paint === "cloth" ? Math.round(SEWN.each * size[0] * (high - low)) : 0 }, (): Point => {
      const along = (roll() - 0.5) * size[0];
      const [s, c] = [Math.sin(turn), Math.cos(turn)];
      return [at[0] + along * c + 0.04 * s, low + (high - low) * roll(), at[2] - along * s + 0.04 * c, KIND.cloth];
    });
  });
  return [...lamps, ...wall].filter(([, , at]) => at < BEHIND).concat(cloth);
}

export class Bokeh {
  readonly mesh: THREE.Mesh;

  constructor(uniforms: SetUniforms, venue: Venue) {
    const roll = dice(23);
    const points = pointsOf(venue, roll);
    const geometry = sprite();
    const attribute = (data: number[], size: number): THREE.InstancedBufferAttribute =>
      new THREE.InstancedBufferAttribute(Float32Array.from(data), size);
    geometry.setAttribute("place", attribute(points.flatMap(([x, y, z]) => [x, y, z, roll()]), 4));
    geometry.setAttribute("kind", attribute(points.map(([, , , kind]) => kind), 1));
    geometry.instanceCount = points.length;
    const { width, height, base } = venue.wall;
    this.mesh = new THREE.Mesh(
      unrolled(geometry),
      new THREE.ShaderMaterial({
        ...ADD,
        uniforms,
        vertexShader: /* glsl */ `
          attribute vec4 place; attribute float kind; uniform sampler2D wall; uniform float blur, time, gain, beat, candle; uniform vec3 c0, c1, c3, contacts[${MAX_CONTACTS}];
          varying vec2 vAt; varying vec3 vTone; varying float vRim;
          void main() {
            vAt = position.xy;
            float a = fract(place.w * 7.1), b = fract(place.w * 31.7), cloth = step(1.5, kind), led = step(0.5, kind) - cloth;
            float twinkle = 0.72 + 0.28 * sin(time * (0.5 + 1.1 * a) + 40.0 * b);
            // Neighbours light up one after the other, once a bar; none goes out.
            twinkle += 0.25 * max(0.0, cos(1.5708 * beat + 6.2832 * a));
            float far = smoothstep(0.1, 0.6, blur), disc = smoothstep(${glsl(LEAST)}, 0.3, blur);
            vec3 own = mix(a < 0.58 ? c0 : c1, c3, 0.18 + 0.4 * b * b) * (0.26 + 0.5 * a * a);
            // A disc of the wall has the colour that the wall has there.
            vec3 there = textureLod(wall, vec2(place.x / ${glsl(width)} + 0.5, (place.y - ${glsl(base)}) / ${glsl(height)}), 3.0).rgb;
            own = mix(own, (there * 0.42 + own * 0.52) * (0.25 + 0.75 * b), led);
            // In a hush a few of them are left, warm as candles, crisp; every other lamp is out.
            float few = step(0.3, fract(place.w * 17.9));
            own = mix(own, vec3(1.0, 0.62, 0.28) * (0.4 + 0.9 * a) * few, candle * (1.0 - cloth));
            vTone = own * twinkle * gain * mix(far, 0.95 - 0.1 * far, cloth);
            // No two are alike: some have a rim, most are only soft.
            vRim = mix(0.8 - 0.5 * fract(place.w * 53.3) - 0.2 * cloth * (1.0 - disc), 0.94, candle * (1.0 - cloth));
            vec4 view = viewMatrix * vec4(place.xyz, 1.0);
            float size = (0.04 + 0.24 * b * b * b + 0.06 * led) * ${glsl(Math.min(1, -venue.wall.z / 7))} * (0.3 + 0.7 * blur) * disc;
            size = mix(size, min(size, 0.04 + 0.06 * b), candle * (1.0 - cloth));
            size = max(size, cloth * max(0.016 + 0.02 * b * b, -view.z * 0.0009) * (1.0 + 3.4 * disc));
            // Beside her head none is seen: one there would stick to her hair.
            vec3 head = (viewMatrix * vec4(contacts[0].x, ${glsl(HEAD)}, contacts[0].y, 1.0)).xyz;
            float off = length(view.xy / -view.z - head.xy / -head.z) * -head.z;
            vTone *= head.z < -0.3 ? smoothstep(0.24, 0.5, off - size * head.z / view.z) : 1.0;
            view.xy += position.xy * size;
            gl_Position = projectionMatrix * view;
            // A lens spreads the wall's light over the edges of what stands before it.
            gl_Position.z -= max(led, candle * (1.0 - cloth)) * disc * (gl_Position.z + 0.9 * gl_Position.w);
          }`,
        // As bright to the rim as in the middle, and that rim soft: a crisp one is a soap bubble.
        fragmentShader: /* glsl */ `
          varying vec2 vAt; varying vec3 vTone; varying float vRim;
          void main() {
            float q = dot(vAt, vAt);
            gl_FragColor = vec4(vTone * ((0.8 + 0.2 * q) * smoothstep(1.0, vRim * vRim, q)), 0.0);
          }`,
      }),
    );
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 22;
  }
}
