/**
 * The picture of one moment. Used alike by the live page and by the render page; knows no socket and no clock.
 *
 * The one update order: frame → normalised rig → model (setFrame), springs and fading colours on the 1/120 s grid
 * (advanceTo), camera → light → set → draw (draw). Nothing is allocated per frame.
 */
import * as THREE from "three";
import { Avatar, type AvatarInfo, type DressName, type Quality } from "./avatar";
import { Cast } from "./cast";
import { compileFor } from "./compile";
import { FlashLimiter } from "./flash";
import { fontFor, loadFonts } from "./fonts";
import { type Frame, FRAME_PLAYING } from "./frame";
import { isSoftware } from "./governor";
import { Grid, type Stepped } from "./grid";
import { FoundLight, openingLight, StageLight } from "./light";
import { textureBytes, texturesOf } from "./memory";
import { Overlay } from "./overlay";
import { PaletteFade } from "./palette";
import { Passes } from "./passes";
import { Effects } from "./set/particles";
import { StageSet } from "./set/set";
import type { Skin } from "./skin";
import type { SongInfo } from "./song";
import { Strobe } from "./strobe";
import { DEFAULT_VENUE, type Venue, VENUES } from "./venue";

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

/** Numbers of the intro and of the chorus among the labels of sections; as in stage/show/light.py. */
const INTRO = 0;
const CHORUS = 3;
const DEGREES = 180 / Math.PI;
/** Pictures between two contents of the wall that are compiled ahead: the first picture waits for none of them. */
const WARM_EVERY = 40;
export class StageView {
  readonly renderer: THREE.WebGLRenderer;
  /** Fonts are here; resolves with what failed, one line each. */
  readonly ready: Promise<readonly string[]>;
  /** A person may turn this camera themselves (`?orbit=1`); then the frame's camera is not taken. */
  freeCamera = false;
  readonly camera = new THREE.PerspectiveCamera(30, 16 / 9, 0.1, 90);
  #venue: Venue;
  readonly #transparent: boolean;
  readonly #scene = new THREE.Scene();
  readonly #light = new StageLight();
  readonly #found = new FoundLight();
  #fade: PaletteFade;
  #flash: FlashLimiter;
  #strobe: Strobe;
  readonly #cast = new Cast(this.#scene);
  readonly #passes: Passes;
  readonly #overlay: Overlay;
  readonly #software: boolean;
  /** A processor's picture that is read back: what lays the set under it smooths its edges, too, and `full` needs no last pass. */
  readonly #laid: boolean;
  readonly #grid = new Grid();
  readonly #stepped: Stepped;
  #set: StageSet | null = null;
  /** What is fired over the stage. */
  #effects: Effects | null = null;
  #quality: Quality;
  #width = 0;
  #height = 0;
  #song: SongInfo | null = null;
  #frame: Frame | null = null;
  #pulse = 0;
  #drawn = 0;

