/**
 * Reads finished pictures back without waiting for the picture in work: two targets in turn.
 *
 * The view draws to "the canvas"; here the canvas is one of two framebuffers of ours, so that picture N-1 can be read
 * while N is drawn (llvmpipe draws in threads of its own). Nothing about encoding belongs here.
 */

import type { StageView } from "../stage/view";
import { Composer } from "./compose";

interface Target {
  draw: WebGLFramebuffer;
  /** Where the pixels lie for reading; the same as `draw` unless it is multisampled. */
  read: WebGLFramebuffer;
}

export class Readback {
  /** Rows from top to bottom, RGBA; valid until the next `read`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  private readonly row: Uint8Array<ArrayBuffer>;
  /** What is needed where the background is a layer of its own. */
  private layers: { composer: Composer; front: Uint8Array<ArrayBuffer>; back: Uint8Array<ArrayBuffer> } | null = null;
  private readonly targets: Target[];
  private readonly bind: (target: number, framebuffer: WebGLFramebuffer | null) => void;
  private current = 0;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.pixels = new Uint8Array(width * height * 4);
    this.row = new Uint8Array(width * 4);
    const samples = gl.getContextAttributes()?.antialias ? Math.min(4, gl.getParameter(gl.MAX_SAMPLES) as number) : 0;
    this.bind = gl.bindFramebuffer.bind(gl);
    this.targets = [this.makeTarget(samples), this.makeTarget(samples)];
    // Whoever binds "the canvas" (null) gets our target; three.js keeps its colour handling for the canvas that way.
    gl.bindFramebuffer = (target: number, framebuffer: WebGLFramebuffer | null): void =>
      this.bind(target, framebuffer ?? this.targets[this.current]!.draw);
    const drawBuffers = gl.drawBuffers.bind(gl);
    gl.drawBuffers = (buffers: number[]): void =>
      drawBuffers(buffers.map((buffer) => (buffer === gl.BACK ? gl.COLOR_ATTACHMENT0 : buffer)));
    this.bind(gl.FRAMEBUFFER, this.targets[0]!.draw);
  }

  /** Turn to the other target and call this before the next picture is drawn. The renderer must be on the canvas. */
  begin(): void {
    this.current = 1 - this.current;
    this.bind(this.gl.FRAMEBUFFER, this.targets[this.current]!.draw);
  }

  /** The picture is drawn: send the work off. */
  end(): void {
    const { gl, width, height } = this;
    const target = this.targets[this.current]!;
    if (target.read !== target.draw) {
      this.bind(gl.READ_FRAMEBUFFER, target.draw);
      this.bind(gl.DRAW_FRAMEBUFFER, target.read);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
      this.bind(gl.FRAMEBUFFER, target.draw);
    }
    gl.flush();
  }

  /** Read the picture before the current one (`ago` 1) or the current one (0) into `pixels`. */
  read(ago: 0 | 1, view: StageView): void {
    const background = view.background(ago);
    if (background === null) {
      this.readInto(ago, this.pixels);
      this.flip();
      return;
    }
    const { width, height } = background;
    this.layers ??= {
      composer: new Composer(this.width, this.height, width, height),
      front: new Uint8Array(this.pixels.length),
      back: new Uint8Array(4 * width * height),
    };
    const { composer, front, back } = this.layers;
    this.readInto(ago, front);
    view.renderer.readRenderTargetPixels(background, 0, 0, width, height, back);
    composer.compose(new Int32Array(front.buffer), new Int32Array(back.buffer), new Int32Array(this.pixels.buffer));
  }

  private readInto(ago: 0 | 1, pixels: Uint8Array<ArrayBuffer>): void {
    const { gl, width, height } = this;
    const target = this.targets[ago === 1 ? 1 - this.current : this.current]!;
    this.bind(gl.READ_FRAMEBUFFER, target.read);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    this.bind(gl.FRAMEBUFFER, this.targets[this.current]!.draw);
  }

  /** readPixels starts at the bottom; pictures start at the top. */
  private flip(): void {
    const { pixels, row } = this;
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
