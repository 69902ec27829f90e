import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ShowClient, takeToken, type LineState } from "../../../../stage/web/src/wire/client";
import type { ClientMessage, ServerMessage } from "../../../../stage/web/src/wire/gen";

/** The browser's socket, driven by hand. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1]!;
  }
  readyState = 0;
  binaryType = "";
  sent: ClientMessage[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer | string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor(readonly url: URL) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  fail(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  frame(sequence: number): void {
    const data = new ArrayBuffer(84);
    new DataView(data).setUint32(4, sequence, true);
    this.onmessage?.({ data });
  }
  tell(message: Partial<ServerMessage>): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  of(type: string): ClientMessage[] {
    return this.sent.filter((message) => message.type === type);
  }
}

let signedIn: { url: string; body: string }[] = [];
let signInStatus = 200;
let shown = "";
const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0));

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  signedIn = [];
  signInStatus = 200;
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("location", {
    href: "http://127.0.0.1:8770/stage",
    protocol: "http:",
    hash: "#token=secret",
    pathname: "/stage",
    search: "",
  });
  vi.stubGlobal("history", { replaceState: (_: unknown, __: string, url: string) => (shown = url) });
  vi.stubGlobal("fetch", async (url: string, request: { body: string }) => {
    signedIn.push({ url, body: request.body });
    return { ok: signInStatus === 200 };
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function connected(handlers: ConstructorParameters<typeof ShowClient>[1] = {}): Promise<ShowClient> {
  const client = new ShowClient("stage", handlers, "secret");
  void client.start();
  await settle();
  FakeSocket.last.open();
  return client;
}

describe("a page's line", () => {
  it("takes the token out of the address bar", () => {
    expect(takeToken()).toBe("secret");
    expect(shown).toBe("/stage");
  });

  it("posts the token once, before the line, and never in an address", async () => {
    await connected();
    expect(signedIn).toEqual([{ url: "/auth", body: '{"token":"secret"}' }]);
    expect(FakeSocket.last.url.href).toBe("ws://127.0.0.1:8770/ws?role=stage");
    FakeSocket.last.fail();
    await vi.advanceTimersByTimeAsync(150);
    expect(FakeSocket.all.length).toBe(2);
    expect(signedIn.length).toBe(1);
  });

  it("says that a token is refused, and stops asking", async () => {
    signInStatus = 401;
    const states: LineState[] = [];
    const client = new ShowClient("stage", { onState: (state) => states.push(state) }, "old");
    void client.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(states.at(-1)).toBe("refused");
    expect(FakeSocket.all.length).toBe(0);
    expect(signedIn.length).toBe(1);
  });

  it("tries again within a second, however long the server is away, and at once after it was there", async () => {
    await connected();
    let before = Date.now();
    FakeSocket.last.fail();
    for (let i = 0; i < 20; i++) {
      const count = FakeSocket.all.length;
      while (FakeSocket.all.length === count) await vi.advanceTimersByTimeAsync(10);
      expect(Date.now() - before).toBeLessThanOrEqual(1000);
      before = Date.now();
      FakeSocket.last.fail();
    }
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.last.open();
    FakeSocket.last.fail();
    const count = FakeSocket.all.length;
    await vi.advanceTimersByTimeAsync(110);
    expect(FakeSocket.all.length).toBe(count + 1);
  });

  it("acknowledges the newest frame, every second one and what is left over after 100 ms", async () => {
    await connected();
    const socket = FakeSocket.last;
    for (let i = 1; i <= 5; i++) socket.frame(i);
    expect(socket.of("ack").map((ack) => (ack as { sequence: number }).sequence)).toEqual([2, 4]);
    await vi.advanceTimersByTimeAsync(110);
    expect(socket.of("ack").map((ack) => (ack as { sequence: number }).sequence)).toEqual([2, 4, 5]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(socket.of("ack").length).toBe(3);
  });

  it("begins its count anew with a new server, whose numbers are lower", async () => {
    await connected();
    FakeSocket.last.frame(1000);
    FakeSocket.last.frame(1001);
    FakeSocket.last.fail();
    await vi.advanceTimersByTimeAsync(150);
    FakeSocket.last.open();
    FakeSocket.last.frame(1);
    FakeSocket.last.frame(2);
    expect(FakeSocket.last.of("ack").map((ack) => (ack as { sequence: number }).sequence)).toEqual([2]);
  });

  it("knows the server's clock from its answers", async () => {
    const client = await connected();
    const socket = FakeSocket.last;
    const question = socket.of("ping")[0] as { clientTime: number };
    await vi.advanceTimersByTimeAsync(20);
    socket.tell({ type: "pong", clientTime: question.clientTime, showTime: question.clientTime + 50.01 });
    expect(Math.abs(client.now() - (performance.now() / 1000 + 50))).toBeLessThan(1e-6);
  });

  it("hands on frames and messages", async () => {
    const frames: ArrayBuffer[] = [];
    const messages: ServerMessage[] = [];
    const client = await connected({ onFrame: (frame) => frames.push(frame), onMessage: (m) => messages.push(m) });
    FakeSocket.last.frame(7);
    FakeSocket.last.tell({ type: "welcome", role: "stage", client: 3, showTime: 1, version: 1, shots: [], pads: [] });
    expect(frames.length).toBe(1);
    expect(messages.map((message) => message.type)).toEqual(["welcome"]);
    expect(client.welcome?.client).toBe(3);
  });

  it("stays closed once it is closed", async () => {
    const client = await connected();
    client.close();
    FakeSocket.last.fail();
    await vi.advanceTimersByTimeAsync(5000);
    expect(FakeSocket.all.length).toBe(1);
  });
});
