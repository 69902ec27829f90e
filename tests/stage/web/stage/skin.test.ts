import * as THREE from "../../../../stage/web/node_modules/three";
import { describe, expect, it } from "vitest";
import { canBend, Skin } from "../../../../stage/web/src/stage/skin";

/** A post of four corners on two bones, one of them shared, with a shape that moves the last. */
function post(relative = true): THREE.SkinnedMesh {
  const geometry = new THREE.BufferGeometry();
  const put = (name: string, values: number[], size: number): void => {
    geometry.setAttribute(name, new THREE.BufferAttribute(Float32Array.from(values), size));
  };
  put("position", [0, 0, 0, 0.2, 1, 0, 0, 2, 0.3, 0.1, 2.5, 0], 3);
  put("normal", [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0.6, 0.8], 3);
  put("uv", [0, 0, 0, 0.3, 1, 0.6, 1, 1], 2);
  geometry.setAttribute("skinIndex", new THREE.BufferAttribute(Uint16Array.from([0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]), 4));
  put("skinWeight", [1, 0, 0, 0, 0.4, 0.6, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], 4);
  geometry.setIndex([0, 1, 2, 1, 2, 3]);
  geometry.morphAttributes["position"] = [new THREE.BufferAttribute(Float32Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.25, -1]), 3)];
  geometry.morphTargetsRelative = relative;
  const mesh = new THREE.SkinnedMesh(geometry, new THREE.MeshBasicMaterial());
  const [low, high] = [new THREE.Bone(), new THREE.Bone()];
  high.position.y = 1;
  low.add(high);
  mesh.add(low);
  // Bound where it does not stand at the origin, as a model from another program may be.
  mesh.position.set(0.3, 0, -0.2);
  mesh.updateMatrixWorld(true);
  mesh.bind(new THREE.Skeleton([low, high]));
  mesh.updateMorphTargets();
  low.rotation.z = 0.4;
  high.rotation.x = -0.9;
  high.position.z = 0.15;
  mesh.morphTargetInfluences![0] = 0.7;
  return mesh;
}

describe("a skin bent on the page's thread", () => {
  it("puts every corner where three.js would", () => {
    const meshes = [post(), post()];
    meshes[1]!.rotation.y = 2;
    const skin = new Skin(meshes);
    const root = new THREE.Group().add(...meshes, skin.group);
    for (const x of [1, -3]) {
      root.position.x = x;
      root.updateMatrixWorld(true);
      skin.bend();
      meshes.forEach((mesh, m) => {
        const { position, normal } = (skin.group.children[m] as THREE.Mesh).geometry.attributes;
        for (let i = 0; i < 4; i++) {
          const wanted = mesh.getVertexPosition(i, new THREE.Vector3()).applyMatrix4(mesh.matrixWorld);
          const got = new THREE.Vector3().fromBufferAttribute(position as THREE.BufferAttribute, 4 * m + i);
          expect(got.distanceTo(wanted)).toBeLessThan(1e-5);
        }
        // The first corner hangs on the lower bone alone.
        const facing = new THREE.Vector3(1, 0, 0).transformDirection(mesh.skeleton.bones[0]!.matrixWorld);
        expect(new THREE.Vector3().fromBufferAttribute(normal as THREE.BufferAttribute, 4 * m).distanceTo(facing)).toBeLessThan(1e-5);
      });
    }
    expect(skin.group.children[0]!.matrixWorld.equals(new THREE.Matrix4())).toBe(true);
  });

  it("moves nothing twice when a shape goes back to rest", () => {
    const mesh = post();
    const skin = new Skin([mesh]);
    const root = new THREE.Group().add(mesh, skin.group);
    root.updateMatrixWorld(true);
    for (const height of [1, 0.5, 0]) {
      mesh.morphTargetInfluences![0] = height;
      skin.bend();
    }
    const place = (skin.group.children[0] as THREE.Mesh).geometry.getAttribute("position") as THREE.BufferAttribute;
    const wanted = mesh.getVertexPosition(3, new THREE.Vector3()).applyMatrix4(mesh.matrixWorld);
    expect(new THREE.Vector3().fromBufferAttribute(place, 3).distanceTo(wanted)).toBeLessThan(1e-5);
  });

  it("shows either the mesh or its twin", () => {
    const mesh = post();
    const skin = new Skin([mesh]);
    skin.wear(true, (one) => one.material);
    expect([mesh.visible, skin.group.visible]).toEqual([false, true]);
    skin.wear(false, (one) => one.material);
    expect([mesh.visible, skin.group.visible]).toEqual([true, false]);
  });

  it("leaves alone what it cannot bend", () => {
    expect(canBend(post())).toBe(true);
    expect(canBend(post(false))).toBe(false);
    expect(canBend(new THREE.Mesh())).toBe(false);
  });
});
