/** Shaders compiled ahead are those that will be drawn: for the right target, and nobody's hidden dress. */
import * as THREE from "../../../../stage/web/node_modules/three";
import { expect, it } from "vitest";
import { compileFor } from "../../../../stage/web/src/stage/compile";

class Recorder {
  target: unknown = "the canvas before";
  asked: { name: string; target: unknown; children: number; scene: unknown }[] = [];
  getRenderTarget(): unknown {
    return this.target;
  }
  setRenderTarget(target: unknown): void {
    this.target = target;
  }
  compile(node: THREE.Object3D, _camera: THREE.Camera, scene: THREE.Object3D): void {
    this.asked.push({ name: node.name, target: this.target, children: node.children.length, scene });
  }
}

function mesh(name: string, parent: THREE.Object3D): THREE.Mesh {
  const made = new THREE.Mesh();
  made.name = name;
  parent.add(made);
  return made;
}

it("asks for each thing once, as it is drawn into its target, and leaves the renderer as it was", () => {
  const recorder = new Recorder();
  const scene = new THREE.Scene();
  const floor = mesh("floor", scene);
  mesh("lamp", floor);
  mesh("crowd", scene);
  const target = new THREE.WebGLRenderTarget(4, 4);
  compileFor(recorder as unknown as THREE.WebGLRenderer, target, scene, new THREE.Camera());
  expect(recorder.asked.map(({ name }) => name)).toEqual(["floor", "lamp", "crowd"]);
  expect(recorder.asked.every((one) => one.target === target && one.children === 0 && one.scene === scene)).toBe(true);
  expect(recorder.target).toBe("the canvas before");
  expect(floor.children.length).toBe(1);
});

it("leaves out what is skipped, with all that hangs on it", () => {
  const recorder = new Recorder();
  const scene = new THREE.Scene();
  mesh("buckle", mesh("dress", scene)).visible = true;
  scene.children[0]!.visible = false;
  mesh("hair", scene);
  compileFor(recorder as unknown as THREE.WebGLRenderer, null, scene, new THREE.Camera(), (node) => !node.visible);
  expect(recorder.asked.map(({ name }) => name)).toEqual(["hair"]);
});
