/** One loaded VRM: takes a pose from the frame, steps its springs, changes between lean and full materials. */
import { type VRM, type VRMPose, VRMUtils } from "@pixiv/three-vrm";
import * as THREE from "three";
import { BONES, LEFT_EYE, RIGHT_EYE } from "./bones";
import { contactOf } from "./contact";
import type { PerformerFrame } from "./frame";
import { GRID_HZ } from "./grid";
import { type LeanMaterial, leanMaterial, partOf } from "./lean";
import { levelsReady } from "./levels";
import type { StageLight } from "./light";
import { loadVrm } from "./load";
import { fitMaterial, maskBloom } from "./mtoon";
import { keyLift, paintedOf } from "./readable";
import { MIRRORED_LAYER } from "./reflection";
import { canBend, Skin } from "./skin";

export type Quality = "lite" | "full";

export interface AvatarInfo {
  readonly id: number;
  readonly title: string;
  readonly version: "0.x" | "1.0";
  readonly triangles: number;
  readonly materials: number;
  readonly springs: number;
  /** Names of the table that this model has no shape for. */
  readonly missing: readonly string[];
  readonly warnings: readonly string[];
}

interface Dress {
  readonly mesh: THREE.Mesh;
  readonly full: THREE.Material | THREE.Material[];
  readonly lean: THREE.Material | THREE.Material[];
  /** The lean surface with the lines of the full one. */
  readonly lined: THREE.Material | THREE.Material[];
}

/** lean: no lines; lined: lean with lines, in the rich picture of a processor; full: as the model's author made it. */
export type DressName = "lean" | "lined" | "full";

const DEGREES = 180 / Math.PI;

/** A shape of our own models: their drawn lines as a lens sees them for which a pixel is this wide, metres. */
export const FAR_SHAPE = "far";
const FAR_PIXEL = 0.005;
const FARTHEST = 1.3;

/** Height of that shape for a pixel of so many metres on her face: an edge fades over a pixel, near or far. */
export function farness(pixel: number): number {
  return Math.min(FARTHEST, Math.max(0, pixel / FAR_PIXEL));
}

export class Avatar {
  readonly id: number;
  /** Stands at the performer's root on the stage. */
  readonly group = new THREE.Group();
  readonly info: AvatarInfo;
  /** Places for contact shadows: under hips, left and right foot; y is the height above the floor. Metres. */
  readonly contacts = [new THREE.Vector3(), new THREE.Vector3(), new THREE.Vector3()] as const;
  readonly #vrm: VRM;
  readonly #bones: (THREE.Object3D | null)[];
  readonly #hips: THREE.Object3D | null;
  readonly #feet: readonly { readonly ankle: THREE.Object3D | null; readonly toes: THREE.Object3D | null }[];
  /** Heights of their joints above the floor when she stands, metres. */
  readonly #footRest: { readonly ankle: number; readonly toes: number };
  readonly #ankle = new THREE.Vector3();
  readonly #toes = new THREE.Vector3();
  readonly #expressions: (string | null)[];
  readonly #sign: number;
  readonly #dresses: Dress[] = [];
  readonly #leans: LeanMaterial[] = [];
  readonly #outlines: THREE.Material[] = [];
  /** Meshes with a shape for a lens that is far off, and its number. */
  readonly #drawn: { influences: number[]; far: number }[] = [];
  readonly #head = new THREE.Vector3();
  /** The lean dress of a skinned model is bent on this thread. */
  #skin: Skin | null = null;
  #bends = false;
  #worn: DressName = "full";
  readonly #light: StageLight;

