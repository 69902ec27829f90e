/** The console's panels: transport, meters, pads, songs, pages. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { SongEntry } from "../wire/gen";
import shotTable from "../../../../presets/shows/shots.toml?raw";
import paletteTable from "../../../../presets/venues/palettes.toml?raw";
import { formatDelay, formatTime, meterShare, padLabel, shotNames, swatch } from "./format";
import { mediaNow, SeekBar } from "./seekbar";
import { addFiles, coming, connected, now, panic, preparing, send, song, songs, state, toggle, upload, welcome } from "./store";

/** Time in the song, redrawn with the picture instead of with the ten reports a second. */
function Clock() {
  const played = useRef<HTMLSpanElement>(null);
  const left = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let frame = 0;
    const tick = (): void => {
      const t = mediaNow();
      if (played.current) played.current.textContent = formatTime(t, true);
      if (left.current) left.current.textContent = formatTime(Math.min(t - state.value.duration, 0));
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <div class="clock">
      <span class="played" ref={played} />
      <span class="left" ref={left} />
    </div>
  );
}

export function Transport() {
  const s = state.value;
  const info = song.value;
  const ready = connected.value && info !== null;
  const next = coming.value;
  const doing = s.panic ? "Panic: safe idle" : !info ? "Waiting" : s.playing ? "Playing" : s.ended ? "Ended" : s.mediaTime > 0 ? "Paused" : "Stopped";
  return (
    <section class="panel transport" aria-label="Transport">
      <div class="now">
        <div class="what">
          <h1>{info ? info.title || "Untitled" : next ? next.title : "No song yet"}</h1>
          <p>
            {info ? [info.artist, info.bpm > 0 ? `${Math.round(info.bpm)} bpm` : ""].filter(Boolean).join(" · ") : next ? "is being made ready" : "Drop a sound file into the list."}
          </p>
        </div>
        <Clock />
      </div>
      <SeekBar />
      <div class="buttons">
        <button type="button" class="play" disabled={!ready} onClick={toggle} aria-keyshortcuts="Space">
          {s.playing ? "❚❚ Pause" : "▶ Play"}
        </button>
        <button type="button" disabled={!ready} onClick={() => send({ type: "stop" })}>
          ■ Stop
        </button>
        <button type="button" disabled={!connected.value} onClick={() => send({ type: "next" })} aria-keyshortcuts="N">
          ▶▎Next
        </button>
        <span class={`doing ${s.panic ? "alarm" : s.playing ? "on" : ""}`} role="status">
          {doing}
        </span>
      </div>
    </section>
  );
}

export function PanicButton() {
  const on = state.value.panic;
  return (
    <button type="button" class={`panic ${on ? "on" : ""}`} aria-pressed={on} onClick={() => panic(!on)} aria-keyshortcuts="Escape">
      <strong>{on ? "BACK TO THE SHOW" : "PANIC"}</strong>
      <small>{on ? "hold Esc or press here" : "Esc: fades to a safe idle"}</small>
    </button>
  );
}

function Meter({ label, value }: { label: string; value: number }) {
  return (
    <div class="meter">
      <span>{label}</span>
      <div class="track" role="meter" aria-label={`Level ${label}`} aria-valuemin={0} aria-valuemax={1} aria-valuenow={value}>
        <div style={{ clipPath: `inset(0 ${100 - meterShare(value) * 100}% 0 0)` }} />
      </div>
    </div>
  );
}

export function Meters() {
  const s = state.value;
  return (
    <section class="panel meters" aria-label="Measured">
      <h2>Measured</h2>
      <Meter label="L" value={s.level[0]} />
      <Meter label="R" value={s.level[1]} />
      <dl>
        <Figure name="Poses" value={s.poseRate.toFixed(1)} unit="/s" bad={s.playing && s.poseRate > 0 && s.poseRate < 55} />
        <Figure name="Interval p99" value={s.poseP99Ms.toFixed(1)} unit="ms" bad={s.poseP99Ms > 25} />
        <Figure name="Server load" value={(s.cpu * 100).toFixed(0)} unit="%" bad={s.cpu > 0.8} />
      </dl>
    </section>
  );
}

