/** The performers in the polished floor: they alone, seen from the eye mirrored below the deck. */
import * as THREE from "three";
import type { MirrorUniforms } from "./set/floor";

/** Layer of what the floor mirrors: performers and the light on them. */
export const MIRRORED_LAYER = 1;

/** From clip space to texture space. */
const TO_TEXTURE = new THREE.Matrix4().set(0.5, 0, 0, 0.5, 0, 0.5, 0, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0, 1);

export class Reflection {
  readonly #camera = new THREE.PerspectiveCamera();
  readonly #target = new THREE.WebGLRenderTarget(2, 2);
  readonly #ahead = new THREE.Vector3();

  readonly #masked: boolean;

  /** masked: performers take alpha away where they stand, as they do from what blooms; else they leave it there. */
  constructor(masked: boolean) {
    this.#masked = masked;
    this.#camera.layers.set(MIRRORED_LAYER);
  }

  resize(width: number, height: number): void {
    this.#target.setSize(Math.ceil(width), Math.ceil(height));
  }

  /** Draw what the floor shows to `eye`. */
  draw(renderer: THREE.WebGLRenderer, scene: THREE.Scene, eye: THREE.PerspectiveCamera, uniforms: MirrorUniforms): void {
    const camera = this.#camera;
    camera.projectionMatrix.copy(eye.projectionMatrix);
    camera.projectionMatrixInverse.copy(eye.projectionMatrixInverse);
    eye.getWorldDirection(this.#ahead);
    camera.position.set(eye.position.x, -eye.position.y, eye.position.z);
    this.#ahead.set(this.#ahead.x, -this.#ahead.y, this.#ahead.z).add(camera.position);
    camera.lookAt(this.#ahead);
    camera.updateMatrixWorld();
    renderer.setRenderTarget(this.#target);
    renderer.setClearAlpha(this.#masked ? 1 : 0);
    renderer.clear();
    renderer.render(scene, camera);
    uniforms.mirror.value = this.#target.texture;
    uniforms.mirrorMatrix.value
      .copy(TO_TEXTURE)
      .multiply(camera.projectionMatrix)
      .multiply(camera.matrixWorldInverse);
  }

  dispose(): void {
    this.#target.dispose();
  }
}
