/**
 * A model's corners, bent and shaped on the page's own thread for the lean dress.
 *
 * Software GL pays for every read of a bone's or a shape's texture at every corner, in the process that is the slowest
 * of all; here it is a few numbers a corner, beside it. All meshes share one buffer, which is sent once a picture.
 */
import * as THREE from "three";

/** Influences below this move nothing that one could see. */
const LEAST = 2e-3;
/** Numbers a corner in the buffer: place and normal. */
const STRIDE = 6;

/** One shape: the corners that it moves, and by how much (place, normal). */
interface Shape {
  readonly corners: Uint32Array;
  readonly moves: Float32Array;
}

interface Piece {
  readonly mesh: THREE.SkinnedMesh;
  readonly twin: THREE.Mesh;
  readonly shown: boolean;
  /** First corner in the shared buffer, and how many. */
  readonly first: number;
  readonly count: number;
  readonly shapes: readonly Shape[];
  /** Where bones of each corner begin in `bones`; the last is their number. */
  readonly begin: Uint32Array;
  /** Place of each bone's matrix in the skeleton's. */
  readonly bones: Uint32Array;
  readonly shares: Float32Array;
}

/** Only these can be bent here; others stay as they are. */
export function canBend(node: THREE.Object3D): node is THREE.SkinnedMesh {
  const mesh = node as THREE.SkinnedMesh;
  if (!mesh.isSkinnedMesh || mesh.bindMode !== "attached") return false;
  const { attributes, morphAttributes, morphTargetsRelative, index } = mesh.geometry;
  const shaped = Object.values(morphAttributes).some((list) => (list?.length ?? 0) > 0);
  return index !== null && attributes["normal"] !== undefined && attributes["uv"] !== undefined && (!shaped || morphTargetsRelative);
}

export class Skin {
  /** Twins of the meshes, in the world's own places; nothing moves them. */
  readonly group = new THREE.Group();
  readonly #pieces: Piece[] = [];
  readonly #skeletons = new Set<THREE.Skeleton>();
  /** Corners at rest, with the shapes of the moment, and bent. */
  readonly #rest: Float32Array;
  readonly #shaped: Float32Array;
  readonly #bent: Float32Array;
  readonly #buffer: THREE.InterleavedBuffer;

  constructor(meshes: readonly THREE.SkinnedMesh[]) {
    const corners = meshes.reduce((sum, mesh) => sum + mesh.geometry.getAttribute("position").count, 0);
    this.#rest = new Float32Array(STRIDE * corners);
    this.#bent = new Float32Array(STRIDE * corners);
    this.#buffer = new THREE.InterleavedBuffer(this.#bent, STRIDE).setUsage(THREE.DynamicDrawUsage);
    const uvs = new THREE.BufferAttribute(new Float32Array(2 * corners), 2);
    let first = 0;
    for (const mesh of meshes) {
      this.#pieces.push(this.#piece(mesh, first, uvs));
      first += mesh.geometry.getAttribute("position").count;
      this.#skeletons.add(mesh.skeleton);
    }
    this.#shaped = this.#rest.slice();
    this.group.matrixAutoUpdate = this.group.matrixWorldAutoUpdate = false;
  }

