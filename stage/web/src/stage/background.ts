/** The set drawn smaller than the picture: its targets, its bloom, and the quad that brings it back to full size. */
import * as THREE from "three";
import { Bloom } from "./bloom";
import { SCREEN_CAMERA, type ScreenMesh, screenMesh } from "./screen";
import { ADD } from "./set/shared";

export class Background {
  /** Drawn after everything opaque and only where nothing stands: on a processor each covered pixel counts. */
  readonly blit: ScreenMesh;
  readonly #layered: boolean;
  readonly #bloom = new Bloom();
  readonly #spill = screenMesh(
    "uniform sampler2D spilt; uniform float gain; varying vec2 vUv; void main() { gl_FragColor = vec4(texture2D(spilt, vUv).rgb * gain, 0.0); }",
    { spilt: { value: null }, gain: { value: 0 } },
    0,
    ADD,
  );
  /** The same and darker corners: what is left of the last pass where there is none. */
  readonly #lens = screenMesh(
    `uniform sampler2D spilt; uniform float gain, vignette; varying vec2 vUv;
    void main() {
      vec2 q = vUv - 0.5;
      float left = 1.0 - vignette * smoothstep(0.12, 0.72, dot(q, q) * 1.5);
      gl_FragColor = vec4(texture2D(spilt, vUv).rgb * gain * left, left);
    }`,
    { spilt: { value: null }, gain: { value: 0 }, vignette: { value: 0 } },
    0,
    { ...ADD, blendSrc: THREE.OneMinusDstColorFactor, blendDst: THREE.SrcAlphaFactor },
  );
  #now: THREE.WebGLRenderTarget | null = null;
  #apart = false;

  /** layered: it is not put under the picture here; whoever reads the picture back does that, cheaper than GL would. */
  constructor(layered: boolean) {
    this.#layered = layered;
    this.blit = screenMesh(
      "uniform sampler2D picture; uniform float solid; varying vec2 vUv; void main() { vec4 t = texture2D(picture, vUv); gl_FragColor = vec4(t.rgb, max(t.a, solid)); }",
      { picture: { value: null }, solid: { value: 1 } },
      1,
    );
    this.blit.renderOrder = 1000;
  }

  /** Where the set is drawn; null: straight into the picture. */
  get target(): THREE.WebGLRenderTarget | null {
    return this.#now;
  }

  /**
   * Targets for a picture of this size in pixels.
   *
   * share: of its sides; null: the set is drawn straight into the picture. masked: alpha of the picture says what
   * blooms; else it is 1, as a canvas must have it. layered: unless given, as it was built. wide: its light spills near
   * and far, else near only.
   */
  resize(width: number, height: number, share: number | null, { masked = false, layered = this.#layered, wide = false } = {}): void {
    this.#now?.dispose();
    this.#now =
      share === null
        ? null
        : new THREE.WebGLRenderTarget(Math.ceil(width * share), Math.ceil(height * share), { depthBuffer: true });
    if (this.#now) this.#bloom.resize(this.#now.width, this.#now.height, wide ? 2 : 1);
    this.#apart = layered && this.#now !== null;
    this.blit.visible = this.#now !== null && !this.#apart;
    const { picture, solid } = this.blit.material.uniforms;
    picture!.value = this.#now?.texture ?? null;
    solid!.value = masked ? 0 : 1;
  }

  /** After the set: let its light spill over inside the small picture, where it costs little. */
  bloom(renderer: THREE.WebGLRenderer, gain: number): void {
    if (gain > 0) this.#over(renderer, this.#spill, gain);
  }

  /** The same for `full`, and darker corners. */
  lens(renderer: THREE.WebGLRenderer, gain: number, vignette: number): void {
    this.#lens.material.uniforms["vignette"]!.value = vignette;
    this.#over(renderer, this.#lens, gain);
  }

  #over(renderer: THREE.WebGLRenderer, mesh: ScreenMesh, gain: number): void {
    if (!this.#now) return;
    this.#bloom.make(renderer, this.#now);
    const { spilt, gain: height } = mesh.material.uniforms;
    spilt!.value = this.#bloom.texture;
    height!.value = gain;
    renderer.setRenderTarget(this.#now);
    renderer.render(mesh, SCREEN_CAMERA);
  }

  /** After the set: make the picture ready for the performers. picture: null for the canvas. */
  openPicture(renderer: THREE.WebGLRenderer, picture: THREE.WebGLRenderTarget | null = null): void {
    if (!this.#now) return;
    renderer.setRenderTarget(picture);
    if (!this.#apart) {
      renderer.clear(picture !== null, true, false);
      return;
    }
    renderer.clear();
  }

  /** In layers: what stands behind the last picture; null where it is in the picture. */
  get layer(): THREE.WebGLRenderTarget | null {
    return this.#apart ? this.#now : null;
  }

  dispose(): void {
    this.#now?.dispose();
    this.#bloom.dispose();
    for (const { geometry, material } of [this.#spill, this.#lens]) {
      geometry.dispose();
      material.dispose();
    }
    this.blit.geometry.dispose();
    this.blit.material.dispose();
  }
}
