/** The set drawn smaller than the picture: its targets, and the quad that brings it back to full size. */
import * as THREE from "three";
import { type ScreenMesh, screenMesh } from "./screen";

export class Background {
  /** Drawn after everything opaque and only where nothing stands: on a processor each covered pixel counts. */
  readonly blit: ScreenMesh;
  readonly #layered: boolean;
  #now: THREE.WebGLRenderTarget | null = null;

  /** layered: it is not put under the picture here; whoever reads the picture back does that, cheaper than GL would. */
  constructor(layered: boolean) {
    this.#layered = layered;
    this.blit = screenMesh(
      "uniform sampler2D picture; varying vec2 vUv; void main() { gl_FragColor = vec4(texture2D(picture, vUv).rgb, 1.0); }",
      { picture: { value: null } },
      1,
    );
    this.blit.renderOrder = 1000;
  }

  /** Where the set is drawn; null: straight into the picture. */
  get target(): THREE.WebGLRenderTarget | null {
    return this.#now;
  }

  /** Targets for a picture of this size in pixels; share: of its sides, 1 and more for none at all. */
  resize(width: number, height: number, share: number): void {
    this.#now?.dispose();
    this.#now =
      share < 1
        ? new THREE.WebGLRenderTarget(Math.ceil(width * share), Math.ceil(height * share), { depthBuffer: true })
        : null;
    this.blit.visible = this.#now !== null && !this.#layered;
    this.blit.material.uniforms["picture"]!.value = this.#now?.texture ?? null;
  }

  /** After the set: make the canvas ready for the performers. */
  openPicture(renderer: THREE.WebGLRenderer): void {
    if (!this.#now) return;
    renderer.setRenderTarget(null);
    if (!this.#layered) {
      renderer.clearDepth();
      return;
    }
    renderer.setClearAlpha(0);
    renderer.clear();
    renderer.setClearAlpha(1);
  }

  /** In layers: what stands behind the last picture; null where it is in the picture. */
  get layer(): THREE.WebGLRenderTarget | null {
    return this.#layered ? this.#now : null;
  }

  dispose(): void {
    this.#now?.dispose();
    this.blit.geometry.dispose();
    this.blit.material.dispose();
  }
}
