/** Lamps out of focus: what a long lens makes of the small lights behind her. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { ADD, dice, type SetUniforms, sprite } from "./shared";

const DISCS = 420;
/** Below this much blur a lamp is still a lamp. */
const LEAST = 0.12;

export class Bokeh {
  readonly mesh: THREE.Mesh;
  readonly #blur: { value: number };

  constructor(uniforms: SetUniforms, venue: Venue) {
    const { wall, measure } = venue;
    const roll = dice(23);
    // x, y, z and a chance each: before the wall and its wings, more of them low, where the stage's own lamps stand.
    const places = Array.from({ length: DISCS }, () => [
      (2 * roll() - 1) * (measure.deck_half + 2),
      0.35 + 4.6 * roll() ** 1.35,
      wall.z + 0.4 + 2.2 * roll(),
      roll(),
    ]).flat();
    const geometry = sprite();
    geometry.setAttribute("place", new THREE.InstancedBufferAttribute(new Float32Array(places), 4));
    geometry.instanceCount = DISCS;
    this.#blur = uniforms.blur;
    this.mesh = new THREE.Mesh(
      geometry,
      new THREE.ShaderMaterial({
        ...ADD,
        uniforms,
        vertexShader: /* glsl */ `
          attribute vec4 place; uniform float blur, time, gain, beat; uniform vec3 c0, c1, c3; varying vec2 vAt; varying vec3 vTone;
          void main() {
            vAt = position.xy;
            float a = fract(place.w * 7.1), b = fract(place.w * 31.7);
            float twinkle = 0.72 + 0.28 * sin(time * (0.5 + 1.1 * a) + 40.0 * b);
            // Neighbours light up one after the other, once a bar; none goes out.
            twinkle += 0.25 * max(0.0, cos(1.5708 * beat + 6.2832 * a));
            vTone = mix(a < 0.58 ? c0 : c1, c3, 0.18 + 0.4 * b * b) * (0.26 + 0.5 * a * a) * twinkle * gain * smoothstep(0.1, 0.6, blur);
            vec4 view = viewMatrix * vec4(place.xyz, 1.0);
            view.xy += position.xy * (0.045 + 0.13 * b * b) * (0.35 + 0.65 * blur);
            gl_Position = projectionMatrix * view;
          }`,
        // A lens draws a disc that is a little brighter at its rim.
        fragmentShader: /* glsl */ `
          varying vec2 vAt; varying vec3 vTone;
          void main() {
            float r = length(vAt);
            gl_FragColor = vec4(vTone * smoothstep(1.0, 0.86, r) * (0.7 + 0.5 * smoothstep(0.6, 0.92, r)), 0.0);
          }`,
      }),
    );
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 22;
  }

  /** After the blur of the moment is known. */
  update(): void {
    this.mesh.visible = this.#blur.value > LEAST;
  }
}
