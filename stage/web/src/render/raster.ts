/**
 * Small triangles into a picture, on the page's own thread. llvmpipe shades whole blocks of 4 x 4 pixels for each
 * triangle that touches them and takes 3 microseconds a triangle of a figure; most of those are a few pixels large.
 *
 * Coverage is that of GL (middles of pixels, shared edges filled once), depth is kept as 1/w. Knows no performer, no
 * light and no camera: what a corner looks like comes from `figure`.
 */
import { EDGE, LIGHT, makeSpan, NEAR, PLAN, PLAN_BYTES, RIM_FLOATS, type SpanKernel, U, V, WEIGHTS, weights } from "./span";
import type { Painting } from "./texels";

/** Numbers a corner in `looks`: u, v, place in the table of tones, edge of the rim, the rim's colour, what it takes. */
export const LOOKS = 8;
/** How much nearer one corner may be than another before paint is laid on with perspective. */
const FLAT = 1.015;

const PAGE = 65536;
/** Bytes for paint: a dozen pictures of 2048 x 2048 with all that is coarser. The system gives what is written to. */
const ROOM = 12 * 23 * 2 ** 20;

/** How a run of triangles is painted. */
export interface Surface {
  readonly painting: Painting;
  /** Light of its own by a picture in the same places; null for none. */
  readonly glowing: Painting | null;
  /** 65536 times what paint is multiplied with: r, g, b and nothing, for each step of light. */
  readonly tones: Int32Array;
  /** The same of 2^15, four a step, in the raster's own memory. */
  readonly finely: Int16Array;
  /** Own light that is added as energy, in squares of 0..255. */
  readonly glow: readonly [number, number, number];
  readonly rims: boolean;
  /** By what the step of paint over a pixel counts as smaller than it is. */
  readonly sharp: number;
  /** Some tones are above one. */
  readonly burns: boolean;
  /** Paint's alpha counts for nothing. */
  readonly solid: boolean;
  /** Opacity of all of it, 0..1, and what is less opaque than `cut` is not there. */
  readonly opacity: number;
  readonly cut: number;
  readonly depthTest: boolean;
  readonly depthWrite: boolean;
  /** Sign of the area of what is turned away; 0: both sides are seen. */
  readonly away: number;
}

/** Corners in the picture. */
export interface Corners {
  /** Pixels from the left and lower edge, two numbers a corner. */
  readonly pixels: Float32Array;
  /** 1/w; NaN behind the lens. */
  readonly near: Float32Array;
  readonly looks: Float32Array;
}

export class Raster {
  /** Premultiplied RGBA, R in the lowest byte; bottom row first. */
  readonly colors: Uint32Array;
  /** What has been painted since `clear`: rows and columns from..to. */
  readonly box = { left: 0, right: 0, bottom: 0, top: 0 };
  readonly #near: Float32Array;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: SpanKernel;
  /** Bytes that are taken. */
  #used: number;
  /** The triangle at hand, and the plane of its rim. */
  readonly #plan: Float64Array;
  readonly #rim: Float32Array;

