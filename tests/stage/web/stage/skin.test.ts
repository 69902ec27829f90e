import * as THREE from "../../../../stage/web/node_modules/three";
import { beforeAll, describe, expect, it } from "vitest";
import { levelFor, levelsOf, levelsReady } from "../../../../stage/web/src/stage/levels";
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

beforeAll(() => levelsReady);

/** A ball on one bone, with its middle at the origin. */
function ball(material: THREE.Material | THREE.Material[] = new THREE.MeshBasicMaterial(), parts = 24): THREE.SkinnedMesh {
  const geometry = new THREE.SphereGeometry(0.5, parts, parts);
  const count = geometry.getAttribute("position").count;
  geometry.setAttribute("skinIndex", new THREE.BufferAttribute(new Uint16Array(4 * count), 4));
  const weights = new Float32Array(4 * count).map((_, i) => (i % 4 === 0 ? 1 : 0));
  geometry.setAttribute("skinWeight", new THREE.BufferAttribute(weights, 4));
  const mesh = new THREE.SkinnedMesh(geometry, material);
  const bone = new THREE.Bone();
  mesh.add(bone);
  mesh.bind(new THREE.Skeleton([bone]));
  return mesh;
}

function sighted(x: number, z: number): THREE.PerspectiveCamera {
  const camera = new THREE.PerspectiveCamera(30, 1, 0.1, 50);
  camera.position.set(x, 0, z);
  camera.updateMatrixWorld();
  return camera;
}

/** Triangles that are drawn of the first mesh, as their corners. */
function drawn(skin: Skin): number[][] {
  const { index, drawRange } = (skin.group.children[0] as THREE.Mesh).geometry;
  const numbers = Array.from(index!.array.slice(drawRange.start, drawRange.start + drawRange.count));
  return Array.from({ length: numbers.length / 3 }, (_, i) => numbers.slice(3 * i, 3 * i + 3));
}

function seen(mesh: THREE.SkinnedMesh, camera: THREE.PerspectiveCamera, pixels = 4000): number[][] {
  const skin = new Skin([mesh]);
  skin.wear(true, (one) => one.material);
  mesh.updateMatrixWorld(true);
  skin.bend();
  skin.cull(camera, pixels, pixels);
  return drawn(skin);
}

