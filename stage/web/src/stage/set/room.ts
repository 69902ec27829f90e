/** What stands still: frame of the wall, steps with lit edges, truss, towers, fascia, tubes of light. */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import { hexToRgb } from "../venue";
import { PLACE, type SetUniforms } from "./shared";

/** size xyz, centre xyz, colour: one row is one box. Metres. */
type Box = readonly [number, number, number, number, number, number, string];

function boxes(): Box[] {
  const rows: Box[] = [
    [10.6, 0.28, 0.3, 0, 0.66, PLACE.wallZ + 0.05, "#0e0d1a"],
    [10.6, 0.28, 0.3, 0, 5.94, PLACE.wallZ + 0.05, "#0e0d1a"],
    [0.3, 5.5, 0.3, -5.2, 3.3, PLACE.wallZ + 0.05, "#0e0d1a"],
    [0.3, 5.5, 0.3, 5.2, 3.3, PLACE.wallZ + 0.05, "#0e0d1a"],
    [2 * PLACE.deckHalf, 1.3, 0.2, 0, -0.67, PLACE.deckFront - 0.11, "#0b0918"],
    [0.34, 6.4, 0.34, -7.4, 3.2, -2.6, "#0b0b14"],
    [0.34, 6.4, 0.34, 7.4, 3.2, -2.6, "#0b0b14"],
  ];
  for (let i = 0; i < 3; i++) {
    const height = 0.17 * (i + 1);
    rows.push([7.5 - 1.1 * i, height, 0.9, 0, height / 2, -3.85 - 0.75 * i, "#151229"]);
  }
  // Truss: two chords with diagonals between them, and lamps' bodies under it.
  for (const [z, y, half] of [
    [-3.2, 6.35, 7.5],
    [-5.4, 6.55, 9],
  ] as const) {
    rows.push([2 * half, 0.06, 0.06, 0, y + 0.2, z, "#1b1a2a"], [2 * half, 0.06, 0.06, 0, y - 0.2, z, "#1b1a2a"]);
    for (let x = -half; x <= half; x += 0.5) rows.push([0.035, 0.4, 0.035, x, y, z, "#191827"]);
  }
  for (let i = 0; i < 8; i++) rows.push([0.26, 0.3, 0.26, -5.6 + 1.6 * i, 6.13, -3.22, "#0a0a12"]);
  for (let i = 0; i < 6; i++) rows.push([0.26, 0.24, 0.26, -5 + 2 * i, 0.5, -5.52, "#0a0a12"]);
  return rows;
}

