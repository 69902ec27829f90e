/** One clean lamp from above on the performer, seen in the haze and on the floor: the light of a quiet moment. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { BLOOM, GLOW, glsl, MAX_CONTACTS, type SetUniforms } from "./shared";

/** Half its width at the lamp and on the floor, metres. */
const WIDE = [0.1, 1.15] as const;
/** It hangs no higher, so that the cone is one in the picture, and this far behind her. */
const HIGHEST = 7.4;
const BEHIND = 1.1;

/** Two quads, the cone that always faces the lens and the pool on the deck: x -1..1, y 0..1 from lamp to floor, z which. */
export function makeSpot(uniforms: SetUniforms, { measure }: Venue): THREE.Mesh {
  const geometry = new THREE.BufferGeometry();
  const corners = [0, 1].flatMap((which) => [-1, 0, which, 1, 0, which, 1, 1, which, -1, 1, which]);
  geometry.setAttribute("position", new THREE.BufferAttribute(Float32Array.from(corners), 3));
  geometry.setIndex([0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7]);
  const high = Math.min(HIGHEST, measure.ceiling - 0.6);
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      ...GLOW,
      side: THREE.DoubleSide,
      uniforms,
      vertexShader: /* glsl */ `
        uniform vec3 contacts[${MAX_CONTACTS}]; varying vec3 vAt;
        void main() {
          vAt = position;
          vec3 foot = vec3(contacts[0].x, 0.006, contacts[0].y), lamp = foot + vec3(0.0, ${glsl(high)}, ${glsl(-BEHIND)});
          vec3 across = normalize(cross(foot - lamp, cameraPosition - foot));
          // Of the cone the part before her would lie over her: it ends on the deck where she stands.
          vec3 cone = mix(lamp, foot, position.y) + across * position.x * mix(${glsl(WIDE[0])}, ${glsl(WIDE[1])}, position.y);
          vec3 pool = foot + vec3(position.x, 0.0, 2.0 * position.y - 1.0) * ${glsl(1.3 * WIDE[1])};
          gl_Position = projectionMatrix * viewMatrix * vec4(position.z < 0.5 ? cone : pool, 1.0);
        }`,
      fragmentShader: /* glsl */ `
        uniform float spot, blur; uniform vec3 c1, c3; varying vec3 vAt;
        void main() {
          float x = abs(vAt.x), k = 1.0 - vAt.y;
          // In a close picture, which it fills, it would be milk.
          // The edge of a cone of haze is told, its middle is the brightest, and it thins out on its way.
          float cone = smoothstep(1.0, 0.80, x) * (0.55 + 0.45 * (1.0 - x * x)) * (0.15 + 0.35 * k + 0.5 * k * k * k) * smoothstep(0.0, 0.10, vAt.y + 0.2 * k);
          vec2 on = vec2(vAt.x, 2.0 * vAt.y - 1.0);
          float r = length(on), pool = smoothstep(0.80, 0.68, r) * (0.8 + 0.2 * (1.0 - r)) + 0.22 * smoothstep(1.0, 0.6, r) ;
          float which = step(0.5, vAt.z);
          vec3 col = mix(mix(c1, c3, 0.62) * cone * (0.74 - 0.68 * min(1.0, 1.6 * blur)), mix(c1, c3, 0.8) * pool * 0.52, which) * spot;
          gl_FragColor = vec4(col, (1.0 - which) * ${glsl(BLOOM.lamp)} * k * k * k * cone * spot);
        }`,
    }),
  );
  mesh.frustumCulled = false;
  mesh.renderOrder = 16;
  return mesh;
}
