/**
 * The picture of one moment. Used alike by the live page and by the render page; knows no socket and no clock.
 *
 * The one update order: frame → normalised rig → model (setFrame), springs and fading colours on the 1/120 s grid
 * (advanceTo), camera → light → set → draw (draw). Nothing is allocated per frame.
 */
import * as THREE from "three";
import { Avatar, type AvatarInfo, type Quality } from "./avatar";
import { Background } from "./background";
import { FlashLimiter } from "./flash";
import { fontFor, loadFonts } from "./fonts";
import { type Frame, PERFORMER_HIDDEN } from "./frame";
import { Grid, type Stepped } from "./grid";
import { StageLight } from "./light";
import { Overlay } from "./overlay";
import { PaletteFade } from "./palette";
import { StageSet } from "./set/set";
import type { SongInfo } from "./song";
import { Strobe } from "./strobe";
import { HOUSE, type Venue } from "./venue";

export type { AvatarInfo, Frame, Quality, SongInfo };

export interface StageOptions {
  /** Pixels of the picture. */
  width: number;
  height: number;
  quality: Quality;
  /** No set, nothing behind the performer: for OBS and for video with alpha. */
  transparent?: boolean;
  /** The AI label; on unless the person who renders answers for leaving it out. */
  label?: boolean;
  /** Leave a small background in `background`: whoever reads the picture back puts it under, cheaper than GL would. */
  layered?: boolean;
  venue?: Venue;
  /** Where fonts lie, relative to the page. */
  fonts?: string;
}

const DEGREES = 180 / Math.PI;
/** Pictures a second of the wall of light: a real one shows no more, and each costs software GL 5 to 10 ms. */
export const WALL_HZ = 15;

export class StageView {
  readonly renderer: THREE.WebGLRenderer;
  /** Fonts are here; resolves with what failed, one line each. */
  readonly ready: Promise<readonly string[]>;
  /** A person may turn this camera themselves (`?orbit=1`); then the frame's camera is not taken. */
  freeCamera = false;
  readonly camera = new THREE.PerspectiveCamera(30, 16 / 9, 0.1, 90);
  readonly #venue: Venue;
  readonly #transparent: boolean;
  readonly #scene = new THREE.Scene();
  readonly #light = new StageLight();
  readonly #fade: PaletteFade;
  readonly #flash: FlashLimiter;
  readonly #strobe: Strobe;
  readonly #background: Background;
  readonly #overlay: Overlay;
  readonly #grid = new Grid();
  readonly #stepped: Stepped;
  readonly #avatars = new Map<number, Avatar>();
  readonly #list: Avatar[] = [];
  #set: StageSet | null = null;
  #quality: Quality;
  #width = 0;
  #height = 0;
  #song: SongInfo | null = null;
  #frame: Frame | null = null;
  #pulse = 0;
  /** Which picture is on the wall, by its number on the grid of WALL_HZ; NaN for none. */
  #wallAt = Number.NaN;

