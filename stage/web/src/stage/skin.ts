/**
 * A model's corners, bent and shaped on the page's own thread for the lean dress.
 *
 * Software GL pays for every read of a bone's or a shape's texture at every corner, in the process that is the slowest
 * of all; here it is a few numbers a corner, beside it. All meshes share one buffer, which is sent once a picture.
 *
 * Nor is a triangle sent that cannot be seen: turned away, out of the picture, or between the middles of all pixels.
 * Software GL bends the corners of each and sets it up before it finds that out. The picture stays the same to the bit.
 */
import * as THREE from "three";
import { type Corners, type Level, levelFor, levelsOf } from "./levels";

/** Influences below this move nothing that one could see. */
const LEAST = 2e-3;
/** Numbers a corner in `bent`: place and normal. */
const STRIDE = 6;
/** Pixels that a rasteriser may put a corner elsewhere than it is: a sixteenth, and rounding. */
const SNAP = 0.07;
/** Metres that a body reaches out from its bones. */
const REACH = 0.12;
/** Pixels that a coarser level may stand off; a face has less to give away: half a pixel is half of a mouth. */
const STANDS_OFF = 0.7;
const STANDS_OFF_FACE = 0.25;

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
  /** Its triangles in all levels, and where the first number of the finest stands in the shared index. */
  readonly levels: readonly Level[];
  readonly start: number;
  /** Runs of triangles in one material, as it is worn. */
  runs: readonly Run[];
}

/** A part of the shared index: its first number, and what is drawn of it. */
interface Run {
  /** Its triangles, finest first; counted from the beginning of the run. */
  readonly levels: readonly Level[];
  readonly start: number;
  readonly material: THREE.Material;
  readonly drawn: { start: number; count: number };
}

/** Triangles in one material that are drawn: numbers of `drawn`. */
export interface Stroke {
  readonly material: THREE.Material;
  readonly order: number;
  readonly start: number;
  readonly count: number;
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
  readonly corners: number;
  readonly stride = STRIDE;
  /** Corners as they are drawn: places and normals in the world; their places on paint, two numbers each. */
  readonly bent: Float32Array;
  readonly uvs: Float32Array;
  /** Corners in the picture: pixels from its left and lower edge, NaN for one behind the lens; and 1/w. After `cull`. */
  readonly pixels: Float32Array;
  readonly near: Float32Array;
  readonly #pieces: Piece[] = [];
  readonly #skeletons = new Set<THREE.Skeleton>();
  /** Corners at rest, with the shapes of the moment, and bent. */
  readonly #rest: Float32Array;
  readonly #shaped: Float32Array;
  readonly #buffer: THREE.InterleavedBuffer;
  /** The triangles that are drawn, each run's at its own place. */
  readonly #drawn: THREE.BufferAttribute;
  readonly #sight = new THREE.Matrix4();

  constructor(meshes: readonly THREE.SkinnedMesh[]) {
    const corners = meshes.reduce((sum, mesh) => sum + mesh.geometry.getAttribute("position").count, 0);
    this.#rest = new Float32Array(STRIDE * corners);
    this.bent = new Float32Array(STRIDE * corners);
    this.#buffer = new THREE.InterleavedBuffer(this.bent, STRIDE).setUsage(THREE.DynamicDrawUsage);
    this.pixels = new Float32Array(2 * corners);
    this.near = new Float32Array(corners);
    this.corners = corners;
    this.uvs = new Float32Array(2 * corners);
    const uvs = new THREE.BufferAttribute(this.uvs, 2);
    const numbers = meshes.reduce((sum, mesh) => sum + mesh.geometry.index!.count, 0);
    const drawn: Corners = corners > 65535 ? new Uint32Array(numbers) : new Uint16Array(numbers);
    this.#drawn = new THREE.BufferAttribute(drawn, 1).setUsage(THREE.DynamicDrawUsage);
    let first = 0;
    let start = 0;
    for (const mesh of meshes) {
      this.#pieces.push(this.#piece(mesh, first, start, uvs));
      first += mesh.geometry.getAttribute("position").count;
      start += mesh.geometry.index!.count;
      this.#skeletons.add(mesh.skeleton);
    }
    this.#shaped = this.#rest.slice();
    this.group.matrixAutoUpdate = this.group.matrixWorldAutoUpdate = false;
  }