describe("triangles that cannot be seen", () => {
  it("are not drawn where they are turned away, and only there", () => {
    const mesh = ball();
    const camera = sighted(0, 4);
    const kept = new Set(seen(mesh, camera).map(String));
    const place = mesh.geometry.getAttribute("position") as THREE.BufferAttribute;
    const index = mesh.geometry.index!;
    const [a, b, c] = [new THREE.Vector3(), new THREE.Vector3(), new THREE.Vector3()];
    let away = 0;
    for (let i = 0; i < index.count; i += 3) {
      const corners = [index.getX(i), index.getX(i + 1), index.getX(i + 2)];
      [a, b, c].forEach((at, k) => at.fromBufferAttribute(place, corners[k]!));
      const face = new THREE.Triangle(a, b, c);
      const cosine = face.getNormal(new THREE.Vector3()).dot(camera.position.clone().sub(face.getMidpoint(new THREE.Vector3())).normalize());
      if (cosine > 0.02) expect(kept.has(String(corners))).toBe(true);
      if (cosine < -0.02) away += kept.has(String(corners)) ? 1 : 0;
    }
    expect(away).toBe(0);
    expect(kept.size).toBeGreaterThan(100);
    expect(seen(ball(new THREE.MeshBasicMaterial({ side: THREE.DoubleSide })), camera)).toHaveLength(index.count / 3);
  });

  it("are not drawn beside the picture, and stay where they reach behind the lens", () => {
    expect(seen(ball(), sighted(3, 4))).toHaveLength(0);
    expect(seen(ball(), sighted(1.3, 4)).length).toBeLessThan(seen(ball(), sighted(0, 4)).length);
    const inside = ball(new THREE.MeshBasicMaterial({ side: THREE.BackSide }));
    const reaches = seen(inside, sighted(0, 0.4));
    const place = inside.geometry.getAttribute("position") as THREE.BufferAttribute;
    expect(reaches.some((corners) => corners.some((i) => place.getZ(i) > 0.4))).toBe(true);
  });

  it("are not drawn between the middles of pixels", () => {
    const few = seen(ball(new THREE.MeshBasicMaterial(), 60), sighted(0, 20), 12);
    expect(few.length).toBeGreaterThan(0);
    expect(few.length).toBeLessThan(60);
  });

  it("come back when the camera does", () => {
    const mesh = ball();
    const skin = new Skin([mesh]);
    skin.wear(true, (one) => one.material);
    mesh.updateMatrixWorld(true);
    skin.bend();
    skin.cull(sighted(0, 4), 4000, 4000);
    const first = drawn(skin);
    skin.cull(sighted(3, 4), 4000, 4000);
    skin.cull(sighted(0, 4), 4000, 4000);
    expect(drawn(skin)).toEqual(first);
  });

  it("belong to their own material", () => {
    const [one, two] = [new THREE.MeshBasicMaterial(), new THREE.MeshBasicMaterial({ side: THREE.BackSide })];
    const mesh = ball([one, two]);
    const half = 3 * Math.floor(mesh.geometry.index!.count / 6);
    mesh.geometry.addGroup(0, half, 0);
    mesh.geometry.addGroup(half, mesh.geometry.index!.count - half, 1);
    const skin = new Skin([mesh]);
    skin.wear(true, (from) => from.material);
    mesh.updateMatrixWorld(true);
    skin.bend();
    skin.cull(sighted(0, 4), 4000, 4000);
    const { groups } = (skin.group.children[0] as THREE.Mesh).geometry;
    expect(groups.map((group) => group.materialIndex)).toEqual([0, 1]);
    expect(groups[1]!.start).toBe(half);
    for (const group of groups) {
      expect(group.count).toBeGreaterThan(0);
      expect(group.count).toBeLessThan(half);
    }
    // Of a dress of one material the whole is one run again.
    skin.wear(true, () => one);
    skin.cull(sighted(0, 4), 4000, 4000);
    expect(drawn(skin)).toHaveLength(seen(ball(one), sighted(0, 4)).length);
  });
});

describe("coarser levels", () => {
  it("stand no further off than they say", () => {
    const { geometry } = ball(undefined, 48);
    const levels = levelsOf(geometry, 1);
    expect(levels.length).toBeGreaterThan(2);
    const place = geometry.getAttribute("position") as THREE.BufferAttribute;
    const corners = [new THREE.Vector3(), new THREE.Vector3(), new THREE.Vector3()] as const;
    levels.forEach(({ error, index }, i) => {
      if (i > 0) expect(index.length).toBeLessThan(0.9 * levels[i - 1]!.index.length);
      for (let at = 0; at < index.length; at += 3) {
        corners.forEach((corner, k) => corner.fromBufferAttribute(place, index[at + k]!));
        const middle = new THREE.Triangle(...corners).getMidpoint(new THREE.Vector3());
        // Quadrics measure the mean over a neighbourhood; one middle may stand off twice as far.
        expect(0.5 - middle.length()).toBeLessThan(2.5 * error + 0.002);
      }
    });
  });

  it("are taken by what a pixel covers", () => {
    const levels = levelsOf(ball(undefined, 48).geometry, 1);
    expect(levelFor(levels, 0)).toBe(levels[0]);
    expect(levelFor(levels, 1)).toBe(levels.at(-1));
    const near = seen(ball(undefined, 48), sighted(0, 2), 2000).length;
    const far = seen(ball(undefined, 48), sighted(0, 30), 2000).length;
    expect(far).toBeLessThan(0.6 * near);
  });
});

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
