/**
 * Pictures in, messages for the command out: H.264 by WebCodecs, or raw pixels.
 *
 * The H.264 encoder starts afresh at every multiple of the key interval, so what a group of pictures looks like
 * depends on its own pictures only: `--from` on such a multiple gives the bytes of the whole run, and so does a run
 * that goes on after a crash.
 */

import type { Picture } from "./compose";
import { CHUNK_H264, CHUNK_HEADER, CHUNK_RAW, chunkMessage, type Job } from "./protocol";

/** Pictures that may wait in the encoder; more only hold memory. */
const QUEUE = 3;
/** Bytes that may wait in the socket. */
const SOCKET = 32 * 2 ** 20;

export interface Encoder {
  /** Take one picture; resolves when the next one may come. The picture's bytes may be reused then. */
  put(picture: Picture, index: number): Promise<void>;
  /** Everything is sent. */
  finish(): Promise<void>;
}

type Send = (message: Uint8Array<ArrayBuffer>) => void;

function config(job: Job): VideoEncoderConfig {
  const blocks = Math.ceil(job.width / 16) * Math.ceil(job.height / 16);
  // Levels 3.1 to 5.2 by blocks a frame and blocks a second (H.264 table A-1).
  const levels: [string, number, number][] = [
    ["1f", 3600, 108000],
    ["28", 8192, 245760],
    ["2a", 8704, 522240],
    ["33", 36864, 983040],
    ["34", 36864, 2073600],
  ];
  const level = levels.find(([, size, rate]) => blocks <= size && blocks * job.fps <= rate)?.[0] ?? "34";
  return {
    // High profile; encoders that have less take what they have.
    codec: `avc1.6400${level}`,
    width: job.width,
    height: job.height,
    framerate: job.fps,
    bitrate: job.bitrate,
    bitrateMode: "variable",
    latencyMode: "quality",
    hardwareAcceleration: "prefer-software",
    avc: { format: "annexb" },
  };
}

/** True where this browser encodes H.264 of the job's size. */
export async function encodesH264(job: Job): Promise<boolean> {
  if (typeof VideoEncoder === "undefined") return false;
  try {
    return (await VideoEncoder.isConfigSupported(config(job))).supported === true;
  } catch {
    return false;
  }
}

export class H264Encoder implements Encoder {
  private encoder: VideoEncoder | null = null;
  /** Flushes of the encoders before, in order: a later encoder's chunks wait for them. */
  private before: Promise<void> = Promise.resolve();
  private failure: Error | null = null;

  constructor(
    private readonly job: Job,
    private readonly send: Send,
  ) {}

  async put(picture: Picture, index: number): Promise<void> {
    const { job } = this;
    const key = this.encoder === null || index % job.keyInterval === 0;
    if (key) this.renew();
    const encoder = this.encoder!;
    const frame = new VideoFrame(picture.data, {
      format: picture.format,
      layout: picture.planes.map(({ offset, stride }) => ({ offset, stride })),
      codedWidth: job.width,
      codedHeight: job.height,
      timestamp: index,
      // What the composer makes, and the encoder writes into the stream: limited range, which every player reads alike.
      colorSpace: { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false },
    });
    encoder.encode(frame, { keyFrame: key });
    frame.close();
    while (encoder.encodeQueueSize > QUEUE && this.failure === null)
      await new Promise((resolve) => encoder.addEventListener("dequeue", resolve, { once: true }));
    if (this.failure !== null) throw this.failure;
  }

  async finish(): Promise<void> {
    this.retire();
    await this.before;
    if (this.failure !== null) throw this.failure;
  }

  private renew(): void {
    this.retire();
    const { send } = this;
    // Chunks that come before the last encoder is empty are kept back.
    let held: Uint8Array<ArrayBuffer>[] | null = [];
    void this.before.then(() => {
      held?.forEach(send);
      held = null;
    });
    this.encoder = new VideoEncoder({
      output: (chunk): void => {
        const message = chunkMessage(CHUNK_H264, chunk.type === "key", chunk.timestamp, chunk.byteLength);
        chunk.copyTo(message.subarray(CHUNK_HEADER));
        if (held === null) send(message);
        else held.push(message);
      },
      error: (error): void => {
        this.failure ??= new Error(error.message);
      },
    });
    this.encoder.configure(config(this.job));
  }

  private retire(): void {
    const { encoder, before } = this;
    if (encoder === null) return;
    this.encoder = null;
    const flushed = encoder.flush().then(
      () => encoder.close(),
      (error: unknown) => {
        this.failure ??= error instanceof Error ? error : new Error(String(error));
      },
    );
    this.before = before.then(() => flushed);
  }
}

/** For video with alpha, for encoders outside, and for browsers without H.264. */
export class RawSender implements Encoder {
  constructor(
    private readonly socket: WebSocket,
    private readonly send: Send,
  ) {}

  async put(picture: Picture, index: number): Promise<void> {
    const size = picture.planes.reduce((sum, { width, height }) => sum + width * height, 0);
    const message = chunkMessage(CHUNK_RAW, true, index, size);
    let at = CHUNK_HEADER;
    for (const { offset, stride, width, height } of picture.planes) {
      // Rows without the bytes that fill them up.
      for (let y = 0; y < height; y++, at += width)
        message.set(picture.data.subarray(offset + y * stride, offset + y * stride + width), at);
    }
    this.send(message);
    await this.drained(SOCKET);
  }

  async finish(): Promise<void> {
    await this.drained(0);
  }

  private async drained(limit: number): Promise<void> {
    while (this.socket.bufferedAmount > limit) await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