  #piece(mesh: THREE.SkinnedMesh, first: number, start: number, uvs: THREE.BufferAttribute): Piece {
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
    const scale = new THREE.Vector3().setFromMatrixScale(bindMatrix).x;
    const shapes = shapesOf(geometry, turn);
    // Lines that fade over a pixel have no coarser triangles: their width follows the lens.
    const fades = (shapes[mesh.morphTargetDictionary?.["far"] ?? -1]?.corners.length ?? 0) > 0;
    const own = fades ? [{ error: 0, index: Uint32Array.from(geometry.index!.array) }] : levelsOf(geometry, scale);
    const levels = own.map(({ error, index }) => ({ error, index: index.map((corner) => corner + first) }));
    this.#drawn.array.set(levels[0]!.index, start);
    twin.geometry.setIndex(this.#drawn);
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
      shapes,
      begin,
      bones: Uint32Array.from(bones),
      shares: Float32Array.from(shares),
      levels,
      start,
      runs: [],
    };
  }

  /** Whether the twins are seen, in these materials, or the meshes. */
  wear(on: boolean, material: (mesh: THREE.Mesh) => THREE.Material | THREE.Material[]): void {
    this.group.visible = on;
    for (const piece of this.#pieces) {
      const { mesh, twin, shown } = piece;
      twin.material = material(mesh);
      piece.runs = runsOf(piece);
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

  /** Keep of all triangles those that this camera can see, in a picture of this size in pixels. After `bend`. */
  cull(camera: THREE.PerspectiveCamera, width: number, height: number): void {
    this.#project(this.#sight.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse), width, height);
    const pixel = this.#pixel(camera, height);
    for (const { runs, shown, shapes } of this.#pieces) {
      if (!shown) continue;
      const error = pixel * (shapes.length > 0 ? STANDS_OFF_FACE : STANDS_OFF);
      for (const run of runs) run.drawn.count = this.#keep(run, levelFor(run.levels, error).index, width, height);
    }
    this.#drawn.needsUpdate = true;
  }

  /** The triangles that are drawn: three corners each. */
  get drawn(): ArrayLike<number> {
    return this.#drawn.array;
  }

  /** What is drawn of them in which material; order: what is more is drawn later. */
  strokes(): readonly Stroke[] {
    return this.#pieces.flatMap(({ twin, runs, shown }) =>
      shown ? runs.map(({ material, start, drawn }) => ({ material, order: twin.renderOrder, start, count: drawn.count })) : [],
    );
  }

  #project({ elements: m }: THREE.Matrix4, width: number, height: number): void {
    const bent = this.bent;
    const pixels = this.pixels;
    const nears = this.near;
    const [halfX, halfY] = [width / 2, height / 2];
    const [xx, xy, xw, yx, yy, yw] = [m[0]!, m[1]!, m[3]!, m[4]!, m[5]!, m[7]!];
    const [zx, zy, zw, ox, oy, ow] = [m[8]!, m[9]!, m[11]!, m[12]!, m[13]!, m[15]!];
    for (let i = 0, at = 0; i < pixels.length; i += 2, at += STRIDE) {
      const x = bent[at]!, y = bent[at + 1]!, z = bent[at + 2]!;
      const w = xw * x + yw * y + zw * z + ow;
      const near = (nears[i >> 1] = w > 1e-3 ? 1 / w : Number.NaN);
      pixels[i] = halfX + halfX * near * (xx * x + yx * y + zx * z + ox);
      pixels[i + 1] = halfY + halfY * near * (xy * x + yy * y + zy * z + oy);
    }
  }

  /** Metres a pixel where the nearest of her bones stands. */
  #pixel(camera: THREE.PerspectiveCamera, height: number): number {
    const { elements: m } = this.#sight;
    let nearest = Number.POSITIVE_INFINITY;
    for (const { bones } of this.#skeletons) {
      for (const { matrixWorld: { elements: at } } of bones) {
        const far = m[3]! * at[12]! + m[7]! * at[13]! + m[11]! * at[14]! + m[15]!;
        if (far > 0 && far < nearest) nearest = far;
      }
    }
    return (2 * Math.max(0, nearest - REACH)) / (camera.projectionMatrix.elements[5]! * height);
  }

  /** Numbers that stay of a run, moved together at its beginning. */
  #keep({ start, material }: Run, all: Corners, width: number, height: number): number {
    const drawn = this.#drawn.array;
    const pixels = this.pixels;
    /** Sign of what is turned away; 0: both sides are seen. */
    const away = material.side === THREE.DoubleSide ? 0 : material.side === THREE.FrontSide ? -1 : 1;
    let to = start;
    for (let at = 0; at < all.length; at += 3) {
      const a = all[at]!, b = all[at + 1]!, c = all[at + 2]!;
      const ax = pixels[2 * a]!, ay = pixels[2 * a + 1]!;
      const bx = pixels[2 * b]!, by = pixels[2 * b + 1]!;
      const cx = pixels[2 * c]!, cy = pixels[2 * c + 1]!;
      const left = ax < bx ? (ax < cx ? ax : cx) : bx < cx ? bx : cx;
      const right = ax > bx ? (ax > cx ? ax : cx) : bx > cx ? bx : cx;
      const low = ay < by ? (ay < cy ? ay : cy) : by < cy ? by : cy;
      const high = ay > by ? (ay > cy ? ay : cy) : by > cy ? by : cy;
      const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
      // NaN: it reaches behind the lens, and what that leaves in the picture is not known here.
      if (area === area) {
        if (right < 0 || left > width || high < 0 || low > height) continue;
        if (area * away > SNAP * (right - left + high - low)) continue;
        if (Math.floor(right + SNAP - 0.5) < left - SNAP - 0.5 || Math.floor(high + SNAP - 0.5) < low - SNAP - 0.5) continue;
      }
      drawn[to] = a;
      drawn[to + 1] = b;
      drawn[to + 2] = c;
      to += 3;
    }
    return to - start;
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
    const to = this.bent;
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

