/**
 * Shaders compiled ahead. A driver compiles beside the page's thread, so whoever asks early waits for none.
 *
 * What is drawn into a target and what is drawn onto the canvas are two programs: three writes the colour space of
 * the target into them. So a shader is compiled for the target that it will be drawn into, or for nothing.
 */
import type * as THREE from "three";

/** Begin to compile everything under `root` that `skip` does not leave out, as it is drawn into `target`. */
export function compileFor(
  renderer: THREE.WebGLRenderer,
  target: THREE.WebGLRenderTarget | null,
  root: THREE.Object3D,
  camera: THREE.Camera,
  skip: (node: THREE.Object3D) => boolean = () => false,
  scene: THREE.Object3D = root,
): void {
  const before = renderer.getRenderTarget();
  renderer.setRenderTarget(target);
  const visit = (node: THREE.Object3D): void => {
    if (skip(node)) return;
    // Without its children: some of them may have to be left out.
    if ("material" in node) {
      const { children } = node;
      node.children = [];
      renderer.compile(node, camera, scene as THREE.Scene);
      node.children = children;
    }
    for (const child of node.children) visit(child);
  };
  visit(root);
  renderer.setRenderTarget(before);
}
