/** Lamps out of focus: what a long lens makes of the small lights behind her. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { lampsOf } from "./lamps";
import { ADD, dice, type SetUniforms, sprite } from "./shared";

/** Points of a tube that a lens makes a disc of. */
const A_TUBE = [0.2, 0.75] as const;
/** Below this much blur a lamp is still a lamp. */
const LEAST = 0.12;
/** What stands nearer to the audience than this is beside or before her. */
const BEHIND = -1.5;

export class Bokeh {
  readonly mesh: THREE.Mesh;
  readonly #blur: { value: number };

  constructor(uniforms: SetUniforms, venue: Venue) {
    const roll = dice(23);
    // x, y, z and a chance each: where the lamps and tubes behind her are, so that a disc is one of them out of focus.
    const lamps = lampsOf(venue).map(({ x, y, z }) => [x, y, z]);
    const tubes = venue.tubes.flatMap(({ at: [x, y, z], length }) => A_TUBE.map((share) => [x, y + share * length, z]));
    const all = [...lamps, ...tubes].filter(([, , z]) => z! < BEHIND);
    const places = all.flatMap((place) => [...place, roll()]);
    const geometry = sprite();
    geometry.setAttribute("place", new THREE.InstancedBufferAttribute(new Float32Array(places), 4));
    geometry.instanceCount = all.length;
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
            view.xy += position.xy * (0.05 + 0.17 * b * b) * (0.3 + 0.7 * blur);
            gl_Position = projectionMatrix * view;
          }`,
        // Soft to the rim: a crisp one is a soap bubble.
        fragmentShader: /* glsl */ `
          varying vec2 vAt; varying vec3 vTone;
          void main() {
            float r = length(vAt);
            gl_FragColor = vec4(vTone * smoothstep(1.0, 0.45, r), 0.0);
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