function Figure({ name, value, unit, bad }: { name: string; value: string; unit: string; bad: boolean }) {
  return (
    <div class={bad ? "bad" : ""}>
      <dt>{name}</dt>
      <dd>
        {value} <small>{unit}</small>
      </dd>
    </div>
  );
}

export function Cameras() {
  const held = state.value.shot;
  const choose = (name: string): void => {
    send({ type: "shot", name });
    state.value = { ...state.value, shot: name === "auto" ? "" : name };
  };
  return (
    <section class="panel" aria-label="Camera">
      <h2>Camera</h2>
      <div class="pads">
        {["auto", ...shotNames(welcome.value?.shots ?? [], shotTable)].map((name) => (
          <button key={name} type="button" aria-pressed={name === (held || "auto")} disabled={!connected.value} onClick={() => choose(name)}>
            {padLabel(name)}
          </button>
        ))}
      </div>
    </section>
  );
}

/** Colours of the room, and what is fired over the stage. */
export function Cues() {
  const held = state.value.palette;
  const hold = (name: string): void => {
    send({ type: "palette", name });
    state.value = { ...state.value, palette: name === "auto" ? "" : name };
  };
  const { cues = [], palettes = [] } = welcome.value ?? {};
  if (cues.length === 0 && palettes.length === 0) return null;
  return (
    <section class="panel" aria-label="Cues and colours">
      <h2>Cues</h2>
      <div class="pads cues">
        {cues.map((kind) => (
          <button key={kind} type="button" class={`cue ${kind}`} disabled={!connected.value} onClick={() => send({ type: "cue", kind })}>
            {padLabel(kind)}
          </button>
        ))}
      </div>
      <h2 class="second">Colours</h2>
      <div class="pads">
        {["auto", ...palettes].map((name) => (
          <button key={name} type="button" aria-pressed={name === (held || "auto")} disabled={!connected.value} onClick={() => hold(name)}>
            {name !== "auto" && <i class="swatch" style={{ background: swatch(name, paletteTable) }} />}
            {padLabel(name)}
          </button>
        ))}
      </div>
    </section>
  );
}

const WINKS: Record<string, "Left" | "Right"> = { blinkLeft: "Left", blinkRight: "Right" };

export function Expressions() {
  const pads = (welcome.value?.pads ?? []).filter((name) => name !== "wink" && !(name in WINKS));
  const press = (name: string): void => {
    const weight = (state.value.pads[name] ?? 0) > 0 ? 0 : 1;
    send({ type: "express", name, weight });
    // One emotion at a time is what a face can show.
    if (weight) for (const other of pads) if (other !== name && (state.value.pads[other] ?? 0) > 0) send({ type: "express", name: other, weight: 0 });
    state.value = { ...state.value, pads: weight ? { [name]: 1 } : {} };
  };
  return (
    <section class="panel" aria-label="Expression">
      <h2>Expression</h2>
      <div class="pads">
        {pads.map((name) => (
          <button key={name} type="button" aria-pressed={(state.value.pads[name] ?? 0) > 0} disabled={!connected.value} onClick={() => press(name)}>
            {padLabel(name)}
          </button>
        ))}
        {Object.values(WINKS).map((side) => (
          <button key={side} type="button" disabled={!connected.value} onClick={() => send({ type: "wink", side })}>
            Wink {side === "Left" ? "left" : "right"}
          </button>
        ))}
      </div>
    </section>
  );
}

const SEND_EVERY_MS = 50;

export function IntensityFader() {
  const held = useSignal<number | null>(null);
  const last = useRef(0);
  const value = held.value ?? state.value.intensity;
  const set = (next: number, force: boolean): void => {
    // The middle is the planned show: near it the fader falls in.
    const snapped = Math.abs(next - 1) < 0.035 ? 1 : next;
    held.value = snapped;
    if (force || performance.now() - last.current > SEND_EVERY_MS) {
      last.current = performance.now();
      send({ type: "intensity", value: snapped });
    }
  };
  return (
    <section class="panel" aria-label="Intensity">
      <h2>
        Intensity <output>{Math.round(value * 100)} %</output>
      </h2>
      <input
        type="range"
        min={0}
        max={1.5}
        step={0.01}
        value={value}
        list="planned"
        aria-label="Intensity, 100 % is as planned"
        disabled={!connected.value}
        onInput={(event) => set(event.currentTarget.valueAsNumber, false)}
        onChange={(event) => {
          set(event.currentTarget.valueAsNumber, true);
          state.value = { ...state.value, intensity: held.value ?? state.value.intensity };
          held.value = null;
        }}
        onDblClick={() => {
          set(1, true);
          held.value = null;
        }}
      />
      <datalist id="planned">
        <option value="1" />
      </datalist>
      <div class="ends">
        <span>calm</span>
        <span class="planned">as planned</span>
        <span>all out</span>
      </div>
    </section>
  );
}

