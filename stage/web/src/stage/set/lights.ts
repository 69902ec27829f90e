/** Strips of light on edges and upright tubes; they run with the beat. */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { Venue } from "../venue";
import { BLOOM, GLOW, glsl, HUED, ribbon, type SetUniforms } from "./shared";

/** Width of a strip's quad, of the width of its line. */
const SOFT = 2.6;

export function makeStrips(uniforms: SetUniforms, venue: Venue): THREE.Mesh {
  const { runway_half, runway_front, deck_front } = venue.measure;
  // Each is wider than the line it holds: a soft edge costs nothing, and a hard one would crawl.
  const parts = venue.strips.map(({ at, length, high }) =>
    new THREE.PlaneGeometry(length, high * SOFT).translate(at[0], at[1], at[2] + 0.02),
  );
  // The runway's edges, seen from above: without them it is a dark slab before the people.
  if (runway_half > 0) {
    const length = runway_front - deck_front;
    for (const side of [-1, 1])
      parts.push(
        new THREE.PlaneGeometry(length, 0.06 * SOFT)
          .rotateX(-Math.PI / 2)
          .rotateY(Math.PI / 2)
          .translate(side * (runway_half - 0.06), 0.03, deck_front + length / 2),
      );
    parts.push(new THREE.PlaneGeometry(2 * runway_half, 0.06 * SOFT).rotateX(-Math.PI / 2).translate(0, 0.03, runway_front - 0.06));
  }
  const mesh = new THREE.Mesh(
    mergeGeometries(parts),
    new THREE.ShaderMaterial({
      ...GLOW,
      vertexShader:
        "varying vec2 vAt, vUv; void main() { vAt = position.xz; vUv = uv; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }",
      fragmentShader: /* glsl */ `
        uniform float pulse, beat, gain; uniform vec3 c0, c1, c3; varying vec2 vAt, vUv; ${HUED}
        void main() {
          float off = abs(vUv.y - 0.5) * 2.0;
          float line = smoothstep(0.5, 0.2, off) + 0.16 * (1.0 - off) * (1.0 - off);
          float run = smoothstep(0.55, 1.0, cos((abs(vAt.x) - vAt.y) * 0.9 - beat * 3.1416));
          vec3 tone = hued(mix(c0, c1, 0.5 + vAt.x / 14.0), vAt.x * 0.09 - beat * 0.05);
          gl_FragColor = vec4((tone * (0.62 + 0.15 * pulse) + c3 * 0.42 * run) * gain * line, ${glsl(BLOOM.strip)} * min(1.0, line));
        }`,
      uniforms,
    }),
  );
  mesh.frustumCulled = false;
  mesh.renderOrder = 9;
  return mesh;
}

export function makeTubes(uniforms: SetUniforms, venue: Venue): THREE.Mesh {
  const geometry = ribbon();
  const places = venue.tubes.flatMap(({ at, length }) => [...at, length]);
  geometry.setAttribute("place", new THREE.InstancedBufferAttribute(new Float32Array(places), 4));
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      ...GLOW,
      vertexShader: /* glsl */ `
        attribute vec4 place; uniform float beat, blur; uniform vec3 c0, c1; varying vec2 vAt; varying vec3 vTone; varying float vRun; ${HUED}
        void main() {
          vAt = position.xy;
          vTone = hued(mod(floor(abs(place.x) * 1.7), 2.0) < 0.5 ? c0 : c1, abs(place.x) * 0.13 + position.y * 0.25);
          vRun = fract(beat * 0.5 - abs(place.x) * 0.12);
          vec4 view = viewMatrix * vec4(place.x, place.y + position.y * place.w, place.z, 1.0);
          // Out of focus as the wall behind it is.
          view.x += position.x * max(0.1, -view.z * 0.005) * (1.0 + 0.6 * blur);
          gl_Position = projectionMatrix * view;
        }`,
      fragmentShader: /* glsl */ `
        uniform float gain, pulse, blur; uniform vec3 c3; varying vec2 vAt; varying vec3 vTone; varying float vRun;
        void main() {
          float x = abs(vAt.x), core = smoothstep(0.38 + 0.4 * blur, 0.22 - 0.16 * blur, x) * (1.0 - 0.55 * blur), halo = (1.0 - x) * (1.0 - x);
          float lit = 0.46 + 0.54 * smoothstep(0.5, 0.0, abs(vAt.y - vRun)) * (0.6 + 0.4 * pulse);
          float end = smoothstep(0.0, 0.01, vAt.y) * smoothstep(1.0, 0.99, vAt.y);
          gl_FragColor = vec4((mix(vTone, c3, 0.62) * core + vTone * halo * 0.34) * lit * gain, ${glsl(BLOOM.tube)} * core * lit) * end;
        }`,
      uniforms,
    }),
  );
  mesh.frustumCulled = false;
  return mesh;
}
