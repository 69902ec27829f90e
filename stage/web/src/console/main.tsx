/** The console page: puts the panels together and listens to the keyboard. */
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { keyAction } from "./format";
import { Cameras, Cues, Expressions, IntensityFader, Meters, nudge, Pages, PanicButton, Songs, Transport } from "./panels";
import { LiveVoice } from "./voice";
import { connected, line, lineWhy, panic, problem, send, start, state, toggle } from "./store";
import "./console.css";

const LINE_WORDS = { connecting: "Connecting", open: "Connected", lost: "Reconnecting", refused: "Not let in" } as const;
// Esc gives panic at once; only a long hold takes it back, so that a nervous second press does not.
const HOLD_MS = 900;
const NUDGE_SECONDS = 5;

function useKeys(): void {
  useEffect(() => {
    let hold = 0;
    const down = (event: KeyboardEvent): void => {
      const field = event.target instanceof HTMLInputElement && event.target.type !== "file";
      const action = keyAction(event.key, field && event.key !== "Escape", event.repeat, event.ctrlKey || event.metaKey || event.altKey);
      if (!action) return;
      event.preventDefault();
      // A button that has the focus must not be pressed by the same space.
      if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
      if (action === "toggle" && connected.value) toggle();
      else if (action === "next") send({ type: "next" });
      else if (action === "back") nudge(-NUDGE_SECONDS);
      else if (action === "forward") nudge(NUDGE_SECONDS);
      else if (action === "panic") {
        if (state.value.panic) hold = window.setTimeout(() => panic(false), HOLD_MS);
        else panic(true);
      }
    };
    const up = (event: KeyboardEvent): void => {
      if (event.key === "Escape") clearTimeout(hold);
      // Buttons act on the release of the space bar.
      if (event.key === " " && !(event.target instanceof HTMLInputElement)) event.preventDefault();
    };
    window.addEventListener("keydown", down);
    window.addEventListener("keyup", up);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
    };
  }, []);
}

function Console() {
  useKeys();
  const trouble = problem.value || (line.value === "lost" || line.value === "refused" ? lineWhy.value : "");
  return (
    <div class={`console ${state.value.panic ? "in-panic" : ""}`}>
      <header>
        <span class="name">
          霓裳 <b>nichang</b>
        </span>
        <span class={`line ${line.value}`} role="status">
          {LINE_WORDS[line.value]}
        </span>
        <span class="keys">
          <kbd>Space</kbd> play / pause <kbd>N</kbd> next <kbd>←</kbd>
          <kbd>→</kbd> 5 s <kbd>Esc</kbd> panic
        </span>
      </header>
      <div class="trouble" role="alert" hidden={!trouble}>
        {trouble}
      </div>
      <main>
        <Transport />
        <Songs />
        <div class="desk">
          <Cameras />
          <Cues />
          <Expressions />
          <IntensityFader />
        </div>
        <div class="watch">
          <PanicButton />
          <LiveVoice />
          <Meters />
          <Pages />
        </div>
      </main>
    </div>
  );
}

start();
const root = document.getElementById("console");
if (root) render(<Console />, root);