  /** stride: pixels from row to row. */
  constructor(
    readonly width: number,
    readonly height: number,
    readonly stride: number,
  ) {
    const pixels = stride * height;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil((8 * pixels + ROOM) / PAGE) });
    const { buffer } = this.#memory;
    this.colors = new Uint32Array(buffer, 0, pixels);
    this.#near = new Float32Array(buffer, 4 * pixels, pixels);
    const weighed = 8 * pixels;
    const plan = weighed + WEIGHTS;
    new Int16Array(buffer, weighed, WEIGHTS / 2).set(weights());
    this.#plan = new Float64Array(buffer, plan, PLAN);
    this.#rim = new Float32Array(buffer, plan + 8 * PLAN, RIM_FLOATS);
    this.#used = plan + 16 * Math.ceil(PLAN_BYTES / 16);
    this.#kernel = makeSpan(this.#memory, { deep: 4 * pixels, weights: weighed, plan, width, stride });
  }

  /** Room for as many bytes of paint or tones, which must lie here; null if there is none left. */
  room(bytes: number): ArrayBuffer | null {
    return this.#used + bytes <= this.#memory.buffer.byteLength ? (this.#memory.buffer as ArrayBuffer) : null;
  }

  /** Take it; where it begins. */
  take(bytes: number): number {
    const begin = this.#used;
    this.#used += 16 * Math.ceil(bytes / 16);
    return begin;
  }

  clear(): void {
    const { left, right, bottom, top } = this.box;
    for (let y = bottom; y < top; y++) {
      this.colors.fill(0, y * this.stride + left, y * this.stride + right);
      this.#near.fill(0, y * this.stride + left, y * this.stride + right);
    }
    Object.assign(this.box, { left: this.width, right: 0, bottom: this.height, top: 0 });
  }

  /** Paint triangles: `count` numbers of `index` from `start` on. */
  fill({ pixels, near, looks }: Corners, index: ArrayLike<number>, start: number, count: number, surface: Surface): void {
    const { width, height, box } = this;
    const plan = this.#plan, rim = this.#rim;
    const { painting, tones, finely, glow, rims, sharp, solid, depthTest, depthWrite, away } = surface;
    const { levels, repeats } = painting;
    const last = levels.length - 1;
    const finest = levels[0]!;
    const shines = glow[0] + glow[1] + glow[2] > 0;
    const brightest = (tones.length >> 2) - 1;
    const plain = solid && !shines && !surface.burns && depthTest && depthWrite;
    for (let t = start; t < start + count; t += 3) {
      let a = index[t]!, b = index[t + 1]!, c = index[t + 2]!;
      const nearA = near[a]!, nearB = near[b]!, nearC = near[c]!;
      if (!(nearA > 0 && nearB > 0 && nearC > 0)) continue;
      let ya = pixels[2 * a + 1]!, yb = pixels[2 * b + 1]!, yc = pixels[2 * c + 1]!;
      const turned = (pixels[2 * b]! - pixels[2 * a]!) * (yc - ya) - (pixels[2 * c]! - pixels[2 * a]!) * (yb - ya);
      if (turned === 0 || turned * away > 0) continue;
      // Upwards; an edge is walked from its lower end, so that both its triangles find the same places on it.
      let swap = 0;
      if (yb < ya) { swap = a; a = b; b = swap; swap = ya; ya = yb; yb = swap; }
      if (yc < yb) { swap = b; b = c; c = swap; swap = yb; yb = yc; yc = swap; }
      if (yb < ya) { swap = a; a = b; b = swap; swap = ya; ya = yb; yb = swap; }
      const low = ya > 0 ? Math.ceil(ya - 0.5) | 0 : 0;
      const high = yc < height ? Math.ceil(yc - 0.5) | 0 : height;
      if (low >= high) continue;
      const xa = pixels[2 * a]!, xb = pixels[2 * b]!, xc = pixels[2 * c]!;
      const tall = yc - ya, lower = yb - ya, upper = yc - yb;
      const slope = (xc - xa) / tall, slopeLow = lower > 0 ? (xb - xa) / lower : 0, slopeHigh = upper > 0 ? (xc - xb) / upper : 0;
      // Planes over the picture: steps to the right and upwards of all that corners say.
      const bx = xb - xa, cx = xc - xa;
      const whole = 1 / (bx * tall - cx * lower);
      const rightB = tall * whole, rightC = -lower * whole, upB = -cx * whole, upC = bx * whole;
      const na = near[a]!, nb = near[b]! - na, nc = near[c]! - na;
      const nRight = nb * rightB + nc * rightC, nUp = nb * upB + nc * upC;
      const A = LOOKS * a, B = LOOKS * b, C = LOOKS * c;
      let ua = looks[A]!, va = looks[A + 1]!;
      let ub = looks[B]! - ua, vb = looks[B + 1]! - va, uc = looks[C]! - ua, vc = looks[C + 1]! - va;
      // How finely paint is read: the larger step of the paint over one pixel.
      const stepU = Math.max(Math.abs(ub * rightB + uc * rightC), Math.abs(ub * upB + uc * upC)) * finest.width;
      const stepV = Math.max(Math.abs(vb * rightB + vc * rightC), Math.abs(vb * upB + vc * upC)) * finest.height;
      let level = 0;
      for (let step = sharp * (stepU > stepV ? stepU : stepV); step > 1.4142 && level < last; step *= 0.5) level++;
      const { width: wide, height: deep, data: texels } = levels[level]!;
      const sizeU = 256 * wide, sizeV = 256 * deep;
      // In 256ths of a texel from the middle of the first one, and above zero where the picture repeats.
      if (repeats) {
        ua += 1 - Math.floor(Math.min(ua, ua + ub, ua + uc));
        va += 1 - Math.floor(Math.min(va, va + vb, va + vc));
      }
      ua *= sizeU; ub *= sizeU; uc *= sizeU; va *= sizeV; vb *= sizeV; vc *= sizeV;
      const close = nearA > nearB ? (nearA > nearC ? nearA : nearC) : nearB > nearC ? nearB : nearC;
      const far = nearA < nearB ? (nearA < nearC ? nearA : nearC) : nearB < nearC ? nearB : nearC;
      const bent = close > FLAT * far;
      if (bent) {
        ub = (ua + ub) * near[b]!; uc = (ua + uc) * near[c]!; ua *= na; ub -= ua; uc -= ua;
        vb = (va + vb) * near[b]!; vc = (va + vc) * near[c]!; va *= na; vb -= va; vc -= va;
      }
      const uRight = ub * rightB + uc * rightC, uUp = ub * upB + uc * upC;
      const vRight = vb * rightB + vc * rightC, vUp = vb * upB + vc * upC;
      const la = looks[A + 2]!, lb = looks[B + 2]! - la, lc = looks[C + 2]! - la;
      const lRight = lb * rightB + lc * rightC, lUp = lb * upB + lc * upC;
      const rimmed = rims && (looks[A + 3]! > 0 || looks[B + 3]! > 0 || looks[C + 3]! > 0);
      // A pixel more to both sides: where edges are walked, they may end a rounding farther.
      const left = Math.floor(xa < xb ? (xa < xc ? xa : xc) : xb < xc ? xb : xc) - 1;
      const right = Math.ceil(xa > xb ? (xa > xc ? xa : xc) : xb > xc ? xb : xc) + 1;
      if (right <= 0 || left >= width) continue;
      if (low < box.bottom) box.bottom = low;
      if (high > box.top) box.top = high;
      if (left < box.left) box.left = left > 0 ? left : 0;
      if (right > box.right) box.right = right < width ? right : width;
      plan[0] = xa; plan[1] = ya; plan[2] = xb; plan[3] = slope; plan[4] = slopeLow; plan[5] = slopeHigh; plan[6] = lower;
      plan[NEAR] = na; plan[NEAR + 1] = nRight; plan[NEAR + 2] = nUp;
      plan[U] = ua; plan[U + 1] = uRight; plan[U + 2] = uUp;
      plan[V] = va; plan[V + 1] = vRight; plan[V + 2] = vUp;
      plan[LIGHT] = la; plan[LIGHT + 1] = lRight; plan[LIGHT + 2] = lUp;
      if (rimmed) {
        const edge = looks[A + 3]!, edgeB = looks[B + 3]! - edge, edgeC = looks[C + 3]! - edge;
        plan[EDGE] = edge; plan[EDGE + 1] = edgeB * rightB + edgeC * rightC; plan[EDGE + 2] = edgeB * upB + edgeC * upC;
        for (let k = 0; k < 4; k++) {
          const at = looks[A + 4 + k]!, b_ = looks[B + 4 + k]! - at, c_ = looks[C + 4 + k]! - at;
          const fine = k < 3 ? 128 : 1;
          rim[k] = fine * at;
          rim[4 + k] = fine * (b_ * rightB + c_ * rightC);
          rim[8 + k] = fine * (b_ * upB + c_ * upC);
        }
      }
      if (plain && !bent && repeats) {
        const paint = rimmed ? this.#kernel.rimmed : this.#kernel.plain;
        paint(low, high, texels.byteOffset, 33 - Math.clz32(wide), wide - 1, deep - 1, finely.byteOffset, brightest);
      } else this.#any(low, high, rimmed, bent, level, surface);
    }
  }

  /** Any triangle. */
  #any(low: number, high: number, rimmed: boolean, bent: boolean, level: number, surface: Surface): void {
    const { width, stride, colors } = this;
    const plan = this.#plan, rim = this.#rim;
    const depths = this.#near;
    const xa = plan[0]!, ya = plan[1]!, xb = plan[2]!, slope = plan[3]!, slopeLow = plan[4]!, slopeHigh = plan[5]!, lower = plan[6]!;
    const na = plan[7]!, nRight = plan[8]!, nUp = plan[9]!;
    const ua = plan[10]!, uRight = plan[11]!, uUp = plan[12]!, va = plan[13]!, vRight = plan[14]!, vUp = plan[15]!;
    const la = plan[16]!, lRight = plan[17]!, lUp = plan[18]!;
    const ea = plan[EDGE]!, eRight = plan[EDGE + 1]!, eUp = plan[EDGE + 2]!;
    const { painting, glowing, tones, glow, solid, cut, opacity, depthTest, depthWrite } = surface;
    const { repeats, levels } = painting;
    const { width: wide, height: deep, data: texels } = levels[level]!;
    const shines = glow[0] + glow[1] + glow[2] > 0;
    const least = 255 * cut;
    const brightest = (tones.length >> 2) - 1;
    const sizeU = 256 * wide, sizeV = 256 * deep;
    const maskU = wide - 1, maskV = deep - 1;
    for (let row = low; row < high; row++) {
        const up = row + 0.5 - ya;
        const one = xa + up * slope;
        const other = up < lower ? xa + up * slopeLow : xb + (up - lower) * slopeHigh;
        const from = one < other ? one : other, to = one < other ? other : one;
        const first = from > 0 ? Math.ceil(from - 0.5) | 0 : 0;
        const beyond = to < width ? Math.ceil(to - 0.5) | 0 : width;
        if (first >= beyond) continue;
        const right = first + 0.5 - xa;
        let n = na + right * nRight + up * nUp;
        let u = ua + right * uRight + up * uUp;
        let v = va + right * vRight + up * vUp;
        let l = la + right * lRight + up * lUp;
        const end = row * stride + beyond;
        for (let i = row * stride + first, x = right; i < end; i++, n += nRight, u += uRight, v += vRight, l += lRight, x += 1) {
          if (depthTest && n < depths[i]!) continue;
          const w = bent ? 1 / n : 1;
          const atU = (u * w - 128) | 0, atV = (v * w - 128) | 0;
          let u0 = atU >> 8, v0 = atV >> 8, u1 = u0 + 1, v1 = v0 + 1;
          if (repeats) {
            u0 &= maskU; u1 &= maskU; v0 &= maskV; v1 &= maskV;
          } else {
            u0 = u0 < 0 ? 0 : u0 > maskU ? maskU : u0;
            u1 = u1 < 0 ? 0 : u1 > maskU ? maskU : u1;
            v0 = v0 < 0 ? 0 : v0 > maskV ? maskV : v0;
            v1 = v1 < 0 ? 0 : v1 > maskV ? maskV : v1;
          }
          v0 *= wide; v1 *= wide;
          const p = texels[v0 + u0]!, q = texels[v0 + u1]!, r = texels[v1 + u0]!, s = texels[v1 + u1]!;
          // Two channels at a time, in halves of a word each.
          const shareU = atU & 255, shareV = atV & 255;
          const ws = (shareU * shareV + 128) >> 8, wr = shareV - ws, wq = shareU - ws, wp = 256 - shareU - wr;
          const redBlue = Math.imul(p & 0xff00ff, wp) + Math.imul(q & 0xff00ff, wq) + Math.imul(r & 0xff00ff, wr) + Math.imul(s & 0xff00ff, ws) + 0x800080;
          const green = Math.imul((p >>> 8) & 0xff, wp) + Math.imul((q >>> 8) & 0xff, wq) + Math.imul((r >>> 8) & 0xff, wr) + Math.imul((s >>> 8) & 0xff, ws) + 0x80;
          let light = l | 0;
          light = (light < 0 ? 0 : light > brightest ? brightest : light) << 2;
          const red = Math.imul((redBlue >>> 8) & 0xff, tones[light]!);
          const greener = Math.imul((green >>> 8) & 0xff, tones[light + 1]!);
          const blue = Math.imul(redBlue >>> 24, tones[light + 2]!);
          let alpha = 255;
          if (!solid) {
            alpha = opacity * ((Math.imul(p >>> 24, wp) + Math.imul(q >>> 24, wq) + Math.imul(r >>> 24, wr) + Math.imul(s >>> 24, ws) + 0x80) >>> 8);
            if (alpha < least || alpha < 0.5) continue;
          }
          let outR = red / 65536, outG = greener / 65536, outB = blue / 65536;
          if (shines) {
            let shineR = 1, shineG = 1, shineB = 1;
            if (glowing) {
              const { width: w2, height: h2, data: lamps } = glowing.levels[Math.min(level, glowing.levels.length - 1)]!;
              const lamp = lamps[Math.min(h2 - 1, Math.floor((((atV + 128) & (sizeV - 1)) / sizeV) * h2)) * w2 + Math.min(w2 - 1, Math.floor((((atU + 128) & (sizeU - 1)) / sizeU) * w2))]!;
              shineR = ((lamp & 0xff) / 255) ** 2; shineG = (((lamp >>> 8) & 0xff) / 255) ** 2; shineB = (((lamp >>> 16) & 0xff) / 255) ** 2;
            }
            outR = Math.sqrt(outR * outR + glow[0] * shineR);
            outG = Math.sqrt(outG * outG + glow[1] * shineG);
            outB = Math.sqrt(outB * outB + glow[2] * shineB);
          }
          if (rimmed) {
            let edge = ea + x * eRight + up * eUp;
            if (edge > 0) {
              if (edge > 1) edge = 1;
              edge *= edge * (3 - 2 * edge);
              const take = rim[3]! + x * rim[7]! + up * rim[11]!;
              outR += ((rim[0]! + x * rim[4]! + up * rim[8]!) / 128 - outR * take) * edge;
              outG += ((rim[1]! + x * rim[5]! + up * rim[9]!) / 128 - outG * take) * edge;
              outB += ((rim[2]! + x * rim[6]! + up * rim[10]!) / 128 - outB * take) * edge;
            }
          }
          outR = outR > 255 ? 255 : outR; outG = outG > 255 ? 255 : outG; outB = outB > 255 ? 255 : outB;
          if (depthWrite) depths[i] = n;
          if (alpha < 254.5) {
            const under = colors[i]!, share = alpha / 255, rest = 1 - share;
            outR = outR * share + (under & 0xff) * rest;
            outG = outG * share + ((under >>> 8) & 0xff) * rest;
            outB = outB * share + ((under >>> 16) & 0xff) * rest;
            alpha += (under >>> 24) * rest;
          }
          colors[i] = (outR + 0.5) | ((outG + 0.5) << 8) | ((outB + 0.5) << 16) | ((alpha + 0.5) << 24);
        }
      }
  }
}
