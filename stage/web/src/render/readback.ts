/**
 * Reads pictures back: `fetch` waits until what was drawn is here, `lay` makes a picture of it on this thread, which the
 * caller does while the next one is drawn (llvmpipe draws in threads of its own).
 *
 * The view draws to "the canvas"; here the canvas is a framebuffer of ours. Nothing about encoding belongs here.
 */

import type { StageView } from "../stage/view";
import { Composer, type Picture, strideOf } from "./compose";
import { Figures } from "./figure";

interface Target {
  draw: WebGLFramebuffer;
  /** Where the pixels lie for reading; the same as `draw` unless it is multisampled. */
  read: WebGLFramebuffer;
}

/** Pixels that stand in the buffer before it is filled, and how many; a lost context leaves them as they are. */
const MARK = 0x5a17c3e9;
const MARKS = 61;

export class ContextLost extends Error {}

/** What lies under a picture that is opaque already: nothing, two pixels high and wide. */
const NOTHING = 2;

export class Readback {
  /** Opaque pictures: laid over their background, as I420. Made at the first picture, when its size is known. */
  private composer: Composer | null = null;
  /** Performers that are painted here instead of by software GL; laid under the picture when it is read. */
  private figures: Figures | null = null;
  private painted = false;
  /** Transparent pictures: RGBA as it is. */
  private readonly clear: { picture: Picture; row: Uint8Array<ArrayBuffer> } | null;
  private readonly target: Target;
  private readonly bind: (target: number, framebuffer: WebGLFramebuffer | null) => void;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly width: number,
    private readonly height: number,
    transparent: boolean,
  ) {
    const row = 4 * width;
    const planes = [{ offset: 0, stride: row, width: row, height }];
    this.clear = transparent
      ? { picture: { format: "RGBA", data: new Uint8Array(row * height), planes }, row: new Uint8Array(row) }
      : null;
    const samples = gl.getContextAttributes()?.antialias ? Math.min(4, gl.getParameter(gl.MAX_SAMPLES) as number) : 0;
    this.bind = gl.bindFramebuffer.bind(gl);
    this.target = this.makeTarget(samples);
    // Whoever binds "the canvas" (null) gets our target; three.js keeps its colour handling for the canvas that way.
    gl.bindFramebuffer = (target: number, framebuffer: WebGLFramebuffer | null): void =>
      this.bind(target, framebuffer ?? this.target.draw);
    const drawBuffers = gl.drawBuffers.bind(gl);
    gl.drawBuffers = (buffers: number[]): void =>
      drawBuffers(buffers.map((buffer) => (buffer === gl.BACK ? gl.COLOR_ATTACHMENT0 : buffer)));
    this.bind(gl.FRAMEBUFFER, this.target.draw);
  }

  /** The picture is drawn: send the work off, and paint meanwhile what the view left to us. */
  end(view: StageView): void {
    const { gl, width, height, target } = this;
    if (target.read !== target.draw) {
      this.bind(gl.READ_FRAMEBUFFER, target.draw);
      this.bind(gl.DRAW_FRAMEBUFFER, target.read);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
      this.bind(gl.FRAMEBUFFER, target.draw);
    }
    gl.flush();
    this.painted = view.apart.length > 0;
    if (this.painted) this.figures!.paint(view.apart, view.camera);
  }

  /** Take the performers out of the view's pictures wherever they can be painted here. */
  takeOut(view: StageView): void {
    if (this.clear) return;
    const figures = (this.figures = new Figures(view.renderer, this.width, this.height, strideOf(this.width)));
    view.takeOut((skin) => figures.knows(skin));
  }

  /** Wait for what the view drew last and take its pixels; `lay` may be called until the next `fetch`. */
  fetch(view: StageView): void {
    if (this.clear) {
      this.readInto(this.clear.picture.data, this.width);
      return;
    }
    const { background } = view;
    const { width, height } = background ?? { width: NOTHING, height: NOTHING };
    const composer = (this.composer ??= new Composer(
      this.width,
      this.height,
      width,
      height,
      // A background of its own means software GL, which has no other smoothing.
      background !== null,
    ));
    this.readInto(composer.front, composer.stride);
    if (this.painted) {
      const { buffer, byteOffset, length } = composer.front;
      this.figures!.layUnder(new Uint32Array(buffer, byteOffset, length >> 2), view.behind);
    }
    if (background) view.renderer.readRenderTargetPixels(background, 0, 0, width, height, composer.back);
  }

  /** The picture whose pixels were fetched; valid until the next `fetch`. */
  lay(): Picture {
    if (this.clear) {
      this.flip(this.clear.picture.data, this.clear.row);
      return this.clear.picture;
    }
    this.composer!.compose();
    return this.composer!.picture;
  }

  /** stride: pixels from row to row in `pixels`. */
  private readInto(pixels: Uint8Array<ArrayBuffer>, stride: number): void {
    const { gl, width, height } = this;
    this.bind(gl.READ_FRAMEBUFFER, this.target.read);
    // A drawing process that has just died reads nothing and says so only later; its last pictures must not be taken.
    const words = new Int32Array(pixels.buffer, pixels.byteOffset, pixels.length >> 2);
    const place = (i: number): number => Math.floor((i * (height - 1)) / (MARKS - 1)) * stride + ((i * 97) % width);
    for (let i = 0; i < MARKS; i++) words[place(i)] = MARK;
    gl.pixelStorei(gl.PACK_ROW_LENGTH, stride);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.pixelStorei(gl.PACK_ROW_LENGTH, 0);
    let left = 0;
    for (let i = 0; i < MARKS; i++) if (words[place(i)] === MARK) left += 1;
    if (left === MARKS) throw new ContextLost("the drawing process of the browser ended");
    this.bind(gl.FRAMEBUFFER, this.target.draw);
  }

  /** readPixels starts at the bottom; pictures start at the top. */
  private flip(pixels: Uint8Array<ArrayBuffer>, row: Uint8Array<ArrayBuffer>): void {
    const size = row.length;
    for (let top = 0, bottom = this.height - 1; top < bottom; top++, bottom--) {
      row.set(pixels.subarray(top * size, (top + 1) * size));
      pixels.copyWithin(top * size, bottom * size, (bottom + 1) * size);
      pixels.set(row, bottom * size);
    }
  }

  private makeTarget(samples: number): Target {
    const read = this.makeFramebuffer(0, samples === 0);
    return { read, draw: samples === 0 ? read : this.makeFramebuffer(samples, true) };
  }

  private makeFramebuffer(samples: number, depth: boolean): WebGLFramebuffer {
    const { gl } = this;
    const framebuffer = gl.createFramebuffer();
    this.bind(gl.FRAMEBUFFER, framebuffer);
    const attach = (format: number, point: number): void => {
      const buffer = gl.createRenderbuffer();
      gl.bindRenderbuffer(gl.RENDERBUFFER, buffer);
      if (samples === 0) gl.renderbufferStorage(gl.RENDERBUFFER, format, this.width, this.height);
      else gl.renderbufferStorageMultisample(gl.RENDERBUFFER, samples, format, this.width, this.height);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, point, gl.RENDERBUFFER, buffer);
    };
    attach(gl.RGBA8, gl.COLOR_ATTACHMENT0);
    if (depth) attach(gl.DEPTH24_STENCIL8, gl.DEPTH_STENCIL_ATTACHMENT);
    gl.bindRenderbuffer(gl.RENDERBUFFER, null);
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE)
      throw new Error(`this browser cannot draw pictures of ${this.width}x${this.height}`);
    return framebuffer;
  }
}
