/** Haze that the lamps light up, and dust in it. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { ADD, dice, glsl, MAX_CONTACTS, type SetUniforms, sprite } from "./shared";

const NOISE = 64;
/** Cells of the sheet where clouds are read at corners: their finest wave is four of them wide. */
const LEAN_GRID = [44, 18] as const;

/** Soft clouds that repeat without a seam. */
function clouds(): THREE.DataTexture {
  const roll = dice(23);
  const data = new Uint8Array(4 * NOISE * NOISE);
  const waves = Array.from({ length: 22 }, () => ({
    x: Math.round(roll() * 8 - 4),
    y: Math.round(roll() * 8 - 4),
    phase: roll() * 6.2832,
  })).filter(({ x, y }) => x !== 0 || y !== 0);
  for (let y = 0; y < NOISE; y++) {
    for (let x = 0; x < NOISE; x++) {
      let sum = 0;
      let most = 0;
      for (const wave of waves) {
        const weight = 1 / Math.hypot(wave.x, wave.y);
        sum += weight * Math.sin((6.2832 * (wave.x * x + wave.y * y)) / NOISE + wave.phase);
        most += weight;
      }
      data.fill(Math.round(255 * Math.min(1, Math.max(0, 0.5 + (1.4 * sum) / most))), 4 * (y * NOISE + x), 4 * (y * NOISE + x) + 4);
    }
  }
  const texture = new THREE.DataTexture(data, NOISE, NOISE);
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  texture.magFilter = texture.minFilter = THREE.LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

/** One sheet of haze behind the performer, brightest over the floor, and around a lamp straight behind her. */
export class Haze {
  readonly mesh: THREE.Mesh;
  readonly #clouds = clouds();

  /** full: clouds of two depths; else of one, as each read of a large sheet counts. */
  constructor(uniforms: SetUniforms, venue: Venue, full: boolean) {
    const { haze_width, haze_height, haze_gain } = venue.measure;
    const thick = /* glsl */ `
      vec2 at = uv * vec2(1.6, 0.7);
      float a = textureLod(clouds, at + vec2(time * 0.012, time * 0.004), 0.0).r;
      float b = ${full ? "textureLod(clouds, at * 1.7 + vec2(-time * 0.017, 0.3), 0.0).r" : "a"};
      float low = (1.0 - uv.y) * (1.0 - uv.y), ends = uv.x * (1.0 - uv.x) * 4.0;
      float thick = (0.25 + 0.9 * a * b) * low * ends * smoothstep(0.0, 0.04, uv.y);
      vec3 tone = mix(c0, c1, uv.x) * 0.6 + c2 * 0.5;
      vec3 haze = tone * thick * ${glsl(0.2 * haze_gain)} * (0.35 + 0.65 * wash) * (0.92 + 0.08 * pulse) * (1.0 - 0.7 * candle);`;
    // Where the line from the lens through her meets the sheet: the lamp behind her is always behind her.
    const behind = /* glsl */ `
      vec3 to = vec3(contacts[0].x, 1.25, contacts[0].y) - cameraPosition;
      vec2 off = (position.xy - cameraPosition.xy - to.xy * ((position.z - cameraPosition.z) / min(to.z, -0.5))) * vec2(0.62, 0.5);
      float q = dot(off, off);
      vHalo = (mix(c1, c3, 0.35) / (1.0 + 5.0 * q) + c0 * 0.5 / (1.0 + 0.8 * q)) * exp(-0.22 * q) * halo * step(contacts[0].x, 50.0) * smoothstep(0.0, 0.12, uv.y) * (1.0 - uv.y);`;
    const known = "uniform sampler2D clouds; uniform float time, wash, pulse, candle; uniform vec3 c0, c1, c2;";
    const lamp = `uniform float halo; uniform vec3 contacts[${MAX_CONTACTS}]; varying vec3 vHalo;`;
    const place = "gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);";
    const [across, up] = LEAN_GRID;
    this.mesh = new THREE.Mesh(
      new THREE.PlaneGeometry(haze_width, haze_height, across, up).translate(0, haze_height / 2 - 0.1, -2.5),
      new THREE.ShaderMaterial({
        ...ADD,
        side: THREE.DoubleSide,
        uniforms: { ...uniforms, clouds: { value: this.#clouds } },
        vertexShader: full
          ? `${lamp} uniform vec3 c0, c1, c3; varying vec2 vUv; void main() { vUv = uv; ${behind} ${place} }`
          : `${known} ${lamp} uniform vec3 c3; varying vec3 vHaze; void main() { ${thick} ${behind} vHaze = haze + vHalo; ${place} }`,
        fragmentShader: full
          ? `${known} varying vec2 vUv; varying vec3 vHalo; void main() { vec2 uv = vUv; ${thick} gl_FragColor = vec4(haze + vHalo, 0.0); }`
          : "varying vec3 vHaze; void main() { gl_FragColor = vec4(vHaze, 0.0); }",
      }),
    );
    this.mesh.renderOrder = 15;
  }

  dispose(): void {
    this.#clouds.dispose();
  }
}

/** Specks that drift through the light; only where there are pixels to spare. */
export function makeDust(uniforms: SetUniforms, venue: Venue, count: number): THREE.Mesh {
  const { deck_half, haze_height } = venue.measure;
  const roll = dice(31);
  const places = Float32Array.from(
    Array.from({ length: count }, () => [
      (2 * roll() - 1) * deck_half,
      roll() * haze_height,
      -4 + 6.5 * roll(),
      roll(),
    ]).flat(),
  );
  const geometry = sprite();
  geometry.setAttribute("place", new THREE.InstancedBufferAttribute(places, 4));
  geometry.instanceCount = count;
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      ...ADD,
      uniforms,
      vertexShader: /* glsl */ `
        attribute vec4 place; uniform float time, wash; uniform vec3 c0, c1, c3; varying vec2 vAt; varying vec3 vTone;
        void main() {
          vAt = position.xy;
          float t = time * (0.05 + 0.07 * place.w) + place.w * 6.3;
          vec3 at = place.xyz + vec3(0.3 * sin(t), 0.0, 0.2 * cos(t * 1.3));
          at.y = mod(at.y + time * 0.05 * (place.w - 0.3), ${glsl(haze_height)});
          vTone = mix(place.w < 0.5 ? c0 : c1, c3, 0.5) * (0.35 + 0.65 * wash) * (0.5 + 0.5 * sin(t * 5.0)) * 0.32;
          vec4 view = viewMatrix * vec4(at, 1.0);
          view.xy += position.xy * max(0.006 + 0.012 * place.w * place.w, -view.z * 0.0008);
          gl_Position = projectionMatrix * view;
        }`,
      fragmentShader: /* glsl */ `
        varying vec2 vAt; varying vec3 vTone;
        void main() { float k = max(0.0, 1.0 - dot(vAt, vAt)); gl_FragColor = vec4(vTone * k * k, 0.0); }`,
    }),
  );
  mesh.frustumCulled = false;
  mesh.renderOrder = 25;
  return mesh;
}
