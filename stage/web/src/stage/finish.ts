/**
 * The last pass of the rich picture: smooth edges where no hardware made them, the light that spills over, darker
 * corners, a trace of grain against bands. Toon colours in the middle of the picture leave it as they came.
 */
import * as THREE from "three";
import { Bloom } from "./bloom";
import { SCREEN_CAMERA, type ScreenMesh, screenMesh } from "./screen";
import type { Venue } from "./venue";

const LEVELS = 2;

/** Edges found by luma in four corners, blurred along the edge only. */
const SMOOTH = /* glsl */ `
float luma(vec3 c) { return dot(c, vec3(0.299, 0.587, 0.114)); }
vec3 smooth_(vec2 uv) {
  vec3 here = texture2D(picture, uv).rgb;
  float m = luma(here);
  float a = luma(texture2D(picture, uv + vec2(-0.5, -0.5) * texel).rgb), b = luma(texture2D(picture, uv + vec2(0.5, -0.5) * texel).rgb);
  float c = luma(texture2D(picture, uv + vec2(-0.5, 0.5) * texel).rgb), d = luma(texture2D(picture, uv + vec2(0.5, 0.5) * texel).rgb);
  float low = min(m, min(min(a, b), min(c, d))), high = max(m, max(max(a, b), max(c, d)));
  vec2 along = vec2((c + d) - (a + b), (a + c) - (b + d));
  along /= max(abs(along.x), abs(along.y)) + 0.02;
  vec2 step_ = along * texel * 0.75;
  vec3 edge = 0.5 * (texture2D(picture, uv + step_).rgb + texture2D(picture, uv - step_).rgb);
  return mix(here, mix(here, edge, 0.8), smoothstep(0.04, 0.10, high - low));
}`;

const fragment = (smooth: boolean): string => /* glsl */ `
uniform sampler2D picture, spilt; uniform vec2 texel; uniform float spill, vignette, grain, time; varying vec2 vUv;
${smooth ? SMOOTH : ""}
void main() {
  vec3 col = ${smooth ? "smooth_(vUv)" : "texture2D(picture, vUv).rgb"};
  col += texture2D(spilt, vUv).rgb * spill * (1.0 - 0.75 * col);
  vec2 q = vUv - 0.5;
  col *= 1.0 - vignette * smoothstep(0.12, 0.72, dot(q, q) * 1.5);
  float noise = fract(52.983 * fract(dot(vUv / texel + fract(time) * 91.0, vec2(0.0671, 0.0058)))) - 0.5;
  gl_FragColor = vec4(col + noise * grain, 1.0);
}`;

export class Finish {
  readonly #bloom = new Bloom();
  readonly #samples: number;
  readonly #pass: ScreenMesh;
  #target: THREE.WebGLRenderTarget | null = null;

  /** samples: of hardware anti-aliasing; 0: edges are smoothed by the pass itself. */
  constructor(venue: Venue, samples: number) {
    this.#samples = samples;
    const { bloom_full, vignette, grain } = venue.light;
    this.#pass = screenMesh(fragment(samples === 0), {
      picture: { value: null },
      spilt: { value: null },
      texel: { value: new THREE.Vector2() },
      spill: { value: bloom_full },
      vignette: { value: vignette },
      grain: { value: grain },
      time: { value: 0 },
    });
  }

  /** Where the picture is drawn. */
  get target(): THREE.WebGLRenderTarget {
    return this.#target!;
  }

  resize(width: number, height: number): void {
    this.#target?.dispose();
    this.#target = new THREE.WebGLRenderTarget(width, height, { samples: this.#samples });
    this.#bloom.resize(width, height, LEVELS);
    const { picture, spilt, texel } = this.#pass.material.uniforms;
    picture!.value = this.#target.texture;
    spilt!.value = this.#bloom.texture;
    (texel!.value as THREE.Vector2).set(1 / width, 1 / height);
  }

  /** Bring what was drawn into the canvas. */
  draw(renderer: THREE.WebGLRenderer, mediaTime: number): void {
    this.#bloom.make(renderer, this.target);
    this.#pass.material.uniforms["time"]!.value = mediaTime;
    renderer.setRenderTarget(null);
    renderer.render(this.#pass, SCREEN_CAMERA);
  }

  dispose(): void {
    this.#target?.dispose();
    this.#bloom.dispose();
    this.#pass.geometry.dispose();
    this.#pass.material.dispose();
  }
}
