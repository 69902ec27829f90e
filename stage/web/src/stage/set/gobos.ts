/** Light that wanders over the deck: petals that lamps throw through a plate, slowly turning around the performer. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { ADD, glsl, HUED, type SetUniforms, sprite } from "./shared";

const COUNT = 9;
/** Of one pattern, metres. */
const RADIUS = 0.85;
/** Nearer to the deck's edge none comes, metres. */
const EDGE = 0.9;

export function makeGobos(uniforms: SetUniforms, { measure }: Venue): THREE.Mesh {
  const geometry = sprite();
  geometry.setAttribute("which", new THREE.InstancedBufferAttribute(Float32Array.from({ length: COUNT }, (_, i) => i), 1));
  geometry.instanceCount = COUNT;
  const far = Math.min(measure.deck_front, -measure.deck_back - 2) - EDGE + 0.3;
  const wide = Math.min(measure.deck_half - EDGE, 1.9 * far);
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      ...ADD,
      side: THREE.DoubleSide,
      uniforms,
      vertexShader: /* glsl */ `
        attribute float which; uniform float time, gobos, wash, pulse; uniform vec3 c0, c1, c3; varying vec2 vAt; varying vec3 vTone; ${HUED}
        void main() {
          // Two circles that turn against each other.
          float inner = mod(which, 3.0) < 0.5 ? 1.0 : 0.0, way = 1.0 - 2.0 * inner, n = which * 6.2832 / ${glsl(COUNT)};
          float angle = n + way * time * 0.16, out_ = mix(0.95, 0.5, inner) + 0.12 * sin(time * 0.31 + which * 2.4);
          vec2 middle = vec2(cos(angle) * ${glsl(wide)}, sin(angle) * ${glsl(far)} - 0.2) * out_;
          float turn = way * time * 0.35 + which, s = sin(turn), c = cos(turn);
          vAt = vec2(position.x * c + position.y * s, position.y * c - position.x * s);
          vTone = hued(mix(mod(which, 2.0) < 0.5 ? c0 : c1, c3, 0.06), which * 0.13) * gobos * (0.25 + 0.75 * wash) * (0.50 + 0.07 * pulse);
          // Thrown from behind and above: longer towards the audience.
          vec2 at = middle + position.xy * ${glsl(RADIUS)} * vec2(1.0, 1.15);
          gl_Position = projectionMatrix * viewMatrix * vec4(at.x, 0.005, at.y, 1.0);
        }`,
      fragmentShader: /* glsl */ `
        varying vec2 vAt; varying vec3 vTone;
        void main() {
          // Cosine of six times the angle.
          float r = length(vAt), c = vAt.x / max(r, 0.001), c3 = c * (4.0 * c * c - 3.0);
          float petal = 0.62 + 0.30 * (2.0 * c3 * c3 - 1.0), soft = smoothstep(petal + 0.1, petal - 0.14, r) * smoothstep(0.10, 0.26, r) + smoothstep(0.15, 0.05, r);
          gl_FragColor = vec4(vTone * (soft + 0.22 * max(0.0, 1.0 - r)), 0.0);
        }`,
    }),
  );
  mesh.frustumCulled = false;
  mesh.renderOrder = 2;
  return mesh;
}
