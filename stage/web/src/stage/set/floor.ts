/** The deck: reflection of the wall, pools of light, rings, and dark places where bodies stand. */
import * as THREE from "three";
import { MAX_CONTACTS, PLACE, type SetUniforms } from "./shared";

const FRAGMENT = /* glsl */ `
uniform sampler2D wall;
uniform float pulse, energy, gain;
uniform int standing;
uniform vec3 c0, c1, c2, c3;
uniform vec3 contacts[${MAX_CONTACTS}];
varying vec3 vPlace;
void main() {
  vec3 ray = normalize(vPlace - cameraPosition);
  float slope = 1.0 - abs(ray.y);
  float mirror = 0.18 + 0.82 * slope * slope;
  vec3 col = c2 * 0.2 + vec3(0.012, 0.011, 0.022);
  vec2 at = vPlace.xz;
  // Two coloured pools and one of white where the performer stands.
  vec2 a = (at - vec2(-3.4, -1.0)) * vec2(0.4, 0.6), b = (at - vec2(3.4, -1.0)) * vec2(0.4, 0.6), m = at - contacts[0].xy * 0.6;
  col += gain * (c0 * 0.2 / (1.0 + 3.0 * dot(a, a) * dot(a, a)) + c1 * 0.2 / (1.0 + 3.0 * dot(b, b) * dot(b, b)));
  float pool = 1.0 / (1.0 + 0.35 * dot(m, m) * dot(m, m));
  col += (c3 * 0.16 + c0 * 0.1) * pool * (0.85 + 0.15 * pulse);
  // The wall in the polished floor: follow the mirrored ray to the wall's plane.
  if (ray.z < -0.01) {
    float way = (${PLACE.wallZ.toFixed(1)} - vPlace.z) / ray.z;
    vec3 hit = vPlace + vec3(ray.x, -ray.y, ray.z) * way;
    vec2 uv = vec2(hit.x / ${PLACE.wallWidth.toFixed(1)} + 0.5, (hit.y - ${PLACE.wallBase.toFixed(1)}) / ${PLACE.wallHeight.toFixed(1)});
    float inside = smoothstep(0.58, 0.45, abs(uv.x - 0.5)) * smoothstep(-0.08, 0.06, uv.y) * smoothstep(1.3, 0.7, uv.y);
    col += texture2D(wall, uv, 2.2).rgb * inside * mirror * 0.62 * gain;
  }
  // Lines of light let into the deck.
  float r = length((at - vec2(0.0, 0.3)) * vec2(1.0, 1.15)), w = 0.02 + 0.0025 * length(vPlace - cameraPosition);
  float ring = smoothstep(w, 0.0, abs(r - 2.1)) + 0.7 * smoothstep(w, 0.0, abs(r - 3.5));
  col += mix(c0, c3, 0.3) * ring * (0.35 + 0.35 * pulse) * gain;
  col += mix(c1, c3, 0.3) * smoothstep(0.05, 0.0, abs(at.y - ${(PLACE.deckFront - 0.1).toFixed(2)})) * 0.7 * gain;
  // Contact: wide and soft under the hips, small and dark under a foot that is down.
  float dark = 0.0;
  for (int i = 0; i < ${MAX_CONTACTS}; i++) {
    if (i >= standing) break;
    vec3 c = contacts[i];
    vec2 d = at - c.xy;
    bool body = i == 0 || i == 3 || i == 6;
    float size = (body ? 0.11 : 0.02) * (1.0 + c.z * 5.0);
    dark = max(dark, (body ? 0.5 : 0.82) / ((1.0 + c.z * 5.0) * (1.0 + dot(d, d) * dot(d, d) / (size * size) + dot(d, d) / size)));
  }
  gl_FragColor = vec4(col * (1.0 - 0.9 * dark), 1.0);
}`;

export function makeFloor(uniforms: SetUniforms): THREE.Mesh {
  const depth = PLACE.deckFront - PLACE.deckBack;
  const floor = new THREE.Mesh(
    new THREE.PlaneGeometry(2 * PLACE.deckHalf, depth),
    new THREE.ShaderMaterial({
      vertexShader: /* glsl */ `
        varying vec3 vPlace;
        void main() { vec4 w = modelMatrix * vec4(position, 1.0); vPlace = w.xyz; gl_Position = projectionMatrix * viewMatrix * w; }`,
      fragmentShader: FRAGMENT,
      uniforms,
    }),
  );
  floor.rotation.x = -Math.PI / 2;
  floor.position.z = (PLACE.deckFront + PLACE.deckBack) / 2;
  return floor;
}
