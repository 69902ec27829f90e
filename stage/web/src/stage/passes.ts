/** What a picture is drawn through: the set's small background and, in `full`, the floor's mirror and the last pass. */
import * as THREE from "three";
import type { Quality } from "./avatar";
import { Background } from "./background";
import type { Cast } from "./cast";
import { Finish } from "./finish";
import { Reflection } from "./reflection";
import type { StageSet } from "./set/set";
import type { Venue } from "./venue";

/** Samples a pixel of `full` where hardware pays for them. */
const SAMPLES = 4;
/** Width of a performer's outline, metres, as most models have it; and from how many pixels on it is a line. */
const OUTLINE = 0.001;
const THINNEST = { sampled: 0.4, smoothed: 0.85 };
/** Side of the floor's picture of the performers, of the whole. */
const MIRROR_SHARE = { sampled: 0.5, smoothed: 0.3 };

export class Passes {
  readonly background: Background;
  readonly #software: boolean;
  readonly #laid: boolean;
  /** Of `full` with a set: the last pass, and the performers in the floor. */
  #rich: { readonly finish: Finish | null; readonly reflection: Reflection } | null = null;

  /** layered: whoever reads the picture back puts the background under it. laid: and then smooths its edges, too. */
  constructor(layered: boolean, software: boolean, laid: boolean) {
    this.background = new Background(layered);
    this.#software = software;
    this.#laid = laid;
  }

  /** For another venue or quality; `resize` must follow. rich: `full` with a set. */
  build(venue: Venue, rich: boolean): void {
    this.#disposeRich();
    if (!rich) return;
    const finish = this.#laid ? null : new Finish(venue, this.#software ? 0 : SAMPLES);
    this.#rich = { finish, reflection: new Reflection(!this.#laid) };
  }

  resize(width: number, height: number, venue: Venue, quality: Quality, hasSet: boolean): void {
    const { background_full, background_software, background_lite, background_least } = venue.quality;
    const asked = quality === "lite" ? background_lite : this.#software ? background_software : background_full;
    // A small picture cannot give up as much of its background as a large one.
    const share = asked < 1 ? Math.min(1, Math.max(asked, background_least / width)) : 1;
    // A last pass needs all of the picture: then there are no layers.
    if (!hasSet) this.background.resize(width, height, null);
    else if (this.#rich?.finish) this.background.resize(width, height, share < 1 ? share : null, { masked: true, layered: false });
    else this.background.resize(width, height, share, { wide: this.#rich !== null });
    this.#rich?.finish?.resize(width, height);
    const mirror = this.#software ? MIRROR_SHARE.smoothed : MIRROR_SHARE.sampled;
    this.#rich?.reflection.resize(width * mirror, height * mirror);
  }

  /** What performers are drawn into; null: the canvas. */
  get picture(): THREE.WebGLRenderTarget | null {
    return this.#rich?.finish?.target ?? null;
  }

  /** Of `full`: the performers in the floor, and lines round them where they are wide enough. pixel: metres of one. */
  mirror(renderer: THREE.WebGLRenderer, scene: THREE.Scene, camera: THREE.PerspectiveCamera, set: StageSet, cast: Cast, pixel: number): void {
    if (!this.#rich) return;
    cast.outline(false);
    this.#rich.reflection.draw(renderer, scene, camera, set.mirror, cast.standing);
    cast.outline(OUTLINE / pixel > (this.#software ? THINNEST.smoothed : THINNEST.sampled));
  }

  /** Begin the background. */
  open(renderer: THREE.WebGLRenderer): void {
    // Where nothing stands, nothing blooms.
    renderer.setClearAlpha(0);
    renderer.setRenderTarget(this.background.target ?? this.picture);
    renderer.clear();
  }

  /** The background is drawn: let its light spill over, and make the picture ready for the performers. */
  turn(renderer: THREE.WebGLRenderer, { bloom_full, bloom_lite, vignette }: Venue["light"]): void {
    if (!this.#rich) this.background.bloom(renderer, bloom_lite);
    else if (!this.#rich.finish) this.background.lens(renderer, bloom_full, vignette);
    this.background.openPicture(renderer, this.picture);
    renderer.setClearAlpha(1);
  }

  /** The performers are drawn: the last pass, where there is one. */
  close(renderer: THREE.WebGLRenderer, mediaTime: number): void {
    this.#rich?.finish?.draw(renderer, mediaTime);
  }

  /** All that hold a picture. */
  get targets(): THREE.WebGLRenderTarget[] {
    return [this.background.target, this.picture].filter((target) => target !== null);
  }

  #disposeRich(): void {
    this.#rich?.finish?.dispose();
    this.#rich?.reflection.dispose();
    this.#rich = null;
  }

  dispose(): void {
    this.#disposeRich();
    this.background.dispose();
  }
}
