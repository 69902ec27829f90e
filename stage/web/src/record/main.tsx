/** The record page: a line at a time, one key a line. */
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { keyPress } from "./format";
import { Buttons, Meter, Microphone, Phrase, Progress, Verdict, Wave } from "./parts";
import { begin, line, press, problem, ready, view } from "./store";
import "./record.css";

function useKeys(): void {
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLSelectElement) return;
      const what = keyPress(event.key, event.repeat, event.ctrlKey || event.metaKey || event.altKey);
      if (!what) return;
      event.preventDefault();
      // A button that has the focus must not be pressed by the same key.
      if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
      if (ready.value) press(what);
      else if (what === "go" && line.value === "off") void begin();
    };
    // Buttons act on the release of the space bar.
    const up = (event: KeyboardEvent): void => {
      if (event.key === " " && !(event.target instanceof HTMLSelectElement)) event.preventDefault();
    };
    window.addEventListener("keydown", down);
    window.addEventListener("keyup", up);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
    };
  }, []);
}

const STATES = {
  off: "",
  open: "",
  lost: "The recorder does not answer; trying again. Everything up to the last line is kept.",
  refused: "This page has no valid token. Open it by the address that nichang voice record prints.",
  taken: "Another page records now. Close it and load this one again to go on here.",
} as const;

function Welcome() {
  return (
    <section class="welcome">
      <h1>Record your voice</h1>
      <p>
        You will read short lines and sing a few tones. Sit a hand's breadth from the microphone in a quiet room, and use headphones. You
        may stop at any time and go on another day: every line is kept at once.
      </p>
      <p>The sound stays on this machine.</p>
      <button type="button" class="main" onClick={() => void begin()}>
        Begin <kbd>Enter</kbd>
      </button>
    </section>
  );
}

function Record() {
  useKeys();
  const trouble = problem.value || STATES[line.value];
  const now = view.value;
  return (
    <div class={`record ${now?.phase ?? ""}`}>
      <header>
        <span class="name">
          霓裳 <b>nichang</b> record
        </span>
        {now && <span class="script">{now.title}</span>}
        <Microphone />
      </header>
      <div class="trouble" role="alert" hidden={!trouble}>
        {trouble}
      </div>
      {now ? (
        <main>
          <Phrase now={now} />
          <Verdict now={now} />
          <div class="sound">
            <Wave />
            <Meter />
          </div>
          <Buttons now={now} />
          <Progress now={now} />
        </main>
      ) : (
        <Welcome />
      )}
    </div>
  );
}

const root = document.getElementById("record");
if (root) render(<Record />, root);
