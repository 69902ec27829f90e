/** What the render page and the command say to each other; the other side is stage/render/protocol.py. */

import type { SongInfo } from "../stage/song";

export interface AvatarJob {
  readonly id: number;
  readonly url: string;
  readonly expressions: string[];
}

/** The stage to build; comes first, while the song is still being listened to. */
export interface Job {
  readonly type: "job";
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly quality: "lite" | "full";
  readonly transparent: boolean;
  /** Name of the stage. */
  readonly venue: string;
  readonly label: boolean;
  readonly encode: "h264" | "raw";
  /** Bits per second, for h264. */
  readonly bitrate: number;
  /** A key frame, and a fresh encoder, at every multiple of this many frames. */
  readonly keyInterval: number;
  /** Report a hash of the pixels of every frame (tests). */
  readonly hash: boolean;
  /** Words as far as they are known; `Go` brings the whole. */
  readonly song: SongInfo;
  readonly avatars: readonly AvatarJob[];
  /** Performers may be painted by the page where software GL would be slower. */
  readonly paint: boolean;
}

/** One stretch of video. Frames 0..first-1 are stepped but not drawn, first..last-1 are drawn. */
export interface Go {
  readonly type: "go";
  readonly first: number;
  readonly last: number;
  readonly song: SongInfo;
}

/** Sums over the drawn frames so far, milliseconds. */
export interface Spent {
  frames: number;
  step: number;
  draw: number;
  read: number;
  encode: number;
  wait: number;
}

export type FromPage =
  | { type: "ready"; renderer: string }
  | { type: "want"; frames: number }
  | ({ type: "spent" } & Spent)
  | { type: "hash"; index: number; value: number }
  | { type: "done" }
  | { type: "error"; kind: "crash" | "encoder" | "page"; message: string };

export const CHUNK_H264 = 1;
export const CHUNK_RAW = 2;
export const CHUNK_HEADER = 8;

/** u8 kind, u8 key, u16 zero, u32 frame index, little-endian; the payload follows. */
export function chunkMessage(kind: number, key: boolean, index: number, size: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(CHUNK_HEADER + size);
  const view = new DataView(message.buffer);
  view.setUint8(0, kind);
  view.setUint8(1, key ? 1 : 0);
  view.setUint32(4, index, true);
  return message;
}

/** Split a batch: per frame u32 length, then its bytes. Each frame gets a buffer of its own, as the decoder wants. */
export function* splitBatch(batch: ArrayBuffer): Generator<ArrayBuffer> {
  const view = new DataView(batch);
  let at = 0;
  while (at < batch.byteLength) {
    const length = view.getUint32(at, true);
    yield batch.slice(at + 4, at + 4 + length);
    at += 4 + length;
  }
}
