/** Who stands on the stage: by the number under which frames name them, posed, stepped, drawn or left out. */
import * as THREE from "three";
import type { Avatar, DressName } from "./avatar";
import { type Frame, PERFORMER_HIDDEN } from "./frame";
import type { Skin } from "./skin";

export class Cast {
  readonly list: Avatar[] = [];
  /** Performers of the last picture that are not in it: whoever reads it back lays them under it. */
  readonly apart: Skin[] = [];
  readonly #scene: THREE.Scene;
  #paintable: ((skin: Skin) => boolean) | null = null;

  constructor(scene: THREE.Scene) {
    this.#scene = scene;
  }

  /** Takes the place of whoever had the same number; shows with its first frame, since nobody wants to see a T-pose. */
  add(avatar: Avatar): void {
    this.remove(avatar.id);
    avatar.group.visible = false;
    this.#scene.add(avatar.group);
    this.list.push(avatar);
  }

  remove(id: number): void {
    const at = this.list.findIndex((avatar) => avatar.id === id);
    if (at >= 0) this.list.splice(at, 1)[0]!.dispose();
  }

  has(node: THREE.Object3D): boolean {
    return this.list.some(({ group }) => group === node);
  }

  wear(dress: DressName): void {
    for (const avatar of this.list) avatar.wear(dress);
  }

  /** Where everyone stands who is seen. */
  get standing(): THREE.Vector3[] {
    return this.list.filter(({ group }) => group.visible).map(({ contacts }) => contacts[0]!);
  }

  pose(frame: Frame): void {
    for (const avatar of this.list) {
      let shown = false;
      for (const performer of frame.performers) {
        if (performer.avatar !== avatar.id || performer.flags & PERFORMER_HIDDEN) continue;
        avatar.pose(performer);
        shown = true;
        break;
      }
      if (shown && !avatar.group.visible) avatar.resetSprings();
      avatar.group.visible = shown;
    }
  }

  step(): void {
    for (const avatar of this.list) avatar.step();
  }

  resetSprings(): void {
    for (const avatar of this.list) avatar.resetSprings();
  }

  /** Make everyone ready to be drawn. width, height: of the picture in pixels. */
  finish(mediaTime: number, camera: THREE.PerspectiveCamera, width: number, height: number): void {
    for (const avatar of this.list) if (avatar.group.visible) avatar.finish(mediaTime, camera, width, height);
  }

  outline(on: boolean): void {
    for (const avatar of this.list) avatar.outlined = on;
  }

  /** From now on performers that are `paintable` are left in `apart` where that makes no other picture. */
  takeOut(paintable: (skin: Skin) => boolean): void {
    this.#paintable = paintable;
  }

  /** Who is drawn, and who is left in `apart`: all of them or nobody. allowed: they may be left out of this picture. */
  partition(allowed: boolean): void {
    this.apart.length = 0;
    if (this.#paintable && allowed) {
      for (const { group, skin } of this.list) {
        if (!group.visible) continue;
        if (!skin || !this.#paintable(skin)) {
          this.apart.length = 0;
          break;
        }
        this.apart.push(skin);
      }
    }
    for (const { skin } of this.list) if (skin) skin.group.visible = !this.apart.includes(skin);
  }

  dispose(): void {
    for (const avatar of this.list.splice(0)) avatar.dispose();
  }
}