const STATE_WORDS: Record<SongEntry["state"], string> = { ready: "", preparing: "getting ready", waiting: "waiting", failed: "failed" };

function SongRow({ entry, current, wanted }: { entry: SongEntry; current: boolean; wanted: boolean }) {
  const note = entry.state === "ready" ? entry.artist : entry.note || STATE_WORDS[entry.state];
  return (
    <li>
      <button
        type="button"
        class={`song ${current ? "current" : ""} ${wanted ? "wanted" : ""} ${entry.state}`}
        aria-current={current}
        disabled={!connected.value || entry.state === "failed"}
        onClick={() => send({ type: "select", id: entry.id })}
      >
        <span class="title">{entry.title || entry.id}</span>
        <span class="length">{entry.duration > 0 ? formatTime(entry.duration) : ""}</span>
        <span class="artist">{wanted ? ["comes next", note].filter(Boolean).join(" · ") : note}</span>
        {entry.state === "preparing" && <progress value={entry.share} max={1} />}
      </button>
    </li>
  );
}

export function Songs() {
  const over = useSignal(false);
  const list = songs.value;
  const going = upload.value;
  const take = (event: DragEvent): void => {
    event.preventDefault();
    over.value = false;
    if (event.dataTransfer) void addFiles(event.dataTransfer.files);
  };
  return (
    <section
      class={`panel songs ${over.value ? "over" : ""}`}
      aria-label="Songs"
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={take}
    >
      <h2>
        Songs <output>{list.songs.length || ""}</output>
      </h2>
      <ol>
        {list.songs.map((entry) => (
          <SongRow key={entry.id} entry={entry} current={entry.id === list.current} wanted={entry.id === list.wanted} />
        ))}
      </ol>
      {preparing.value && !list.songs.some((entry) => entry.state === "ready") && <p class="hint">The show opens as soon as the first song is ready.</p>}
      <label class="drop">
        <input
          type="file"
          accept="audio/*,video/mp4,.flac,.opus,.m4a"
          multiple
          onChange={(event) => {
            if (event.currentTarget.files) void addFiles(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        {going ? (
          <>
            Adding {going.name}
            <progress value={going.share} max={1} />
          </>
        ) : (
          <>
            <strong>Add songs</strong> drop sound files here, or press
          </>
        )}
      </label>
    </section>
  );
}

export function Pages() {
  const clients = state.value.clients;
  return (
    <section class="panel pages" aria-label="Pages">
      <h2>
        Pages <output>{clients.length || ""}</output>
      </h2>
      {clients.length === 0 ? (
        <p class="hint">No page is connected. Open the stage address that nichang show prints.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>page</th>
              <th>delay</th>
              <th>fps</th>
              <th>skipped</th>
              <th>sound</th>
            </tr>
          </thead>
          <tbody>
            {clients.map((client) => (
              <tr key={client.client} class={client.delayMs > 250 ? "bad" : ""}>
                <td>
                  {client.role} {client.client}
                  {client.quality ? <small> {client.quality}</small> : null}
                </td>
                <td>{formatDelay(client.delayMs)}</td>
                <td>{client.fps > 0 ? Math.round(client.fps) : "–"}</td>
                <td>{client.skipped}</td>
                <td>{client.soundOffsetMs == null ? "–" : `${client.soundOffsetMs >= 0 ? "+" : ""}${Math.round(client.soundOffsetMs)} ms`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Seek by some seconds from where the song is. */
export function nudge(seconds: number): void {
  const mediaTime = Math.min(Math.max(mediaNow() + seconds, 0), state.value.duration);
  send({ type: "seek", mediaTime });
  state.value = { ...state.value, mediaTime, showTime: now() };
}