  constructor(canvas: HTMLCanvasElement, options: StageOptions) {
    this.#venue = options.venue ?? VENUES[DEFAULT_VENUE]!;
    this.#transparent = options.transparent ?? false;
    this.#quality = options.quality;
    this.renderer = new THREE.WebGLRenderer({
      canvas,
      alpha: this.#transparent,
      // With a set, `full` has a last pass and smooths its own edges.
      antialias: options.quality === "full" && this.#transparent,
      powerPreference: "high-performance",
    });
    this.renderer.autoClear = false;
    this.renderer.setClearColor(0x000000, this.#transparent ? 0 : 1);
    this.#fade = new PaletteFade(this.#venue.palettes, this.#venue.light.palette_half_life);
    this.#flash = new FlashLimiter(this.#venue.light.flashes_per_second);
    this.#strobe = new Strobe(this.#venue.light.flashes_per_second, this.#venue.light.strobe_gain);
    this.#overlay = new Overlay(options.label ?? true);
    this.renderer.info.autoReset = false;
    const gl = this.renderer.getContext();
    const about = gl.getExtension("WEBGL_debug_renderer_info");
    this.#software = isSoftware(String(gl.getParameter(about ? about.UNMASKED_RENDERER_WEBGL : gl.RENDERER)));
    this.#laid = this.#software && !this.#transparent && (options.layered ?? false);
    this.#passes = new Passes(options.layered ?? false, this.#software, this.#laid);
    this.#light.masksBloom = !this.#transparent && !this.#laid;
    this.#light.addTo(this.#scene);
    this.#scene.add(this.#passes.background.blit);
    this.#stepped = {
      step: () => {
        this.#fade.step();
        this.#found.step();
        this.#cast.step();
      },
      reset: () => {
        this.#fade.reset();
        this.#found.reset();
        this.#cast.resetSprings();
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

  /** Name of the venue. */
  get venue(): string {
    return this.#venue.name;
  }

  /** Change between lean and rich drawing; the first pictures after it compile shaders. */
  setQuality(quality: Quality): void {
    if (quality === this.#quality) return;
    this.#quality = quality;
    this.#cast.wear(this.#dress());
    this.#build();
    this.resize(this.#width, this.#height);
    this.#writeWall();
  }

  /** MToon's pixels cost a processor more than all of a set; there the lean material stands in for it in `full`, too. */
  #dress(): DressName {
    if (this.#quality === "lite") return "lean";
    return this.#software && !this.#transparent ? "lined" : "full";
  }

  /** Play in another venue; pictures stutter while its shaders are compiled. */
  setVenue(venue: Venue): void {
    if (venue === this.#venue) return;
    this.#venue = venue;
    const { palette_half_life, flashes_per_second, strobe_gain } = venue.light;
    this.#fade = new PaletteFade(venue.palettes, palette_half_life);
    this.#flash = new FlashLimiter(flashes_per_second);
    this.#strobe.dispose();
    this.#strobe = new Strobe(flashes_per_second, strobe_gain);
    this.#build();
    this.resize(this.#width, this.#height);
    this.#writeWall();
  }

  #build(): void {
    if (this.#set) {
      this.#scene.remove(this.#set.front);
      this.#set.dispose();
    }
    this.#set = this.#transparent ? null : new StageSet(this.#venue, this.#fade.now, this.#quality, this.#software, this.#laid);
    if (this.#set) this.#scene.add(this.#set.front);
    this.#passes.build(this.#venue, this.#set !== null && this.#quality === "full");
    if (this.#effects) {
      this.#scene.remove(this.#effects.group);
      this.#effects.dispose();
    }
    this.#effects = this.#transparent ? null : new Effects(this.#fade.now, this.#quality === "full");
    if (this.#effects) this.#scene.add(this.#effects.group);
  }

  #writeWall(): void {
    const words = this.#song?.title.trim() || "NICHANG";
    this.#set?.setSong(words, words.toUpperCase(), fontFor(words));
  }

  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.#passes.resize(width, height, this.#venue, this.#quality, this.#set !== null);
    this.#overlay.resize(width, height);
  }

  /** From now on performers that are `paintable` are left in `apart` where that makes no other picture. */
  takeOut(paintable: (skin: Skin) => boolean): void {
    this.#cast.takeOut(paintable);
  }

  /** Performers of the last picture that are not in it: whoever reads it back lays them under it. */
  get apart(): readonly Skin[] {
    return this.#cast.apart;
  }

  /** What of the last picture is behind those in `apart`: light without alpha; leaves that say so by their alpha. */
  get behind(): { light: boolean; leaves: boolean } {
    return { light: this.#effects?.lightBehind ?? false, leaves: this.#effects?.leaves ?? false };
  }

  /** Who is drawn, and who is left out. A graphics card draws triangles for less than the page's thread. */
  #partition(): void {
    const flash = this.#strobe.height(this.#frame!.mediaTime) > 0;
    const mixed = this.#set?.surrounds || this.#effects?.mixed || (flash && this.#effects?.lightBehind);
    this.#cast.partition(this.#software && !mixed);
    if (this.#effects) this.#effects.told = this.apart.length > 0;
  }

  /** Load a model under the number by which frames name it. expressions: names in the order of frames' weights. */
  async loadAvatar(id: number, url: string, expressions: readonly string[]): Promise<AvatarInfo> {
    const avatar = await Avatar.load(id, url, expressions, this.#light);
    await this.ready;
    avatar.wear(this.#dress());
    this.#cast.add(avatar);
    this.#warmUp(avatar);
    return avatar.info;
  }

  removeAvatar(id: number): void {
    this.#cast.remove(id);
  }

  /** Begin to compile the set and what is written over it; the sooner, the more is done before the first picture. */
  warm(): void {
    const { renderer, camera } = this;
    const { picture, background } = this.#passes;
    if (this.#set) compileFor(renderer, background.target ?? picture, this.#set.back, camera);
    compileFor(renderer, picture, this.#scene, camera, (node) => this.#cast.has(node));
    compileFor(renderer, null, this.#overlay.scene, this.#overlay.camera);
  }

  /** The same for somebody new, only in what she wears. */
  #warmUp(avatar: Avatar): void {
    this.warm();
    avatar.group.visible = true;
    compileFor(this.renderer, this.#passes.picture, avatar.group, this.camera, (node) => !node.visible, this.#scene);
    avatar.group.visible = false;
  }

  /** Compile what else may come now, where there is time for it before the first picture. */
  warmAll(): void {
    while (this.#set?.wall.warmNext(this.renderer));
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
    this.#fade.aim(light.palette, light.section === CHORUS);
    // Who waits for her song stands in the light.
    const plays = (frame.flags & FRAME_PLAYING) !== 0;
    this.#found.aim(plays && light.section === INTRO ? openingLight(mediaTime, this.#song?.downbeats) : 1, plays);
    this.#pulse = this.#flash.pulse(mediaTime, light.beatPhase, this.#venue.light.pulse_decay);
    this.#strobe.follow(light.strobe, mediaTime);
    this.#cast.pose(frame);
  }

  /** Step what has a memory (springs, fading colours) up to a time on the fixed grid. */
  advanceTo(time: number): void {
    this.#grid.advanceTo(time, this.#stepped);
  }

  /** Draw the moment into the canvas. */
  draw(): void {
    const frame = this.#frame;
    const { renderer } = this;
    renderer.info.reset();
    if (!frame) {
      renderer.setRenderTarget(null);
      renderer.clear();
      return;
    }
    if (++this.#drawn % WARM_EVERY === 0) this.#set?.wall.warmNext(renderer);
    const { light, mediaTime } = frame;
    this.#aimCamera(frame);
    const { position, target } = frame.camera;
    const reach = Math.hypot(position[0]! - target[0]!, position[1]! - target[1]!, position[2]! - target[2]!);
    const found = this.#found.now;
    const look = this.#set?.update(
      { mediaTime, light, pulse: this.#pulse, song: this.#song ?? {}, found },
      this.camera,
      this.freeCamera ? 9 : reach,
    );
    // Quiet sections dim the room, not the face; only a fader that is nearly down takes her light.
    const fader = Math.min(1, light.intensity * 2.4);
    this.#light.update(
      this.#fade.now,
      look?.key ?? 1,
      this.#pulse * (0.4 + 0.6 * light.energy),
      this.#venue.light.rim_gain,
      fader,
      this.camera,
      found,
      this.#set?.uniforms.candle.value ?? 0,
    );
    this.#cast.finish(mediaTime, this.camera, this.#width, this.#height);
    this.#effects?.update(light, frame.showTime, this.camera, this.#cast.list);
    this.#overlay.update(mediaTime, light, this.#fade.now);
    this.#set?.castShadows(this.#cast.list, this.camera);

    this.#partition();

    if (this.#set) {
      this.#set.paintWall(renderer, mediaTime);
      const pixel = (2 * reach * Math.tan(this.camera.fov / DEGREES / 2)) / this.#height;
      this.#passes.mirror(renderer, this.#scene, this.camera, this.#set, this.#cast, pixel);
      this.#passes.open(renderer);
      renderer.render(this.#set.back, this.camera);
      this.#effects?.drawLift(renderer);
      this.#passes.turn(renderer, this.#venue.light);
    } else {
      renderer.setRenderTarget(null);
      renderer.clear();
    }
    renderer.render(this.#scene, this.camera);
    this.#passes.close(renderer, mediaTime);
    if (!this.#transparent) this.#strobe.draw(renderer, mediaTime);
    renderer.render(this.#overlay.scene, this.#overlay.camera);
  }

  /** Of the last picture: draw calls and triangles; textures held now, and about how much memory they take, in MB. */
  get counts(): { calls: number; triangles: number; textures: number; textureMb: number } {
    const { render, memory } = this.renderer.info;
    const textures = new Set<THREE.Texture>();
    for (const root of [this.#scene, this.#set?.back, this.#overlay.scene]) if (root) texturesOf(root, textures);
    const textureMb = textureBytes(textures, this.#passes.targets) / 1e6;
    return { calls: render.calls, triangles: render.triangles, textures: memory.textures, textureMb };
  }

  /** In layers: the background of the last picture; null where it is in the picture. */
  get background(): THREE.WebGLRenderTarget | null {
    return this.#passes.background.layer;
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
    this.#cast.dispose();
    this.#set?.dispose();
    this.#passes.dispose();
    this.#strobe.dispose();
    this.#effects?.dispose();
    this.#overlay.dispose();
    this.renderer.dispose();
  }
}
