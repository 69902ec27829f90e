/**
 * The song in this page: plays it at a media time, and says what is heard now. The shell around AudioContext.
 *
 * The whole song is decoded (sample-exact starts); 10 minutes of stereo are about 210 MB, longer songs cost more.
 */

/** Sound that is further from the show than this is started anew at the right place; less is left to the clocks. */
const RESYNC_SECONDS = 0.12;

export class SongSound {
  readonly #context = new AudioContext({ latencyHint: "interactive" });
  readonly #gain = this.#context.createGain();
  readonly #buffers = new Map<string, Promise<AudioBuffer>>();
  #source: AudioBufferSourceNode | null = null;
  #url = "";
  #buffer: AudioBuffer | null = null;
  /** Context time at which media time 0 would have been played. */
  #zero = 0;
  #lastFault = "";

  constructor() {
    this.#gain.connect(this.#context.destination);
  }

  /** The browser lets no sound out until somebody clicks. */
  get blocked(): boolean {
    return this.#context.state !== "running";
  }

  get fault(): string {
    return this.#lastFault;
  }

  async unlock(): Promise<void> {
    await this.#context.resume();
  }

  set volume(value: number) {
    this.#gain.gain.setTargetAtTime(value, this.#context.currentTime, 0.02);
  }

  /** Fetch and decode a song; the one before is forgotten. */
  async load(url: string): Promise<void> {
    if (url === this.#url && this.#buffer) return;
    this.stop();
    this.#url = url;
    this.#buffer = null;
    let pending = this.#buffers.get(url);
    if (!pending) {
      pending = this.#fetch(url);
      this.#buffers.clear();
      this.#buffers.set(url, pending);
    }
    try {
      const buffer = await pending;
      if (this.#url === url) this.#buffer = buffer;
      this.#lastFault = "";
    } catch (error) {
      this.#buffers.delete(url);
      this.#lastFault = `the song's sound did not load: ${error instanceof Error ? error.message : "no answer"}`;
    }
  }

  async #fetch(url: string): Promise<AudioBuffer> {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return await this.#context.decodeAudioData(await answer.arrayBuffer());
  }

  /** Be playing `media` seconds now; does nothing while that is so within RESYNC_SECONDS. */
  follow(media: number, playing: boolean): void {
    if (!playing || !this.#buffer || this.blocked || media >= this.#buffer.duration) {
      this.stop();
      return;
    }
    if (this.#source && Math.abs(this.heard() - media) < RESYNC_SECONDS) return;
    this.stop();
    const source = this.#context.createBufferSource();
    source.buffer = this.#buffer;
    source.connect(this.#gain);
    // Heard one output latency after it is played: start that much further into the song.
    const when = this.#context.currentTime + 0.02;
    const offset = media + 0.02 + this.#latency();
    if (offset >= 0) source.start(when, offset);
    else source.start(when - offset, 0);
    this.#zero = when - offset;
    this.#source = source;
  }

  stop(): void {
    this.#source?.stop();
    this.#source?.disconnect();
    this.#source = null;
  }

  get playing(): boolean {
    return this.#source !== null && !this.blocked;
  }

  #latency(): number {
    return this.#context.outputLatency || this.#context.baseLatency || 0;
  }

  /** Media time that leaves the loudspeaker now; NaN in silence. */
  heard(): number {
    if (!this.#source) return Number.NaN;
    const stamp = this.#context.getOutputTimestamp();
    const context = this.#context.currentTime - this.#latency();
    let heard = context;
    if (stamp.contextTime && stamp.performanceTime) {
      heard = stamp.contextTime + (performance.now() - stamp.performanceTime) / 1000;
      // Some drivers hand out stale stamps; then the plain sum is nearer the truth.
      if (Math.abs(heard - context) > 0.25) heard = context;
    }
    return heard - this.#zero;
  }
}
