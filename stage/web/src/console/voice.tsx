/** The live voice: whether the microphone sings, how loud, how late, what is wrong. */
import type { VoiceState } from "../wire/gen";
import { meterShare } from "./format";
import { send, state } from "./store";

const QUIET_DB = -60;

/** 0..1 of a meter that shows decibels from -60 up, on the scale of the level meters. */
export function shareOfDb(db: number): number {
  return db <= QUIET_DB ? 0 : meterShare(10 ** (db / 20));
}

/** What the panel says below its button: trouble first. */
export function voiceNews(voice: VoiceState): string {
  if (voice.trouble) return voice.trouble;
  if (!voice.on) return "Her lips follow the song.";
  if (!voice.microphone) return "The voice is being loaded…";
  return `${voice.microphone}, ${Math.round(voice.delayMs)} ms`;
}

function Bar({ label, db }: { label: string; db: number }) {
  return (
    <div class="meter">
      <span>{label}</span>
      <div class="track" role="meter" aria-label={`Level of the ${label}`} aria-valuemin={QUIET_DB} aria-valuemax={0} aria-valuenow={Math.round(db)}>
        <div style={{ clipPath: `inset(0 ${100 - shareOfDb(db) * 100}% 0 0)` }} />
      </div>
    </div>
  );
}

export function LiveVoice() {
  const voice = state.value.voice;
  if (!voice) return null;
  return (
    <section class="panel voice" aria-label="Live voice">
      <h2>Live voice</h2>
      <button type="button" class={voice.on ? "on" : ""} aria-pressed={voice.on} onClick={() => send({ type: "sing", on: !voice.on })}>
        {voice.on ? "Microphone sings" : "Let the microphone sing"} <small>{voice.name === "none" ? "as it is" : `as ${voice.name}`}</small>
      </button>
      <Bar label="mic" db={voice.on ? voice.microphoneDb : -120} />
      <Bar label="voice" db={voice.on ? voice.voiceDb : -120} />
      <p class={voice.trouble ? "hint bad" : "hint"} role="status">
        {voiceNews(voice)}
      </p>
      {voice.on && (voice.load > 0.9 || voice.drops > 0) && (
        <p class="hint bad">
          load {Math.round(voice.load * 100)} %, {voice.drops} samples lost
        </p>
      )}
    </section>
  );
}