  private constructor(
    id: number,
    vrm: VRM,
    expressions: readonly string[],
    light: StageLight,
    warnings: readonly string[],
  ) {
    this.id = id;
    this.#vrm = vrm;
    this.#light = light;
    const old = vrm.meta.metaVersion === "0";
    // VRM 0.x looks along -Z: half a turn about Y, which changes the sign of x and z in rotations and positions.
    VRMUtils.rotateVRM0(vrm);
    this.#sign = old ? -1 : 1;
    this.#bones = BONES.map((name, i) =>
      i === LEFT_EYE || i === RIGHT_EYE ? null : vrm.humanoid.getNormalizedBoneNode(name),
    );
    this.#hips = vrm.humanoid.getRawBoneNode("hips");
    this.#feet = (["left", "right"] as const).map((side) => ({
      ankle: vrm.humanoid.getRawBoneNode(`${side}Foot`),
      toes: vrm.humanoid.getRawBoneNode(`${side}Toes`),
    }));
    const names = new Set(vrm.expressionManager?.expressions.map((expression) => expression.expressionName));
    this.#expressions = expressions.map((name) => (names.has(name) ? name : null));
    if (vrm.lookAt) vrm.lookAt.autoUpdate = false;
    this.group.add(vrm.scene);
    this.group.updateMatrixWorld(true);
    const { ankle, toes } = this.#feet[0]!;
    this.#footRest = {
      ankle: ankle?.getWorldPosition(this.#ankle).y ?? 0.1,
      toes: toes?.getWorldPosition(this.#toes).y ?? 0,
    };
    const triangles = this.#dressAll();
    this.info = {
      id,
      title: (vrm.meta.metaVersion === "0" ? vrm.meta.title : vrm.meta.name) ?? "",
      version: old ? "0.x" : "1.0",
      triangles,
      materials: this.#leans.length,
      springs: vrm.springBoneManager?.joints.size ?? 0,
      missing: expressions.filter((name) => !names.has(name)),
      warnings,
    };
    this.resetSprings();
  }

  /** Fetch and read a model. Rejects with a one-line reason. */
  static async load(id: number, url: string, expressions: readonly string[], light: StageLight): Promise<Avatar> {
    const [{ gltf, vrm, warnings }] = await Promise.all([loadVrm(url), levelsReady]);
    VRMUtils.removeUnnecessaryVertices(gltf.scene);
    VRMUtils.combineSkeletons(gltf.scene);
    return new Avatar(id, vrm, expressions, light, warnings);
  }

  /** Prepare both sets of materials. Returns the number of triangles. */
  #dressAll(): number {
    const twins = new Map<THREE.Material, LeanMaterial>();
    let triangles = 0;
    this.#vrm.scene.traverse((node) => {
      if (!(node instanceof THREE.Mesh)) return;
      const mesh = node as THREE.Mesh;
      mesh.frustumCulled = false;
      mesh.layers.enable(MIRRORED_LAYER);
      const far = mesh.morphTargetDictionary?.[FAR_SHAPE];
      if (far !== undefined && mesh.morphTargetInfluences) this.#drawn.push({ influences: mesh.morphTargetInfluences, far });
      const geometry = mesh.geometry;
      triangles += Math.floor((geometry.index?.count ?? geometry.getAttribute("position").count) / 3);
      const lean = (material: THREE.Material): LeanMaterial => {
        let twin = twins.get(material);
        if (!twin) {
          twin = leanMaterial(material, mesh.name, this.#light, paintedOf(material, geometry));
          twins.set(material, twin);
          this.#leans.push(twin);
        }
        return twin;
      };
      const full = mesh.material;
      const all = Array.isArray(full) ? full : [full];
      for (const material of all) {
        const part = partOf(`${material.name} ${mesh.name}`);
        if ((material as { isOutline?: boolean }).isOutline) this.#outlines.push(material);
        fitMaterial(material, this.#light, part === "eyes" ? 0 : part === "skin" ? 0.45 : part === "hair" ? 0.65 : 1, part === "skin" ? keyLift(paintedOf(material, geometry)) : 1);
      }
      // The lean dress has no outline: it would double the corners.
      const surface = all.filter((material) => !(material as { isOutline?: boolean }).isOutline);
      this.#dresses.push({
        mesh,
        full,
        lean: surface.length === 1 ? lean(surface[0]!) : surface.map(lean),
        lined: Array.isArray(full) ? full.map((one) => (surface.includes(one) ? lean(one) : one)) : lean(full),
      });
    });
    return triangles;
  }

  wear(dress: DressName): void {
    this.#worn = dress;
    for (const one of this.#dresses) one.mesh.material = one[dress];
    const lean = dress === "lean";
    // Made when it is first worn: where there is a graphics card nobody waits for its levels.
    if (lean && !this.#skin) {
      this.#skin = new Skin(this.#dresses.map(({ mesh }) => mesh).filter(canBend));
      this.group.add(this.#skin.group);
    }
    this.#bends = this.#dresses.every(({ mesh }) => canBend(mesh));
    this.#skin?.wear(lean, (mesh) => mesh.material);
    for (const material of this.#leans) maskBloom(material, dress === "lined" && this.#light.masksBloom);
  }

  /** Her lean dress in the corners of which it is made; null where she wears another, or one that is not all of these. */
  get skin(): Skin | null {
    return this.#worn === "lean" && this.#bends ? this.#skin : null;
  }

  /** Lines around her in `full`: thinner than a pixel they are a row of dots, and not drawn they cost nothing. */
  set outlined(on: boolean) {
    for (const material of this.#outlines) material.visible = on;
  }

  /** Frame → normalised rig → model. Springs keep their state until `step`. */
  pose(frame: PerformerFrame): void {
    const { rotations, root, hips, weights } = frame;
    const sign = this.#sign;
    this.group.position.set(root[0]!, root[3]!, root[1]!);
    this.group.rotation.y = root[2]!;
    for (let i = 0; i < this.#bones.length; i++) {
      const at = 4 * i;
      this.#bones[i]?.quaternion.set(
        sign * rotations[at]!,
        rotations[at + 1]!,
        sign * rotations[at + 2]!,
        rotations[at + 3]!,
      );
    }
    this.#bones[0]?.position.set(sign * hips[0]!, hips[1]!, sign * hips[2]!);
    const vrm = this.#vrm;
    vrm.humanoid.update();
    const expressions = vrm.expressionManager;
    if (expressions) {
      for (let i = 0; i < this.#expressions.length; i++) {
        const name = this.#expressions[i];
        if (name != null) expressions.setValue(name, weights[i] ?? 0);
      }
    }
    if (vrm.lookAt) {
      vrm.lookAt.yaw = frame.gaze[0]! * DEGREES;
      vrm.lookAt.pitch = frame.gaze[1]! * DEGREES;
      vrm.lookAt.update(0);
    }
    expressions?.update();
    vrm.nodeConstraintManager?.update();
  }

  /** One grid step of the springs. */
  step(): void {
    this.#vrm.springBoneManager?.update(1 / GRID_HZ);
  }

  resetSprings(): void {
    this.group.updateMatrixWorld(true);
    this.#vrm.springBoneManager?.reset();
  }

  /** Just before drawing: world places and colours. width, height: pixels of the picture that this camera takes. */
  finish(mediaTime: number, camera: THREE.PerspectiveCamera, width: number, height: number): void {
    this.group.updateMatrixWorld();
    const [middle, ...under] = this.contacts;
    if (this.#hips) middle.setFromMatrixPosition(this.#hips.matrixWorld).setY(0);
    for (const [i, { ankle, toes }] of this.#feet.entries()) {
      if (ankle) this.#ankle.setFromMatrixPosition(ankle.matrixWorld);
      if (toes) this.#toes.setFromMatrixPosition(toes.matrixWorld);
      if (ankle) contactOf(under[i]!, this.#ankle, toes && this.#toes, this.#footRest);
    }
    if (this.#drawn.length > 0) {
      this.headPlace(this.#head);
      const away = -this.#head.applyMatrix4(camera.matrixWorldInverse).z;
      const far = farness((2 * away) / (camera.projectionMatrix.elements[5]! * height));
      for (const one of this.#drawn) one.influences[one.far] = far;
    }
    if (this.#skin && this.#worn === "lean") {
      this.#skin.bend();
      this.#skin.cull(camera, width, height);
    }
    for (const material of this.#vrm.materials ?? []) scroll(material, mediaTime);
    if (this.#worn !== "full") for (const material of this.#leans) material.follow(this.#light);
  }

  /** Height of the head's bone above the stage, metres; for tests. */
  headHeight(): number {
    const head = this.#vrm.humanoid.getRawBoneNode("head");
    return head ? head.matrixWorld.elements[13]! : 0;
  }

  /** Where the head's bone is in the world, metres; `into` stays as it is for a model without one. */
  headPlace(into: THREE.Vector3): void {
    const head = this.#vrm.humanoid.getRawBoneNode("head");
    if (head) into.setFromMatrixPosition(head.matrixWorld);
  }

  /** Rest pose of the model in the frame's own terms; what a page shows before the first frame. */
  restHips(): readonly number[] {
    const rest: VRMPose = this.#vrm.humanoid.normalizedRestPose;
    const [x = 0, y = 0.9, z = 0] = rest.hips?.position ?? [];
    return [this.#sign * x, y, this.#sign * z];
  }

  dispose(): void {
    this.group.removeFromParent();
    for (const material of this.#leans) material.dispose();
    this.#skin?.dispose();
    VRMUtils.deepDispose(this.#vrm.scene);
  }
}

interface Scrolling {
  isMToonMaterial?: boolean;
  uvAnimationScrollXSpeedFactor: number;
  uvAnimationScrollYSpeedFactor: number;
  uvAnimationRotationSpeedFactor: number;
  uniforms: Record<string, { value: number }>;
  update(delta: number): void;
}

/** MToon's moving textures as a function of media time, where MToon itself would sum up deltas. */
function scroll(material: THREE.Material, mediaTime: number): void {
  const mtoon = material as unknown as Scrolling;
  if (!mtoon.isMToonMaterial) return;
  mtoon.update(0);
  const { uniforms } = mtoon;
  const set = (name: string, speed: number): void => {
    const uniform = uniforms[name];
    if (uniform && speed) uniform.value = speed * mediaTime;
  };
  set("uvAnimationScrollXOffset", mtoon.uvAnimationScrollXSpeedFactor);
  set("uvAnimationScrollYOffset", mtoon.uvAnimationScrollYSpeedFactor);
  set("uvAnimationRotationPhase", mtoon.uvAnimationRotationSpeedFactor);
}
