/** The page's microphone and loudspeaker (a shell: devices). Nothing here cleans the sound: what is heard is recorded. */
import workletUrl from "./worklet.ts?worker&url";

export interface SoundHandlers {
  onBlock(block: Float32Array): void;
  /** The microphone went away. */
  onLost(): void;
}

const RATE = 48_000;

export class RecordSound {
  readonly context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
  #stream: MediaStream | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  #capture: AudioWorkletNode | null = null;
  #playing: AudioBufferSourceNode | null = null;
  #asked = 0;

  constructor(private readonly handlers: SoundHandlers) {}

  /** Opens a microphone, the system's own where none is named; asks the person the first time. */
  async open(device = ""): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(device ? { deviceId: { exact: device } } : {}),
        channelCount: 1,
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
      },
    });
    if (!this.#capture) {
      await this.context.audioWorklet.addModule(workletUrl);
      this.#capture = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0 });
      this.#capture.port.onmessage = (event: MessageEvent<Float32Array>): void => this.handlers.onBlock(event.data);
    }
    await this.context.resume();
    this.#source?.disconnect();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = stream;
    this.#source = this.context.createMediaStreamSource(stream);
    this.#source.connect(this.#capture);
    const track = stream.getAudioTracks()[0];
    if (track) track.onended = (): void => this.handlers.onLost();
  }

  /** Microphones to choose from, and which one is open. */
  async microphones(): Promise<{ list: { id: string; name: string }[]; open: string }> {
    const all = await navigator.mediaDevices.enumerateDevices();
    const list = all.filter((one) => one.kind === "audioinput").map((one, at) => ({ id: one.deviceId, name: one.label || `Microphone ${at + 1}` }));
    return { list, open: this.#stream?.getAudioTracks()[0]?.getSettings().deviceId ?? "" };
  }

  /** Plays a file; true when it came to its end, false when something else stopped it. */
  async play(url: string): Promise<boolean> {
    this.stop();
    const asked = this.#asked;
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(await answer.text());
    const buffer = await this.context.decodeAudioData(await answer.arrayBuffer());
    if (asked !== this.#asked) return false;
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    this.#playing = source;
    return new Promise((resolve) => {
      source.onended = (): void => {
        const whole = asked === this.#asked;
        if (whole) this.#playing = null;
        resolve(whole);
      };
      source.start();
    });
  }

  /** Is something playing? */
  get busy(): boolean {
    return this.#playing !== null;
  }

  stop(): void {
    this.#asked += 1;
    this.#playing?.stop();
    this.#playing = null;
  }
}