  #piece(mesh: THREE.SkinnedMesh, first: number, uvs: THREE.BufferAttribute): Piece {
    const { geometry, bindMatrix } = mesh;
    const { position, normal, uv, skinIndex, skinWeight } = geometry.attributes as Record<string, THREE.BufferAttribute>;
    const count = position!.count;
    const turn = new THREE.Matrix3().setFromMatrix4(bindMatrix);
    const at = new THREE.Vector3();
    const begin = new Uint32Array(count + 1);
    const bones: number[] = [];
    const shares: number[] = [];
    for (let i = 0; i < count; i++) {
      at.fromBufferAttribute(position!, i).applyMatrix4(bindMatrix).toArray(this.#rest, STRIDE * (first + i));
      at.fromBufferAttribute(normal!, i).applyMatrix3(turn).toArray(this.#rest, STRIDE * (first + i) + 3);
      uvs.setXY(first + i, uv!.getX(i), uv!.getY(i));
      const weights = [0, 1, 2, 3].map((k) => skinWeight!.getComponent(i, k));
      const sum = weights.reduce((all, weight) => all + (weight > LEAST ? weight : 0), 0) || 1;
      weights.forEach((weight, k) => {
        if (weight <= LEAST) return;
        bones.push(16 * skinIndex!.getComponent(i, k));
        shares.push(weight / sum);
      });
      begin[i + 1] = bones.length;
    }
    const twin = new THREE.Mesh(new THREE.BufferGeometry(), mesh.material);
    twin.geometry.setAttribute("position", new THREE.InterleavedBufferAttribute(this.#buffer, 3, 0));
    twin.geometry.setAttribute("normal", new THREE.InterleavedBufferAttribute(this.#buffer, 3, 3));
    twin.geometry.setAttribute("uv", uvs);
    const index = Uint32Array.from(geometry.index!.array, (corner) => corner + first);
    twin.geometry.setIndex(new THREE.BufferAttribute(index, 1));
    for (const { start, count: length, materialIndex } of geometry.groups) twin.geometry.addGroup(start, length, materialIndex);
    twin.geometry.setDrawRange(geometry.drawRange.start, geometry.drawRange.count);
    twin.name = mesh.name;
    twin.renderOrder = mesh.renderOrder;
    twin.frustumCulled = false;
    twin.matrixAutoUpdate = twin.matrixWorldAutoUpdate = false;
    this.group.add(twin);
    return {
      mesh,
      twin,
      shown: mesh.visible,
      first,
      count,
      shapes: shapesOf(geometry, turn),
      begin,
      bones: Uint32Array.from(bones),
      shares: Float32Array.from(shares),
    };
  }

  /** Whether the twins are seen, in these materials, or the meshes. */
  wear(on: boolean, material: (mesh: THREE.Mesh) => THREE.Material | THREE.Material[]): void {
    this.group.visible = on;
    for (const { mesh, twin, shown } of this.#pieces) {
      twin.material = material(mesh);
      mesh.visible = shown && !on;
      twin.visible = shown;
    }
  }

  /** Bring all corners to where bones and shapes are now; bones' world places must be up to date. */
  bend(): void {
    for (const skeleton of this.#skeletons) skeleton.update();
    for (const piece of this.#pieces) {
      if (!piece.shown) continue;
      this.#shape(piece);
      this.#turn(piece);
    }
    this.#buffer.needsUpdate = true;
  }

  #shape({ mesh, first, count, shapes }: Piece): void {
    if (shapes.length === 0) return;
    const shaped = this.#shaped;
    const from = STRIDE * first;
    shaped.set(this.#rest.subarray(from, from + STRIDE * count), from);
    const influences = mesh.morphTargetInfluences ?? [];
    for (let s = 0; s < shapes.length; s++) {
      const height = influences[s] ?? 0;
      if (height === 0) continue;
      const { corners, moves } = shapes[s]!;
      for (let i = 0; i < corners.length; i++) {
        const to = from + STRIDE * corners[i]!;
        for (let k = 0; k < STRIDE; k++) shaped[to + k]! += height * moves[STRIDE * i + k]!;
      }
    }
  }

  #turn({ mesh, first, count, begin, bones, shares }: Piece): void {
    const m = mesh.skeleton.boneMatrices as Float32Array;
    const from = this.#shaped;
    const to = this.#bent;
    for (let i = 0; i < count; i++) {
      let b = bones[begin[i]!]!;
      let w = shares[begin[i]!]!;
      const end = begin[i + 1]!;
      let xx = m[b]! * w, xy = m[b + 1]! * w, xz = m[b + 2]! * w;
      let yx = m[b + 4]! * w, yy = m[b + 5]! * w, yz = m[b + 6]! * w;
      let zx = m[b + 8]! * w, zy = m[b + 9]! * w, zz = m[b + 10]! * w;
      let ox = m[b + 12]! * w, oy = m[b + 13]! * w, oz = m[b + 14]! * w;
      for (let k = begin[i]! + 1; k < end; k++) {
        b = bones[k]!;
        w = shares[k]!;
        xx += m[b]! * w; xy += m[b + 1]! * w; xz += m[b + 2]! * w;
        yx += m[b + 4]! * w; yy += m[b + 5]! * w; yz += m[b + 6]! * w;
        zx += m[b + 8]! * w; zy += m[b + 9]! * w; zz += m[b + 10]! * w;
        ox += m[b + 12]! * w; oy += m[b + 13]! * w; oz += m[b + 14]! * w;
      }
      const at = STRIDE * (first + i);
      const x = from[at]!, y = from[at + 1]!, z = from[at + 2]!;
      to[at] = xx * x + yx * y + zx * z + ox;
      to[at + 1] = xy * x + yy * y + zy * z + oy;
      to[at + 2] = xz * x + yz * y + zz * z + oz;
      const nx = from[at + 3]!, ny = from[at + 4]!, nz = from[at + 5]!;
      to[at + 3] = xx * nx + yx * ny + zx * nz;
      to[at + 4] = xy * nx + yy * ny + zy * nz;
      to[at + 5] = xz * nx + yz * ny + zz * nz;
    }
  }

  dispose(): void {
    for (const { twin } of this.#pieces) twin.geometry.dispose();
  }
}

/** Shapes as lists of the few corners that each one moves, in the space of the bones. */
function shapesOf(geometry: THREE.BufferGeometry, turn: THREE.Matrix3): Shape[] {
  const places = geometry.morphAttributes["position"] ?? [];
  const normals = geometry.morphAttributes["normal"] ?? [];
  const move = new THREE.Vector3();
  const bow = new THREE.Vector3();
  return Array.from({ length: Math.max(places.length, normals.length) }, (_, s) => {
    const place = places[s];
    const normal = normals[s];
    const corners: number[] = [];
    const moves: number[] = [];
    for (let i = 0; i < geometry.getAttribute("position").count; i++) {
      if (place) move.fromBufferAttribute(place as THREE.BufferAttribute, i).applyMatrix3(turn);
      if (normal) bow.fromBufferAttribute(normal as THREE.BufferAttribute, i).applyMatrix3(turn);
      if (move.lengthSq() + bow.lengthSq() < 1e-14) continue;
      corners.push(i);
      moves.push(move.x, move.y, move.z, bow.x, bow.y, bow.z);
    }
    return { corners: Uint32Array.from(corners), moves: Float32Array.from(moves) };
  });
}
