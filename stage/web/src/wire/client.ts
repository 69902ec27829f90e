/**
 * A page's line to the server: signs in with the link's token, keeps the line up, acknowledges frames, knows the
 * server's clock. Frames go to `onFrame` as bytes, control messages to `onMessage`.
 */
import { ClockOffset } from "./clock";
import type { ClientMessage, ServerMessage, Welcome } from "./gen";

export type LineState = "connecting" | "open" | "lost" | "refused";

export interface ClientHandlers {
  onFrame?(frame: ArrayBuffer): void;
  onMessage?(message: ServerMessage): void;
  /** why: one sentence for the person at the page. */
  onState?(state: LineState, why: string): void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 700;
const PING_MS = 1000;
const ACK_MS = 100;
const ACK_FRAMES = 2;

/** The token of the page's link (`#token=...`); it is taken out of the address bar at once. */
export function takeToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

export class ShowClient {
  readonly clock = new ClockOffset();
  welcome: Welcome | null = null;
  state: LineState = "connecting";
  /** What the page measures of itself; goes out with the acknowledgements. */
  readonly self = { fps: 0, drawMs: 0, quality: "", loaded: -1, hidden: false };
  #socket: WebSocket | null = null;
  #retry = FIRST_RETRY_MS;
  #closed = false;
  #sequence = -1;
  #acked = -1;
  #unacked = 0;
  #timers: number[] = [];
  #token: string;

  constructor(
    private readonly role: "stage" | "operator",
    private readonly handlers: ClientHandlers,
    token = takeToken(),
  ) {
    this.#token = token;
  }

  async start(): Promise<void> {
    this.#timers.push(window.setInterval(() => this.#ping(), PING_MS), window.setInterval(() => this.#ack(), ACK_MS));
    await this.#connect();
  }

  /** Seconds on the server's clock. */
  now(): number {
    return performance.now() / 1000 + this.clock.offset;
  }

  send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#socket?.close();
  }

  async #signIn(): Promise<boolean> {
    if (!this.#token) return true;
    const answer = await fetch("/auth", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: this.#token }),
      credentials: "same-origin",
    });
    if (!answer.ok) return false;
    this.#token = "";
    return true;
  }

  async #connect(): Promise<void> {
    if (this.#closed) return;
    this.#tell(this.state === "open" || this.state === "lost" ? "lost" : "connecting", "connecting to the show");
    try {
      if (!(await this.#signIn())) {
        this.#tell("refused", "this link's token is not valid any more; open the page by the address that nichang show prints");
        return;
      }
    } catch {
      this.#again();
      return;
    }
    const address = new URL(`/ws?role=${this.role}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = (): void => {
      this.#retry = FIRST_RETRY_MS;
      this.#sequence = this.#acked = -1;
      this.#unacked = 0;
      this.clock.reset();
      // A few questions at once: the clock is right before the first frame is due.
      for (let i = 0; i < 4; i++) this.#ping();
      this.#tell("open", "");
    };
    socket.onmessage = (event: MessageEvent<ArrayBuffer | string>): void => this.#receive(event.data);
    socket.onclose = (event): void => {
      if (this.#socket === socket) this.#socket = null;
      if (event.code === 4401) {
        this.#tell("refused", "this page has no valid token; open it by the address that nichang show prints");
        return;
      }
      this.#again();
    };
  }

  #again(): void {
    if (this.#closed) return;
    this.#tell("lost", "the server does not answer; trying again");
    window.setTimeout(() => void this.#connect(), this.#retry);
    this.#retry = Math.min(LAST_RETRY_MS, this.#retry * 1.5);
  }

  #receive(data: ArrayBuffer | string): void {
    if (typeof data !== "string") {
      this.#sequence = new DataView(data).getUint32(4, true);
      this.#unacked += 1;
      this.handlers.onFrame?.(data);
      if (this.#unacked >= ACK_FRAMES) this.#ack();
      return;
    }
    const message = JSON.parse(data) as ServerMessage;
    if (message.type === "pong") this.clock.add(message.clientTime, message.showTime, performance.now() / 1000);
    if (message.type === "welcome") {
      this.welcome = message;
      if (!this.clock.known) this.clock.add(performance.now() / 1000, message.showTime, performance.now() / 1000);
    }
    this.handlers.onMessage?.(message);
  }

  #ping(): void {
    this.send({ type: "ping", clientTime: performance.now() / 1000 });
  }

  #ack(): void {
    if (this.#sequence === this.#acked) return;
    this.#acked = this.#sequence;
    this.#unacked = 0;
    this.send({ type: "ack", sequence: this.#sequence, ...this.self });
  }

  #tell(state: LineState, why: string): void {
    this.state = state;
    this.handlers.onState?.(state, why);
  }
}