  constructor(canvas: HTMLCanvasElement, options: StageOptions) {
    this.#venue = options.venue ?? HOUSE;
    this.#transparent = options.transparent ?? false;
    this.#background = new Background(options.layered ?? false);
    this.#quality = options.quality;
    this.renderer = new THREE.WebGLRenderer({
      canvas,
      alpha: this.#transparent,
      antialias: options.quality === "full",
      powerPreference: "high-performance",
    });
    this.renderer.autoClear = false;
    this.renderer.setClearColor(0x000000, this.#transparent ? 0 : 1);
    this.#fade = new PaletteFade(this.#venue.palettes, this.#venue.light["palette_half_life"]!);
    this.#flash = new FlashLimiter(this.#venue.light["flashes_per_second"]!);
    this.#strobe = new Strobe(this.#venue.light["flashes_per_second"]!, this.#venue.light["strobe_gain"]!);
    this.#overlay = new Overlay(options.label ?? true);
    this.#light.addTo(this.#scene);
    this.#scene.add(this.#background.blit);
    this.#stepped = {
      step: () => {
        this.#fade.step();
        for (const avatar of this.#list) avatar.step();
      },
      reset: () => {
        this.#fade.reset();
        for (const avatar of this.#list) avatar.resetSprings();
      },
    };
    this.#build();
    this.resize(options.width, options.height);
    this.ready = loadFonts(options.fonts).then((failed) => {
      this.#overlay.resize(this.#width, this.#height);
      this.#writeWall();
      return failed;
    });
  }

  get quality(): Quality {
    return this.#quality;
  }

  /** Change between lean and rich drawing; the first pictures after it compile shaders. */
  setQuality(quality: Quality): void {
    if (quality === this.#quality) return;
    this.#quality = quality;
    for (const avatar of this.#list) avatar.wear(quality);
    this.#build();
    this.resize(this.#width, this.#height);
    this.#writeWall();
  }

  #build(): void {
    if (this.#set) {
      this.#scene.remove(this.#set.front);
      this.#set.dispose();
    }
    this.#set = this.#transparent ? null : new StageSet(this.#venue, this.#fade.now, this.#quality);
    if (this.#set) this.#scene.add(this.#set.front);
    this.#wallAt = Number.NaN;
  }

  #writeWall(): void {
    const words = this.#song?.title.trim() || "NICHANG";
    this.#wallAt = Number.NaN;
    this.#set?.wall.setWords(words.toUpperCase(), fontFor(words));
  }

  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    const { background_full, background_lite, background_least } = this.#venue.quality;
    // A small picture cannot give up as much of its background as a large one.
    const share =
      this.#quality === "full" ? background_full! : Math.min(1, Math.max(background_lite!, background_least! / width));
    this.#background.resize(width, height, this.#set ? share : 1);
    this.#overlay.resize(width, height);
  }

  /** Load a model under the number by which frames name it. expressions: names in the order of frames' weights. */
  async loadAvatar(id: number, url: string, expressions: readonly string[]): Promise<AvatarInfo> {
    const avatar = await Avatar.load(id, url, expressions, this.#light);
    await this.ready;
    this.removeAvatar(id);
    avatar.wear(this.#quality);
    // Nobody wants to see a T-pose: it shows with its first frame.
    avatar.group.visible = false;
    this.#scene.add(avatar.group);
    this.#avatars.set(id, avatar);
    this.#list.push(avatar);
    this.#warmUp(avatar);
    return avatar.info;
  }

  removeAvatar(id: number): void {
    const avatar = this.#avatars.get(id);
    if (!avatar) return;
    this.#avatars.delete(id);
    this.#list.splice(this.#list.indexOf(avatar), 1);
    avatar.dispose();
  }

  /** Compile every shader now, so that the first seconds on air do not stutter. */
  #warmUp(avatar: Avatar): void {
    avatar.group.visible = true;
    this.renderer.compile(this.#scene, this.camera);
    if (this.#set) {
      this.renderer.compile(this.#set.back, this.camera);
      this.#set.wall.warmUp(this.renderer);
    }
    avatar.group.visible = false;
  }

  setSong(song: SongInfo): void {
    this.#song = song;
    this.#overlay.setSong(song);
    this.#writeWall();
  }

  /** Pose everyone. The frame is read now and again in `draw`; it must stay as it is until then. */
  setFrame(frame: Frame): void {
    this.#frame = frame;
    const { light, mediaTime } = frame;
    this.#fade.aim(light.palette);
    this.#pulse = this.#flash.pulse(mediaTime, light.beatPhase, this.#venue.light["pulse_decay"]!);
    this.#strobe.follow(light.strobe, mediaTime);
    for (const avatar of this.#list) {
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

  /** Step what has a memory up to `mediaTime` on the fixed grid. */
  advanceTo(mediaTime: number): void {
    this.#grid.advanceTo(mediaTime, this.#stepped);
  }

  /** Draw the moment into the canvas. */
  draw(): void {
    const frame = this.#frame;
    const { renderer } = this;
    if (!frame) {
      renderer.setRenderTarget(null);
      renderer.clear();
      return;
    }
    const { light, mediaTime } = frame;
    this.#aimCamera(frame);
    const { position, target } = frame.camera;
    const reach = Math.hypot(position[0]! - target[0]!, position[1]! - target[1]!, position[2]! - target[2]!);
    const look = this.#set?.update(
      { mediaTime, light, pulse: this.#pulse, downbeats: this.#song?.downbeats },
      this.camera,
      this.freeCamera ? 9 : reach,
    );
    // Quiet sections dim the room, not the face; only a fader that is nearly down takes her light.
    const fader = Math.min(1, light.intensity * 2.4);
    this.#light.update(
      this.#fade.now,
      look?.key ?? 1,
      this.#pulse * (0.4 + 0.6 * light.energy),
      this.#venue.light["rim_gain"]!,
      fader,
      this.camera,
    );
    for (const avatar of this.#list) if (avatar.group.visible) avatar.finish(mediaTime, this.#quality);
    this.#overlay.update(mediaTime, light, this.#fade.now);
    this.#set?.castShadows(this.#list);

    if (this.#set) {
      const wallAt = Math.floor(mediaTime * WALL_HZ + 1e-6);
      if (wallAt !== this.#wallAt) {
        this.#wallAt = wallAt;
        this.#set.wall.paint(renderer);
      }
      renderer.setRenderTarget(this.#background.target);
      renderer.clear();
      renderer.render(this.#set.back, this.camera);
      this.#background.openPicture(renderer);
    } else {
      renderer.setRenderTarget(null);
      renderer.clear();
    }
    renderer.render(this.#scene, this.camera);
    if (!this.#transparent) this.#strobe.draw(renderer, mediaTime);
    renderer.render(this.#overlay.scene, this.#overlay.camera);
  }

  /** In layers: the background of the last picture; null where it is in the picture. */
  get background(): THREE.WebGLRenderTarget | null {
    return this.#background.layer;
  }

  #aimCamera(frame: Frame): void {
    const { camera } = this;
    const { position, target, fov, roll } = frame.camera;
    if (!this.freeCamera && fov > 0) {
      camera.position.set(position[0]!, position[1]!, position[2]!);
      camera.lookAt(target[0]!, target[1]!, target[2]!);
      if (roll !== 0) camera.rotateZ(roll);
      if (Math.abs(camera.fov - fov * DEGREES) > 1e-4) {
        camera.fov = fov * DEGREES;
        camera.updateProjectionMatrix();
      }
    }
    camera.updateMatrixWorld();
  }

  dispose(): void {
    for (const avatar of [...this.#list]) this.removeAvatar(avatar.id);
    this.#set?.dispose();
    this.#background.dispose();
    this.#strobe.dispose();
    this.#overlay.dispose();
    this.renderer.dispose();
  }
}