/** What is drawn of a piece in the materials that it wears now. */
function runsOf({ mesh, twin, start: begin, levels }: Piece): Run[] {
  const { groups, drawRange } = mesh.geometry;
  const { geometry, material } = twin;
  geometry.clearGroups();
  geometry.setDrawRange(0, Number.POSITIVE_INFINITY);
  const [all] = levels;
  const last = Math.min(all!.index.length, drawRange.start + drawRange.count);
  const run = (from: number, to: number, one: THREE.Material, drawn: (start: number, count: number) => Run["drawn"]): Run => {
    const first = Math.max(from, drawRange.start);
    const index = all!.index.subarray(first, Math.max(first, Math.min(to, last)));
    // Coarser triangles are known of whole meshes only.
    const own = index.length === all!.index.length ? levels : [{ error: 0, index }];
    return { levels: own, start: begin + first, material: one, drawn: drawn(begin + first, index.length) };
  };
  if (!Array.isArray(material))
    return [
      run(0, last, material, (start, count) => {
        geometry.setDrawRange(start, count);
        return geometry.drawRange;
      }),
    ];
  return groups.flatMap(({ start: from, count: length, materialIndex }) => {
    const one = material[materialIndex ?? 0];
    // A line around the body is no part of this dress.
    if (!one) return [];
    return run(from, from + length, one, (start, count) => {
      geometry.addGroup(start, count, materialIndex);
      return geometry.groups.at(-1)!;
    });
  });
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
