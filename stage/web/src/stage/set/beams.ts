/** Lamps: for each a beam (a flat ribbon that faces the camera) and a glow, aimed as a function of the moment. */
import * as THREE from "three";
import type { Look } from "../venue";
import { ADD, type SetUniforms } from "./shared";

/** x, y, z, kind (0 truss, 1 floor, 2 tower), number within the kind. */
const LAMPS: readonly (readonly [number, number, number, number, number])[] = [
  ...Array.from({ length: 8 }, (_, i) => [-5.6 + 1.6 * i, 5.98, -3.2, 0, i] as const),
  ...Array.from({ length: 6 }, (_, i) => [-5 + 2 * i, 0.64, -5.5, 1, i] as const),
  ...[-1, 1].flatMap((side) => [0, 1].map((i) => [7.35 * side, 2.2 + 2.4 * i, -2.4, 2, side * (i + 1)] as const)),
];
const COUNT = LAMPS.length;

export class Beams {
  readonly group = new THREE.Group();
  readonly #aim = new THREE.InstancedBufferAttribute(new Float32Array(4 * COUNT), 4);
  readonly #color = new THREE.InstancedBufferAttribute(new Float32Array(3 * COUNT), 3);

  constructor(uniforms: SetUniforms) {
    const places = new THREE.InstancedBufferAttribute(Float32Array.from(LAMPS.flatMap(([x, y, z]) => [x, y, z])), 3);
    for (const attribute of [this.#aim, this.#color]) attribute.setUsage(THREE.DynamicDrawUsage);
    const quad = (corners: number[], material: THREE.ShaderMaterial): THREE.Mesh => {
      const geometry = new THREE.InstancedBufferGeometry();
      geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(corners), 3));
      geometry.setIndex([0, 1, 2, 0, 2, 3]);
      geometry.setAttribute("place", places);
      geometry.setAttribute("aim", this.#aim);
      geometry.setAttribute("tone", this.#color);
      const mesh = new THREE.Mesh(geometry, material);
      mesh.frustumCulled = false;
      return mesh;
    };
    const beams = quad(
      [-1, 0, 0, 1, 0, 0, 1, 1, 0, -1, 1, 0],
      new THREE.ShaderMaterial({
        ...ADD,
        side: THREE.DoubleSide,
        uniforms,
        vertexShader: /* glsl */ `
          attribute vec3 place, tone; attribute vec4 aim; varying vec2 vAt; varying vec3 vTone;
          void main() {
            vAt = position.xy;
            vec3 eye = cameraPosition - (place + aim.xyz * 2.0);
            vec3 across = cross(aim.xyz, normalize(eye));
            // Looking down the beam one sees the lamp, not a ribbon.
            vTone = tone * (0.3 + 0.7 * length(across));
            vec3 at = place + aim.xyz * aim.w * position.y + normalize(across) * position.x * mix(0.06, 0.6, position.y);
            gl_Position = projectionMatrix * viewMatrix * vec4(at, 1.0);
          }`,
        fragmentShader: /* glsl */ `
          varying vec2 vAt; varying vec3 vTone;
          void main() {
            float x = 1.0 - vAt.x * vAt.x, k = 1.0 - vAt.y;
            gl_FragColor = vec4(vTone * x * x * k * (0.45 + 0.55 * k * k), 1.0);
          }`,
      }),
    );
    const glows = quad(
      [-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0],
      new THREE.ShaderMaterial({
        ...ADD,
        uniforms,
        vertexShader: /* glsl */ `
          attribute vec3 place, tone; uniform float pulse; varying vec2 vAt; varying vec3 vTone;
          void main() {
            vAt = position.xy; vTone = tone;
            vec4 view = viewMatrix * vec4(place, 1.0);
            view.xy += position.xy * (0.36 + 0.08 * pulse); view.z += 0.3;
            gl_Position = projectionMatrix * view;
          }`,
        fragmentShader: /* glsl */ `
          uniform vec3 c3; varying vec2 vAt; varying vec3 vTone;
          void main() {
            float r = min(1.0, length(vAt)), halo = (1.0 - r) * (1.0 - r);
            float on = min(1.0, 4.0 * max(vTone.r, max(vTone.g, vTone.b)));
            gl_FragColor = vec4(vTone * halo * 1.8 + c3 * smoothstep(0.22, 0.13, r) * on, 1.0);
          }`,
      }),
    );
    beams.renderOrder = 20;
    glows.renderOrder = 21;
    this.group.add(beams, glows);
  }

  /**
   * Aim and colour every lamp.
   *
   * beat: beats since the bar began, 0..4. bar: number of the bar. gain: height of a beam, display values.
   */
  update(look: Look, beat: number, bar: number, pulse: number, gain: number, palette: ArrayLike<number>): void {
    const aim = this.#aim.array as Float32Array;
    const color = this.#color.array as Float32Array;
    const turn = (bar % 8) * Math.PI * 0.5 + beat * (Math.PI / 8);
    // Odd and even lamps take turns, so that the light moves and never blinks as one.
    const swap = bar % 8 >= 4 ? 1 : 0;
    for (let i = 0; i < COUNT; i++) {
      const kind = LAMPS[i]![3];
      const n = LAMPS[i]![4];
      let pan = 0;
      let lean = 0;
      let reach = 8;
      if (kind === 0) {
        const side = n - 3.5;
        if (look.beams === "cross") pan = -side * 0.19 + 0.22 * Math.sin(turn + n);
        else if (look.beams === "fan") pan = side * 0.15 + 0.1 * Math.sin(turn);
        else if (look.beams === "closing") pan = -side * 0.06 * (1 + Math.sin(turn * 0.5)) + 0.05 * Math.sin(turn);
        else if (look.beams === "sweep") pan = 0.4 * Math.sin(turn + n * 0.45);
        else if (look.beams === "up") pan = side * 0.24;
        else pan = side * 0.08;
        lean = -0.14 - 0.05 * Math.sin(turn * 0.5 + n);
        aim[4 * i] = Math.sin(pan);
        aim[4 * i + 1] = -Math.cos(pan) * Math.cos(lean);
      } else if (kind === 1) {
        const side = n - 2.5;
        pan = look.beams === "cross" ? -side * 0.2 : side * 0.13 + 0.16 * Math.sin(turn + n * 0.8);
        if (look.beams === "still") pan = side * 0.06;
        lean = 0.12;
        reach = 7;
        aim[4 * i] = Math.sin(pan);
        aim[4 * i + 1] = Math.cos(pan) * Math.cos(lean);
      } else {
        pan = -Math.sign(n) * (1.05 + 0.2 * Math.sin(turn + n));
        lean = -0.18;
        reach = 6.5;
        aim[4 * i] = Math.sin(pan);
        aim[4 * i + 1] = Math.cos(pan) * (Math.abs(n) > 1 ? -0.7 : 0.7);
      }
      aim[4 * i + 2] = Math.sin(lean);
      const x = aim[4 * i]!;
      const y = aim[4 * i + 1]!;
      const z = aim[4 * i + 2]!;
      const length = Math.hypot(x, y, z);
      aim[4 * i] = x / length;
      aim[4 * i + 1] = y / length;
      aim[4 * i + 2] = z / length;
      aim[4 * i + 3] = reach;
      const odd = (i + swap) % 2;
      const on = (i * 0.382) % 1 < look.lamps ? 1 : 0;
      const height = on * gain * (0.72 + 0.28 * (odd ? pulse : 1 - pulse));
      for (let c = 0; c < 3; c++) color[3 * i + c] = palette[3 * odd + c]! * height;
    }
    this.#aim.needsUpdate = true;
    this.#color.needsUpdate = true;
  }
}
