/** The song as a bar: sections in colour, bars as ticks, sung lines as a thread; press or drag to seek. */
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatTime, runningTime, sectionColour, seekShare, seekTime } from "./format";
import { connected, now, send, song, state } from "./store";

const HEIGHT = 72;

export function mediaNow(): number {
  const s = state.value;
  return runningTime(s.mediaTime, s.showTime, s.playing && connected.value, now(), s.duration);
}

function paint(canvas: HTMLCanvasElement): void {
  const info = song.value;
  const context = canvas.getContext("2d");
  const width = canvas.clientWidth;
  if (!context || width === 0) return;
  const dots = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = width * dots;
  canvas.height = HEIGHT * dots;
  context.scale(dots, dots);
  context.fillStyle = "#1d1a2e";
  context.fillRect(0, 0, width, HEIGHT);
  if (!info || !(info.duration > 0)) return;
  const x = (t: number): number => (t / info.duration) * width;
  context.font = "600 11px system-ui, sans-serif";
  context.textBaseline = "top";
  for (const section of info.sections) {
    const left = x(section.start);
    const wide = x(section.end) - left;
    context.fillStyle = sectionColour(section.label);
    context.globalAlpha = 0.34;
    context.fillRect(left, 0, Math.max(wide - 1, 1), HEIGHT);
    context.globalAlpha = 1;
    context.fillRect(left, 0, Math.max(wide - 1, 1), 3);
    if (wide > context.measureText(section.label).width + 12) {
      context.fillStyle = "#ffffffd8";
      context.fillText(section.label, left + 6, 9);
    }
  }
  // Ticks closer than this would be a grey smear: then only every second, fourth... bar has one.
  let every = 1;
  while (info.bars.length / every > width / 5) every *= 2;
  context.fillStyle = "#ffffff38";
  info.bars.forEach((bar, i) => {
    if (i % every === 0) context.fillRect(x(bar.start), HEIGHT - (i % (4 * every) === 0 ? 18 : 10), 1, 18);
  });
  context.fillStyle = "#ffffffa0";
  for (const words of info.lines) context.fillRect(x(words.start), HEIGHT - 25, Math.max(x(words.end) - x(words.start), 2), 3);
}

export function SeekBar() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const dragged = useSignal<number | null>(null);

  useSignalEffect(() => {
    void song.value;
    if (canvas.current) paint(canvas.current);
  });
  useEffect(() => {
    const repaint = new ResizeObserver(() => canvas.current && paint(canvas.current));
    if (canvas.current) repaint.observe(canvas.current);
    let frame = 0;
    const move = (): void => {
      const t = dragged.peek() ?? mediaNow();
      if (head.current) head.current.style.left = `${seekShare(t, state.value.duration) * 100}%`;
      frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
    return () => {
      repaint.disconnect();
      cancelAnimationFrame(frame);
    };
  }, []);

  const under = (event: PointerEvent): number => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return seekTime(event.clientX, box.left, box.width, state.value.duration);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    send({ type: "seek", mediaTime: event.key === "Home" ? 0 : Math.max(state.value.duration - 5, 0) });
  };
  return (
    <div
      class="seek"
      role="slider"
      tabIndex={0}
      aria-label="Place in the song"
      aria-valuemin={0}
      aria-valuemax={Math.round(state.value.duration)}
      aria-valuenow={Math.round(state.value.mediaTime)}
      aria-valuetext={formatTime(state.value.mediaTime)}
      onKeyDown={key}
      onPointerDown={(event) => {
        if (!(state.value.duration > 0)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        dragged.value = under(event);
      }}
      onPointerMove={(event) => {
        if (dragged.value !== null) dragged.value = under(event);
      }}
      onPointerUp={() => {
        if (dragged.value === null) return;
        const mediaTime = dragged.value;
        send({ type: "seek", mediaTime });
        // Stay where the finger let go until the server says the same.
        state.value = { ...state.value, mediaTime, showTime: now() };
        dragged.value = null;
      }}
      onPointerCancel={() => (dragged.value = null)}
    >
      <canvas ref={canvas} height={HEIGHT} />
      <div class="playhead" ref={head}>
        {dragged.value !== null && <span class="flag">{formatTime(dragged.value, true)}</span>}
      </div>
    </div>
  );
}
