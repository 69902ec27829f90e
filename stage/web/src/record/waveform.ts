/** The last seconds of the microphone as a picture: peaks in a ring, drawn as bars. What is recorded is pink. */
import { peaks } from "./format";

const BARS = 420;
// Of a block of 2048 samples at 48 kHz: a bar is 14 ms, the picture six seconds.
const BARS_A_BLOCK = 3;

export class Waveform {
  readonly #size = new Float32Array(BARS);
  readonly #taken = new Uint8Array(BARS);
  #next = 0;
  #taking = false;

  add(block: Float32Array): void {
    for (const peak of peaks(block, BARS_A_BLOCK)) {
      this.#size[this.#next] = peak;
      this.#taken[this.#next] = this.#taking ? 1 : 0;
      this.#next = (this.#next + 1) % BARS;
    }
  }

  begin(): void {
    this.#taking = true;
  }

  end(): void {
    this.#taking = false;
  }

  draw(canvas: HTMLCanvasElement): void {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, width, height);
    const step = width / BARS;
    for (let i = 0; i < BARS; i++) {
      const at = (this.#next + i) % BARS;
      const peak = this.#size[at] ?? 0;
      // The square root shows breath and soft consonants as well.
      const tall = Math.max(ratio, Math.sqrt(Math.min(1, peak)) * height);
      pen.fillStyle = peak >= 0.99 ? "#ff5a5a" : this.#taken[at] ? "#ff4fa8" : "#4a4468";
      pen.fillRect(i * step, (height - tall) / 2, Math.max(1, step * 0.66), tall);
    }
  }
}