function structure(uniforms: SetUniforms): THREE.Mesh {
  const parts = boxes().map(([w, h, d, x, y, z, color]) => {
    const part = new THREE.BoxGeometry(w, h, d).translate(x, y, z);
    const [r, g, b] = hexToRgb(color);
    const count = part.getAttribute("position").count;
    const colors = new Float32Array(3 * count);
    for (let i = 0; i < count; i++) colors.set([r, g, b], 3 * i);
    part.setAttribute("color", new THREE.BufferAttribute(colors, 3));
    return part;
  });
  return new THREE.Mesh(
    mergeGeometries(parts),
    new THREE.ShaderMaterial({
      vertexShader: /* glsl */ `
        attribute vec3 color; uniform vec3 c0, c2; uniform float gain; varying vec3 vColor;
        void main() {
          float top = max(0.0, normal.y), front = max(0.0, normal.z);
          vColor = color * (0.7 + 0.5 * front) + c2 * (0.05 + 0.16 * top * gain) + c0 * 0.05 * top * gain;
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: "varying vec3 vColor; void main() { gl_FragColor = vec4(vColor, 1.0); }",
      uniforms,
    }),
  );
}

/** Thin lines of light on the steps' edges and on the fascia. */
function strips(uniforms: SetUniforms): THREE.Mesh {
  const strip = (width: number, height: number, y: number, z: number): THREE.BufferGeometry =>
    new THREE.PlaneGeometry(width, height).translate(0, y, z);
  return new THREE.Mesh(
    mergeGeometries([
      ...[0, 1, 2].map((i) => strip(7.5 - 1.1 * i, 0.05, 0.17 * (i + 1) - 0.02, -3.39 - 0.75 * i)),
      strip(2 * PLACE.deckHalf, 0.07, -0.06, PLACE.deckFront),
      strip(2 * PLACE.deckHalf, 0.04, -0.9, PLACE.deckFront),
    ]),
    new THREE.ShaderMaterial({
      vertexShader:
        "varying float vX; void main() { vX = position.x; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }",
      fragmentShader: /* glsl */ `
        uniform float pulse, beat, gain; uniform vec3 c0, c1, c3; varying float vX;
        void main() {
          float run = smoothstep(0.55, 1.0, cos(abs(vX) * 0.9 - beat * 3.1416));
          gl_FragColor = vec4((mix(c0, c1, 0.5 + vX / 15.0) * (0.5 + 0.2 * pulse) + c3 * 0.45 * run) * gain, 1.0);
        }`,
      uniforms,
    }),
  );
}

/** Upright tubes beside the wall and along the deck; they run up with the beat. */
function tubes(uniforms: SetUniforms): THREE.Mesh {
  const places: number[] = [];
  for (const side of [-1, 1]) {
    for (let k = 0; k < 4; k++) places.push(side * (5.55 + 0.42 * k), 0.9, -5 + 0.25 * k, 3.2 - 0.45 * k);
    for (let k = 0; k < 5; k++) places.push(side * (4.6 + 0.62 * k), 0.02, -3.2 + 0.5 * k, 0.9 + 0.28 * k);
  }
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.setAttribute(
    "position",
    new THREE.BufferAttribute(new Float32Array([-1, 0, 0, 1, 0, 0, 1, 1, 0, -1, 1, 0]), 3),
  );
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  geometry.setAttribute("place", new THREE.InstancedBufferAttribute(new Float32Array(places), 4));
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      vertexShader: /* glsl */ `
        attribute vec4 place; uniform float beat; uniform vec3 c0, c1; varying vec2 vAt; varying vec3 vTone; varying float vRun;
        void main() {
          vAt = position.xy;
          vTone = mod(floor(place.x * 2.0 + 20.0), 2.0) < 0.5 ? c0 : c1;
          vRun = fract(beat * 0.5 - abs(place.x) * 0.12);
          vec4 view = viewMatrix * vec4(place.x, place.y + position.y * place.w, place.z, 1.0);
          view.x += position.x * 0.085;
          gl_Position = projectionMatrix * view;
        }`,
      fragmentShader: /* glsl */ `
        uniform float gain, pulse; uniform vec3 c3; varying vec2 vAt; varying vec3 vTone; varying float vRun;
        void main() {
          float x = abs(vAt.x), core = smoothstep(0.42, 0.2, x), halo = (1.0 - x) * (1.0 - x);
          float lit = 0.42 + 0.58 * smoothstep(0.5, 0.0, abs(vAt.y - vRun)) * (0.6 + 0.4 * pulse);
          gl_FragColor = vec4((mix(vTone, c3, 0.6) * core + vTone * halo * 0.45) * lit * gain, 1.0);
        }`,
      uniforms,
      transparent: true,
      depthWrite: false,
      blending: THREE.CustomBlending,
      blendSrc: THREE.OneFactor,
      blendDst: THREE.OneFactor,
    }),
  );
  mesh.frustumCulled = false;
  return mesh;
}

export function makeRoom(uniforms: SetUniforms): THREE.Group {
  const room = new THREE.Group();
  const tube = tubes(uniforms);
  tube.renderOrder = 10;
  room.add(structure(uniforms), strips(uniforms), tube);
  return room;
}
